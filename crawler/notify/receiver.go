package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
)

// Receiver delivers messages to a receiver of crawl.yaml.
type Receiver struct {
	*config.Receiver
	dir    string // where commands run
	pauses []time.Duration
	client *http.Client
}

// pauses lie between the attempts of one delivery.
var pauses = []time.Duration{time.Second, 5 * time.Second}

// NewReceiver returns a receiver whose commands run in dir.
//
// The webhook is the operator's own, so that its address may be private. Redirects are
// not followed: they could take the headers elsewhere.
func NewReceiver(r *config.Receiver, dir string) *Receiver {
	return &Receiver{Receiver: r, dir: dir, pauses: pauses, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// refused is an error after which another attempt is pointless.
type refused struct{ error }

func (e refused) Unwrap() error { return e.error }

// Deliver sends a message, in up to three attempts. key identifies the message to a
// receiver that must not take it twice; "" for none. It gives up when ctx ends.
func (r *Receiver) Deliver(ctx context.Context, message []byte, key string) error {
	for attempt := 0; ; attempt++ {
		err := r.attempt(ctx, message, key)
		if err == nil {
			return nil
		}
		err = fmt.Errorf("%s: %w", r, err)
		var final refused
		if errors.As(err, &final) || attempt == len(r.pauses) || !pause(ctx, r.pauses[attempt]) {
			return err
		}
	}
}

// pause waits for d and returns false when ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *Receiver) attempt(ctx context.Context, message []byte, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	late := fmt.Errorf("no success within %s", r.Timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, r.Timeout, late)
	defer cancel()
	send := r.post
	if r.Command != nil {
		send = r.run
	}
	err := send(ctx, message, key)
	if err != nil && context.Cause(ctx) == late {
		return late
	}
	return err
}

// waitDelay is how long a command that was killed may leave its output open.
const waitDelay = time.Second

// run passes a message to the command on standard input. Exit code 0 is success.
func (r *Receiver) run(ctx context.Context, message []byte, key string) error {
	c := exec.CommandContext(ctx, r.Command[0], r.Command[1:]...)
	c.Dir, c.WaitDelay = r.dir, waitDelay
	c.Stdin = bytes.NewReader(message)
	c.Env = append(c.Environ(), "NEWSONCE_DELIVERY="+key)
	var said tail
	c.Stderr = &said
	err := c.Run()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return refused{err}
	case said.text() != "":
		return fmt.Errorf("%w: %s", err, said.text())
	}
	return err
}

// tail keeps the end of what is written to it.
type tail struct{ end []byte }

const tailSize = 300

func (t *tail) Write(b []byte) (int, error) {
	t.end = append(t.end, b...)
	t.end = t.end[max(0, len(t.end)-tailSize):]
	return len(b), nil
}

// text returns the end in one line.
func (t *tail) text() string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(t.end), "")), " ")
}

// post sends a message to the webhook. A status of 200 to 299 is success.
func (r *Receiver) post(ctx context.Context, message []byte, key string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Webhook, bytes.NewReader(message))
	if err != nil {
		return refused{err}
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "newsonce")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return withoutURL(err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxResponse) // so that the connection is kept
	switch {
	case resp.StatusCode/100 == 2:
		return nil
	case resp.StatusCode/100 == 5, slices.Contains(transient, resp.StatusCode):
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return refused{fmt.Errorf("HTTP %d", resp.StatusCode)}
}

// maxResponse is how much of a response is read.
const maxResponse = 64 << 10

// transient are the statuses below 500 after which another attempt may succeed.
var transient = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}

// withoutURL takes the URL, which may be secret, out of an error of net/http.
func withoutURL(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
