package state

import (
	"context"
	"time"
)

// Withdrawal takes back the newest item of an article, whose line turned out to be
// a consent wall or an error page, or makes the state forget the article.
//
// What the store knows of the item's text goes: its claim, hash, sketch and
// near-duplicate postings. The next article of the URL is its next revision.
type Withdrawal struct {
	URL URLID  // the article's URL, or an alias of it
	Key uint64 // where URL is 0: hash of its URL key

	// Revision is the only revision to take back, 0 for any.
	Revision int
	// Requeue queues the URL again, to be fetched whole, with the aliases of it that
	// were fetched themselves. Close instead refuses it as Blocked, since it cannot be
	// fetched again. Reason and NextAt go with both.
	Requeue, Close bool
	Reason         string
	NextAt         time.Time
	// Forget removes every trace of the article instead: its URL and aliases, all
	// its texts, and the headlines of every site that lead to it. Whatever is found
	// again is new.
	Forget bool
}

// Withdrawn tells what a Withdrawal took back.
type Withdrawn struct {
	Known bool // the URL was known
	// Item is the article's newest item; its Revision is 0 where there was none,
	// or where an earlier withdrawal of the batch took it.
	Item Item
	// References are the items that stood only as duplicates of Item. They are
	// withdrawn with it, and their URLs queued again if its was. With Forget they
	// stay, and the first of those with its text is its first holder from then on.
	References []Item

	URLs      []string // with Forget: the URLs that were removed, in any order
	Headlines int      // with Forget: how many headlines were removed
}

// Item is a line that was written for an article, as far as the store knows.
type Item struct {
	URL      string // identifies the article
	Site     string
	Revision int
	Text     int64 // number of its text
	// Reference says that it was the URL's first item, and a duplicate of another
	// article: it was written as a reference unless on_duplicate said otherwise.
	Reference bool
	Near      bool // with Reference: the texts are only similar
}

// Forgot is what Forget removed.
type Forgot struct {
	Known     []bool   // per key
	URLs      []string // in any order
	Headlines int
}

// Forget removes the articles of the URLs with these keys, and whatever leads to
// them, in one commit. headline gives the key of a site's headline that leads to a
// URL.
func Forget(ctx context.Context, s Store, leases []Lease, keys []uint64,
	headline func(site, url string) uint64) (Forgot, error) {
	b := Batch{Leases: leases, HeadlineKey: headline}
	for _, key := range keys {
		b.Withdraw = append(b.Withdraw, Withdrawal{Key: key, Forget: true})
	}
	var f Forgot
	err := s.Commit(ctx, b, func(_ []Verdict, withdrawn []Withdrawn) (Effects, error) {
		for _, w := range withdrawn {
			f.Known = append(f.Known, w.Known)
			f.URLs = append(f.URLs, w.URLs...)
			f.Headlines += w.Headlines
		}
		return Effects{}, nil
	})
	return f, err
}
