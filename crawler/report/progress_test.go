package report

import (
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestTimeLeft(t *testing.T) {
	for _, tt := range []struct {
		name string
		p    Progress
		idle time.Duration // since the last commit
		rate float64
		left string
	}{
		{"at the recent rate", Progress{Left: 600, Recent: 30, Span: 30, PerPage: 0.1}, 0, 1, "10 min left"},
		{"span too short: as fast as the pace allows", Progress{Left: 1_000_000, Recent: 3, Span: 3, PerPage: 1}, 0, 1, "11.6 days left"},
		{"span too short, and no pace", Progress{Left: 600, Recent: 30, Span: 3}, 0, 10, ""},
		{"open: the known work is a minimum", Progress{Left: 11_520, Open: true, Recent: 30, Span: 30}, 0, 1, "at least 3.2 h left"},
		{"open, and nothing known", Progress{Open: true, Recent: 30, Span: 30}, 0, 1, "open-ended"},
		{"no page finished: the rate falls", Progress{Left: 30, Recent: 30, Span: 30}, 30 * time.Second, 0.5, "60 s left"},
		{"one page in five minutes", Progress{Left: 12, Recent: 3, Span: 900, PerPage: 300}, 0, 0.003, "60 min left"},
		{"no page finished yet", Progress{Left: 12, Span: 60, PerPage: 10}, 0, 0, "2 min left"},
		{"over", Progress{Done: 12, Recent: 12, Span: 10}, 0, 1.2, "complete"},
		{"files: by their bytes", Progress{Read: 1e9, Size: 3e9, Recent: 900, RecentBytes: 1e8, Span: 30}, 0, 30, "10 min left"},
		{"files, none of them read", Progress{Size: 3e9, PerPage: 1}, 0, 0, ""},
		{"files and pages: the longer time", Progress{Left: 30_000, Read: 1e9, Size: 3e9, Recent: 30, RecentBytes: 1e8, Span: 30}, 0, 1, "8.3 h left"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.p.Measured = noon
			p := tt.p.At(noon.Add(tt.idle))
			if p.PerSecond != tt.rate {
				t.Errorf("%v pages a second, want %v", p.PerSecond, tt.rate)
			}
			if got := p.timeLeft(); got != tt.left {
				t.Errorf("%q, want %q", got, tt.left)
			}
		})
	}
}

func TestTotal(t *testing.T) {
	known := func(seconds float64) *float64 { return &seconds }
	a := Progress{Site: "a", Done: 1, Queued: 2, Left: 3, Articles: 4, Duplicates: 5, Headlines: 6, Failed: 7, Read: 8, Size: 9, PerSecond: 1.5, SecondsLeft: known(100)}
	b := a
	b.SecondsLeft = known(70)
	sum := Total([]Progress{a, b})
	if got, want := sum.Line(), "2 done, 4 queued, 2 to come, 16 B of 18 B, 3.0/s, 8 new, 10 duplicate, 14 failed, 2 min left"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	open := Progress{Site: "c", Open: true}
	sum = Total([]Progress{a, open})
	if got, want := sum.timeLeft(), "at least 2 min left"; got != want {
		t.Errorf("with an open site %q, want %q", got, want)
	}
	unknown := Progress{Site: "d", Left: 9}
	sum = Total([]Progress{a, unknown})
	if got := sum.timeLeft(); got != "" {
		t.Errorf("with an unknown one %q, want nothing", got)
	}
}

// TestBar checks the line in terminals of several widths.
func TestBar(t *testing.T) {
	known := Progress{Site: "ccbs", Done: 1234, Queued: 64, Left: 1702, Articles: 1100, Duplicates: 30, Failed: 2, Empty: 3, Measured: noon, Recent: 29, Span: 30}
	open := Progress{Site: "gazette", Done: 7, Queued: 90, Left: 90, Open: true, Articles: 5, Measured: noon, PerPage: 1}
	over := Progress{Site: "ccbs", Done: 2_000_000, Articles: 1_999_990, Duplicates: 10, Measured: noon}
	for _, tt := range []struct {
		name  string
		p     Progress
		width int
		want  string
	}{
		{"wide", known, 160, "ccbs     [##########--------------]  42 %  1,234 done, 64 queued, 1,638 to come, 1.0/s, 1,100 new, 30 duplicate, 2 failed, 3 empty, 29 min left"},
		{"a short bar", known, 130, "ccbs     [####-------]  42 %  1,234 done, 64 queued, 1,638 to come, 1.0/s, 1,100 new, 30 duplicate, 2 failed, 3 empty, 29 min left"},
		{"without the pages to come", known, 100, "ccbs     [#######------------]  42 %  1,234 done, 64 queued, 1.0/s, 1,100 new, 2 failed, 29 min left"},
		{"80 columns", known, 80, "ccbs     [###------]  42 %  1,234 done, 64 queued, 1.0/s, 1,100 new, 29 min left"},
		{"no bar", known, 60, "ccbs     1,234 done, 64 queued, 29 min left"},
		{"a watch", known, 20, "ccbs     1,234 done,"},
		{"open", open, 160, "gazette  [························]        7 done, 90 queued, 0.0/s, 5 new, 0 duplicate, 0 failed, at least 90 s left"},
		{"open, 80 columns", open, 80, "gazette  [··········]        7 done, 90 queued, 0.0/s, 5 new, at least 90 s left"},
		{"over", over, 160, "ccbs     [########################] 100 %  2,000,000 done, 0 queued, 0.0/s, 1,999,990 new, 10 duplicate, 0 failed, complete"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.p.At(noon)
			got := p.Bar(len("gazette"), tt.width)
			if got != tt.want {
				t.Errorf("\n got %q\nwant %q", got, tt.want)
			}
			if n := len([]rune(got)); n > tt.width {
				t.Errorf("%d columns of %d", n, tt.width)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	var got []string
	for _, seconds := range []float64{0, 0.4, 59, 99, 100, 3600, 6000, 86_400, 172_799, 172_800, 1e6} {
		got = append(got, Duration(seconds))
	}
	want := "0 s|0 s|59 s|99 s|2 min|60 min|1.7 h|24.0 h|48.0 h|2.0 days|11.6 days"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestRate(t *testing.T) {
	var got []string
	for _, r := range []float64{0, 0.0033, 0.098, 0.1, 0.98, 9.94, 12.4, 1234.5} {
		got = append(got, rate(r))
	}
	want := "0.0/s|0.2/min|5.9/min|0.1/s|1.0/s|9.9/s|12/s|1,235/s"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}
