package config

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// WARC names WARC files and selects their pages.
type WARC struct {
	// Files are absolute paths or patterns of filepath.Match; "-" is standard
	// input.
	Files []string
	// Hosts are those whose pages are taken. An empty list means the hosts of the
	// site. "*" alone means every host: Site.Hosts may then be empty.
	Hosts     []string
	Match     *regexp.Regexp // on the whole URL; nil: every URL
	From, To  time.Time      // first and last day of capture, as midnight UTC; zero: no bound
	Languages []string       // BCP 47 tags; empty: every language
}

func readWARC(n *Node, _ *Site) Spec {
	w := &WARC{}
	n = n.Short("files")
	n.readSpan("warc", Keys{
		"files":    func(v *Node) { w.Files = v.globs() },
		"hosts":    func(v *Node) { w.Hosts = v.warcHosts() },
		"match":    func(v *Node) { w.Match = v.Pattern() },
		"language": func(v *Node) { w.Languages = v.languages() },
	}, &w.From, &w.To)
	n.Require("files", "warc needs files: paths, patterns such as news/*.warc.gz, or -")
	return w
}

// globs reads paths and patterns of WARC files. The folder of the configuration
// is escaped, so that it is not a pattern itself.
func (n *Node) globs() []string {
	var files []string
	for _, item := range n.Texts() {
		if hasScheme(item.text) {
			item.Fail("warc reads files (or -): download %q first", clip(item.text))
			continue
		}
		if _, err := filepath.Match(item.text, ""); err != nil {
			item.Fail("file pattern %q has a [ without a ]; write \\[ for the character itself", clip(item.text))
			continue
		}
		file := item.pathText()
		if file != "-" && !filepath.IsAbs(file) {
			file = filepath.Join(literal.Replace(n.r.dir), file)
		}
		if slices.Contains(files, file) {
			item.Fail("file %q is listed twice", clip(item.text))
			continue
		}
		files = append(files, file)
	}
	return files
}

// literal escapes a path as a pattern that matches only itself.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// warcHosts reads the hosts whose pages are taken; "*" alone means all of them.
func (n *Node) warcHosts() []string {
	items := n.Texts()
	var names []string
	for _, item := range items {
		host := anyHost
		if item.text != anyHost {
			host = item.host()
		} else if len(items) > 1 {
			item.Fail("* takes the pages of every host: remove the other hosts")
		}
		if host != "" && !slices.Contains(names, host) {
			names = append(names, host)
		}
	}
	return names
}

// languages reads one language tag or a list of them.
func (n *Node) languages() []string {
	var tags []string
	for _, item := range n.Texts() {
		tags = append(tags, item.language())
	}
	return tags
}

// SiteHosts implements Spec.
func (w *WARC) SiteHosts() []string { return w.Hosts }

// Print implements Spec.
func (w *WARC) Print() Mapping {
	m := Mapping{{"files", w.Files}}
	if len(w.Hosts) > 0 {
		m = append(m, Entry{"hosts", w.Hosts})
	}
	if w.Match != nil {
		m = append(m, Entry{"match", w.Match.String()})
	}
	m = appendSpan(m, w.From, w.To)
	if len(w.Languages) > 0 {
		m = append(m, Entry{"language", w.Languages})
	}
	return m
}
