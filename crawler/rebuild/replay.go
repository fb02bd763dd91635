package rebuild

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
)

// batchSize is the number of lines in one commit.
const batchSize = 500

// replay claims what lines say for a store.
type replay struct {
	Options
	sites  map[string]*config.Site
	store  state.Store
	leases []state.Lease
	runID  string
	result *Result
	added  int // lines that the store did not have

	visits   []state.Visit
	articles map[int]site.Article // by index in visits
}

// segment replays the lines of one file.
func (p *replay) segment(ctx context.Context, s output.Segment) (err error) {
	r, err := s.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	in := bufio.NewReaderSize(r, 256<<10)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		p.result.Lines++
		if err := p.line(ctx, line); err != nil {
			return err
		}
	}
}

// line replays one line. One that is no item is counted.
func (p *replay) line(ctx context.Context, line []byte) error {
	var of struct {
		Type item.Type `json:"type"`
	}
	if err := json.Unmarshal(line, &of); err != nil {
		p.result.Bad++
		return nil
	}
	var ok bool
	switch of.Type {
	case item.TypeArticle:
		ok = p.article(line)
	case item.TypeReference:
		ok = p.reference(line)
	case item.TypeHeadline:
		ok = p.headline(line)
	case item.TypeGone:
		ok = p.gone(line)
	case item.TypeWithdrawn:
		return p.withdraw(ctx, line)
	}
	if !ok {
		p.result.Bad++
	}
	if len(p.visits) < batchSize {
		return nil
	}
	return p.commit(ctx)
}

// add adds a visit of a page of a site.
func (p *replay) add(name string, at time.Time, v state.Visit) {
	v.Site, v.At = name, at
	p.visits = append(p.visits, v)
}

// link returns the claim to a URL.
func link(u urlkey.URL, site, source, found string) *state.Link {
	return &state.Link{URL: u.Href, Key: u.Hash(), Origin: u.Origin(), Site: site, Source: source, Found: found}
}

// article claims the text of an article for the URL that its id stands for.
func (p *replay) article(line []byte) bool {
	var a item.Article
	if json.Unmarshal(line, &a) != nil {
		return false
	}
	u, err := urlkey.Parse(a.URL)
	if err != nil {
		return false
	}
	v := state.Visit{State: state.Done, Status: 200, Revision: max(1, a.Revision)}
	of := u
	if c, err := urlkey.Parse(a.CanonicalURL); err == nil && c.Key != u.Key && a.ID == item.ID(item.TypeArticle, c.Key) {
		of = c
		v.Aliases = []state.Link{*link(u, a.Site, a.Source, a.FoundOn)}
	}
	v.Claim = link(of, a.Site, a.Source, a.FoundOn)
	s := p.sites[a.Site]
	known := site.Known(&a, s != nil && s.Near.Threshold > 0)
	v.Text = known.Text()
	if p.articles == nil {
		p.articles = map[int]site.Article{}
	}
	p.articles[len(p.visits)] = known
	p.add(a.Site, a.FetchedAt.Time, v)
	return true
}

// reference claims the URL of a reference to an article or to a headline. What its text
// was is not known.
func (p *replay) reference(line []byte) bool {
	var r item.Reference
	if json.Unmarshal(line, &r) != nil {
		return false
	}
	u, err := urlkey.Parse(r.URL)
	if err != nil {
		return false
	}
	if r.ID != item.ID(item.TypeReference, u.Key) {
		return p.title(r.Site, r.URL, r.Title, r.DatePublished, r.Revision, r.FetchedAt.Time)
	}
	p.add(r.Site, r.FetchedAt.Time, state.Visit{State: state.Done, Status: 200, Revision: max(1, r.Revision),
		Claim: link(u, r.Site, "", ""), Text: &state.Text{}})
	return true
}

// headline claims a headline.
func (p *replay) headline(line []byte) bool {
	var h item.Headline
	if json.Unmarshal(line, &h) != nil {
		return false
	}
	return p.title(h.Site, h.URL, h.Title, h.DatePublished, h.Revision, h.FirstSeen.Time)
}

// title claims a title of a headline, which has a link or, if url is "", none.
func (p *replay) title(name, url, title string, date item.Date, revision int, at time.Time) bool {
	key := ""
	if url != "" {
		u, err := urlkey.Parse(url)
		if err != nil {
			return false
		}
		key = u.Key
	}
	normal := dedupe.TitleKey(title)
	p.add(name, at, state.Visit{State: state.Done, Headlines: []state.Headline{{
		Key: site.Hash(item.HeadlineKey(name, key, normal, date)), Title: site.Hash(normal), Revision: max(1, revision)}}})
	return true
}

// gone claims that an article is gone. The time of a line has no fractions of a
// second.
func (p *replay) gone(line []byte) bool {
	var g item.Gone
	if json.Unmarshal(line, &g) != nil {
		return false
	}
	u, err := urlkey.Parse(g.URL)
	if err != nil {
		return false
	}
	p.add(g.Site, g.FetchedAt.Add(time.Second-time.Millisecond), state.Visit{
		State: state.Gone, Revision: max(1, g.Revision), Status: g.Status,
		Reason: fmt.Sprintf("HTTP %d", g.Status), Claim: link(u, g.Site, "", "")})
	return true
}

// withdraw takes an item back, after what came before it.
func (p *replay) withdraw(ctx context.Context, line []byte) error {
	var w item.Withdrawn
	if json.Unmarshal(line, &w) != nil {
		p.result.Bad++
		return nil
	}
	u, err := urlkey.Parse(w.URL)
	if err != nil {
		p.result.Bad++
		return nil
	}
	if err := p.commit(ctx); err != nil {
		return err
	}
	return p.store.Commit(ctx, state.Batch{Run: p.runID, Leases: p.leases,
		Withdraw: []state.Withdrawal{{Key: u.Hash(), Requeue: true, Revision: max(1, w.Revision)}}},
		func(_ []state.Verdict, taken []state.Withdrawn) (state.Effects, error) {
			if taken[0].Item.Revision > 0 {
				p.added++
			}
			return state.Effects{}, nil
		})
}

// commit commits the visits that were collected.
func (p *replay) commit(ctx context.Context) error {
	if len(p.visits) == 0 {
		return nil
	}
	err := p.store.Commit(ctx, state.Batch{Run: p.runID, Leases: p.leases, Visits: p.visits}, p.near)
	p.visits = p.visits[:0]
	clear(p.articles)
	return err
}

// near counts what was added, and returns what new texts are found by. Each is taken
// for the first of its kind.
func (p *replay) near(verdicts []state.Verdict, _ []state.Withdrawn) (e state.Effects, err error) {
	for i := range verdicts {
		v := &verdicts[i]
		if v.Article != state.None && v.Article != state.Known || len(v.Headlines) > 0 && v.Headlines[0] > 0 {
			p.added++
		}
		a := p.articles[i]
		if v.Text == 0 || v.Of != "" || a.Sketch == nil {
			continue
		}
		n := state.Near{Text: v.Text, When: p.visits[i].Text.Published, Head: v.Text}
		if n.When.IsZero() {
			n.When = p.visits[i].At
		}
		if n.Keys, err = a.Sketch.Keys.AppendBinary(nil); err != nil {
			return e, err
		}
		if n.Sketch, err = a.Sketch.AppendBinary(nil); err != nil {
			return e, err
		}
		e.Near = append(e.Near, n)
	}
	return e, nil
}
