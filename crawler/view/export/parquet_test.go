//go:build !small

package export

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

func TestParquet(t *testing.T) {
	text, _ := stream(t, "parquet", Options{})
	rows, err := parquet.Read[row](strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 {
		t.Fatalf("%d rows, want 6", len(rows))
	}
	a := rows[0]
	if got, want := a.DatePublished.UTC().Format(time.RFC3339), "2023-07-13T13:31:00Z"; got != want {
		t.Errorf("date_published %s, want the wall clock %s", got, want)
	}
	if got, want := a.PublishedUTC.UTC().Format(time.RFC3339), "2023-07-13T09:31:00Z"; got != want {
		t.Errorf("published_utc %s, want %s", got, want)
	}
	if !slices.Equal(a.Authors, []string{"Nino Beridze", "Ana Lee"}) || a.Similarity != 0.75 || a.Revision != 1 || a.FirstSeen != nil {
		t.Errorf("first row %+v", a)
	}
	if h := rows[2]; h.PublishedUTC != nil || h.PublishedText != "2023-07-13" || h.Position != 3 || h.FirstSeen == nil || len(h.Tags) > 0 {
		t.Errorf("headline %+v", h)
	}
}
