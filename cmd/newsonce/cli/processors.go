package cli

import (
	"os"
	"runtime"
	"time"
)

const (
	// tick is how often the use of processors is looked at.
	tick = 250 * time.Millisecond
	// busy is the use, in processors, from which on one is not enough, idle that
	// below which it is, when it has been so for idleTicks.
	busy      = 0.6
	idle      = 0.3
	idleTicks = 8
)

// saveProcessors has the process run Go code on one processor while that is
// enough. A crawl of many hosts at their pace does a little work all the time, and
// with more processors the scheduler wakes a second one for most of it, to find
// nothing left to do: that is 4 to 8 % of the processor time of 200 hosts at a
// delay of half a second. Where GOMAXPROCS is set it does nothing.
func saveProcessors() {
	if _, ok := processorTime(); !ok || os.Getenv("GOMAXPROCS") != "" || runtime.GOMAXPROCS(0) == 1 {
		return
	}
	go func() {
		used, _ := processorTime()
		at := time.Now()
		var g governor
		for range time.Tick(tick) {
			u, _ := processorTime()
			now := time.Now()
			switch g.next(float64(u-used) / float64(now.Sub(at))) {
			case fewer:
				runtime.GOMAXPROCS(1)
			case more:
				runtime.SetDefaultGOMAXPROCS()
			}
			used, at = u, now
		}
	}()
}

// governor decides between one processor and all.
type governor struct {
	one   bool // is used
	quiet int  // ticks in a row without much to do
}

// step is what a governor wants changed.
type step int

const (
	same step = iota
	fewer
	more
)

// next takes the use of processors of another tick.
func (g *governor) next(used float64) step {
	if used < idle {
		g.quiet++
	} else {
		g.quiet = 0
	}
	switch {
	case g.one && used > busy:
		g.one = false
		return more
	case !g.one && g.quiet >= idleTicks:
		g.one = true
		return fewer
	}
	return same
}
