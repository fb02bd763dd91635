package view_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/output"
)

// write makes an output of files, and opens it without a state.
func write(t *testing.T, path string, files map[string]string) *view.Items {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &config.Config{State: filepath.Join(dir, "newsonce.db"), Output: config.Output{Path: filepath.Join(dir, path)}}
	items, err := view.Open(t.Context(), c, output.Builtin(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// read lists type, id and revision of the lines.
func read(ctx context.Context, items *view.Items) (list []string, err error) {
	err = items.Each(ctx, func(l *view.Line) error {
		list = append(list, fmt.Sprintf("%s %s %d", l.Type, l.ID, l.Revision))
		return nil
	})
	return list, err
}

// TestWithdrawnLines leaves out what was withdrawn, also in another file, and
// nothing else with the same id.
func TestWithdrawnLines(t *testing.T) {
	items := write(t, "{type}.jsonl", map[string]string{
		"article.jsonl": `{"type":"article","id":"a","site":"s"}
{"type":"article","id":"a","revision":2,"site":"s"}
{"type":"article","id":"b","site":"s"}
{"type":"article","id":"b","revision":2,"site":"s"}
`,
		"reference.jsonl": `{"type":"reference","id":"a","site":"s"}` + "\n",
		"withdrawn.jsonl": `{"type":"withdrawn","id":"a","withdraws":"article","site":"s"}

{"revision": 2, "type": "withdrawn", "id": "b", "withdraws": "article", "site": "s"}`,
	})
	got, err := read(t.Context(), items)
	if want := []string{"article a 2", "article b 1", "reference a 1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
}

// TestResume continues a segment where it was left.
func TestResume(t *testing.T) {
	text := `{"type":"article","id":"a"}` + "\n" + `{"type":"gone","id":"ä"}` + "\n" + `{"type":"headline","id":"c"}` + "\n"
	items := write(t, "items.jsonl", map[string]string{"items.jsonl": text})
	var ends []int64
	for skip := int64(0); ; {
		next := skip
		err := items.EachOf(t.Context(), items.Segments[0], skip, func(l *view.Line) error {
			next = l.End
			return context.Canceled
		})
		if next == skip {
			if err != nil {
				t.Error(err)
			}
			break
		}
		skip = next
		ends = append(ends, skip)
	}
	if want := []int64{28, 28 + 26, int64(len(text))}; !slices.Equal(ends, want) {
		t.Errorf("lines end at %d, want %d", ends, want)
	}
	err := items.EachOf(t.Context(), items.Segments[0], 1000, func(*view.Line) error { return nil })
	if !errors.Is(err, output.ErrShort) || !strings.Contains(err.Error(), fmt.Sprintf("has %d bytes of lines, not the 1000", len(text))) {
		t.Errorf("beyond the end: %v", err)
	}
}

// TestBrokenLine names the place of a line that is no item.
func TestBrokenLine(t *testing.T) {
	for line, want := range map[string]string{
		`{"type":"article"`: "items.jsonl: line 2 after byte 0: not an item: unexpected end",
		`{"id":"a"}`:        `items.jsonl: line 2 after byte 0: not an item: it has no "type"`,
	} {
		items := write(t, "items.jsonl", map[string]string{"items.jsonl": `{"type":"gone","id":"a"}` + "\n" + line + "\n"})
		if _, err := read(t.Context(), items); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", line, err, want)
		}
	}
}

// TestDecode reads an article with its dates.
func TestDecode(t *testing.T) {
	items := write(t, "items.jsonl", map[string]string{
		"items.jsonl": `{"type":"article","id":"a","title":"T","date_published":"2023-07-13","fetched_at":"2024-01-02T03:04:05Z"}`,
	})
	var a item.Article
	if err := items.Each(t.Context(), func(l *view.Line) error { return l.Decode(&a) }); err != nil {
		t.Fatal(err)
	}
	if a.Title != "T" || a.DatePublished.String() != "2023-07-13" || a.FetchedAt.Year() != 2024 {
		t.Errorf("got %+v", a)
	}
}
