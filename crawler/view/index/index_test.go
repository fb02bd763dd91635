package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"pgregory.net/rapid"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
)

type tester interface {
	Helper()
	Fatal(args ...any)
}

func open(t tester, path string) *Index {
	t.Helper()
	x, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// outputOf is an output of segments in memory, whose committed ends are those of the texts.
func outputOf(texts map[string]string) *view.Items {
	items := &view.Items{}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		items.Segments = append(items.Segments, output.NewSegment(path, int64(len(texts[path])),
			func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(texts[path])), nil }))
	}
	return items
}

func update(t tester, x *Index, texts map[string]string) {
	t.Helper()
	if err := x.Update(context.Background(), outputOf(texts), nil); err != nil {
		t.Fatal(err)
	}
}

func line(v any) string {
	var b strings.Builder
	if err := item.WriteLine(&b, v); err != nil {
		panic(err)
	}
	return b.String()
}

func at(s string) item.Instant {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return item.At(t)
}

// article returns a line of an article with the id of its URL.
func article(url, title, text string, change ...func(*item.Article)) string {
	u, err := urlkey.Parse(url)
	if err != nil {
		panic(err)
	}
	a := &item.Article{Type: item.TypeArticle, ID: item.ID(item.TypeArticle, u.Key), Site: "one", URL: url, Title: title,
		ContentText: text, FetchedAt: at("2026-11-30T10:00:00Z")}
	for _, f := range change {
		f(a)
	}
	return line(a)
}

// dump is all that an index knows, in an order that does not depend on when it learnt it.
func dump(t tester, x *Index) (list []string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	found := map[int64][]string{}
	must(sqlitex.ExecuteScript(x.conn, "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, instance);"+
		"INSERT INTO words(words) VALUES ('integrity-check')", nil))
	must(sqlitex.Execute(x.conn, "SELECT doc, col || offset || term FROM temp.vocabulary", &sqlitex.ExecOptions{
		ResultFunc: func(s *engine.Stmt) error {
			found[s.ColumnInt64(0)] = append(found[s.ColumnInt64(0)], s.ColumnText(1))
			return nil
		}}))
	must(sqlitex.Execute(x.conn, "SELECT at, -at >> 10, newest, subject, cluster, raw FROM item JOIN line USING (n)", &sqlitex.ExecOptions{
		ResultFunc: func(s *engine.Stmt) error {
			raw, err := x.raw(s, 5)
			words := found[s.ColumnInt64(0)]
			delete(found, s.ColumnInt64(0))
			slices.Sort(words)
			list = append(list, fmt.Sprintf("%s minute %d newest %d subject %d cluster %d words %s", strings.TrimSpace(string(raw)),
				s.ColumnInt64(1), s.ColumnInt64(2), s.ColumnInt64(3), s.ColumnInt64(4), strings.Join(words, " ")))
			return err
		}}))
	for _, words := range found {
		list = append(list, "words without an item: "+strings.Join(words, " "))
	}
	slices.Sort(list)
	return list
}

// TestIncrementsEqualRebuild: whatever the order in which lines come, in however many
// updates, segments, revisions and withdrawals, an index knows what a new one would know.
func TestIncrementsEqualRebuild(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		x := open(t, filepath.Join(dir, fmt.Sprint(n, "-search.db")))
		defer x.Close()
		texts := map[string]string{}
		revisions := map[string]int{}
		clock := at("2026-11-30T10:00:00Z").Time
		for range rapid.IntRange(1, 6).Draw(t, "updates") {
			for range rapid.IntRange(0, 8).Draw(t, "lines") {
				path := rapid.SampledFrom([]string{"a.jsonl", "b.jsonl"}).Draw(t, "segment")
				texts[path] += drawLine(t, revisions, clock)
			}
			clock = clock.Add(time.Minute)
			update(t, x, texts)
			if rapid.Bool().Draw(t, "forgets") {
				forget(t, x, rapid.SampledFrom(urls).Draw(t, "forgotten"), clock)
				clock = clock.Add(time.Minute)
			}
		}
		if rapid.Bool().Draw(t, "a line again") {
			texts["c.jsonl"] = texts["a.jsonl"]
			update(t, x, texts)
		}
		got := dump(t, x)
		if err := x.Rebuild(context.Background()); err != nil {
			t.Fatal(err)
		}
		update(t, x, texts)
		if diff := cmp.Diff(dump(t, x), got); diff != "" {
			t.Fatalf("index after increments differs from one built anew (-rebuilt +incremental):\n%s", diff)
		}
	})
}

var urls = []string{"https://one.example/a", "https://one.example/b", "https://two.example/c?x=1", "https://two.example/d"}

func forget(t tester, x *Index, url string, now time.Time) {
	t.Helper()
	u, err := urlkey.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Forget(context.Background(), x.path, []urlkey.URL{u}, now); err != nil {
		t.Fatal(err)
	}
}

// drawLine draws a line whose identity is new, except that a withdrawal may come before
// the line that it withdraws.
func drawLine(t *rapid.T, revisions map[string]int, now time.Time) string {
	url := rapid.SampledFrom(urls).Draw(t, "url")
	text := rapid.SampledFrom([]string{"storm harbour", "Storm in 東京都", "harbour storm storm", ""}).Draw(t, "text")
	typ := rapid.SampledFrom([]item.Type{item.TypeArticle, item.TypeArticle, item.TypeReference, item.TypeHeadline, item.TypeGone,
		item.TypeWithdrawn}).Draw(t, "type")
	u, _ := urlkey.Parse(url)
	fetched := item.At(now)
	id := item.ID(item.TypeArticle, u.Key)
	if typ == item.TypeWithdrawn {
		revision := rapid.IntRange(1, 3).Draw(t, "withdrawn revision")
		return line(&item.Withdrawn{Type: typ, ID: id, Withdraws: item.TypeArticle, Revision: revision, Site: "one", URL: url, FetchedAt: fetched})
	}
	revisions[string(typ)+url]++
	revision := revisions[string(typ)+url]
	switch typ {
	case item.TypeReference:
		return line(&item.Reference{Type: typ, ID: item.ID(typ, u.Key), Revision: revision, DuplicateOf: "x", Site: "two", URL: url, FetchedAt: fetched})
	case item.TypeHeadline:
		return line(&item.Headline{Type: typ, ID: item.ID(typ, u.Key), Revision: revision, Site: "two", URL: url, Title: text, FirstSeen: fetched})
	case item.TypeGone:
		return line(&item.Gone{Type: typ, ID: id, Revision: revision, Site: "one", URL: url, Status: 410, FetchedAt: fetched})
	}
	return line(&item.Article{Type: typ, ID: id, Revision: revision, Site: "one", URL: url, Title: text, FetchedAt: fetched,
		Authors: []item.Author{{Name: "Nino Beridze"}}})
}

func titles(t *testing.T, x *Index, q Query) string {
	t.Helper()
	r, err := x.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("search %+v: %v", q, err)
	}
	var list []string
	for _, h := range r.Hits {
		list = append(list, h.Title)
	}
	return strings.Join(list, ", ")
}

func published(day string) func(*item.Article) {
	return func(a *item.Article) {
		if err := a.DatePublished.UnmarshalText([]byte(day)); err != nil {
			panic(err)
		}
	}
}

func TestSearch(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	first := ""
	update(t, x, map[string]string{"items.jsonl": article("https://one.example/a", "Port", "The harbour of Poti opens: café, İzmir, Ærø.",
		published("2026-11-01"), func(a *item.Article) { a.Authors = []item.Author{{Name: "Nino Beridze"}}; first = a.ID }) +
		article("https://two.example/b", "Storm", "A storm closes the harbour, says the mayor.", published("2026-11-02T10:00:00+00:00"),
			func(a *item.Article) { a.Site = "two"; a.DuplicateOf = first }) +
		article("https://one.example/c", "東京", "東京都の天気は晴れです。", published("2026-11-03")) +
		article("https://one.example/d", "กรุงเทพ", "ภาษาไทยไม่เว้นวรรค", published("2026-11-04")) +
		article("https://one.example/e", "Сёмга", "Ёлка и Ёж. القَاهِرَة", published("2026-11-05")) +
		article("https://one.example/f", "Future", "harbour", published("2099-01-01")) +
		line(&item.Headline{Type: item.TypeHeadline, ID: "h", Site: "one", Title: "Harbour shut", FirstSeen: at("2026-11-30T10:00:00Z")})})
	day := func(s string) time.Time { return at(s + "T00:00:00Z").Time }
	for _, tt := range []struct {
		name string
		q    Query
		want string
	}{
		{"everything, the newest first", Query{}, "Harbour shut, Future, Сёмга, กรุงเทพ, 東京, Storm, Port"},
		{"oldest first", Query{Oldest: true, Limit: 2}, "Port, Storm"},
		{"word", Query{Text: "harbour", Type: "article"}, "Future, Storm, Port"},
		{"case and accents", Query{Text: "CAFE izmir"}, "Port"},
		{"both words", Query{Text: "storm harbour"}, "Storm"},
		{"phrase", Query{Text: `"closes the harbour"`}, "Storm"},
		{"no such phrase", Query{Text: `"harbour closes"`}, ""},
		{"a phrase without its end", Query{Text: `"closes the harb`}, ""},
		{"without a word", Query{Text: "harbour -storm", Type: "article"}, "Future, Port"},
		{"beginning of a word", Query{Text: "harb* may*"}, "Storm"},
		{"title", Query{Text: "port"}, "Port"},
		{"operators of FTS5 are words", Query{Text: "harbour OR text:storm NEAR(a) AND ^x"}, ""},
		{"site", Query{Site: "two"}, "Storm"},
		{"site and word", Query{Site: "one", Text: "harbour"}, "Harbour shut, Future, Port"},
		{"type", Query{Type: "headline"}, "Harbour shut"},
		{"author", Query{Author: "beridze"}, "Port"},
		{"another author", Query{Author: "beridze ana"}, ""},
		{"an author is no text", Query{Text: "beridze"}, ""},
		{"cluster", Query{Cluster: first}, "Storm, Port"},
		{"cluster and word", Query{Cluster: first, Text: "mayor"}, "Storm"},
		{"from", Query{From: day("2026-11-04"), To: day("2026-11-06")}, "Сёмга, กรุงเทพ"},
		{"until", Query{To: day("2026-11-02")}, "Port"},
		{"word and dates", Query{Text: "harbour", From: day("2026-11-02"), To: day("2026-11-03")}, "Storm"},
		{"a date in the future counts as the fetch", Query{From: day("2026-12-01")}, ""},
		{"Chinese characters", Query{Text: "東京"}, "東京"},
		{"one character", Query{Text: "晴"}, "東京"},
		{"the last character of a run", Query{Text: "す"}, "東京"},
		{"a longer run", Query{Text: "京都の天気"}, "東京"},
		{"another order", Query{Text: "京東"}, ""},
		{"characters that are not neighbours", Query{Text: "東天"}, ""},
		{"Thai", Query{Text: "ไทย"}, "กรุงเทพ"},
		{"Thai that is not there", Query{Text: "ไทยแลนด์"}, ""},
		{"Cyrillic, upper case", Query{Text: "ЁЛКА"}, "Сёмга"},
		{"Arabic without its points", Query{Text: "القاهرة"}, "Сёмга"},
		{"full width", Query{Text: "ｈａｒｂｏｕｒ", Site: "two"}, "Storm"},
		{"punctuation alone", Query{Text: "?!", Limit: 1}, "Harbour shut"},
	} {
		if got := titles(t, x, tt.q); got != tt.want {
			t.Errorf("%s: found %q, want %q", tt.name, got, tt.want)
		}
	}
	for text, want := range map[string]string{
		"-storm":                  "a word to look for",
		"ha*":                     "at least 3 letters",
		strings.Repeat("x", 201):  "longer than 200 characters",
		strings.Repeat("ab ", 17): "more than 16 words",
	} {
		if _, err := x.Search(t.Context(), Query{Text: text}); !errors.Is(err, ErrQuery) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: error %v, want %q", text, err, want)
		}
	}
}

// TestPages: pages follow each other without a gap, in both directions.
func TestPages(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	var b strings.Builder
	for i := range 25 { // in one minute
		b.WriteString(article(fmt.Sprintf("https://one.example/%d", i), fmt.Sprint(i), "word"))
	}
	update(t, x, map[string]string{"items.jsonl": b.String()})
	for _, q := range []Query{{Limit: 7}, {Limit: 7, Oldest: true}, {Limit: 7, Text: "word"}, {Limit: 7, Text: "word", Oldest: true}} {
		seen := map[string]bool{}
		pages := 0
		for {
			r, err := x.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if want := 25 - 7*pages; r.Count != want || r.Over {
				t.Errorf("page %d of %+v counts %d, want %d", pages, q, r.Count, want)
			}
			for _, h := range r.Hits {
				seen[h.Title] = true
			}
			pages++
			if q.After = r.Next(); q.After == 0 {
				break
			}
		}
		if len(seen) != 25 || pages != 4 {
			t.Errorf("%+v: %d items on %d pages, want 25 on 4", q, len(seen), pages)
		}
	}
}

// TestFullMinute: more items than a minute has room for stay in the order of their times.
func TestFullMinute(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	var b strings.Builder
	for i := range 2500 {
		b.WriteString(line(&item.Headline{Type: item.TypeHeadline, ID: fmt.Sprint(i), Site: "one", Title: "T", FirstSeen: at("2026-11-30T10:00:00Z")}))
	}
	b.WriteString(line(&item.Headline{Type: item.TypeHeadline, ID: "later", Site: "one", Title: "Later", FirstSeen: at("2026-11-30T10:05:00Z")}))
	update(t, x, map[string]string{"items.jsonl": b.String()})
	if got := titles(t, x, Query{Limit: 1}); got != "Later" {
		t.Errorf("the newest is %q, want Later", got)
	}
	if got := len(dump(t, x)); got != 2501 {
		t.Errorf("%d items, want 2501", got)
	}
}

// TestRevisions: a search finds the newest text only, and the one before when it is withdrawn.
func TestRevisions(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	second := func(a *item.Article) { a.Revision, a.Revises = 2, 1 }
	text := article("https://one.example/a", "Port opens", "old words") + article("https://one.example/a", "Port shuts", "new words", second)
	update(t, x, map[string]string{"items.jsonl": text})
	for q, want := range map[string]string{"old": "", "new": "Port shuts", "words": "Port shuts"} {
		if got := titles(t, x, Query{Text: q}); got != want {
			t.Errorf("%s: found %q, want %q", q, got, want)
		}
	}
	u, _ := urlkey.Parse("https://one.example/a")
	id := item.ID(item.TypeArticle, u.Key)
	list, err := x.Revisions(t.Context(), item.TypeArticle, id)
	if err != nil || len(list) != 2 || list[0].Title != "Port opens" || list[1].Revision != 2 {
		t.Errorf("revisions %v, %v", list, err)
	}
	text += line(&item.Withdrawn{Type: item.TypeWithdrawn, ID: id, Revision: 2, Withdraws: item.TypeArticle, Site: "one"})
	update(t, x, map[string]string{"items.jsonl": text})
	for q, want := range map[string]string{"old": "Port opens", "new": ""} {
		if got := titles(t, x, Query{Text: q}); got != want {
			t.Errorf("%s after the withdrawal: found %q, want %q", q, got, want)
		}
	}
}

// TestForget removes an article, its revisions and the headlines that lead to it, for
// good; the text is not in the file any more. What is fetched later is found again.
func TestForget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	x := open(t, path)
	defer x.Close()
	const url = "https://one.example/a?utm_source=x"
	texts := map[string]string{"items.jsonl": article(url, "Xylophone", "unspeakable") +
		article(url, "Xylophone again", "unspeakable words", func(a *item.Article) { a.Revision = 2 }) +
		article("https://one.example/b", "Other", "text") +
		line(&item.Headline{Type: item.TypeHeadline, ID: "h", Site: "two", URL: "http://one.example/a", Title: "Xylophone", FirstSeen: at("2026-11-30T10:00:00Z")})}
	update(t, x, texts)
	u, err := urlkey.Parse("https://one.example/a")
	if err != nil {
		t.Fatal(err)
	}
	now := at("2026-11-30T12:00:00Z").Time
	if n, err := Forget(t.Context(), path, []urlkey.URL{u}, now); err != nil || n != 3 {
		t.Fatalf("forgot %d lines, %v, want 3", n, err)
	}
	check := func(when string) {
		t.Helper()
		if got := titles(t, x, Query{}); got != "Other" {
			t.Errorf("%s: items %q, want Other", when, got)
		}
		if got := titles(t, x, Query{Text: "xylophone"}); got != "" {
			t.Errorf("%s: found %q", when, got)
		}
	}
	check("after forget")
	// The bytes go, too, also those in the write-ahead log once it is written back.
	if err := sqlitex.ExecuteTransient(x.conn, "PRAGMA wal_checkpoint(TRUNCATE)", nil); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal"} {
		if raw, err := os.ReadFile(file); err == nil && strings.Contains(string(raw), "unspeakable") {
			t.Errorf("%s still has the text", filepath.Base(file))
		}
	}
	texts["again.jsonl"] = texts["items.jsonl"]
	update(t, x, texts)
	check("after the lines were read again")
	if err := x.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	update(t, x, texts)
	check("after a rebuild")
	texts["later.jsonl"] = article(url, "Xylophone", "fetched again", func(a *item.Article) { a.FetchedAt = at("2026-12-01T00:00:00Z") })
	update(t, x, texts)
	if got := titles(t, x, Query{Text: "xylophone"}); got != "Xylophone" {
		t.Errorf("fetched later: found %q, want Xylophone", got)
	}
}

// TestForgetBefore: what is forgotten before there is an index never enters it.
func TestForgetBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	u, _ := urlkey.Parse("https://one.example/a")
	if n, err := Forget(t.Context(), path, []urlkey.URL{u}, at("2026-11-30T12:00:00Z").Time); err != nil || n != 0 {
		t.Fatalf("forgot %d lines, %v, want none", n, err)
	}
	x := open(t, path)
	defer x.Close()
	update(t, x, map[string]string{"items.jsonl": article("https://one.example/a", "A", "a") + article("https://one.example/b", "B", "b")})
	if got := titles(t, x, Query{}); got != "B" {
		t.Errorf("items %q, want B", got)
	}
}

// TestReplacedFile: a file that was rotated away and started anew is read from its beginning.
func TestReplacedFile(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	a, b := article("https://one.example/a", "A", "a"), article("https://one.example/b", "B", "b")
	c := article("https://one.example/c", "C", "c")
	update(t, x, map[string]string{"items.jsonl": a + b})
	update(t, x, map[string]string{"items.jsonl": c}) // shorter
	update(t, x, map[string]string{"items.jsonl": c + article("https://one.example/d", "D", strings.Repeat("d ", 1000)) + b})
	if got := titles(t, x, Query{Oldest: true}); got != "A, B, C, D" {
		t.Errorf("items %q, want A, B, C, D", got)
	}
}

// TestBrokenSegment: one segment that cannot be read does not hide the others.
func TestBrokenSegment(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	err := x.Update(t.Context(), outputOf(map[string]string{"a.jsonl": "{broken\n", "b.jsonl": article("https://one.example/b", "B", "b")}), nil)
	if err == nil || !strings.Contains(err.Error(), "a.jsonl: line 1") {
		t.Errorf("error %v, want the place", err)
	}
	if got := titles(t, x, Query{}); got != "B" {
		t.Errorf("items %q, want B", got)
	}
}

// TestOtherVersion: an index of another version is emptied, but for what is forgotten; a
// file of another program is left alone.
func TestOtherVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	x := open(t, path)
	text := map[string]string{"items.jsonl": article(urls[0], "A", "a") + article(urls[1], "B", "b")}
	update(t, x, text)
	forget(t, x, urls[0], at("2026-11-30T10:00:00Z").Time)
	if err := sqlitex.ExecuteScript(x.conn, "DROP TABLE site; PRAGMA user_version = 999", nil); err != nil {
		t.Fatal(err)
	}
	x.Close()
	x = open(t, path)
	defer x.Close()
	update(t, x, text)
	if got := titles(t, x, Query{}); got != "B" {
		t.Errorf("items %q, want B", got)
	}
	if err := sqlitex.ExecuteScript(x.conn, "PRAGMA application_id = 1", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("opened a file of another program: %v", err)
	}
}

// TestLines gives the lines back as they were read.
func TestLines(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	var want []string
	var b strings.Builder
	for i := range 1200 {
		l := article(fmt.Sprintf("https://one.example/%d", i), fmt.Sprint(i), "word")
		want = append(want, l)
		b.WriteString(l)
	}
	update(t, x, map[string]string{"items.jsonl": b.String()})
	var got []string
	err := x.Lines().Each(t.Context(), func(l *view.Line) error {
		got = append(got, string(l.Raw))
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d lines, %v, want %d", len(got), err, len(want))
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		"The EU's 3rd":            "the eu s 3rd",
		"naïve café ΆΣΜΑ ς":       "naive cafe ασμα σ",
		"5G网络 ok":                 "5g 网络 络 ok",
		"ab東":                     "ab 東",
		"カード ｶｰﾄﾞ":                "カー ード ド カー ート ト", // half width
		"한국어":                     "한국 국어 어",
		"e\u0301te\u0301":         "ete",
		"broken \xff\xfe bytes":   "broken bytes",
		"हिन्दी का":               "हिन्दी का",
		"a\u202eb":                "a b",
		strings.Repeat("x", 1000): strings.Repeat("x", maxWord),
	} {
		if got := strings.TrimSpace(words(text)); got != want {
			t.Errorf("words(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestMark(t *testing.T) {
	for _, tt := range []struct{ query, text, want string }{
		{"harbour", "The Harbour, a harbour.", "The [Harbour], a [harbour]."},
		{"harb* -storm", "harbours of storm", "[harbours] of storm"},
		{`"the port"`, "the the port, the other port", "the [the port], the other port"},
		{"京都の", "東京都の天気", "東[京都の]天気"},
		{"cafe", "Cafe\u0301 open", "[Café] open"},
		{"a b", "b a", "[b] [a]"},
		{"", "text", "text"},
	} {
		m, err := NewMarker(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := bracket(m.Mark(tt.text)); got != tt.want {
			t.Errorf("%s in %q: %q, want %q", tt.query, tt.text, got, tt.want)
		}
	}
	m, _ := NewMarker("needle")
	got := bracket(m.Snippet(strings.Repeat("hay ", 300)+"needle "+strings.Repeat("straw ", 300), 100))
	if !strings.HasPrefix(got, "…hay ") || !strings.Contains(got, "[needle] straw") || !strings.HasSuffix(got, "straw…") || len(got) > 130 {
		t.Errorf("snippet %q", got)
	}
}

func bracket(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// TestInterrupted: an update that is stopped continues where it was.
func TestInterrupted(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "x.db"))
	defer x.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	texts := map[string]string{"items.jsonl": article("https://one.example/a", "A", "a")}
	if err := x.Update(ctx, outputOf(texts), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped update: %v", err)
	}
	update(t, x, texts)
	if got := titles(t, x, Query{}); got != "A" {
		t.Errorf("items %q, want A", got)
	}
	if _, err := x.Search(ctx, Query{}); err == nil {
		t.Error("a search under a context that has ended gave no error")
	}
}
