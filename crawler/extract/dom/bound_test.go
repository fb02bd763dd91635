package dom

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func tooLarge(page []byte) bool { return Bound(page, maxNodes) < len(page) }

func TestBound(t *testing.T) {
	fonts := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "<font size=%d>", i)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, page string
		refused    bool
	}{
		{"empty", "", false},
		{"80,000 paragraphs", strings.Repeat("<p>x</p>\n", 80000), false},
		{"600,000 paragraphs", strings.Repeat("<p>", 600000), true},
		{"80,000 words in bold", strings.Repeat("<b>x</b> ", 80000), false},
		{"unclosed links", strings.Repeat("<p><a href=x>x", 60000), false},
		{"the same font, never closed", strings.Repeat("<p><font color=red>x", 20000), false},
		{"400 fonts, opened again in 2,000 paragraphs", "<p>" + fonts(400) + "</p>" + strings.Repeat("<p>x</p>", 2000), true},
		{"closed fonts", "<p>" + fonts(400) + strings.Repeat("</font>", 400) + strings.Repeat("<p>x</p>", 20000), false},
		{"fonts closed after a wall", "<p>" + fonts(400) + "<table><td>" + strings.Repeat("</font>", 400) + "</table>" + strings.Repeat("<p>x</p>", 2000), true},
		{"fonts closed after another wall", fonts(400) + "<object></td>" + strings.Repeat("</font>", 400) + "</object>" + strings.Repeat("<p>x</p>", 2000), true},
		{"600 fonts", fonts(600) + strings.Repeat("<p>", 1000), true},
		{"brackets", strings.Repeat("< << </ <3 ", 100000), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if refused := tooLarge([]byte(tt.page)); refused != tt.refused {
				t.Errorf("refused: %v, want %v", refused, tt.refused)
			}
		})
	}
}

// A page that is let through has a tree of the size that was promised.
func FuzzBound(f *testing.F) {
	f.Add("<p><b><i></b>x</i>", uint16(500))
	f.Add("<p><font 1><font 2></p><table><td></font></table>", uint16(900))
	f.Add("<a><table><td><a><object></td></a>", uint16(700))
	f.Fuzz(func(t *testing.T, part string, times uint16) {
		part = part[:min(len(part), 200)]
		page := []byte(strings.Repeat(part, int(times)%2000))
		if tooLarge(page) {
			return
		}
		root, err := html.Parse(strings.NewReader(string(page)))
		if err != nil {
			return
		}
		n := 0
		for range root.Descendants() {
			n++
		}
		if n > 2*maxNodes {
			t.Errorf("%d nodes were not noticed: %q %d times", n, part, times)
		}
	})
}

// Real pages are let through.
func TestBoundOfRealPages(t *testing.T) {
	data := os.Getenv("NEWSONCE_DATA")
	if data == "" {
		t.Skip("NEWSONCE_DATA is not set: no real pages")
	}
	pages := 0
	err := filepath.WalkDir(filepath.Join(data, "extract"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.Contains(path, "html") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		pages++
		if tooLarge(body) {
			t.Errorf("%s is refused", path)
		}
		return nil
	})
	if err != nil || pages == 0 {
		t.Fatalf("read %d pages: %v", pages, err)
	}
	t.Logf("%d pages", pages)
}

func BenchmarkBound(b *testing.B) {
	body := []byte(strings.Repeat("<div class=item><a href=/x>A headline</a> <b>and</b> <span>a date</span></div>\n", 800))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if tooLarge(body) {
			b.Fatal("refused")
		}
	}
}
