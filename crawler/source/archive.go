package source

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// archiveKind enumerates archives by page, date or id, in a backfill only.
type archiveKind struct{}

func (archiveKind) Name() string { return "archive" }

// Open returns a source for an archive of lists, or for one whose URLs are articles.
func (archiveKind) Open(ctx context.Context, o *Opening) ([]Source, error) {
	switch a := o.Config.Spec.(*config.Archive); {
	case !o.Backfill:
		return nil, nil
	case a.IsListing(o.Site.Match):
		l, err := newListed(ctx, o)
		if err != nil {
			return nil, err
		}
		return []Source{l}, nil
	}
	c, err := newCounted(ctx, o)
	if err != nil || c == nil {
		return nil, err
	}
	return []Source{c}, nil
}

// archiveKey returns the key of an archive in the state.
func archiveKey(o *Opening) string {
	key := "archive " + o.Config.Spec.(*config.Archive).URL
	if o.Config.Spec.(*config.Archive).By == "date" {
		key += o.Days()
	}
	return key
}

// openSeries returns the series of an archive and moves the stored position p to
// where reading resumes: where it stopped; at the beginning if the configuration of
// the archive has changed; at what is new if it was complete. held reports whether
// the stored position belongs to the series.
func openSeries(o *Opening, known *state.Source, p *archive.Position) (s archive.Series, held bool, err error) {
	a := o.Config.Spec.(*config.Archive)
	stored, over := len(known.Cursor) > 0, !known.DoneAt.IsZero()
	today := o.Now()
	if stored && !over {
		today = p.Today(today)
	}
	if s, err = archive.New(a.Template(), today); err != nil {
		return s, false, err
	}
	s = s.Clip(o.From, o.To)
	held = stored && s.Holds(*p)
	switch {
	case !held:
		*p, known.DoneAt = s.Begin(), time.Time{}
	case over && a.To == "":
		*p, known.DoneAt = s.Again(*p), time.Time{}
	}
	return s, held, nil
}

// trustFirst allows the site's headers and cookies on the origin of a series.
func trustFirst(o *Opening, s archive.Series) error {
	first, ok := s.At(0)
	if !ok {
		return nil
	}
	u, err := urlkey.Parse(first)
	if err != nil {
		return err
	}
	o.Site.Trust(u.Origin())
	return nil
}

// firsts is the number of URLs of an archive that a plan names.
const firsts = 3

// seriesPlan counts the remaining URLs of an archive and names the first ones.
func seriesPlan(s archive.Series, next int64, what string) Plan {
	var first []string
	for i := next; len(first) < firsts; i++ {
		url, ok := s.At(i)
		if !ok {
			break
		}
		first = append(first, url)
	}
	var p Plan
	count := "an open number of"
	if n, ends := s.Len(); ends {
		p.URLs = n - next
		count = fmt.Sprint(p.URLs)
	} else {
		p.Open = true
	}
	p.Text = fmt.Sprintf("%s %s, first %s", count, what, strings.Join(first, " "))
	if next > 0 {
		p.Text += fmt.Sprintf(" (%d done)", next)
	}
	return p
}
