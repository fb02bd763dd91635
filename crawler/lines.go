package crawler

import (
	"cmp"
	"fmt"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/notify"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
)

// lineWriter writes the lines of committed tasks.
type lineWriter struct {
	runID   string
	config  *config.Config
	encoder *item.Encoder
	out     output.Sink
}

// write writes the lines that the verdict on a task calls for.
func (w *lineWriter) write(b *batch, s *settled) error {
	if err := w.writeArticle(b, s); err != nil {
		return err
	}
	return w.writeHeadlines(b, s)
}

func (w *lineWriter) writeArticle(b *batch, s *settled) error {
	v, site := s.verdict, s.task.Site
	if v.Gone > 0 {
		id, err := articleID(v.Identity)
		if err != nil {
			return err
		}
		gone := item.Gone{Type: item.TypeGone, ID: id, Site: site.Name,
			URL: s.task.URL, Status: s.claims.Status, FetchedAt: item.At(s.claims.At), RunID: w.runID}
		if v.Gone > 1 {
			gone.Revision = v.Gone
		}
		return w.line(b, s, item.TypeGone, gone)
	}
	a := s.article.Item
	if a == nil || v.Article == state.None || v.Article == state.Known {
		return nil
	}
	if err := s.complete(a, w.runID); err != nil {
		return err
	}
	switch s.policy() {
	case config.Drop:
		return nil
	case config.WriteReference:
		if v.Article != state.New {
			return w.line(b, s, item.TypeReference, reference(a, v.Identity))
		}
	}
	if v.Article != state.New {
		return w.line(b, s, item.TypeArticle, a)
	}
	return w.newLine(b, s, a, &notify.Item{Type: item.TypeArticle, ID: a.ID, URL: a.URL, Title: a.Title, Text: a.ContentText,
		Identity: v.Identity})
}

// complete fills in the fields of an article that depend on the verdict.
func (s *settled) complete(a *item.Article, runID string) (err error) {
	v := s.verdict
	if a.ID, err = articleID(v.Identity); err != nil {
		return err
	}
	a.RunID = runID
	if v.Disputed {
		a.CanonicalURL = ""
	}
	if v.Article == state.Revision {
		a.Revision, a.Revises, a.Changes = v.Revision, v.Revision-1, changes(v.Changes)
	}
	if v.Of == "" {
		return nil
	}
	if a.DuplicateOf, err = articleID(v.Of); err != nil {
		return err
	}
	if a.ClusterID, err = articleID(v.Head); err != nil {
		return err
	}
	if a.Method, a.Similarity = "exact", 1; s.similarity > 0 {
		a.Method, a.Similarity = "near", s.similarity
	}
	return nil
}

// changes converts the changes of a revision for its line.
func changes(c *state.Changes) *item.Changes {
	if c == nil {
		return nil
	}
	return &item.Changes{Title: c.Title, Added: c.Added, Removed: c.Removed, Changed: c.Changed,
		Fields: *c == state.Changes{}}
}

// reference returns the line written in place of a, a duplicate of a.DuplicateOf or
// a revision of a known article.
func reference(a *item.Article, identity string) item.Reference {
	u, _ := urlkey.Parse(identity) // parsed before
	return item.Reference{Type: item.TypeReference, ID: item.ID(item.TypeReference, u.Key), Revision: a.Revision,
		DuplicateOf: cmp.Or(a.DuplicateOf, a.ID), Method: a.Method, Similarity: a.Similarity, Site: a.Site, URL: a.URL,
		Title: a.Title, DatePublished: a.DatePublished, PublishedUTC: a.PublishedUTC, FetchedAt: a.FetchedAt, RunID: a.RunID}
}

// articleID returns the id of the article that url identifies.
func articleID(url string) (string, error) {
	u, err := urlkey.Parse(url)
	if err != nil {
		return "", fmt.Errorf("identity of an article: %w", err)
	}
	return item.ID(item.TypeArticle, u.Key), nil
}

// writeHeadlines writes the headlines of a page that are new or have a new title.
func (w *lineWriter) writeHeadlines(b *batch, s *settled) error {
	for i, revision := range s.verdict.Headlines {
		if revision == 0 {
			continue
		}
		h := &s.headlines[i]
		h.RunID = w.runID
		policy := config.Full
		if revision > 1 {
			h.Revision = revision
			policy = s.task.Site.Duplicate.Headline
		}
		var err error
		switch policy {
		case config.Drop:
		case config.WriteReference:
			err = w.line(b, s, item.TypeReference, headlineReference(h))
		default:
			if revision > 1 {
				err = w.line(b, s, item.TypeHeadline, h)
				break
			}
			err = w.newLine(b, s, h, &notify.Item{Type: item.TypeHeadline, ID: h.ID, URL: h.URL, Title: h.Title, Identity: h.URL})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// headlineReference returns the line written in place of a new title of h, which
// has a link.
func headlineReference(h *item.Headline) item.Reference {
	u, _ := urlkey.Parse(h.URL) // parsed before
	key := item.HeadlineKey(h.Site, u.Key, "", h.DatePublished)
	return item.Reference{Type: item.TypeReference, ID: item.ID(item.TypeReference, key), Revision: h.Revision,
		DuplicateOf: h.ID, Site: h.Site, URL: h.URL, Title: h.Title, DatePublished: h.DatePublished, PublishedUTC: h.PublishedUTC,
		FetchedAt: h.FirstSeen, RunID: h.RunID}
}

// newLine hands the line of a new item to the output, and the alerts that it raises to
// the state.
func (w *lineWriter) newLine(b *batch, s *settled, v any, it *notify.Item) error {
	line, err := w.encoder.Line(v)
	if err != nil {
		return err
	}
	it.Site, it.Line = s.task.Site.Name, line
	alerts, err := notify.Alerts(w.config, it)
	if err != nil {
		return err
	}
	b.effects.Alerts = append(b.effects.Alerts, alerts...)
	return w.append(b, s, it.Type, line)
}

// line hands one line to the output.
func (w *lineWriter) line(b *batch, s *settled, t item.Type, v any) error {
	line, err := w.encoder.Line(v)
	if err != nil {
		return err
	}
	return w.append(b, s, t, line)
}

func (w *lineWriter) append(b *batch, s *settled, t item.Type, line []byte) error {
	s.lines++
	b.written[Written{Site: s.task.Site.Name, Type: t}]++
	return w.out.Append(output.Key{Site: s.task.Site.Name, Type: string(t), At: b.now}, line)
}

// withdraw writes a line for each withdrawn item.
func (w *lineWriter) withdraw(b *batch, x *state.Withdrawn, reason string, sites map[string]*site.Site) error {
	for _, it := range append([]state.Item{x.Item}, x.References...) {
		if it.Revision == 0 {
			continue
		}
		wrote, t := wrote(it, sites[it.Site])
		if !wrote {
			continue
		}
		u, err := urlkey.Parse(it.URL)
		if err != nil {
			return fmt.Errorf("identity of an article: %w", err)
		}
		line := item.Withdrawn{Type: item.TypeWithdrawn, ID: item.ID(t, u.Key), Withdraws: t, Site: it.Site, URL: it.URL,
			Reason: reason, FetchedAt: item.At(b.now), RunID: w.runID}
		if it.Revision > 1 {
			line.Revision = it.Revision
		}
		text, err := w.encoder.Line(line)
		if err != nil {
			return err
		}
		b.withdrawals[it.Site]++
		b.written[Written{Site: it.Site, Type: item.TypeWithdrawn}]++
		to := it.Site
		if sites[to] == nil { // a site that this run does not crawl: its files are not open
			to = x.Item.Site
		}
		if err := w.out.Append(output.Key{Site: to, Type: string(item.TypeWithdrawn), At: b.now}, text); err != nil {
			return err
		}
	}
	return nil
}

// wrote reports whether a line was written for an item, and its type.
func wrote(it state.Item, s *site.Site) (bool, item.Type) {
	if !it.Reference || s == nil {
		return true, item.TypeArticle
	}
	p := s.Duplicate.Exact
	if it.Near {
		p = s.Duplicate.Near
	}
	switch p {
	case config.WriteReference:
		return true, item.TypeReference
	case config.Drop:
		return false, ""
	}
	return true, item.TypeArticle
}
