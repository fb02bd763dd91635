package cli

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"
)

const (
	progressFrom  = 2 * time.Second // a run that is over sooner shows none
	progressEvery = 500 * time.Millisecond
)

// progress shows how far the run is, if it is time to.
func (r *deduping) progress() {
	now := time.Now()
	spent := now.Sub(r.begun)
	if spent < progressFrom || now.Sub(r.shown) < progressEvery {
		return
	}
	r.shown = now
	fmt.Fprintf(r.Err, "\r\x1b[K%s", r.state(spent))
}

// state is the line that progress shows.
func (r *deduping) state(spent time.Duration) string {
	c := r.counts
	line := fmt.Sprintf("%s articles, %s duplicates, %s/s", humanize.Comma(int64(c.articles)), humanize.Comma(int64(c.exact+c.near+c.url)),
		humanize.Comma(int64(float64(c.articles)/spent.Seconds())))
	read := atomic.LoadInt64(&r.read)
	if r.size <= 0 || read == 0 {
		return line
	}
	part := min(float64(read)/float64(r.size), 1)
	left := time.Duration(float64(spent) * (1 - part) / part).Round(time.Second)
	return fmt.Sprintf("%s, %2.0f %% of %s, %s left", line, 100*part, humanize.Bytes(uint64(r.size)), left)
}

// clearProgress makes room for other lines.
func (r *deduping) clearProgress() {
	if !r.shown.IsZero() {
		fmt.Fprint(r.Err, "\r\x1b[K")
	}
}
