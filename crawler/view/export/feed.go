package export

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
)

// DefaultLimit is the number of articles of a feed.
const DefaultLimit = 100

// Feed is a list of articles, newest first, to be written as Atom or JSON Feed.
type Feed struct {
	ID       string // URI
	Title    string
	Link     string // of the page that shows the same; "": none
	Self     string // of the feed; "": not known
	Articles []*item.Article
}

// feedWriter keeps the newest articles.
type feedWriter struct {
	w       io.Writer
	format  string
	title   string
	limit   int
	byID    map[string]*record
	oldest  newest
	summary *Summary
}

func newFeed(w io.Writer, format string, o Options, s *Summary) *feedWriter {
	return &feedWriter{w: w, format: format, title: cmp.Or(o.Title, "newsonce"), limit: cmp.Or(o.Limit, DefaultLimit),
		byID: map[string]*record{}, summary: s}
}

// newest is a heap with the oldest article on top.
type newest []*record

func (h newest) Len() int           { return len(h) }
func (h newest) Less(i, j int) bool { return view.When(&h[i].Article).Before(view.When(&h[j].Article)) }
func (h newest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *newest) Push(x any)        { *h = append(*h, x.(*record)) }
func (h *newest) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func (f *feedWriter) write(r *record) error {
	if before, ok := f.byID[r.ID]; ok { // a revision
		f.summary.Lines[item.TypeArticle]--
		*before = *r
		heap.Init(&f.oldest)
		return nil
	}
	f.byID[r.ID] = r
	heap.Push(&f.oldest, r)
	if len(f.oldest) > f.limit {
		delete(f.byID, heap.Pop(&f.oldest).(*record).ID)
		f.summary.Lines[item.TypeArticle]--
		f.summary.LeftBy++
	}
	return nil
}

func (f *feedWriter) finish() error {
	feed := &Feed{Title: f.title, ID: "urn:newsonce:export"}
	for _, r := range f.oldest {
		feed.Articles = append(feed.Articles, &r.Article)
	}
	slices.SortStableFunc(feed.Articles, func(a, b *item.Article) int {
		return cmp.Or(view.When(b).Compare(view.When(a)), strings.Compare(a.ID, b.ID))
	})
	if f.format == "jsonfeed" {
		return feed.WriteJSON(f.w)
	}
	return feed.WriteAtom(f.w)
}

// The elements of Atom, RFC 4287.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Links   []atomLink  `xml:"link"`
		Author  atomPerson  `xml:"author"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
	atomEntry struct {
		ID        string         `xml:"id"`
		Title     atomText       `xml:"title"`
		Published string         `xml:"published,omitempty"`
		Updated   string         `xml:"updated"`
		Links     []atomLink     `xml:"link"`
		Authors   []atomPerson   `xml:"author"`
		Category  []atomCategory `xml:"category"`
		Summary   *atomText      `xml:"summary"`
		Content   *atomText      `xml:"content"`
	}
	atomCategory struct {
		Term string `xml:"term,attr"`
	}
)

// WriteAtom writes the feed as Atom (RFC 4287).
func (f *Feed) WriteAtom(w io.Writer) error {
	out := atomFeed{ID: f.ID, Title: view.Display(f.Title), Author: atomPerson{"newsonce"},
		Updated: time.Unix(0, 0).UTC().Format(time.RFC3339)}
	for _, l := range []atomLink{{"self", f.Self}, {"alternate", f.Link}} {
		if l.Href != "" {
			out.Links = append(out.Links, l)
		}
	}
	for i, a := range f.Articles {
		e := atomEntry{ID: entryID(a), Title: atomText{"text", view.Display(a.Title)}, Updated: updated(a)}
		if i == 0 || e.Updated > out.Updated {
			out.Updated = e.Updated
		}
		if !a.DatePublished.IsZero() {
			e.Published = a.DatePublished.Time.Format(time.RFC3339)
		}
		if href := view.WebLink(a.URL); href != "" {
			e.Links = []atomLink{{"alternate", href}}
		}
		for _, author := range a.Authors {
			e.Authors = append(e.Authors, atomPerson{view.Display(author.Name)})
		}
		for _, tag := range a.Tags {
			e.Category = append(e.Category, atomCategory{view.Display(tag)})
		}
		if a.Summary != "" {
			e.Summary = &atomText{"text", view.Display(a.Summary)}
		}
		if a.ContentText != "" {
			e.Content = &atomText{"html", paragraphs(a.ContentText)}
		}
		out.Entries = append(out.Entries, e)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("write Atom: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// updated is when the article was last changed, as far as is known.
func updated(a *item.Article) string {
	t := view.When(a)
	if !a.DateModified.IsZero() && a.DateModified.Time.After(t) {
		t = a.DateModified.Time
	}
	return t.UTC().Format(time.RFC3339)
}

func entryID(a *item.Article) string { return "urn:newsonce:article:" + a.ID }

// paragraphs is text as HTML.
func paragraphs(s string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(s, "\n\n") {
		fmt.Fprintf(&b, "<p>%s</p>", strings.ReplaceAll(html.EscapeString(view.Display(p)), "\n", "<br>"))
	}
	return b.String()
}

type jsonItem struct {
	ID            string        `json:"id"`
	URL           string        `json:"url,omitempty"`
	Title         string        `json:"title,omitempty"`
	Summary       string        `json:"summary,omitempty"`
	ContentText   string        `json:"content_text"`
	DatePublished string        `json:"date_published,omitempty"`
	DateModified  string        `json:"date_modified,omitempty"`
	Image         string        `json:"image,omitempty"`
	Authors       []item.Author `json:"authors,omitempty"`
	Tags          []string      `json:"tags,omitempty"`
	Language      string        `json:"language,omitempty"`
}

// WriteJSON writes the feed as JSON Feed 1.1.
func (f *Feed) WriteJSON(w io.Writer) error {
	out := struct {
		Version string     `json:"version"`
		Title   string     `json:"title"`
		Home    string     `json:"home_page_url,omitempty"`
		Self    string     `json:"feed_url,omitempty"`
		Items   []jsonItem `json:"items"`
	}{"https://jsonfeed.org/version/1.1", view.Display(f.Title), f.Link, f.Self, []jsonItem{}}
	for _, a := range f.Articles {
		x := jsonItem{
			ID: entryID(a), URL: view.WebLink(a.URL), Title: view.Display(a.Title), Summary: view.Display(a.Summary),
			ContentText: view.Display(a.ContentText), Image: view.WebLink(a.Image), Tags: a.Tags, Language: a.Language,
		}
		for _, author := range a.Authors {
			x.Authors = append(x.Authors, item.Author{Name: view.Display(author.Name), URL: view.WebLink(author.URL)})
		}
		if !a.DatePublished.IsZero() {
			x.DatePublished = a.DatePublished.Time.Format(time.RFC3339)
		}
		if !a.DateModified.IsZero() {
			x.DateModified = a.DateModified.Time.Format(time.RFC3339)
		}
		out.Items = append(out.Items, x)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}
