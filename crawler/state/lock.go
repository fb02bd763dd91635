package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Lock is held by the one process that may write a state.
type Lock struct{ f *flock.Flock }

// lockPoll is how often a waiting process tries again; leastWait outlasts the
// moment for which Held takes the lock.
const (
	lockPoll  = 20 * time.Millisecond
	leastWait = 3 * lockPoll
)

// Acquire locks the state at path, by an advisory lock on path + ".lock" that
// ends with the process. It waits at most wait, and returns ErrLocked, with
// who holds it, when that was in vain.
func Acquire(ctx context.Context, path string, wait time.Duration) (*Lock, error) {
	name := path + ".lock"
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of state %s: %w", path, err)
	}
	f := flock.New(name, flock.SetPermissions(0o644)) // so that status of another user can look
	ok, err := f.TryLock()
	if err == nil && !ok {
		waiting, cancel := context.WithTimeout(ctx, max(wait, leastWait))
		defer cancel()
		ok, err = f.TryLockContext(waiting, lockPoll)
		if errors.Is(err, context.DeadlineExceeded) {
			err = nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("lock state %s: %w", path, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: %w%s", path, ErrLocked, holder(name))
	}
	note := fmt.Sprintf("pid %d, since %s\n", os.Getpid(), time.Now().Format(time.RFC3339))
	if err := os.WriteFile(name, []byte(note), 0o644); err != nil {
		f.Unlock()
		return nil, fmt.Errorf("write lock %s: %w", name, err)
	}
	return &Lock{f}, nil
}

// holder says who wrote the lock file, as " (pid 12, since …)".
func holder(name string) string {
	b, err := os.ReadFile(name)
	if err != nil || len(b) == 0 {
		return ""
	}
	return " (" + strings.TrimSpace(string(b)) + ")"
}

// Held reports whether a process holds the lock of the state at path.
func Held(path string) bool {
	name := path + ".lock"
	if _, err := os.Stat(name); err != nil {
		return false
	}
	f := flock.New(name, flock.SetFlag(os.O_RDONLY))
	ok, err := f.TryRLock()
	if ok {
		f.Unlock()
	}
	return err == nil && !ok
}

// Release gives the lock up.
func (l *Lock) Release() error { return l.f.Unlock() }
