package fetch

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// dying serves connections that answer one request and, at the next, read it
// and close. It returns when each request came.
func dying(t *testing.T, l net.Listener) func() []time.Time {
	var mu sync.Mutex // guards came
	var came []time.Time
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for n := range 2 {
					if _, err := http.ReadRequest(r); err != nil {
						return
					}
					mu.Lock()
					came = append(came, time.Now())
					mu.Unlock()
					if n == 0 {
						conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx"))
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return func() []time.Time {
		mu.Lock()
		defer mu.Unlock()
		return came
	}
}

// TestRepeatKeepsThePause: net/http asks again when a kept connection is closed
// without an answer; the server sees two requests.
func TestRepeatKeepsThePause(t *testing.T) {
	for _, tt := range []struct {
		name    string
		pause   time.Duration
		timeout time.Duration
		class   Class
		fetched int
	}{
		{"repeated at once", 0, time.Minute, OK, 3},
		{"repeated after the pause", 80 * time.Millisecond, time.Minute, OK, 3},
		{"not within the time", time.Minute, 100 * time.Millisecond, Retry, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			came := dying(t, l)
			c, err := New(Options{Private: loopback, Timeout: tt.timeout})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			url := "http://" + l.Addr().String() + "/"
			if got := c.Get(t.Context(), Request{URL: url, Pause: tt.pause}); got.Class != OK {
				t.Fatalf("first: %v (%v)", got.Class, got.Err)
			}
			got := c.Get(t.Context(), Request{URL: url, Pause: tt.pause})
			if got.Class != tt.class {
				t.Errorf("second: %v (%v), want %v", got.Class, got.Err, tt.class)
			}
			times := came()
			if len(times) != tt.fetched {
				t.Fatalf("the server saw %d requests, want %d", len(times), tt.fetched)
			}
			if tt.fetched == 3 && times[2].Sub(times[1]) < tt.pause {
				t.Errorf("repeated after %v, want %v", times[2].Sub(times[1]), tt.pause)
			}
			if got.Class == OK && got.FirstByte >= max(tt.pause, 50*time.Millisecond) {
				t.Errorf("first byte after %v: the pause counts as the server's", got.FirstByte)
			}
		})
	}
}

// TestRepeatWaitsOnlyForWhatWasWritten: that a connection is looked for twice
// is no repetition by itself.
func TestRepeatWaitsOnlyForWhatWasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &call{Request: Request{Pause: time.Hour}, options: &Options{}}
		begun := time.Now()
		k.repeat(t.Context())
		if took := time.Since(begun); took != 0 {
			t.Errorf("waited %v before the first request", took)
		}
		k.written.Store(true)
		k.repeat(t.Context())
		if took := time.Since(begun); took != time.Hour {
			t.Errorf("waited %v before the second request, want 1h", took)
		}
		k.repeat(t.Context())
		if took := time.Since(begun); took != time.Hour {
			t.Errorf("waited once more without a request in between: %v", took)
		}
	})
}
