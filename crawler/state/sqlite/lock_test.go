package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	child "os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// holderEnv names the state that a child of the test holds until its standard
// input ends.
const holderEnv = "NEWSONCE_TEST_HOLD"

func TestMain(m *testing.M) {
	if path := os.Getenv(holderEnv); path != "" {
		if _, err := acquire(context.Background(), path, 0); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0) // without release, as a killed process
	}
	os.Exit(m.Run())
}

// hold has another process take the lock. It gives it up when release is called.
func hold(t *testing.T, path string) (pid int, release func()) {
	t.Helper()
	cmd := child.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holderEnv+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "held\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	var once sync.Once
	release = func() {
		once.Do(func() {
			in.Close()
			cmd.Wait()
		})
	}
	t.Cleanup(release)
	return cmd.Process.Pid, release
}

func TestLockRefusesBesideAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	pid, release := hold(t, path)
	begun := time.Now()
	_, err := acquire(t.Context(), path, 0)
	if !errors.Is(err, state.ErrLocked) {
		t.Fatalf("got %v, want state.ErrLocked", err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("refused after %v, want less than a second", took)
	}
	for _, want := range []string{path, "pid " + strconv.Itoa(pid), "since "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("message %q does not say %q", err, want)
		}
	}
	if name, ok := holder(path); !ok || !strings.Contains(name, "pid "+strconv.Itoa(pid)) {
		t.Errorf("holder is %q, %v, want pid %d", name, ok, pid)
	}
	release()
	if name, ok := holder(path); ok {
		t.Errorf("holder is %q after its end", name)
	}
	l, err := acquire(t.Context(), path, 0)
	if err != nil {
		t.Fatalf("after the holder died: %v", err)
	}
	defer l.release()
}

func TestLockRefusesASecondHandle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "state.db") // the folder is made
	l, err := acquire(t.Context(), path, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := acquire(t.Context(), path, 0); !errors.Is(err, state.ErrLocked) {
		t.Errorf("got %v, want state.ErrLocked", err)
	}
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
	again, err := acquire(t.Context(), path, 0)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	again.release()
}

func TestLockWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	first, err := acquire(t.Context(), path, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error)
	go func() {
		l, err := acquire(t.Context(), path, time.Minute)
		if err == nil {
			err = l.release()
		}
		got <- err
	}()
	if err := first.release(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Errorf("the one that waited: %v", err)
	}
}

func TestLockEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	l, err := acquire(t.Context(), path, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := acquire(ctx, path, time.Hour); !errors.Is(err, context.Canceled) || errors.Is(err, state.ErrLocked) {
		t.Errorf("got %v, want context.Canceled only", err)
	}
}

// TestHolderDoesNotDisturb looks at the lock all the time while a run starts.
func TestHolderDoesNotDisturb(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if name, ok := holder(path); ok {
		t.Errorf("a state that does not exist is held by %q", name)
	}
	if _, err := os.Stat(path + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Error("looking at the lock made its file")
	}
	ctx, stop := context.WithCancel(t.Context())
	var look sync.WaitGroup
	look.Go(func() {
		for ctx.Err() == nil {
			holder(path)
			time.Sleep(time.Millisecond)
		}
	})
	for i := range 30 {
		l, err := acquire(t.Context(), path, 0)
		if err != nil {
			t.Errorf("start %d beside a look at the lock: %v", i, err)
			break
		}
		l.release()
	}
	stop()
	look.Wait()
}

// TestMakeFolder: the parent of every new folder is synced, and of no other.
func TestMakeFolder(t *testing.T) {
	dir := t.TempDir()
	var synced []string
	sync := func(parent string) error {
		synced = append(synced, parent)
		return syncFolder(parent)
	}
	for _, want := range [][]string{{dir, dir + "/a", dir + "/a/b"}, nil} {
		synced = nil
		if err := makeFolder(filepath.Join(dir, "a", "b", "c"), sync); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(synced, want) {
			t.Errorf("synced %q, want %q", synced, want)
		}
	}
}
