package index

import (
	"context"
	"errors"
	"time"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Forget removes the items of URLs, with the headlines that lead to them, from the index
// at path, and returns how many lines they were. What the output holds of them until now
// is never read again, also after Rebuild; the index is made if it does not exist, so as
// to remember that. An item that is fetched later is new.
func Forget(ctx context.Context, path string, urls []urlkey.URL, now time.Time) (removed int, err error) {
	x, err := Open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	err = x.transaction(ctx, func() error {
		for _, u := range urls {
			n, err := x.forget(subject(u.Hash()), now)
			if err != nil {
				return err
			}
			removed += n
		}
		return nil
	})
	return removed, err
}

func (x *Index) forget(subject int64, now time.Time) (int, error) {
	if err := x.exec("INSERT OR REPLACE INTO forgotten VALUES (?, ?)", subject, now.Unix()); err != nil {
		return 0, err
	}
	list, err := x.rowsOf("SELECT at, n, revision, newest FROM item WHERE subject = ?", subject)
	if err != nil {
		return 0, err
	}
	for _, r := range list {
		if err := x.drop(pending{}, r); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
