package config

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Wayback lists the captures of a URL at a web archive.
type Wayback struct {
	URL       string // with or without scheme; without the * that it was written with
	MatchType string // exact | prefix | host | domain: what URL stands for
	Base      string // of the service, without a slash at its end
	Captures  string // latest | all, of each URL
	// From and To are the first and the last day of capture, as midnight UTC;
	// zero: no bound.
	From, To time.Time
}

// WARC names WARC files and which of their pages are taken.
type WARC struct {
	// Files are absolute paths or patterns as filepath.Match has them; "-" is
	// standard input.
	Files []string
	// Hosts are those whose pages are taken; none: those of the site. "*" alone
	// is every host: Site.Hosts may then be empty.
	Hosts     []string
	Match     *regexp.Regexp // on the whole URL; nil: every URL
	From, To  time.Time      // first and last day of capture, as midnight UTC; zero: no bound
	Languages []string       // BCP 47 tags; none: every language
}

// anyHost is the entry of a WARC source's hosts that stands for all of them.
const anyHost = "*"

// hostless reports whether a site may go without hosts: pages of every host are
// taken from its files.
func (s Source) hostless() bool { return s.WARC != nil && slices.Contains(s.WARC.Hosts, anyHost) }

func (r *reader) wayback(n *node, hosts *hostSet) *Wayback {
	w := &Wayback{Base: "https://web.archive.org", Captures: "latest"}
	star := false
	var match *node
	var days bounds
	r.read(n, "wayback", keys{
		"url":        func(v *node) { w.URL, star = r.waybackURL(v, hosts) },
		"match_type": func(v *node) { match, w.MatchType = v, choice(r, v, "exact", "prefix", "host", "domain") },
		"base":       func(v *node) { w.Base = r.waybackBase(v) },
		"captures":   func(v *node) { w.Captures = choice(r, v, "latest", "all") },
		"from":       func(v *node) { w.From = r.captureDay(v, &days.from) },
		"to":         func(v *node) { w.To = r.captureDay(v, &days.to) },
	})
	r.needs(n, "url", "wayback needs url: a URL, or a prefix that ends in *")
	r.ordered(days, w.From, w.To)
	switch {
	case star && match != nil && w.MatchType != "prefix":
		r.fail(match, "a url that ends in * is a prefix: remove the * for match_type %s", w.MatchType)
	case star:
		w.MatchType = "prefix"
	case match == nil:
		w.MatchType = "exact"
	}
	return w
}

// waybackURL reads what to look for in an archive: a URL, with or without its
// scheme, or a prefix that ends in *, which is taken off.
func (r *reader) waybackURL(n *node, hosts *hostSet) (url string, star bool) {
	s := r.filled(n)
	if s == "" {
		return "", false
	}
	url, star = strings.CutSuffix(s, "*")
	if url == "" || strings.Contains(url, "*") {
		r.fail(n, "wayback url %q: * may only stand at the end of a prefix", clip(s))
		return url, star
	}
	whole := url
	if !strings.Contains(whole, "://") {
		whole = "https://" + whole
	}
	_, host := r.address(&node{line: n.line, col: n.col, text: whole})
	hosts.add(host)
	return url, star
}

func (r *reader) waybackBase(n *node) string {
	base, _ := r.address(&node{line: n.line, col: n.col, text: r.filled(n)})
	if strings.ContainsAny(base, "?#") {
		r.fail(n, "base %q must not hold a query: write the address before /cdx/search/cdx", clip(base))
	}
	base = strings.TrimSuffix(base, "/cdx/search/cdx")
	return strings.TrimRight(base, "/")
}

func (r *reader) warc(n *node, hosts *hostSet) *WARC {
	w := &WARC{}
	var days bounds
	n = short(n, "files")
	r.read(n, "warc", keys{
		"files":    func(v *node) { w.Files = r.globs(v) },
		"hosts":    func(v *node) { w.Hosts = r.warcHosts(v, hosts) },
		"match":    func(v *node) { w.Match = r.pattern(v) },
		"from":     func(v *node) { w.From = r.captureDay(v, &days.from) },
		"to":       func(v *node) { w.To = r.captureDay(v, &days.to) },
		"language": func(v *node) { w.Languages = r.tongues(v) },
	})
	r.needs(n, "files", "warc needs files: paths, patterns such as news/*.warc.gz, or -")
	r.ordered(days, w.From, w.To)
	return w
}

// globs reads paths and patterns of WARC files; "-" is standard input. The
// folder of the configuration is written so that it is no pattern itself.
func (r *reader) globs(n *node) []string {
	var files []string
	for _, item := range r.strs(n) {
		if strings.HasPrefix(item.text, "http://") || strings.HasPrefix(item.text, "https://") {
			r.fail(item, "warc reads files (or -), not URLs: download %q first", clip(item.text))
			continue
		}
		if _, err := filepath.Match(item.text, ""); err != nil {
			r.fail(item, "file pattern %q has a [ without its ]; write \\[ for the character itself", clip(item.text))
			continue
		}
		file := r.pathText(item)
		if file != "-" && !filepath.IsAbs(file) {
			file = filepath.Join(literal.Replace(r.dir), file)
		}
		if slices.Contains(files, file) {
			r.fail(item, "file %q is listed twice", clip(item.text))
			continue
		}
		files = append(files, file)
	}
	return files
}

// literal writes a path as a pattern that matches it alone.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// warcHosts reads the hosts whose pages are taken: "*" alone is all of them.
func (r *reader) warcHosts(n *node, all *hostSet) []string {
	var names []string
	items := r.strs(n)
	for _, item := range items {
		if item.text == anyHost {
			if len(items) > 1 {
				r.fail(item, "* takes the pages of every host: remove the other hosts")
			}
			names = append(names, anyHost)
			continue
		}
		host := r.host(item)
		all.add(host)
		if host != "" && !slices.Contains(names, host) {
			names = append(names, host)
		}
	}
	return names
}

// tongues reads a language or a list of them.
func (r *reader) tongues(n *node) []string {
	var tags []string
	for _, item := range r.strs(n) {
		tags = append(tags, r.tongue(item))
	}
	return tags
}

// bounds are where the first and the last day of capture stand, nil where not given.
type bounds struct{ from, to *node }

// captureDay reads a day and notes its place.
func (r *reader) captureDay(n *node, place **node) time.Time {
	*place = n
	t, _ := time.Parse(time.DateOnly, r.day(n)) // reported by day
	return t
}

func (r *reader) ordered(b bounds, from, to time.Time) {
	if !from.IsZero() && !to.IsZero() && from.After(to) {
		r.fail(b.from, "from %s is after to %s", from.Format(time.DateOnly), to.Format(time.DateOnly))
	}
}

func (w *Wayback) print() yaml.MapSlice {
	return appendDays(yaml.MapSlice{
		{Key: "url", Value: w.URL},
		{Key: "match_type", Value: w.MatchType},
		{Key: "base", Value: w.Base},
		{Key: "captures", Value: w.Captures},
	}, w.From, w.To)
}

func (w *WARC) print() yaml.MapSlice {
	m := yaml.MapSlice{{Key: "files", Value: w.Files}}
	if len(w.Hosts) > 0 {
		m = append(m, yaml.MapItem{Key: "hosts", Value: w.Hosts})
	}
	if w.Match != nil {
		m = append(m, yaml.MapItem{Key: "match", Value: w.Match.String()})
	}
	m = appendDays(m, w.From, w.To)
	if len(w.Languages) > 0 {
		m = append(m, yaml.MapItem{Key: "language", Value: w.Languages})
	}
	return m
}

func appendDays(m yaml.MapSlice, from, to time.Time) yaml.MapSlice {
	if !from.IsZero() {
		m = append(m, yaml.MapItem{Key: "from", Value: from.Format(time.DateOnly)})
	}
	if !to.IsZero() {
		m = append(m, yaml.MapItem{Key: "to", Value: to.Format(time.DateOnly)})
	}
	return m
}
