package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/newsonce/newsonce/cmd/newsonce/cli" // a cached test result ends when the program changes
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/internal/testpg"
)

// Paths of the built programs: newsonce itself, and internal/e2e/program.
var released, program string

// short are the waiting times of the program in most tests.
var short = crawler.Times{
	Grace: 2 * time.Second, Patience: 3 * time.Second,
	PageRetry: 100 * time.Millisecond, SourceRetry: 100 * time.Millisecond, RobotsRetry: 100 * time.Millisecond,
}

// racing reports whether the tests run under the race detector.
var racing = sync.OnceValue(func() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
})

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		flag.Set("test.parallel", "6") // the tests wait more than they compute
	}
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// buildAndRun builds the programs, with the race detector if the tests have it.
func buildAndRun(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "newsonce-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	released, program = filepath.Join(dir, "newsonce"), filepath.Join(dir, "program")
	args := []string{"build", "-o", dir}
	if racing() {
		args = append(args, "-race")
	}
	const module = "github.com/newsonce/newsonce/"
	build := exec.Command("go", append(args, module+"cmd/newsonce", module+"internal/e2e/program")...)
	if text, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the programs: %w\n%s", err, text)
	}
	return testpg.Run(m), nil
}

// longest bounds any run of a program.
const longest = 2 * time.Minute

// process is a program that was started.
type process struct {
	*exec.Cmd
	t        *testing.T
	begun    time.Time
	out, err *lockedBuffer
	ended    chan struct{}
	failure  error
}

// lockedBuffer is a buffer that may be read while a process writes to it.
type lockedBuffer struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start starts a command with short waiting times and kills it at the end of the
// test if it still runs.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	return startWith(t, short, name, args...)
}

// startWith is start with other waiting times, which only program reads.
func startWith(t *testing.T, waiting crawler.Times, name string, args ...string) *process {
	t.Helper()
	times, err := json.Marshal(waiting)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{
		Cmd: exec.Command(name, args...), t: t, begun: time.Now(),
		out: &lockedBuffer{}, err: &lockedBuffer{}, ended: make(chan struct{}),
	}
	p.Stdout, p.Stderr = p.out, p.err
	p.Env = append(clean(os.Environ()), "TEST_TIMES="+string(times))
	if err := p.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		p.failure = p.Cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Process.Kill()
		<-p.ended
	})
	return p
}

// clean returns env without the variables that the program reads.
func clean(env []string) []string {
	var kept []string
	for _, v := range env {
		if !strings.HasPrefix(v, "NEWSONCE_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// signal sends sig if the process is still running.
func (p *process) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatalf("send %v: %v", sig, err)
	}
}

// kill kills the process and reports whether it was still running.
func (p *process) kill() bool {
	p.t.Helper()
	p.signal(syscall.SIGKILL)
	<-p.ended
	status, ok := p.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// result is the outcome of a program.
type result struct {
	args     []string
	code     int // -1: ended by a signal
	out, err string
	cpu      time.Duration
	elapsed  time.Duration
}

// wait waits for the end of the process.
func (p *process) wait() result {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(longest):
		p.signal(syscall.SIGQUIT) // prints its goroutines
		<-p.ended
		p.t.Fatalf("%q did not end within %s\n%s", p.Args, longest, p.err)
	}
	var exit *exec.ExitError
	if p.failure != nil && !errors.As(p.failure, &exit) {
		p.t.Fatalf("wait for %q: %v", p.Args, p.failure)
	}
	return result{
		args: p.Args[1:], code: p.ProcessState.ExitCode(), out: p.out.String(), err: p.err.String(),
		cpu: p.ProcessState.UserTime() + p.ProcessState.SystemTime(), elapsed: time.Since(p.begun),
	}
}

// received waits until the program reports that a signal has reached it.
func (p *process) received(sig os.Signal) {
	p.t.Helper()
	eventually(p.t, "receipt of the signal", func() bool {
		return strings.Contains(p.err.String(), "received "+sig.String())
	})
}

// run runs the program to its end.
func run(t *testing.T, args ...string) result {
	t.Helper()
	return start(t, program, args...).wait()
}

func (r result) String() string {
	return fmt.Sprintf("newsonce %s: exit %d after %s\n--- stdout\n%.4000s\n--- stderr\n%.4000s",
		strings.Join(r.args, " "), r.code, r.elapsed.Round(time.Millisecond), r.out, r.err)
}

// exits requires an exit code and texts on standard error.
func (r result) exits(t *testing.T, code int, texts ...string) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit %d, want %d\n%s", r.code, code, r)
	}
	for _, text := range texts {
		if !strings.Contains(r.err, text) {
			t.Errorf("standard error lacks %q\n%s", text, r)
		}
	}
	if strings.Contains(r.err, "DATA RACE") || strings.Contains(r.err, "goroutine ") {
		t.Errorf("a race or a panic\n%s", r)
	}
	return r
}

// eventually waits up to 30 s until done reports true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}
