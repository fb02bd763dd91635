package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// saveFixture writes a page and what the automatic rules make of it, in the time
// zone of the site if one is named, as DIR/SITE/CASE.html and .json. It does not
// overwrite files.
func (x *extraction) saveFixture(p *page.Page) error {
	in := extract.Page{URL: p.URL, Body: p.Body, FetchedAt: p.FetchedAt.UTC().Truncate(time.Second)}
	f := extract.Golden{URL: p.URL, FetchedAt: in.FetchedAt.Format(time.RFC3339)}
	if p.Listing {
		in.Kind, f.Kind = extract.ListingPage, extract.GoldenListing
	}
	if x.site != nil && x.site.Timezone != nil {
		in.Zone, f.Zone = x.site.Timezone, x.site.Timezone.String()
	}
	got, err := extract.Extract(in, nil)
	if err != nil {
		return err
	}
	pair, err := f.With(got).Encode()
	if err != nil {
		return err
	}
	base, err := fixtureName(x.flags.fixture, p.URL)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		return fmt.Errorf("fixture of %s: %w", p.URL, err)
	}
	if err := errors.Join(writeNew(base+".html", p.Body), writeNew(base+".json", pair)); err != nil {
		return fmt.Errorf("fixture of %s: %w", p.URL, err)
	}
	x.say("saved %s.html and .json; correct the .json, "+
		"and the tests of crawler/extract will fail until the page is read so", base)
	return nil
}

// fixtureName returns DIR/SITE/CASE, from the host without www. and the path.
func fixtureName(dir, rawURL string) (string, error) {
	u, err := urlkey.Parse(rawURL)
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(u.Href, "://")
	_, path, _ := strings.Cut(rest, "/")
	name := plainName(path)
	if name == "" {
		name = "front"
	}
	return filepath.Join(dir, plainName(strings.TrimPrefix(u.Host, "www.")), name), nil
}

// maxFixtureName bounds the name of a fixture, in bytes.
const maxFixtureName = 80

// notPlain matches what plainName replaces.
var notPlain = regexp.MustCompile(`[^a-z0-9.]+`)

// plainName returns s in lower-case ASCII letters, digits, dots and single
// hyphens, with a letter or digit at either end.
func plainName(s string) string {
	name := strings.Trim(notPlain.ReplaceAllString(strings.ToLower(s), "-"), "-.")
	return strings.Trim(name[:min(len(name), maxFixtureName)], "-.")
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
