package fetch

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// TestWatch: a call ends at the time it was last given, to the moment, however
// the times of others are moved; one that is over is left alone.
func TestWatch(t *testing.T) {
	const between = time.Millisecond / 2 // no call ends while another is moved
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			w, begun := newWatch(), time.Now()
			type watched struct {
				*call
				ended chan time.Time
				want  time.Duration // 0: it is over before
			}
			var all []*watched
			for range 20 {
				ctx, stop := context.WithCancelCause(t.Context())
				k := &watched{call: &call{options: &Options{Timeout: time.Hour, firstByte: time.Second}, watch: w, stop: stop, deadline: begun.Add(time.Hour)}, ended: make(chan time.Time, 1)}
				context.AfterFunc(ctx, func() {
					var slow errSlow
					if !errors.As(context.Cause(ctx), &slow) {
						t.Errorf("ended with %v", context.Cause(ctx))
					}
					k.ended <- time.Now()
				})
				k.want = time.Duration(1+random.IntN(5000))*time.Millisecond + between
				w.begin(k.call, time.Now().Add(k.want))
				k.want += time.Since(begun)
				all = append(all, k)
				time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond)
			}
			for range 200 {
				time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
				k, now := all[random.IntN(len(all))], time.Since(begun)
				if k.want <= now { // it has ended, and nothing moves it
					k.await(time.Minute)
					continue
				}
				switch random.IntN(10) {
				case 0:
					w.end(k.call)
					k.want = 0
				case 1:
					k.await(2 * time.Hour)
					k.want = time.Hour
				default:
					d := time.Duration(1+random.IntN(3000))*time.Millisecond + between
					k.await(d)
					k.want = now + d
				}
			}
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			for i, k := range all {
				select {
				case at := <-k.ended:
					if got := at.Sub(begun); got != k.want {
						t.Errorf("seed %d, call %d ended after %v, want %v", seed, i, got, k.want)
					}
				default:
					if k.want != 0 {
						t.Errorf("seed %d, call %d did not end, want %v", seed, i, k.want)
					}
				}
				k.stop(errSlow{})
			}
			if len(w.calls) != 0 || !w.at.IsZero() {
				t.Errorf("%d calls are watched, next at %v", len(w.calls), w.at)
			}
		})
	}
}
