package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
)

// Courier delivers alerts in the background. The goroutine that commits calls its
// methods: it sends some alerts that wait in the state, and takes a Receipt for each
// before it sends more. A receiver that fails gets no alerts for a while; they wait in
// the state.
type Courier struct {
	// Receipts tells of each alert what became of it.
	Receipts <-chan Receipt

	receipts  chan Receipt
	work      chan []state.Alert
	receivers map[string]*Receiver
	now       func() time.Time
	cancel    context.CancelFunc
	done      sync.WaitGroup

	stopping atomic.Bool
	turn     chan struct{} // full from the begin of a delivery until its receipt is taken, and during a commit

	// Known to the owner only.
	waiting bool // alerts may wait in the state
	open    int  // receipts to come
	slow    bool // the delivery under way
	down    map[string]*outage
}

// Receipt tells what became of an alert.
type Receipt struct {
	state.Alert
	Err error // nil: it was delivered
}

// outage is a receiver that failed.
type outage struct {
	err   error
	until time.Time
	wait  time.Duration
}

// Waits of receivers that failed: the first, and the longest after several failures.
const (
	firstWait = time.Minute
	longWait  = time.Hour
)

// NewCourier starts a courier for the alerts of c, nil if there are none. End it with Stop.
func NewCourier(c *config.Config, now func() time.Time) *Courier {
	if len(c.Alerts) == 0 {
		return nil
	}
	x := &Courier{receipts: make(chan Receipt), work: make(chan []state.Alert, 1), receivers: map[string]*Receiver{},
		now: now, waiting: true, turn: make(chan struct{}, 1), down: map[string]*outage{}}
	x.Receipts = x.receipts
	for i := range c.Alerts {
		for name, r := range receiversOf(c, &c.Alerts[i]) {
			x.receivers[name] = NewReceiver(r, c.Dir)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	x.cancel = cancel
	x.done.Go(func() { x.deliver(ctx) })
	return x
}

// receiversOf returns the receivers of an alert by the names that the state has for
// them. They name a place in crawl.yaml, so that what waits goes to a receiver whose
// address was corrected.
func receiversOf(c *config.Config, a *config.Alert) map[string]*config.Receiver {
	if a.Receiver != nil {
		return map[string]*config.Receiver{"alert " + a.Name: a.Receiver}
	}
	all := map[string]*config.Receiver{}
	for i, r := range a.Receivers(c.Notify) {
		all[fmt.Sprintf("notify %d", i+1)] = r
	}
	return all
}

// Item is a new item, of which alerts may tell.
type Item struct {
	Type          item.Type
	ID, Site, URL string
	Title, Text   string
	Identity      string // identifies its article in the state
	Line          []byte // as it is written
}

// Alerts returns the alerts that a new item raises, for the state to keep.
func Alerts(c *config.Config, it *Item) ([]state.Alert, error) {
	var list []state.Alert
	for i := range c.Alerts {
		a := &c.Alerts[i]
		if !slices.Contains(a.Types, it.Type) || a.Sites != nil && !slices.Contains(a.Sites, it.Site) ||
			!a.Match.MatchString(it.Title) && !a.Match.MatchString(it.Text) {
			continue
		}
		for name := range receiversOf(c, a) {
			id := a.Name + "/" + it.ID + "/" + name
			message, err := json.Marshal(alertMessage{Events: []string{"alert"}, Alert: a.Name, Delivery: id, Item: it.Line,
				Text: a.Name + ": " + strings.TrimSpace(it.Title+"\n"+it.URL)})
			if err != nil {
				return nil, fmt.Errorf("alert %s: %w", a.Name, err)
			}
			list = append(list, state.Alert{ID: id, Receiver: name, URL: it.Identity, Message: message})
		}
	}
	return list, nil
}

// alertMessage is what receivers get about a new item.
type alertMessage struct {
	Events   []string        `json:"events"` // alert
	Text     string          `json:"text"`   // for people; the key that chat services show
	Alert    string          `json:"alert"`
	Delivery string          `json:"delivery"` // the same whenever the message is repeated
	Item     json.RawMessage `json:"item"`     // the line of the output
}

// Store is the part of the state that alerts wait in.
type Store interface {
	TakeAlerts(ctx context.Context, receivers []string, n int, ttl time.Duration) ([]state.Alert, error)
	AlertDelivered(ctx context.Context, id string) error
}

const (
	// chunk is the number of alerts that are taken at once.
	chunk = 16
	// takeTime is for how long: that all of a chunk may be attempted.
	takeTime = 10 * time.Minute
)

// Await says that alerts may wait in the state.
func (x *Courier) Await() { x.waiting = true }

// Send gives the courier alerts that wait in the state, unless it is under way.
func (x *Courier) Send(ctx context.Context, store Store) error {
	if x.open > 0 || !x.waiting || x.stopping.Load() {
		return nil
	}
	ready := x.ready()
	alerts, err := store.TakeAlerts(ctx, ready, chunk, takeTime)
	if err != nil {
		return err
	}
	x.waiting = len(alerts) > 0 || len(ready) < len(x.receivers)
	if x.open = len(alerts); x.open > 0 {
		x.work <- alerts
	}
	return nil
}

// ready returns the names of the receivers that work, as far as is known.
func (x *Courier) ready() []string {
	now := x.now()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(x.receivers)), func(name string) bool {
		d := x.down[name]
		return d != nil && now.Before(d.until)
	})
}

// Busy reports whether receipts are to come.
func (x *Courier) Busy() bool { return x.open > 0 }

// patience is how long a commit waits for a delivery that is under way.
const patience = 20 * time.Millisecond

// Pause keeps the courier from beginning a delivery while the state is busy with a commit:
// a crash meanwhile would repeat it. It waits for the one under way, unless that is slow.
func (x *Courier) Pause(ctx context.Context, store Store) (resume func(), err error) {
	resume = func() {}
	if x.open == 0 || x.slow {
		return resume, nil
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case x.turn <- struct{}{}:
	case r := <-x.receipts: // the turn of this delivery becomes that of the commit
		err = x.take(ctx, store, r)
	case <-late.C:
		x.slow = true
		return resume, nil
	}
	return func() { <-x.turn }, err
}

// Take takes a receipt over.
func (x *Courier) Take(ctx context.Context, store Store, r Receipt) error {
	defer func() { <-x.turn }()
	return x.take(ctx, store, r)
}

// take drops an alert that was delivered from the state at once, since a crash before that
// repeats it.
func (x *Courier) take(ctx context.Context, store Store, r Receipt) error {
	x.open--
	x.slow = false
	d := x.down[r.Receiver]
	switch {
	case r.Err == nil:
		delete(x.down, r.Receiver)
		return store.AlertDelivered(ctx, r.ID)
	case errors.Is(r.Err, errStopped):
	case d == nil:
		x.down[r.Receiver] = &outage{err: r.Err, wait: firstWait, until: x.now().Add(firstWait)}
	case x.now().After(d.until): // those given together count once
		wait := min(2*d.wait, longWait)
		*d = outage{err: r.Err, wait: wait, until: x.now().Add(wait)}
	}
	return nil
}

// Failures returns why receivers could not be told the last time.
func (x *Courier) Failures() []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(x.down)) {
		errs = append(errs, x.down[name].err)
	}
	return errs
}

// Finish has the courier begin no further delivery.
func (x *Courier) Finish() { x.stopping.Store(true) }

// Stop ends the courier. It gives up what it is doing.
func (x *Courier) Stop() {
	close(x.work)
	x.cancel()
	x.done.Wait()
}

var errStopped = errors.New("the run ends")

// deliver delivers what it is given. After a failure it leaves out what else is for the
// same receiver.
func (x *Courier) deliver(ctx context.Context) {
	for alerts := range x.work {
		failed := map[string]error{}
		for _, a := range alerts {
			select {
			case x.turn <- struct{}{}:
			case <-ctx.Done():
				return
			}
			err := failed[a.Receiver]
			switch {
			case x.stopping.Load():
				err = errStopped
			case err == nil:
				err = x.receivers[a.Receiver].Deliver(ctx, a.Message, a.ID)
				failed[a.Receiver] = err
			}
			select {
			case x.receipts <- Receipt{a, err}:
			case <-ctx.Done():
				return
			}
		}
	}
}
