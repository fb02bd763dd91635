package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/newsonce/newsonce/dedupe/filter"
)

const (
	progressFrom  = 2 * time.Second // shorter runs show no progress
	progressEvery = 500 * time.Millisecond
)

// dedupeProgress shows how far a run is, on a line of its own.
type dedupeProgress struct {
	out, err io.Writer
	size     int64 // bytes of the inputs; not positive when unknown
	begun    time.Time
	shown    time.Time // zero before the first time
}

// show is called often, and writes when it is time to.
func (p *dedupeProgress) show(s filter.Summary) {
	now := time.Now()
	spent := now.Sub(p.begun)
	if spent < progressFrom || now.Sub(p.shown) < progressEvery {
		return
	}
	p.shown = now
	fmt.Fprintf(p.err, "\r\x1b[K%s", p.line(&s, spent))
}

func (p *dedupeProgress) line(s *filter.Summary, spent time.Duration) string {
	count := func(n int) string { return humanize.Comma(int64(n)) }
	perSecond := int(float64(s.Articles) / spent.Seconds())
	line := fmt.Sprintf("%s articles, %s duplicates, %s/s", count(s.Articles), count(s.Duplicates()), count(perSecond))
	if p.size <= 0 || s.Bytes == 0 {
		return line
	}
	part := min(float64(s.Bytes)/float64(p.size), 1)
	left := time.Duration(float64(spent) * (1 - part) / part).Round(time.Second)
	return fmt.Sprintf("%s, %2.0f %% of %s, %s left", line, 100*part, humanize.Bytes(uint64(p.size)), left)
}

// clear makes room for other output.
func (p *dedupeProgress) clear() {
	if !p.shown.IsZero() {
		fmt.Fprint(p.err, "\r\x1b[K")
	}
}

// Write writes articles to standard output, which may be the same terminal.
func (p *dedupeProgress) Write(b []byte) (int, error) {
	p.clear()
	return p.out.Write(b)
}
