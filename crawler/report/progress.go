package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Progress describes how far a run is with one site, by committed pages. Listeners
// receive it, "--progress json" prints it, and status reads it from the state.
type Progress struct {
	Site       string `json:"site"`
	Done       int64  `json:"done"`       // pages finished in this run, including those of sources
	Queued     int64  `json:"queued"`     // URLs waiting to be fetched
	Left       int64  `json:"left"`       // pages known to remain: queued URLs, and those that archives still count
	Open       bool   `json:"open"`       // any number of further pages may follow
	Articles   int    `json:"articles"`   // new
	Duplicates int    `json:"duplicates"` // new URLs with a known text
	Headlines  int    `json:"headlines"`  // new
	Empty      int    `json:"empty"`      // pages without an article
	Failed     int    `json:"failed"`     // pages that failed permanently

	// Bytes of WARC files: read by this run and earlier ones, and in all.
	Read int64 `json:"bytes_read,omitempty"`
	Size int64 `json:"bytes_total,omitempty"`

	// As of a moment; see Progress.At.
	PerSecond   float64  `json:"per_second"`             // recent rate of pages
	SecondsLeft *float64 `json:"seconds_left,omitempty"` // nil: unknown; a minimum if Open

	// What the last two are derived from.
	Measured    time.Time `json:"measured"`               // last commit of the site
	Recent      int64     `json:"recent"`                 // pages finished in the span before it
	RecentBytes int64     `json:"recent_bytes,omitempty"` // of WARC files read in that span
	Span        float64   `json:"recent_seconds"`         // length of the span
	PerPage     float64   `json:"seconds_per_page"`       // minimum time that the host's pace allows; 0 = no pause
}

// minSpan is the shortest span whose rate is used for an estimate, in seconds.
const minSpan = 5

// At returns p with the rate and the time left as of now. The rate falls as long
// as no page is finished.
func (p Progress) At(now time.Time) Progress {
	p.PerSecond, p.SecondsLeft = 0, nil
	span := p.Span + max(0, now.Sub(p.Measured).Seconds())
	if span > 0 {
		p.PerSecond = math.Round(1000*float64(p.Recent)/span) / 1000
	}
	if left, ok := p.left(span); ok {
		left = math.Round(10*left) / 10
		p.SecondsLeft = &left
	}
	return p
}

// Unestimated returns p without the time left, which nobody knows while the run waits.
func (p Progress) Unestimated() Progress {
	if !p.Over() {
		p.SecondsLeft = nil
	}
	return p
}

// left estimates the seconds that the known remaining work takes: at the recent
// rate or, before there is one, as fast as the host's pace allows.
func (p *Progress) left(span float64) (seconds float64, known bool) {
	switch {
	case p.Left == 0:
	case span >= minSpan && p.Recent > 0:
		seconds = float64(p.Left) * span / float64(p.Recent)
	case p.PerPage > 0:
		seconds = float64(p.Left) * p.PerPage
	default:
		return 0, false
	}
	switch bytes := p.Size - p.Read; {
	case bytes <= 0:
	case span >= minSpan && p.RecentBytes > 0:
		seconds = max(seconds, float64(bytes)*span/float64(p.RecentBytes))
	default:
		return 0, false
	}
	return seconds, seconds > 0 || !p.Open
}

// Over reports whether no work remains.
func (p *Progress) Over() bool { return p.Left == 0 && !p.Open && p.Read >= p.Size }

// Share returns the finished share of the work, 0 to 1. known is false when any
// number of pages may follow.
func (p *Progress) Share() (share float64, known bool) {
	if p.Open {
		return 0, false
	}
	share = 1
	if p.Left > 0 {
		share = float64(p.Done) / float64(p.Done+p.Left)
	}
	if p.Read < p.Size {
		share = min(share, float64(p.Read)/float64(p.Size))
	}
	return share, true
}

// Total adds up sites that are crawled side by side, so that the time left is that
// of the slowest. Call At on the sites first.
func Total(sites []Progress) Progress {
	var t Progress
	known := true
	longest := 0.0
	for _, p := range sites {
		t.Done += p.Done
		t.Queued += p.Queued
		t.Left += p.Left
		t.Open = t.Open || p.Open
		t.Articles += p.Articles
		t.Duplicates += p.Duplicates
		t.Headlines += p.Headlines
		t.Empty += p.Empty
		t.Failed += p.Failed
		t.Read += p.Read
		t.Size += p.Size
		t.PerSecond += p.PerSecond
		if p.SecondsLeft != nil {
			longest = max(longest, *p.SecondsLeft)
		} else if !p.Open {
			known = false
		}
	}
	if known && (longest > 0 || !t.Open) {
		t.SecondsLeft = &longest
	}
	return t
}

// part is a piece of a line. When the line is too long, parts of the highest rank
// are dropped first; rank 0 stays.
type part struct {
	text string
	rank int
}

// Ranks of parts. The bar is dropped before the parts of rank withoutBar and below.
const (
	highest    = 5
	withoutBar = 2
)

func (p *Progress) parts() []part {
	count := func(n int64, what string) string { return humanize.Comma(n) + " " + what }
	some := func(n, rank int) int { // a zero is less interesting
		if n == 0 {
			return highest
		}
		return rank
	}
	parts := []part{{count(p.Done, "done"), 0}, {count(p.Queued, "queued"), 1}}
	if more := p.Left - p.Queued; more > 0 {
		parts = append(parts, part{count(more, "to come"), 4})
	}
	if p.Size > 0 {
		parts = append(parts, part{humanize.Bytes(uint64(p.Read)) + " of " + humanize.Bytes(uint64(p.Size)), 4})
	}
	parts = append(parts, part{rate(p.PerSecond), 2}, part{count(int64(p.Articles), "new"), 2},
		part{count(int64(p.Duplicates), "duplicate"), some(p.Duplicates, 4)},
		part{count(int64(p.Failed), "failed"), some(p.Failed, 3)})
	if p.Empty > 0 {
		parts = append(parts, part{count(int64(p.Empty), "empty"), 4})
	}
	if t := p.timeLeft(); t != "" {
		parts = append(parts, part{t, 0})
	}
	return parts
}

func rate(perSecond float64) string {
	switch {
	case perSecond >= 100:
		return humanize.Comma(int64(perSecond+0.5)) + "/s"
	case perSecond >= 10:
		return fmt.Sprintf("%.0f/s", perSecond)
	case perSecond >= 0.1 || perSecond == 0:
		return fmt.Sprintf("%.1f/s", perSecond)
	}
	return fmt.Sprintf("%.1f/min", 60*perSecond)
}

// timeLeft returns the time left in words, "" when it is unknown.
func (p *Progress) timeLeft() string {
	switch {
	case p.Over():
		return "complete"
	case p.SecondsLeft == nil && p.Open:
		return "open-ended"
	case p.SecondsLeft == nil:
		return ""
	case p.Open:
		return "at least " + Duration(*p.SecondsLeft) + " left"
	}
	return Duration(*p.SecondsLeft) + " left"
}

// Duration writes a span of seconds with about two significant digits.
func Duration(seconds float64) string {
	switch minutes := seconds / 60; {
	case seconds < 100:
		return fmt.Sprintf("%.0f s", seconds)
	case minutes < 100:
		return fmt.Sprintf("%.0f min", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%.1f h", minutes/60)
	default:
		return fmt.Sprintf("%.1f days", minutes/60/24)
	}
}

// Line returns the progress of the site in one line, without its name.
func (p *Progress) Line() string { return join(p.parts()) }

func join(parts []part) string {
	texts := make([]string, len(parts))
	for i := range parts {
		texts[i] = parts[i].text
	}
	return strings.Join(texts, ", ")
}

const (
	shortBar = 8  // columns; a shorter bar shows nothing
	longBar  = 24 // columns; a longer bar adds nothing
	percent  = len(" 100 %")
)

// Bar returns the line with the site's name, padded to nameWidth, and a bar, in at
// most width columns. To fit, it drops the least important numbers, then the bar,
// then further numbers.
func (p *Progress) Bar(nameWidth, width int) string {
	head := fmt.Sprintf("%-*s  ", nameWidth, p.Site)
	room := width - len(head)
	parts := p.parts()
	for rank := highest + 1; rank > withoutBar; rank-- {
		text := join(below(parts, rank))
		if n := room - len("[]  ") - percent - len(text); n >= shortBar {
			return head + p.bar(min(n, longBar)) + "  " + text
		}
	}
	text := join(parts)
	for rank := highest; rank > 0 && len(text) > room; rank-- {
		text = join(below(parts, rank))
	}
	line := head + text
	return line[:min(len(line), max(0, width))]
}

// below returns the parts with a rank below the given one.
func below(parts []part, rank int) []part {
	var kept []part
	for _, x := range parts {
		if x.rank < rank {
			kept = append(kept, x)
		}
	}
	return kept
}

// bar draws the finished share in n columns and writes it in per cent, or draws
// dots when the share is unknown.
func (p *Progress) bar(n int) string {
	share, known := p.Share()
	if !known {
		return "[" + strings.Repeat("·", n) + "]" + strings.Repeat(" ", percent)
	}
	full := int(share * float64(n))
	return fmt.Sprintf("[%s%s] %3d %%", strings.Repeat("#", full), strings.Repeat("-", n-full), int(100*share))
}
