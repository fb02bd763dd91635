package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gocolly/colly/v2"
)

// call is one Get under way. The transport finds it in the context of the
// request, fills in the response and notes why it ended the request, if it did.
type call struct {
	Request
	options  *Options
	maxBody  int64
	request  *colly.Request // nil until Colly has accepted the URL
	response Response
	err      error // the transport's own reason to end the call

	sent     bool        // the request has reached the transport
	whole    bool        // the transport has given Colly all there is
	taken    bool        // the callbacks are done with it
	written  atomic.Bool // it was written to a connection, and net/http has not begun again
	start    time.Time
	deadline time.Time    // when it must be finished
	wire     atomic.Int64 // bytes of the body received so far
	answered atomic.Bool  // headers are complete
	timer    *time.Timer  // ends the call at its deadline, or when nothing comes; nil for a stored answer
}

type callKey struct{}

// limit has the call ended by stop when its time is over.
func (k *call) limit(stop context.CancelCauseFunc) {
	k.deadline = k.start.Add(k.options.Timeout)
	first := k.options.firstByte
	if k.options.OwnTransport { // nothing tells when the headers are complete
		first = k.options.Timeout
	}
	k.timer = time.AfterFunc(first, func() { stop(k.late()) })
}

// await has the call ended when nothing comes for d, or at its deadline.
func (k *call) await(d time.Duration) {
	if k.timer != nil {
		k.timer.Reset(min(d, time.Until(k.deadline)))
	}
}

// late says why a call is ended whose time is over.
func (k *call) late() error {
	switch {
	case !time.Now().Before(k.deadline):
		return errSlow{"not finished", k.options.Timeout}
	case k.answered.Load():
		return errSlow{"nothing more came", k.options.stall}
	}
	return errSlow{"no answer came", k.options.firstByte}
}

// traced returns the context to send with, which keeps Request.Pause.
func (k *call) traced(ctx context.Context) context.Context {
	if k.Pause <= 0 {
		return ctx
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(w httptrace.WroteRequestInfo) { k.written.Store(w.Err == nil) },
		GetConn:      func(string) { k.repeat(ctx) },
	})
}

// repeat waits before a request that was written is written once more. Its time
// begins anew then. If the call ends meanwhile it panics with tooLate, since
// net/http may take an idle connection and write although its context has ended.
func (k *call) repeat(ctx context.Context) {
	if !k.written.Swap(false) {
		return
	}
	k.await(k.Pause + k.options.firstByte)
	pause := time.NewTimer(k.Pause)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		panic(tooLate{})
	}
	k.start = time.Now()
}

// tooLate leaves the stack of a call that has ended.
type tooLate struct{}

// end notes why the transport ended the call and returns it.
func (k *call) end(err error) error {
	k.err = err
	return err
}

// conditional reports whether the request holds a validator.
func (k *call) conditional() bool { return k.ETag != "" || k.LastModified != "" }

// finish gives the response its class and its error. parent is the caller's
// context, timed the one of the call, err the outcome of visit.
func (k *call) finish(parent, timed context.Context, err error) Response {
	r := &k.response
	r.Wire = k.wire.Load()
	r.Elapsed = time.Since(k.start)
	if r.URL == "" {
		r.URL = bare(k.URL)
	}
	var status errStatus
	switch {
	case err == nil:
		return *r
	case errors.As(err, &status): // the class is set
	case isRefusal(err):
		r.Class = Refused
	case parent.Err() != nil:
		r.Class, err = Cancelled, context.Cause(parent)
	case timed.Err() != nil:
		r.Class, err = Retry, context.Cause(timed)
	default:
		r.Class = Retry
	}
	r.Body = nil
	r.Err = fmt.Errorf("get %s: %w", nameOf(r.URL), inWords(err, k.answered.Load()))
	return *r
}

// inWords takes the URL that net/http puts around an error off it, since it may
// hold a user, and gives an early end its name.
func inWords(err error, answered bool) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if !answered && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		return errors.New("connection was closed before the answer was complete")
	}
	return err
}

// bare returns a URL without user, password and fragment, or nothing where it
// cannot be parsed.
func bare(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return bareURL(u)
}

func bareURL(u *url.URL) string {
	b := *u
	b.User, b.Fragment, b.RawFragment = nil, "", ""
	return b.String()
}

// nameOf returns a URL for an error text.
func nameOf(bare string) string {
	if bare == "" {
		return "a URL that cannot be parsed"
	}
	return bare
}
