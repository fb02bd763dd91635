package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// The one lease of the file is a number in meta, which every lease and every
// release raises. It fences a writer whose lock no longer keeps others out, such as
// one whose lock file was removed.
const (
	raiseEpoch = `INSERT INTO meta(name, value) VALUES ('epoch', '1')
	    ON CONFLICT(name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`
	setOwner = "INSERT OR REPLACE INTO meta(name, value) VALUES ('owner', ?)"
	readMeta = "SELECT value FROM meta WHERE name = ?"
)

// Lease implements state.Store: it returns one lease of every host group.
func (s *Store) Lease(ctx context.Context, owner string, _ int, ttl time.Duration) ([]state.Lease, error) {
	var token int64
	err := within(ctx, s.conn, s.path, func() error {
		if err := exec(s.conn, raiseEpoch); err != nil {
			return wrap(s.path, "lease", err)
		}
		if err := exec(s.conn, setOwner, owner); err != nil {
			return wrap(s.path, "lease", err)
		}
		var err error
		token, err = s.epoch()
		return err
	})
	if err != nil {
		return nil, err
	}
	return []state.Lease{{Token: token, Until: time.Now().Add(ttl)}}, nil
}

// Renew implements state.Store.
func (s *Store) Renew(_ context.Context, leases []state.Lease, ttl time.Duration) ([]state.Lease, error) {
	if err := s.fence(leases); err != nil {
		return nil, err
	}
	return []state.Lease{{Token: leases[0].Token, Until: time.Now().Add(ttl)}}, nil
}

// Release implements state.Store.
func (s *Store) Release(ctx context.Context, leases []state.Lease) error {
	return within(ctx, s.conn, s.path, func() error {
		if err := s.fence(leases); errors.Is(err, state.ErrFenced) {
			return nil
		} else if err != nil {
			return err
		}
		if err := exec(s.conn, raiseEpoch); err != nil {
			return wrap(s.path, "release", err)
		}
		return wrap(s.path, "release", exec(s.conn, setOwner, ""))
	})
}

// fence returns state.ErrFenced unless the leases are the current one. It is called
// within a transaction, so that it stays true until the end of that.
func (s *Store) fence(leases []state.Lease) error {
	epoch, err := s.epoch()
	if err != nil {
		return err
	}
	if len(leases) == 0 {
		return fmt.Errorf("state %s: no lease: %w", s.path, state.ErrFenced)
	}
	for _, l := range leases {
		if l.Group != "" || l.Token != epoch {
			owner, _, err := one(s.conn, text, readMeta, "owner")
			if err != nil {
				return wrap(s.path, "read the lease", err)
			}
			if owner == "" {
				owner = "nobody"
			}
			return fmt.Errorf("state %s: lease %d: %w: %s holds lease %d", s.path, l.Token, state.ErrFenced, owner, epoch)
		}
	}
	return nil
}

// epoch returns the token of the newest lease, 0 when there never was one.
func (s *Store) epoch() (int64, error) {
	value, ok, err := one(s.conn, text, readMeta, "epoch")
	if err != nil || !ok {
		return 0, wrap(s.path, "read the lease", err)
	}
	epoch, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return 0, damaged(s.path, fmt.Sprintf("the number of its lease is %q", value))
	}
	return epoch, nil
}
