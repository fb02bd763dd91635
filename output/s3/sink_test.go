package s3

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/testbucket"
	"github.com/newsonce/newsonce/output"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}

// TestOneRun shows the names of objects and the manifest.
func TestOneRun(t *testing.T) {
	b := newBench(t, "press/{site}/items.jsonl")
	b.open()
	b.must(b.commit(2))
	b.must(b.commit(1))
	b.wants(b.here())
	if got := b.server.Puts(); len(got) > 0 {
		t.Errorf("objects %v before the end of the run", got)
	}
	b.must(b.end())
	b.delivered()
	name := "a/" + object(1, 1)
	if got, want := b.server.Object(t, "news", "press/"+name), "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n"; got != want {
		t.Errorf("object %q, want %q", got, want)
	}
	var line output.Sealed
	manifest := b.server.Object(t, "news", "press/items.manifest-20261124T120200Z-0a1b2c3d-e1-000001.jsonl")
	if err := json.Unmarshal([]byte(manifest), &line); err != nil {
		t.Fatalf("manifest %q among %v: %v", manifest, b.server.Puts(), err)
	}
	if line.File != name || line.Lines != 3 || line.Bytes != 24 || len(line.SHA256) != 64 ||
		!line.First.Equal(b.now.Add(-time.Minute)) || !line.Last.Equal(b.now) {
		t.Errorf("manifest %s, want the object %s with 3 lines, 24 bytes and both times", manifest, name)
	}

	// A run without lines writes nothing.
	b.open()
	b.must(b.end())
	if got := len(b.server.Puts()); got != 2 {
		t.Errorf("%d objects after a quiet run, want 2", got)
	}
	// The next one continues.
	b.open()
	b.must(b.commit(1))
	b.must(b.end())
	b.delivered()
}

// TestSealedDuringTheRun delivers while lines are written.
func TestSealedDuringTheRun(t *testing.T) {
	for _, suffix := range []string{"", ".gz", ".zst"} {
		b := newBench(t, "items.jsonl"+suffix)
		b.options.Rotation = output.Rotation{Size: 1}
		b.open()
		for range 12 {
			b.must(b.commit(3))
			b.wants(b.here())
		}
		if got := len(b.server.Puts()); got == 0 {
			t.Errorf("%s: no object before the end of the run", suffix)
		}
		b.must(b.end())
		b.delivered()
		objects := 0
		for name := range b.server.Puts() {
			if !strings.Contains(name, "manifest") {
				objects++
			}
		}
		if objects != 12 {
			t.Errorf("%s: %d objects, want 12", suffix, objects)
		}
		b.listed()
	}
}

// mishaps are what happens to requests in TestEachLineOnceWhateverFails.
var mishaps = []testbucket.Fault{
	func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		testbucket.Answer(w, 500, "InternalError")
	},
	func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { testbucket.Answer(w, 503, "SlowDown") },
	func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		testbucket.Answer(w, 409, "ConditionalRequestConflict")
	},
	func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		testbucket.Answer(w, 403, "InvalidAccessKeyId")
	},
	func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { testbucket.Drop(w) },
	testbucket.Lose,
	func(w http.ResponseWriter, r *http.Request, next http.Handler) { // done, and reported as failed
		testbucket.Do(r, next)
		testbucket.Answer(w, 500, "InternalError")
	},
}

// TestEachLineOnceWhateverFails has requests fail at random, and kills runs at random
// while objects are on their way.
func TestEachLineOnceWhateverFails(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			b := newBench(t, "items.jsonl.gz")
			b.options.Warn = func(string) {}
			b.options.Rotation = output.Rotation{Size: []int64{1, 200, 0}[seed%3]}
			chances := make(chan uint64, 10000)
			for range cap(chances) {
				chances <- random.Uint64()
			}
			b.server.Fail(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n := <-chances; n%2 == 0 && r.Method != http.MethodGet {
					mishaps[n/2%uint64(len(mishaps))](w, r, next)
					return
				}
				next.ServeHTTP(w, r)
			})
			killed := false
			for range 12 {
				if err := b.tryOpen(killed); err != nil {
					b.run-- // it never began
					continue
				}
				for range random.IntN(4) {
					b.must(b.commit(1 + random.IntN(3)))
				}
				if killed = random.IntN(2) == 0; killed {
					b.kill()
				} else if err := b.end(); err != nil && !errors.Is(err, output.ErrUndelivered) {
					t.Fatal(err)
				}
				b.wants(b.here())
			}
			b.server.Fail(nil)
			b.must(b.tryOpen(killed))
			b.must(b.commit(1))
			b.must(b.end())
			b.delivered()
			b.listed()
		})
	}
}

// listed requires that the manifests list each object with its bytes, once.
func (b *bench) listed() {
	b.t.Helper()
	found := map[string]int{}
	for name := range b.server.Puts() {
		name = strings.TrimPrefix(name, "news/")
		if !strings.Contains(name, "manifest") {
			found[name]++
			continue
		}
		for line := range strings.Lines(b.server.Object(b.t, "news", name)) {
			var of output.Sealed
			b.must(json.Unmarshal([]byte(line), &of))
			found[of.File]--
			if got := len(b.server.Object(b.t, "news", of.File)); int64(got) != of.Bytes {
				b.t.Errorf("object %s has %d bytes, its manifest says %d", of.File, got, of.Bytes)
			}
		}
	}
	for name, n := range found {
		if n != 0 {
			b.t.Errorf("object %s: objects minus lines of the manifest: %d, want 0", name, n)
		}
	}
}

// TestKilledBeforeTheAnswer ends the process when the object is there and the answer is
// not.
func TestKilledBeforeTheAnswer(t *testing.T) {
	b := newBench(t, "items.jsonl")
	b.options.Rotation = output.Rotation{Size: 1}
	b.open()
	there, dead := make(chan bool), make(chan bool)
	b.server.Fail(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		testbucket.Do(r, next)
		there <- true
		<-dead
		testbucket.Drop(w)
	})
	b.must(b.commit(1))
	<-there
	b.server.Fail(nil)
	closing := make(chan error)
	go func() { closing <- b.sink.Close() }()
	b.sink.cancel()
	close(dead)
	b.must(<-closing)
	if got := len(b.server.Puts()); got != 1 {
		t.Fatalf("%d objects, want 1", got)
	}
	b.wants(b.here()) // the object and the file in the spool are one segment
	b.must(b.tryOpen(true))
	b.must(b.end())
	b.delivered()
	b.listed()
}

// TestKilledBeforeThePositionIsGone ends the process when the file of a delivered
// segment is removed, and the state still has its position.
func TestKilledBeforeThePositionIsGone(t *testing.T) {
	b := newBench(t, "items.jsonl")
	b.options.Rotation = output.Rotation{Size: 1}
	b.open()
	save := b.sink.Options.Save
	gone := errors.New("killed")
	b.sink.Options.Save = func(ctx context.Context, list []output.Position) error {
		if slices.ContainsFunc(list, func(p output.Position) bool { return len(p.Data) == 0 }) {
			return gone
		}
		return save(ctx, list)
	}
	err := b.commit(1)
	if err == nil {
		err = b.sink.Finish(t.Context())
	}
	if !errors.Is(err, gone) {
		t.Fatal(err)
	}
	b.kill()
	for _, f := range b.spooled() {
		if strings.Contains(f, "items-") {
			t.Errorf("%s is there, want that it is removed before its position", f)
		}
	}
	b.wants(b.here())
	b.must(b.tryOpen(true))
	b.must(b.end())
	b.delivered()
	b.listed()
}

// TestAnotherObjectIsThere stops the run, and names both. In a new epoch the segment
// gets another name.
func TestAnotherObjectIsThere(t *testing.T) {
	for _, meta := range []map[string]string{nil, {"X-Amz-Meta-Sha256": strings.Repeat("0", 64)}} {
		b := newBench(t, "items.jsonl")
		b.server.Put(t, "news", object(1, 1), "another", meta)
		b.open()
		b.must(b.commit(2))
		err := b.end()
		if err == nil || errors.Is(err, output.ErrUndelivered) {
			t.Fatalf("got %v, want an error that ends the run", err)
		}
		for _, want := range []string{filepath.Join(b.options.Spool, "news", object(1, 1)), "s3://news/" + object(1, 1),
			"has 7 bytes", "16 bytes", "newsonce state epoch"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q lacks %q", err, want)
			}
		}
		if err := b.tryOpen(true); err == nil {
			err = b.end()
			if err == nil || !strings.Contains(err.Error(), "state epoch") {
				t.Errorf("the next run: %v, want the same error", err)
			}
		}
		if got := b.server.Object(t, "news", object(1, 1)); got != "another" {
			t.Errorf("the other object is now %q", got)
		}

		b.options.Writer.Epoch = 2
		b.must(b.tryOpen(true))
		b.must(b.commit(1))
		b.must(b.end())
		if got, want := b.server.Object(t, "news", strings.Replace(object(1, 1), "-e1-", "-e2-", 1)), "{\"n\":0}\n{\"n\":1}\n"; got != want {
			t.Errorf("in the new epoch: %q, want %q", got, want)
		}
	}
}

// TestTheSameObjectIsThere is content with an object of another program that keeps no
// metadata.
func TestTheSameObjectIsThere(t *testing.T) {
	b := newBench(t, "items.jsonl")
	b.server.Put(t, "news", object(1, 1), "{\"n\":0}\n", nil)
	b.open()
	b.must(b.commit(1))
	b.must(b.end())
	b.delivered()
}

// TestCredentialsRevoked keeps what cannot be delivered, says so, and delivers it when
// they are restored.
func TestCredentialsRevoked(t *testing.T) {
	b := newBench(t, "items.jsonl")
	b.options.Rotation = output.Rotation{Size: 1}
	b.open()
	b.must(b.commit(1))
	b.server.Fail(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		testbucket.Answer(w, 403, "InvalidAccessKeyId")
	})
	b.must(b.commit(2))
	b.must(b.commit(2))
	err := b.end()
	if !errors.Is(err, output.ErrUndelivered) {
		t.Fatalf("got %v, want that it is not delivered", err)
	}
	for _, want := range []string{"does not know the access key", "AWS_ACCESS_KEY_ID", b.server.URL, "segment", "kept in " + b.options.Spool,
		"the next run"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	if strings.Contains(err.Error(), testbucket.Secret) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q shows a secret or has several lines", err)
	}
	waits := 0
	for _, p := range b.positions() {
		d, err := Describe(b.options.Base, p)
		b.must(err)
		if d.Waiting == nil {
			continue
		}
		waits++
		if d.Offset == 0 || d.Lines == 0 || d.Waiting.Since.IsZero() || !strings.HasPrefix(d.Path, "s3://news/items") {
			t.Errorf("%s: %+v %+v, want bytes, lines and the time", p.Key, d, d.Waiting)
		}
	}
	if waits == 0 {
		t.Error("no segment waits")
	}
	if !slices.ContainsFunc(b.positions(), func(p output.Position) bool { return strings.Contains(string(p.Data), "does not know the access key") }) {
		t.Error("no position has the error")
	}

	// The storage took objects before, so that the next run keeps its lines, too.
	var warned []string
	b.options.Warn = func(text string) { warned = append(warned, text) }
	b.open()
	b.must(b.commit(1))
	if err := b.end(); !errors.Is(err, output.ErrUndelivered) {
		t.Errorf("the next run: %v, want that segments wait", err)
	}
	if len(warned) != 1 || !strings.Contains(warned[0], "does not know the access key") || !strings.Contains(warned[0], b.options.Path) {
		t.Errorf("warnings %q, want one about the storage", warned)
	}

	// Elsewhere it would not begin.
	b.options.Storage.Region = "us-west-9"
	if err := b.tryOpen(false); err == nil || !strings.Contains(err.Error(), "kept in") {
		t.Errorf("in another region: %v, want that segments wait", err)
	}
	b.options.Storage.Region = testbucket.Region
	b.server.Fail(nil)
	b.wants(b.here())
	b.open()
	b.must(b.end())
	b.delivered()
	b.listed()
}

// TestTriesAgainInTheSameRun delivers after a rest, without the run's end.
func TestTriesAgainInTheSameRun(t *testing.T) {
	b := newBench(t, "items.jsonl")
	b.options.Rotation = output.Rotation{Size: 1}
	b.open()
	b.server.Fail(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { testbucket.Answer(w, 503, "SlowDown") })
	b.must(b.commit(1))
	b.sink.group.Wait()
	b.must(b.commit(1)) // takes note of it
	b.server.Fail(nil)
	b.now = b.now.Add(maxRest)
	b.must(b.commit(1))
	b.sink.group.Wait()
	if got := len(b.server.Puts()); got == 0 {
		t.Error("no object before the end of the run")
	}
	b.must(b.end())
	b.delivered()
}

// TestASlowServer stops a request that does not get on, and repeats it.
func TestASlowServer(t *testing.T) {
	b := newBench(t, "items.jsonl")
	b.open()
	b.must(b.commit(1))
	hangs := make(chan bool, 1)
	hangs <- true
	b.server.Fail(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-hangs:
			testbucket.Hang(w, r, next)
		default:
			next.ServeHTTP(w, r)
		}
	})
	b.must(b.end())
	b.delivered()
}

// TestStoppedWhileDelivering ends at once when the run is stopped.
func TestStoppedWhileDelivering(t *testing.T) {
	b := newBench(t, "items.jsonl")
	b.open()
	b.must(b.commit(1))
	b.server.Fail(testbucket.Hang)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	err := b.sink.Finish(ctx)
	if !errors.Is(err, output.ErrUndelivered) || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("got %v, want that the run was stopped", err)
	}
	b.kill()
	b.server.Fail(nil)
	b.open()
	b.must(b.end())
	b.delivered()
}

// TestLostSegment is an error until a person accepts it.
func TestLostSegment(t *testing.T) {
	for _, c := range []struct {
		spoil func(string) error
		what  string
	}{
		{os.Remove, "neither there nor in"},
		{func(f string) error { return os.WriteFile(f, []byte("{\"n\":1}\n"), 0o644) }, "was changed since it was sealed"},
		{func(f string) error { return os.Truncate(f, 3) }, "was changed since it was sealed"},
	} {
		b := newBench(t, "items.jsonl")
		b.open()
		b.must(b.commit(1))
		b.server.Fail(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			testbucket.Answer(w, 403, "AccessDenied")
		})
		if err := b.end(); !errors.Is(err, output.ErrUndelivered) {
			t.Fatal(err)
		}
		b.server.Fail(nil)
		b.must(c.spoil(filepath.Join(b.options.Spool, "news", object(1, 1))))
		for range 2 {
			err := b.tryOpen(false)
			if err == nil {
				err = b.end()
			}
			if err == nil || !strings.Contains(err.Error(), c.what) || !strings.Contains(err.Error(), "--accept-output") {
				t.Errorf("got %v, want %q", err, c.what)
			}
		}
		var warned []string
		b.options.Accept, b.options.Warn = true, func(text string) { warned = append(warned, text) }
		b.open()
		b.must(b.end())
		if len(warned) != 1 || !strings.Contains(warned[0], object(1, 1)) {
			t.Errorf("warnings %q, want one that names the segment", warned)
		}
		if len(b.spooled()) > 0 {
			t.Errorf("files %q are left", b.spooled())
		}
	}
}

// TestFormerPath delivers what waits for a path that is no longer configured.
func TestFormerPath(t *testing.T) {
	b := newBench(t, "old/items.jsonl")
	b.open()
	b.must(b.commit(2))
	b.kill() // the file stays open
	b.options.Path = "s3://news/new/items.jsonl"
	b.must(b.tryOpen(true))
	b.must(b.end())
	old := b.there()
	old.Path = "s3://news/old/items.jsonl"
	b.wants(old)
}

// TestRestore finds what waits when the state is lost.
func TestRestore(t *testing.T) {
	b := newBench(t, "items.jsonl.gz")
	b.options.Rotation = output.Rotation{Size: 200}
	b.open()
	b.must(b.commit(1))
	b.must(b.end())
	b.open()
	b.server.Fail(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		testbucket.Answer(w, 403, "AccessDenied")
	})
	b.must(b.commit(100))
	b.must(b.commit(1))
	b.kill()
	b.server.Fail(nil)
	b.wants(b.here())

	positions, err := Restore(t.Context(), b.options)
	b.must(err)
	b.stored = map[string]stored{}
	b.must(b.save(t.Context(), positions))
	b.options.Writer = output.Writer{State: "99999999", Epoch: 1}
	b.wants(b.here())
	b.open()
	b.must(b.commit(1))
	b.must(b.end())
	b.delivered()
}

// TestLargestObject writes more than fits into one object.
func TestLargestObject(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 100 MiB")
	}
	b := newBench(t, "items.jsonl")
	b.open()
	key := output.Key{Site: "a", Type: "article", At: b.now}
	text := append(bytes.Repeat([]byte{'x'}, 1<<20-1), '\n')
	for range 100 / 5 {
		b.must(b.sink.Prepare(t.Context(), []output.Key{key}))
		for range 5 {
			b.must(b.sink.Append(key, text))
		}
		list, err := b.sink.Flush(t.Context())
		b.must(err)
		b.must(b.save(t.Context(), list))
		b.must(b.sink.Committed(t.Context()))
	}
	b.must(b.end())
	objects, all := 0, 0
	for name := range b.server.Puts() {
		if strings.Contains(name, "manifest") {
			continue
		}
		size := len(b.server.Object(t, "news", strings.TrimPrefix(name, "news/")))
		if size > 64<<20 {
			t.Errorf("object %s has %d bytes, want at most 64 MiB", name, size)
		}
		objects, all = objects+1, all+size
	}
	if all != 100<<20 || objects != 2 {
		t.Errorf("%d bytes in %d objects, want 100 MiB in 2", all, objects)
	}
}
