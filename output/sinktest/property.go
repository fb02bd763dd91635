package sinktest

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/output"
	"pgregory.net/rapid"
)

// testOrder appends, flushes, commits and rewinds in any order, with kills at any
// point. After each commit, rewind and start, readers must find exactly the
// lines that were committed.
func testOrder(t *testing.T, place func(*testing.T) Place) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &order{state: newState(rt, place(t)), ctx: t.Context()}
		c.start()
		defer c.crash()
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				c.n++
				times := rapid.IntRange(0, 2500).Draw(rt, "times")
				l := line{rapid.SampledFrom(sites).Draw(rt, "site"), c.n, strings.Repeat(strconv.Itoa(c.n), times)}
				c.must(c.append(c.ctx, []line{l}))
				c.held = append(c.held, l)
			},
			"flush": func(*rapid.T) { c.flush() },
			"commit": func(*rapid.T) {
				c.flush() // a commit has one flush, after the last append
				c.must(c.store(c.positions, c.held))
				c.held, c.positions = nil, nil
				c.must(c.sink.Committed(c.ctx))
				c.check("after a commit")
			},
			"rewind": func(*rapid.T) {
				c.must(c.sink.Rewind(c.ctx))
				c.held, c.positions = nil, nil
				c.check("after a rewind")
			},
			"kill": func(*rapid.T) {
				c.restart()
				c.check("after a kill")
			},
			"kill between transaction and end of a commit": func(*rapid.T) {
				c.flush()
				c.must(c.store(c.positions, c.held))
				c.restart()
				c.check("after a kill between the transaction and the end of a commit")
			},
			"kill in the middle of a flush": func(rt *rapid.T) {
				c.faults.at = c.faults.steps + rapid.IntRange(1, 4).Draw(rt, "step")
				c.faults.how = rapid.SampledFrom([]mishap{killed, killAfter}).Draw(rt, "how")
				c.killedFlush()
				c.restart()
				c.check("after a kill in the middle of a flush")
			},
			"end": func(*rapid.T) {
				c.must(c.sink.Rewind(c.ctx))
				c.must(c.finish(c.ctx))
				c.must(c.sink.Close())
				c.crash()
				c.held, c.positions = nil, nil
				c.must(c.open(c.ctx, true))
				c.check("after the end of a run")
			},
		})
	})
}

// order is a crawl in any order over a state.
type order struct {
	*state
	ctx       context.Context
	n         int               // lines so far
	held      []line            // since the last commit
	positions []output.Position // of the last flush
}

func (c *order) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("%v", err)
	}
}

func (c *order) start() {
	c.held, c.positions = nil, nil
	c.must(c.open(c.ctx, false))
}

// restart kills the run and begins another one.
func (c *order) restart() {
	c.faults.at = 0
	c.crash()
	c.start()
}

func (c *order) flush() {
	list, err := c.sink.Flush(c.ctx)
	c.must(err)
	c.positions = list
}

func (c *order) killedFlush() {
	defer func() {
		if r := recover(); r != nil && r != any(errKilled) {
			panic(r)
		}
	}()
	c.flush()
}
