package frontier

import (
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
)

// TestOutage plays answers, one a second: "a+" is an answer of a.example, "a-" silence,
// "a~" no network, "a!" no room on this machine. The result has a letter per answer: b
// where a failure counts against the host, s where it is spared, D where the network or
// the machine is down afterwards.
func TestOutage(t *testing.T) {
	for _, tt := range []struct {
		name    string
		working int // domains with work
		answers string
		want    string
	}{
		{"one host alone is silent", 1, "a- a-", "b b"},
		{"two hosts are silent", 2, "a- b- a-", "b b b"},
		{"one of three is silent first, others answer", 3, "a- b+ a- c+ a-", "s b b b b"},
		{"one of three is silent, the others have nothing to do", 3, "a- a-", "s b"},
		{"three are silent", 3, "a- b- c-", "s s D"},
		{"three are silent among many", 9, "a- b- c- d- e-", "s s D D D"},
		{"two names of one domain count once", 3, "a- x.a- b-", "s b s"},
		{"back again", 3, "a- b- c- a+ b+ c+", "s s D b b b"},
		{"away again", 3, "a+ b+ c+ a- b- c-", "b b b s s D"},
		{"silent after others answered", 9, "x+ a- b- c- d-", "b b b b b"},
		{"no network for a single host", 1, "a~ a~", "D D"},
		{"no network for two hosts", 2, "a~ b~", "s D"},
		{"no network in the middle of a single site", 1, "a+ a~", "b D"},
		{"an IPv6 address on a machine without, others answer", 1, "x+ y+ a~ a~ a~", "b b b b b"},
		{"too many open files, although others answer", 9, "x+ a! x+ a!", "b D b D"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var x outage
			var got []string
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			for a := range strings.FieldsSeq(tt.answers) {
				host, kind := a[:len(a)-1], a[len(a)-1:]
				task := &Task{begun: now, queue: &queue{Queue: state.Queue{Origin: "https://" + host + ".example"}}}
				now = now.Add(time.Second)
				answer := &Answer{At: now, Outcome: polite.Outcome{Reason: "timeout"}, Contact: map[string]fetch.Contact{
					"+": fetch.Answered, "-": fetch.Silent, "~": fetch.NoNetwork, "!": fetch.NoRoom}[kind]}
				letter := "s"
				if x.blames(task, answer, func() int { return tt.working }, 2*time.Second) {
					letter = "b"
				} else if x.reason != "" {
					letter = "D"
				}
				got = append(got, letter)
			}
			if list := strings.Join(got, " "); list != tt.want {
				t.Errorf("got %s, want %s", list, tt.want)
			}
		})
	}
}

// TestOutageBacksOff: the pauses between two looks at the network double, and end with
// the patience of the run.
func TestOutageBacksOff(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	begun := now
	var x outage
	var waits []time.Duration
	for {
		task := &Task{begun: now, queue: &queue{Queue: state.Queue{Origin: "https://a.example"}}}
		x.blames(task, &Answer{At: now, Contact: fetch.NoNetwork}, func() int { return 1 }, 2*time.Second)
		until, held := x.holds(now, 20*time.Second)
		if !held {
			t.Fatalf("nothing holds the run %s after the begin", now.Sub(begun))
		}
		if until.IsZero() {
			break
		}
		waits = append(waits, until.Sub(now))
		now = until
		if _, held := x.holds(now, 20*time.Second); held {
			t.Fatal("no request may look whether the network is back")
		}
	}
	if len(waits) != 3 || waits[0] != 2*time.Second || waits[1] != 4*time.Second || waits[2] != 8*time.Second {
		t.Errorf("waits %v, want 2s 4s 8s", waits)
	}
}
