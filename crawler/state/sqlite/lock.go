package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/newsonce/newsonce/crawler/state"
)

// lock is held by the one process that may write a state.
type lock struct{ f *flock.Flock }

// lockPoll is how often a waiting process tries again; leastWait outlasts the
// moment for which holder takes the lock.
const (
	lockPoll  = 20 * time.Millisecond
	leastWait = 3 * lockPoll
)

// acquire locks the state at path with an advisory lock on path + ".lock", which
// ends with the process. It waits for another process for up to wait, then returns
// state.ErrLocked with the name of that process.
func acquire(ctx context.Context, path string, wait time.Duration) (*lock, error) {
	name := path + ".lock"
	if err := makeFolder(filepath.Dir(name), syncFolder); err != nil {
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
	if errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("lock state %s: %w; its folder must be writable", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("lock state %s: %w", path, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: %w (%s)", path, state.ErrLocked, note(name))
	}
	text := fmt.Sprintf("%s, since %s\n", state.Owner(), time.Now().Format(time.RFC3339))
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		f.Unlock()
		return nil, fmt.Errorf("write lock %s: %w", name, err)
	}
	return &lock{f}, nil
}

// note returns what the holder of a lock wrote into its file.
func note(name string) string {
	b, err := os.ReadFile(name)
	if text := strings.TrimSpace(string(b)); err == nil && text != "" {
		return text
	}
	return "its process has not written its name yet"
}

// holder returns the name of the process that holds the lock of the state at path,
// and false when none does.
func holder(path string) (string, bool) {
	name := path + ".lock"
	if _, err := os.Stat(name); err != nil {
		return "", false
	}
	f := flock.New(name, flock.SetFlag(os.O_RDONLY))
	ok, err := f.TryRLock()
	if ok {
		f.Unlock()
	}
	if err != nil || ok {
		return "", false
	}
	return note(name), true
}

// release gives the lock up.
func (l *lock) release() error { return l.f.Unlock() }

// makeFolder creates a folder and those above it that are missing. It makes each name
// durable with sync: otherwise a power cut could take a state away with its folder.
func makeFolder(dir string, sync func(parent string) error) error {
	err := os.Mkdir(dir, 0o755)
	switch {
	case errors.Is(err, os.ErrNotExist) && dir != filepath.Dir(dir):
		if err := makeFolder(filepath.Dir(dir), sync); err != nil {
			return err
		}
		return makeFolder(dir, sync)
	case errors.Is(err, os.ErrExist):
		return nil // a file of that name is found out when something is opened in it
	case err != nil:
		return err
	}
	return sync(filepath.Dir(dir))
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
