// Package config reads crawl.yaml: defaults, strict decoding, every mistake at
// once with its place, and the effective values in print.
//
// Each kind of source has its keys in one file and one line in Kinds; a program of
// its own passes further kinds to Load. config.go declares the configuration,
// load.go reads the file, site.go and rules.go the keys of a site, source.go its
// sources. tree.go turns YAML into nodes, whose methods in node.go, scalar.go,
// address.go, layout.go and zone.go read and check values.
package config

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
)

// Config is one crawl.yaml, validated and compiled. Relative paths are already
// joined to the folder of the file.
type Config struct {
	File      string // as given on the command line
	Dir       string // absolute folder of File
	UserAgent string // the word VERSION in it stands for the program's version
	Product   string // product token of UserAgent, which robots.txt is matched on
	State     string // path of the SQLite file, or URL of a PostgreSQL database
	Output    Output
	S3        S3
	Metrics   string // file for node_exporter's textfile collector; "" = none
	MinFree   int64  // bytes to leave free on the disks of state and output; 0 = no check
	Workers   int
	Notify    []Notify
	Alerts    []Alert
	Sites     []*Site
	Defaults  *Site    // of sites that the file does not name
	Warnings  []string // "crawl.yaml:3:1: ...": allowed, but worth a look
}

// StateName returns the state for messages: a URL without its password.
func (c *Config) StateName() string { return Redact(c.State) }

// passwords finds the password of a URL, in its authority and in its parameters.
var passwords = regexp.MustCompile(`(?i)(^[a-z]+://[^/?#]*?:)[^/?#]*(@)|([?&](?:ssl)?password=)[^&#]*`)

// Redact masks the passwords of a URL, also of one that cannot be parsed.
func Redact(url string) string {
	if !strings.Contains(url, "://") {
		return url
	}
	return passwords.ReplaceAllString(url, "$1$3***$2")
}

// Base returns the folder that relative outputs are kept track of from: that of the state,
// or of the file where the state is behind a URL.
func (c *Config) Base() string {
	if isURL(c.State) {
		return c.Dir
	}
	return filepath.Dir(c.State)
}

// Output says where lines go. Path may contain {site}, {type} and {date}; "-" is
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
	Name        string
	Was         []string // former names, whose URLs and sources it takes over
	Hosts       []string // lower case, with a port that is not the default; empty only if a WARC source takes every host
	Sources     []Source
	NoHeadlines bool           // headlines are not written
	Rules       extract.Rules  // Links and Next are empty: each source has its own
	Match       *regexp.Regexp // article.match, on the whole URL; nil: every link is a candidate
	Expect      []Expectation
	Timezone    *time.Location // nil: unknown
	Language    string
	Headers     map[string]string // values read from their files
	Cookies     bool
	Proxy       string            // "" = none
	Files       map[string]string // files of secrets, by header name or "proxy"
	Private     []netip.Prefix
	Robots      Robots
	Delay       time.Duration
	Workers     int // concurrency: requests in flight per host
	GroupBy     GroupBy
	Timeout     time.Duration
	Retries     int
	Limits      Limits
	Refresh     time.Duration
	Watch       Watch
	Revisit     []time.Duration
	Duplicate   OnDuplicate
	Near        Near
	Memory      int64 // dedupe.memory, bytes
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

// Limits bound the cost of one site; 0 means no limit.
type Limits struct {
	Body      int64 // bytes of a decoded page
	Redirects int
	URLLength int // bytes
	Links     int // per page
	Depth     int // links away from a source
	URLs      int // known URLs of the site
}

// Watch bounds the time between two reads of a source by newsonce watch.
type Watch struct{ Min, Max time.Duration }

// Policy says how a duplicate is written.
type Policy string

// Values of on_duplicate.
const (
	WriteReference Policy = "reference"
	Drop           Policy = "drop"
	Full           Policy = "full"
)

// OnDuplicate holds the policy for each class of duplicate.
type OnDuplicate struct {
	Exact, Near, Revision, Headline Policy
}

// Near configures near-duplicate detection. Threshold 0 switches it off.
type Near struct {
	Threshold float64
	Window    time.Duration
	Scope     string // all | site
}

// Expectation is one entry of expect: of an article field, of a headline block, or of
// what is new.
type Expectation struct {
	Key      string        // as written: article.content_text, headlines.sidebar, new
	Article  string        // field of the article, else ""
	Block    string        // headline block, else ""
	Share    float64       // for Article: minimum share of articles with the field
	Min, Max int           // for Block: entries per page; Max -1 = no bound
	Per      time.Duration // for new: at least Min in this time; else 0
}

// NewKey is the Key of the expectation that a site gives something new.
const NewKey = "new"

// New returns the expectation that the site gives something new; nil when it has none.
func (s *Site) New() *Expectation {
	for i := range s.Expect {
		if s.Expect[i].Key == NewKey {
			return &s.Expect[i]
		}
	}
	return nil
}

// Bound returns the value of an expectation as it is written in crawl.yaml.
func (e *Expectation) Bound() any {
	switch {
	case e.Per > 0:
		return fmt.Sprintf(">=%d/%s", e.Min, FormatDuration(e.Per))
	case e.Block == "":
		return e.Share
	case e.Max < 0:
		return fmt.Sprintf(">=%d", e.Min)
	case e.Min == 0:
		return fmt.Sprintf("<=%d", e.Max)
	}
	return fmt.Sprintf("%d..%d", e.Min, e.Max)
}

// newSite returns a site with the built-in defaults.
func newSite() *Site {
	return &Site{
		Robots:    Obey,
		Delay:     time.Second,
		Workers:   1,
		GroupBy:   ByHost,
		Timeout:   30 * time.Second,
		Retries:   4,
		Limits:    Limits{Body: 10 << 20, Redirects: 5, URLLength: 2000, Links: 2000},
		Watch:     Watch{Min: 5 * time.Minute, Max: day},
		Duplicate: OnDuplicate{Exact: WriteReference, Near: WriteReference, Revision: Full, Headline: Full},
		Near:      Near{Threshold: 0.5, Window: 30 * day, Scope: "all"},
		Memory:    64 << 20,
	}
}

// clone returns a copy whose keys can be set without changing s.
func (s *Site) clone() *Site {
	c := *s
	c.Headers = maps.Clone(s.Headers)
	c.Files = maps.Clone(s.Files)
	return &c
}

// Host returns the site with a host, else one of that host with the defaults alone.
func (c *Config) Host(host string) *Site {
	if s := c.SiteOf(host); s != nil {
		return s
	}
	s := c.Defaults.clone()
	s.Name, s.Hosts = host, []string{host}
	return s
}

// Site returns the site of that name, nil when there is none.
func (c *Config) Site(name string) *Site {
	for _, s := range c.Sites {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// SiteOf returns the first site with pages on host, nil when there is none.
func (c *Config) SiteOf(host string) *Site {
	for _, s := range c.Sites {
		if slices.Contains(s.Hosts, host) {
			return s
		}
	}
	return nil
}

// Select returns the named sites in the order of the file, or all sites when
// there are no names. It reports every unknown name.
func (c *Config) Select(names []string) ([]*Site, error) {
	if len(names) == 0 {
		return c.Sites, nil
	}
	var known, wrong []string
	for _, s := range c.Sites {
		known = append(known, s.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			wrong = append(wrong, fmt.Sprintf("no site %q in %s%s", name, c.File, didYouMean(name, known)))
		}
	}
	if wrong != nil {
		return nil, errors.New(strings.Join(wrong, "\n"))
	}
	var chosen []*Site
	for _, s := range c.Sites {
		if slices.Contains(names, s.Name) {
			chosen = append(chosen, s)
		}
	}
	return chosen, nil
}
