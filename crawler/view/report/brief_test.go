package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// TestBrief gives back what it took, over several blocks.
func TestBrief(t *testing.T) {
	b := brief{places: map[uint64]place{}}
	want := map[string]Item{}
	for i := range 10_000 {
		x := Item{Type: item.TypeArticle, Site: fmt.Sprint("site ", i%7), URL: fmt.Sprintf("https://x.example/%d/%s", i, strings.Repeat("u", i%300)),
			Title: strings.Repeat("ä", i%100), ID: fmt.Sprint(i), At: time.Unix(int64(i)*1000, 0).UTC(), Seen: time.Unix(int64(i), 0).UTC()}
		want[x.ID] = x
		b.add(&x)
	}
	if len(b.blocks) < 2 {
		t.Fatalf("%d blocks, want several", len(b.blocks))
	}
	for id, x := range want {
		if got, ok := b.get(id); !ok || got != x {
			t.Fatalf("got %+v, want %+v", got, x)
		}
	}
	if got, ok := b.get("unknown"); ok {
		t.Errorf("an unknown article is %+v", got)
	}
	b.add(&Item{ID: "long", Site: "s", URL: strings.Repeat("u", maxText+1), Title: strings.Repeat("ä", maxText)})
	if got, _ := b.get("long"); got.URL != "" || len(got.Title) != maxText || strings.Contains(got.Title, "\ufffd") {
		t.Errorf("long texts: URL of %d bytes, title of %d", len(got.URL), len(got.Title))
	}
}
