package config_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/newsonce/newsonce/crawler/config"
)

// ticker is a kind of source that this package does not know.
type ticker struct {
	URL   string
	Every time.Duration
}

func readTicker(n *config.Node, _ *config.Site) config.Spec {
	t := &ticker{Every: time.Minute}
	n = n.Short("url")
	n.Read("ticker", config.Keys{
		"url":   func(v *config.Node) { t.URL = v.URL() },
		"every": func(v *config.Node) { t.Every = v.Duration() },
	})
	n.Require("url", "ticker needs url")
	return t
}

func (t *ticker) SiteHosts() []string { return config.Origins(t.URL) }

func (t *ticker) Print() config.Mapping { return config.Mapping{{"url", t.URL}, {"every", t.Every}} }

// TestAnotherKind reads a kind of source that is registered with Parse only.
func TestAnotherKind(t *testing.T) {
	kind := config.Kind{Name: "ticker", Read: readTicker}
	const short = `
user_agent: "lens (a@b.test)"
sites: [{name: a, sources: [{ticker: "http://a.test/now"}, {sitemap: auto}, {ticker: {url: "https://b.test/", every: 5m}}]}]
`
	c, err := config.Parse("crawl.yaml", ".", []byte(short), kind)
	if err != nil {
		t.Fatal(err)
	}
	site := c.Sites[0]
	if diff := cmp.Diff([]string{"a.test", "b.test"}, site.Hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"http://a.test", "https://b.test"}, site.Sources[1].Spec.(*config.Sitemap).Origins); diff != "" {
		t.Errorf("origins of sitemap: auto (-want +got):\n%s", diff)
	}
	want := config.Source{Name: "ticker-2", Kind: "ticker", Line: 3, Spec: &ticker{URL: "https://b.test/", Every: 5 * time.Minute}}
	if diff := cmp.Diff(want, site.Sources[2]); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}

	var printed bytes.Buffer
	if err := c.Print(&printed); err != nil {
		t.Fatal(err)
	}
	again, err := config.Parse("printed", ".", printed.Bytes(), kind)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed.String())
	}
	if diff := cmp.Diff(want.Spec, again.Sites[0].Sources[2].Spec); diff != "" {
		t.Errorf("read back from its print (-want +got):\n%s", diff)
	}
}

func TestAnotherKindReportsMistakes(t *testing.T) {
	kind := config.Kind{Name: "ticker", Read: readTicker}
	for in, want := range map[string]string{
		`{tikcer: "https://a.test/"}`:              `unknown key "tikcer" in a source, did you mean "ticker"?`,
		`{ticker: {ulr: "https://a.test/"}}`:       `unknown key "ulr" in ticker, did you mean "url"?`,
		`{ticker: {url: "a.test", every: 5}}`:      `URL "a.test" has no scheme: write https://a.test`,
		`{ticker: {every: 5m}}`:                    `ticker needs url`,
		`{listing: {}}`:                            `listing needs urls`,
		`{ticker: "https://a.test/", urls: a.txt}`: `a source has one kind: move urls into a source of its own`,
		`{name: a}`: `a source needs one of listing, archive, sitemap, feed, urls, wayback, warc, ticker`,
		`{ticker: "https://a.test/", ticker: "a.txt"}`: `key "ticker" is already set on line 1`,
	} {
		_, err := config.Parse("crawl.yaml", ".", []byte("sites: [{name: a, sources: ["+in+"]}]"), kind)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v\nwant %s", in, err, want)
		}
	}
}

// TestSchemeOfCaptures checks that the scheme of a capture is not that of the site.
func TestSchemeOfCaptures(t *testing.T) {
	const text = `sites: [{name: a, sources: [{wayback: {url: "http://a.test/*"}}, {sitemap: auto}]}]`
	c, err := config.Parse("crawl.yaml", ".", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Sites[0].Sources[1].Spec.(*config.Sitemap).Origins; len(got) != 1 || got[0] != "https://a.test" {
		t.Errorf("origins are %q, want https://a.test", got)
	}
}

// TestReplacedKind checks that a given kind replaces the built-in one.
func TestReplacedKind(t *testing.T) {
	c, err := config.Parse("crawl.yaml", ".", []byte(`sites: [{name: a, sources: [{feed: "https://a.test/"}]}]`),
		config.Kind{Name: "feed", Read: readTicker})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Sites[0].Sources[0].Spec.(*ticker); !ok {
		t.Errorf("spec is %T, want that of the given kind", c.Sites[0].Sources[0].Spec)
	}
}
