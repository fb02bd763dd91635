//go:build !small

package export

import (
	"io"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/newsonce/newsonce/crawler/item"
)

// groupBytes is the text after which a row group ends, which bounds memory: a group is
// held until it is complete.
const groupBytes = 16 << 20

// row is a line in Parquet. Zero values of optional columns are null. A date is its wall
// clock, a timestamp without zone; its twin in UTC is null where no zone is known.
type row struct {
	Type          string     `parquet:"type,dict"`
	ID            string     `parquet:"id"`
	Revision      int32      `parquet:"revision"`
	Site          string     `parquet:"site,dict"`
	URL           string     `parquet:"url,optional"`
	CanonicalURL  string     `parquet:"canonical_url,optional"`
	Title         string     `parquet:"title,optional"`
	Summary       string     `parquet:"summary,optional"`
	ContentText   string     `parquet:"content_text,optional,zstd"`
	DatePublished *time.Time `parquet:"date_published,optional,timestamp(millisecond:local)"`
	PublishedUTC  *time.Time `parquet:"published_utc,optional,timestamp(millisecond:utc)"`
	DateModified  *time.Time `parquet:"date_modified,optional,timestamp(millisecond:local)"`
	ModifiedUTC   *time.Time `parquet:"modified_utc,optional,timestamp(millisecond:utc)"`
	// PublishedText is the date as in the item, which tells a day from a midnight.
	PublishedText string     `parquet:"date_published_text,optional"`
	DateRaw       string     `parquet:"date_raw,optional"`
	Authors       []string   `parquet:"authors,list"`
	Publisher     string     `parquet:"publisher,optional,dict"`
	Section       string     `parquet:"section,optional,dict"`
	Tags          []string   `parquet:"tags,list"`
	Language      string     `parquet:"language,optional,dict"`
	Image         string     `parquet:"image,optional"`
	ContentHash   string     `parquet:"content_hash,optional"`
	ClusterID     string     `parquet:"cluster_id,optional"`
	DuplicateOf   string     `parquet:"duplicate_of,optional"`
	Similarity    float64    `parquet:"similarity,optional"`
	Method        string     `parquet:"method,optional,dict"`
	Revises       int32      `parquet:"revises,optional"`
	Suspect       bool       `parquet:"suspect"`
	Source        string     `parquet:"source,optional,dict"`
	Block         string     `parquet:"block,optional,dict"`
	Position      int32      `parquet:"position,optional"`
	FoundOn       string     `parquet:"found_on,optional,dict"`
	Status        int32      `parquet:"status,optional"`
	FirstSeen     *time.Time `parquet:"first_seen,optional,timestamp(millisecond:utc)"`
	FetchedAt     *time.Time `parquet:"fetched_at,optional,timestamp(millisecond:utc)"`
	RunID         string     `parquet:"run_id,optional,dict"`
}

type parquetWriter struct {
	to    *parquet.GenericWriter[row]
	bytes int // of text in the open group
}

func newParquet(w io.Writer) (writer, error) {
	return &parquetWriter{to: parquet.NewGenericWriter[row](w, parquet.Compression(&parquet.Zstd))}, nil
}

func (p *parquetWriter) write(r *record) error {
	if p.bytes += len(r.ContentText) + 1024; p.bytes > groupBytes {
		if err := p.to.Flush(); err != nil {
			return err
		}
		p.bytes = 0
	}
	_, err := p.to.Write([]row{{
		Type: string(r.Type), ID: r.ID, Revision: int32(r.revision()), Site: r.Site, URL: r.URL,
		CanonicalURL: r.CanonicalURL, Title: r.Title, Summary: r.Summary, ContentText: r.ContentText,
		DatePublished: wallClock(r.DatePublished), PublishedUTC: moment(r.DatePublished.UTC()),
		DateModified: wallClock(r.DateModified), ModifiedUTC: moment(r.DateModified.UTC()),
		PublishedText: r.DatePublished.String(), DateRaw: r.DateRaw, Authors: r.names(), Publisher: r.Publisher,
		Section: r.Section, Tags: r.Tags, Language: r.Language, Image: r.Image, ContentHash: r.ContentHash,
		ClusterID: r.ClusterID, DuplicateOf: r.DuplicateOf, Similarity: r.Similarity, Method: r.Method,
		Revises: int32(r.Revises), Suspect: r.Suspect, Source: r.Source, Block: r.Block, Position: int32(r.Position),
		FoundOn: r.FoundOn, Status: int32(r.Status), FirstSeen: moment(r.FirstSeen), FetchedAt: moment(r.FetchedAt),
		RunID: r.RunID,
	}})
	return err
}

func (p *parquetWriter) finish() error { return p.to.Close() }

// wallClock is the date as a timestamp without zone.
func wallClock(d item.Date) *time.Time {
	if d.IsZero() {
		return nil
	}
	t := d.Time
	t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return &t
}

func moment(i item.Instant) *time.Time {
	if i.IsZero() {
		return nil
	}
	t := i.UTC()
	return &t
}
