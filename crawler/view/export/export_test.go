package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/output"
)

// lines are one item of each type, a revision, and an article whose fields try to do harm.
const lines = `{"type":"article","id":"a","site":"s","url":"https://s.example/a","title":"Port opens","content_text":"One.\n\nTwo, \"quoted\".","date_published":"2023-07-13T13:31:00+04:00","published_utc":"2023-07-13T09:31:00Z","authors":[{"name":"Nino Beridze"},{"name":"Ana Lee"}],"tags":["port","sea"],"language":"en","similarity":0.75,"fetched_at":"2023-07-14T00:00:00Z"}
{"type":"article","id":"a","revision":2,"revises":1,"site":"s","url":"https://s.example/a","title":"Port opens again","content_text":"One.","date_published":"2023-07-13T13:31:00+04:00","fetched_at":"2023-07-15T00:00:00Z"}
{"type":"headline","id":"h","site":"s","url":"https://s.example/a","title":"Port opens","date_published":"2023-07-13","block":"side","position":3,"first_seen":"2023-07-14T00:00:00Z"}
{"type":"reference","id":"r","duplicate_of":"a","method":"near","similarity":0.9,"site":"t","url":"https://t.example/a","fetched_at":"2023-07-14T00:00:00Z"}
{"type":"gone","id":"g","site":"t","url":"https://t.example/g","status":410,"fetched_at":"2023-07-14T00:00:00Z"}
{"type":"article","id":"x","site":"../up","url":"javascript:alert(1)","title":"=HYPERLINK(\"http://evil\") <script>alert(1)</script> \u202eevil","summary":"@SUM(A1)","content_text":"\u0007# <img src=x onerror=alert(1)>\n\n1. ]]> & \ufffd","authors":[{"name":"-1+1","url":"javascript:x"}],"date_published":"2024-01-01T00:00:00","fetched_at":"2024-01-02T00:00:00Z"}
`

func items(t *testing.T, text string) *view.Items {
	t.Helper()
	return &view.Items{Segments: []output.Segment{output.NewSegment("items.jsonl", -1,
		func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })}}
}

func stream(t *testing.T, format string, o Options) (string, *Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := ToStream(t.Context(), items(t, lines), format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), s
}

// table reads CSV, a map for each line.
func table(t *testing.T, text string) (list []map[string]string) {
	t.Helper()
	text, ok := strings.CutPrefix(text, "\ufeff")
	if !ok {
		t.Error("no byte order mark at the start")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			if row[i] != "" {
				m[name] = row[i]
			}
		}
		list = append(list, m)
	}
	return list
}

func TestCSV(t *testing.T) {
	text, s := stream(t, "csv", Options{})
	if got, want := s.String(), "article 3, gone 1, headline 1, reference 1"; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	rows := table(t, text)
	want := map[string]string{
		"type": "article", "id": "a", "revision": "1", "site": "s", "url": "https://s.example/a", "title": "Port opens",
		"content_text": "One.\n\nTwo, \"quoted\".", "date_published": "2023-07-13T13:31:00+04:00",
		"published_utc": "2023-07-13T09:31:00Z", "authors": "Nino Beridze; Ana Lee", "tags": "port; sea", "language": "en",
		"similarity": "0.75", "fetched_at": "2023-07-14T00:00:00Z",
	}
	if !maps.Equal(rows[0], want) {
		t.Errorf("first line\n%v, want\n%v", rows[0], want)
	}
	if got := rows[4]; got["status"] != "410" || got["revision"] != "1" {
		t.Errorf("gone line %v", got)
	}
	if !strings.Contains(text, "\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Error("lines do not end in CRLF")
	}
}

// TestFormulas marks what a spreadsheet would run as text.
func TestFormulas(t *testing.T) {
	text, _ := stream(t, "csv", Options{Sites: []string{"../up"}})
	row := table(t, text)[0]
	for _, name := range []string{"title", "summary", "authors"} {
		if !strings.HasPrefix(row[name], "'") {
			t.Errorf("%s is %q, want an apostrophe before it", name, row[name])
		}
	}
	for in, want := range map[string]string{
		"": "", "a=b": "a=b", "+1": "'+1", "\tx": "'\tx", "\rx": "'\rx", "＝1": "'＝1", "é=": "é=", "a\x00": "a\ufffd",
	} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	at := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		name string
		o    Options
		want string
	}{
		{"all", Options{}, "a a h r g x"},
		{"type", Options{Types: []item.Type{item.TypeGone, item.TypeHeadline}}, "h g"},
		{"site", Options{Sites: []string{"t"}}, "r g"},
		{"since, by publication", Options{Since: at("2023-07-13T10:00:00Z")}, "r g x"},
		{"since, to the second", Options{Since: at("2023-07-13T09:31:00Z")}, "a a r g x"},
		{"where", Options{Where: []Condition{{"authors", "Ana Lee"}}}, "a"},
		{"where, of a revision", Options{Where: []Condition{{"id", "a"}, {"revision", "2"}}}, "a"},
		{"where, a part of a value", Options{Where: []Condition{{"title", "Port"}}}, ""},
		{"where, no value", Options{Where: []Condition{{"authors", ""}, {"type", "article"}}}, "a"},
	} {
		text, _ := stream(t, "csv", tt.o)
		var ids []string
		for _, row := range table(t, text) {
			ids = append(ids, row["id"])
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%s: exported %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, bad := range []string{"title", "colour=red"} {
		if _, err := ParseCondition(bad); err == nil {
			t.Errorf("condition %q was accepted", bad)
		}
	}
}

func TestSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.sqlite")
	if _, err := ToPath(t.Context(), items(t, lines), "sqlite", path, Options{}); err != nil {
		t.Fatal(err)
	}
	c, err := engine.OpenConn(path, engine.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for query, want := range map[string]string{
		"SELECT group_concat(id || revision) FROM article":   "a1,a2,x1",
		"SELECT title || position FROM headline":             "Port opens3",
		"SELECT method || similarity FROM reference":         "near0.9",
		"SELECT status FROM gone":                            "410",
		"SELECT count(*) FROM article WHERE summary IS NULL": "2",
		"SELECT revision FROM article JOIN article_text f ON f.rowid = article.rowid WHERE article_text MATCH 'quoted'": "1",
	} {
		got := ""
		err := sqlitex.Execute(c, query, &sqlitex.ExecOptions{ResultFunc: func(s *engine.Stmt) error {
			got += s.ColumnText(0)
			return nil
		}})
		if err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", query, got, err, want)
		}
	}
}

// TestSQLiteKeepsTheOldFile leaves a file alone when the new one fails.
func TestSQLiteKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "news.sqlite")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ToPath(t.Context(), items(t, lines+"broken"), "sqlite", path, Options{}); err == nil {
		t.Error("a broken line was accepted")
	}
	entries, err := os.ReadDir(dir)
	if b, _ := os.ReadFile(path); err != nil || string(b) != "old" || len(entries) != 1 {
		t.Errorf("the folder has %v, the file %q", entries, b)
	}
}

func TestMarkdown(t *testing.T) {
	dir := t.TempDir()
	s, err := ToPath(t.Context(), items(t, lines), "markdown", dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.String(); got != "article 3" {
		t.Errorf("summary %q", got)
	}
	var names []string
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	want := []string{"s/2023-07-13-port-opens-again-a.md", "up/2024-01-01-hyperlink-http-evil-script-alert-1-script-evil-x.md"}
	if err != nil || !slices.Equal(names, want) {
		t.Fatalf("files %q, %v, want %q", names, err, want)
	}
	b, err := os.ReadFile(filepath.Join(dir, want[1]))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(b)[4:], "---\n")
	for _, part := range []string{`\<script\>`, `\<img src=x`, "1\\. \\]\\]\\> \\&"} {
		if !strings.Contains(body, part) {
			t.Errorf("body %q lacks %q", body, part)
		}
	}
}

func TestAtom(t *testing.T) {
	text, s := stream(t, "atom", Options{Title: "All <news>"})
	if s.Lines[item.TypeArticle] != 2 || s.LeftBy != 0 {
		t.Errorf("summary %+v, want 2 articles, of which one has a revision", s)
	}
	feed, err := gofeed.NewParser().ParseString(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(feed.Items) != 2 || feed.Items[1].Title != "Port opens again" || feed.Title != "All <news>" {
		t.Fatalf("feed %+v", feed)
	}
	bad := feed.Items[0]
	if bad.Link != "" || strings.ContainsRune(bad.Title, '\u202e') || !strings.Contains(bad.Content, "&lt;img") {
		t.Errorf("hostile article is %+v", bad)
	}
	if err := xml.Unmarshal([]byte(text), new(atomFeed)); err != nil {
		t.Error(err)
	}
}

func TestJSONFeed(t *testing.T) {
	text, s := stream(t, "jsonfeed", Options{Limit: 1})
	var feed struct {
		Version string
		Items   []jsonItem
	}
	if err := json.Unmarshal([]byte(text), &feed); err != nil {
		t.Fatal(err)
	}
	if feed.Version != "https://jsonfeed.org/version/1.1" || len(feed.Items) != 1 || feed.Items[0].ID != "urn:newsonce:article:x" {
		t.Fatalf("feed %s", text)
	}
	if x := feed.Items[0]; x.URL != "" || x.Authors[0].URL != "" || x.DatePublished != "2024-01-01T00:00:00Z" {
		t.Errorf("item %+v", x)
	}
	if s.LeftBy == 0 || s.Lines[item.TypeArticle] != 1 {
		t.Errorf("summary %+v does not count the article that is left out", s)
	}
}
