package config

import (
	"net/netip"
	"regexp"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/jsonlist"
)

// Config is one crawl.yaml, validated and compiled. Relative paths are already
// joined to the folder of the file.
type Config struct {
	File      string // as given on the command line
	Dir       string // absolute folder of File; what relative paths are relative to
	UserAgent string // the word VERSION in it stands for the program's version
	Product   string // product token of UserAgent: what robots.txt is matched on
	State     string // path of the SQLite file
	Output    Output
	MinFree   int64 // bytes that the disks of state and output must have left; 0 = any
	Workers   int
	Sites     []*Site
	Warnings  []string // "crawl.yaml:3:1: ...": allowed, but a person should look
}

// Output says where lines go. Path may hold {site}, {type} and {date}; "-" is
// standard output.
type Output struct {
	Path   string
	Rotate Rotate
}

// Rotate seals a file when it reaches Size bytes or Age; 0 means never.
type Rotate struct {
	Size int64
	Age  time.Duration
}

// Site is one site with the defaults applied.
type Site struct {
	Name      string
	Hosts     []string // lower case, with a port where it is not the scheme's own; empty for a WARC source of every host alone
	Sources   []Source
	Rules     extract.Rules  // Links and Next stay empty: each source has its own
	Match     *regexp.Regexp // article.match, on the whole URL; nil: every link is a candidate
	Expect    []Expectation
	Timezone  *time.Location // nil: not known
	Language  string
	Headers   map[string]string // values read from their files
	Cookies   bool
	Proxy     string            // "" = none
	Files     map[string]string // where secrets came from: header name or "proxy" -> path
	Private   []netip.Prefix
	Robots    Robots
	Delay     time.Duration
	Workers   int // concurrency: requests at a time a host
	GroupBy   GroupBy
	Timeout   time.Duration
	Retries   int
	Limits    Limits
	Refresh   time.Duration
	Revisit   []time.Duration
	Duplicate OnDuplicate
	Near      Near
	Memory    int64 // dedupe.memory, bytes
}

// Robots says whether robots.txt is obeyed.
type Robots string

// Values of robots.
const (
	Obey   Robots = "obey"
	Ignore Robots = "ignore"
)

// GroupBy says what delay and concurrency apply to.
type GroupBy string

// Values of group_by.
const (
	ByHost   GroupBy = "host"
	ByDomain GroupBy = "registrable_domain"
	ByIP     GroupBy = "ip"
)

// Limits bound what one site may cost; 0 means no limit.
type Limits struct {
	Body      int64 // bytes of a decoded page
	Redirects int
	URLLength int // bytes
	Links     int // taken a page
	Depth     int // links away from a source
	URLs      int // known a site
}

// Policy says what becomes of a duplicate.
type Policy string

// Values of on_duplicate.
const (
	WriteReference Policy = "reference"
	Drop           Policy = "drop"
	Full           Policy = "full"
)

// OnDuplicate is the policy a class of duplicate.
type OnDuplicate struct {
	Exact, Near, Revision, Headline Policy
}

// Near configures near-duplicate detection. Threshold 0 switches it off.
type Near struct {
	Threshold float64
	Window    time.Duration
	Scope     string // all | site
}

// Source is one way to find URLs. Exactly one field besides Name is set.
type Source struct {
	Name    string // unique within the site: given, or kind plus ordinal, as "listing" or "listing-2"
	Line    int    // in crawl.yaml
	Listing *Listing
	Archive *Archive
	Sitemap *Sitemap
	Feed    *Feed
	URLs    *URLList
	Wayback *Wayback
	WARC    *WARC
}

// Listing is a set of pages that list articles, newest first, with pagination.
type Listing struct {
	URLs           []string
	Links          []extract.Selector
	Next           []extract.Selector
	JSON           *jsonlist.Rules // nil: the pages are HTML
	MaxPages       int             // 0 = no limit
	StopAfterKnown int
}

// Archive enumerates URLs by a template; only backfill uses it.
type Archive struct {
	URL              string // with {page}, {id} or {date:LAYOUT}
	By               string // page | id | date
	From, To         string // numbers, or days as 2006-01-02 for date; To "" = open end (for date: today)
	Step             string // a number from 1, or day | month | year for date
	Order            string // asc | desc
	StopAfterMissing int    // consecutive missing pages; 0 = never
	Links            []extract.Selector
	JSON             *jsonlist.Rules // without Next; nil: the pages are HTML
}

// Sitemap names sitemaps, and the origins, as "https://news.example", at which
// they are to be looked for: in robots.txt, then under the usual names. Entries
// that have not changed since are not taken.
type Sitemap struct {
	URLs    []string
	Origins []string
	Since   Since
}

// Since is the first day of a span that ends now: Day, at midnight UTC, or what
// lies Age back. The zero value is no bound.
type Since struct {
	Day time.Time
	Age time.Duration
}

// First is the first moment of the span; zero where it has no bound.
func (s Since) First(now time.Time) time.Time {
	if s.Age > 0 {
		return now.Add(-s.Age)
	}
	return s.Day
}

// Feed names feeds, or HTML pages that name their feed. MaxPages and
// StopAfterKnown are for feeds that have further pages.
type Feed struct {
	URLs           []string
	MaxPages       int // 0 = no limit
	StopAfterKnown int
}

// URLList names files with a URL a line; "-" is standard input.
type URLList struct{ Files []string }

// Expectation is one line of expect.
type Expectation struct {
	Key      string  // as written: article.content_text, headlines.sidebar
	Article  string  // field of the article, "" for a headline block
	Block    string  // headline block, "" for an article field
	Share    float64 // for Article: the least share of articles with the field
	Min, Max int     // for Block: the least and the most entries a page; Max -1 = no bound
}
