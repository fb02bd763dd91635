package propose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/list"
)

// sample is a link that a pattern is made from: one that it shall match, or not.
type sample struct {
	url    string
	host   string
	weight float64 // above 0 for an article
	shape  list.Shape
}

func newSample(url, host string, weight float64) sample {
	s := sample{url: url, host: host, weight: weight}
	s.shape, _ = list.ShapeOf(url)
	return s
}

// Bounds of a pattern.
const (
	maxPattern      = 200 // bytes
	maxAlternatives = 4
	minArticles     = 3    // links that have a shape in common
	minAgreement    = 0.95 // precision and recall on the samples, of words alone
	minNumbered     = 0.8  // the same, of numbers and dates: these are surer than the samples
)

// articlePattern returns a regular expression for the URLs of articles: the shapes
// that take most of the articles among the samples and least of the others. It is
// "" when no few shapes do. page is the URL of the page that links to them.
func articlePattern(samples []sample, page string) string {
	options := candidates(samples, page)
	var chosen []string
	numbered := true
	taken := make([]bool, len(samples))
	for len(chosen) < maxAlternatives {
		best := bestOf(options, samples, taken, len(chosen) > 0)
		if best == nil || len(union(append(chosen, best.expr))) > maxPattern {
			break
		}
		chosen = append(chosen, best.expr)
		numbered = numbered && strings.Contains(best.expr, `\d`)
		for k := range samples {
			taken[k] = taken[k] || best.match[k]
		}
	}
	least := minAgreement
	if numbered {
		least = minNumbered
	}
	if len(chosen) == 0 || !agrees(samples, taken, least) {
		return ""
	}
	return union(chosen)
}

// agrees reports whether what a pattern takes is what it was made for.
func agrees(samples []sample, taken []bool, least float64) bool {
	var hit, wrong, missed float64
	for k, s := range samples {
		switch {
		case taken[k] && s.weight > 0:
			hit += s.weight
		case taken[k]:
			wrong -= s.weight
		case s.weight > 0:
			missed += s.weight
		}
	}
	return hit >= least*(hit+wrong) && hit >= least*(hit+missed)
}

// candidate is an expression for one shape.
type candidate struct {
	expr  string
	cost  float64 // what speaks against it beside the samples: how special it is
	match []bool  // by sample
}

// wrongCost is how many articles a pattern must take for each other link.
const wrongCost = 1.5

// bestOf returns the candidate that takes most articles that are not taken yet, nil
// when none is worth another alternative.
func bestOf(options []candidate, samples []sample, taken []bool, more bool) *candidate {
	var best *candidate
	total, most := 0.0, 0.0
	for _, s := range samples {
		total += max(0, min(1, s.weight))
	}
	least := minArticles - 0.5
	if more {
		least = max(1.9, 0.03*total)
	}
	for k := range options {
		gain := -options[k].cost * total / 100
		for n := range samples {
			if taken[n] || !options[k].match[n] {
				continue
			}
			if w := samples[n].weight; w > 0 {
				gain += w
			} else {
				gain += wrongCost * w
			}
		}
		if gain >= least && gain > most {
			best, most = &options[k], gain
		}
	}
	return best
}

// origin matches the scheme and the host of a URL.
const origin = `^https?://[^/]+`

// union joins expressions by "or".
func union(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	anchored := make([]string, 0, len(list))
	for _, e := range list {
		rest, ok := strings.CutPrefix(e, origin)
		if !ok {
			return strings.Join(list, "|")
		}
		anchored = append(anchored, rest)
	}
	return origin + "(?:" + strings.Join(anchored, "|") + ")"
}

// candidates returns the expressions for the shapes of the articles.
func candidates(samples []sample, page string) []candidate {
	folders := sharedFolders(samples, page)
	seen := map[string]bool{}
	var out []candidate
	for _, s := range samples {
		if s.weight <= 0 {
			continue
		}
		for _, o := range optionsOf(&s.shape, folders) {
			if seen[o.expr] || len(o.expr) > maxPattern {
				continue
			}
			seen[o.expr] = true
			re, err := regexp.Compile(o.expr)
			if err != nil {
				continue
			}
			c := candidate{expr: o.expr, cost: o.cost, match: make([]bool, len(samples))}
			for k := range samples {
				c.match[k] = re.MatchString(samples[k].url)
			}
			out = append(out, c)
		}
	}
	return out
}

// folders are those that several articles are in; others name a page.
type folders struct {
	share map[string]float64 // of the articles, by folder
	own   map[string]bool    // those of the page that links to them
}

func sharedFolders(samples []sample, page string) folders {
	f := folders{map[string]float64{}, map[string]bool{}}
	if s, ok := list.ShapeOf(page); ok {
		for _, seg := range s.Segments {
			f.own[seg.Text] = true
		}
	}
	articles := 0.0
	for _, s := range samples {
		if s.weight <= 0 || len(s.shape.Segments) == 0 {
			continue
		}
		articles++
		seen := map[string]bool{}
		for _, seg := range s.shape.Segments[:len(s.shape.Segments)-1] {
			if !seen[seg.Text] {
				seen[seg.Text] = true
				f.share[seg.Text]++
			}
		}
	}
	for text, n := range f.share {
		if f.share[text] = n / articles; n < 2 {
			delete(f.share, text)
		}
	}
	return f
}

// cost returns what speaks against naming a folder in an expression for articles
// that a date or an id tells alone, or not. A folder of all articles is no section;
// that of the page given may be.
func (f *folders) cost(name string, alone bool) float64 {
	switch {
	case alone && f.own[name]:
		return 10
	case alone:
		return 0.8
	case f.share[name] > 0.95:
		return -0.5
	}
	return 0.5
}

// part is a piece of an expression and what speaks against it.
type part struct {
	expr string
	cost float64
}

// optionsOf returns the expressions for a shape, from general to special.
func optionsOf(s *list.Shape, in folders) []part {
	if s.ID != "" {
		return queryOptions(s)
	}
	n := len(s.Segments)
	if n == 0 {
		return nil
	}
	end := `/?(?:[?#]|$)`
	if s.Ext != "" {
		end = regexp.QuoteMeta(s.Ext) + `(?:[?#]|$)`
	}
	run := 0 // numeric folders before the last segment
	for run < n-1 && (s.Segments[n-2-run].Kind.Numeric() || run == 0 && s.Segments[n-2].Kind == list.ID) {
		run++
	}
	middle := ""
	for _, seg := range s.Segments[n-1-run : n-1] {
		middle += "/" + digitsOf(seg)
	}
	var out []part
	for _, h := range heads(s.Segments[:n-1-run], in, tellsAlone(s)) {
		for _, t := range tails(s.Segments[n-1]) {
			out = append(out, part{h.expr + middle + "/" + t.expr + end, h.cost + t.cost})
		}
	}
	return out
}

// queryOptions returns the expressions for pages that a parameter names.
func queryOptions(s *list.Shape) []part {
	path := ""
	for _, seg := range s.Segments {
		path += "/" + regexp.QuoteMeta(seg.Text)
	}
	path += regexp.QuoteMeta(s.Ext)
	value := "=" + `[^&#]*\d`
	if s.Digits > 0 {
		value = fmt.Sprintf(`=\d{%d,}`, max(1, s.Digits-1))
	}
	id := regexp.QuoteMeta(s.ID) + value
	return []part{{`[?&]` + id, 0}, {path + `/?\?(?:.*&)?` + id, 0.2}}
}

// digitsOf matches numeric folders like seg.
func digitsOf(seg list.Segment) string {
	switch seg.Kind {
	case list.Short:
		return `\d{1,2}`
	case list.ID:
		return idTails(seg.Text)[0].expr
	}
	var b strings.Builder
	run := 0
	flush := func() {
		if run > 2 {
			fmt.Fprintf(&b, `\d{%d}`, run)
		} else {
			b.WriteString(strings.Repeat(`\d`, run))
		}
		run = 0
	}
	for _, r := range seg.Text {
		if r >= '0' && r <= '9' {
			run++
			continue
		}
		flush()
		b.WriteString(regexp.QuoteMeta(string(r)))
	}
	flush()
	return b.String()
}

// heads returns expressions for the folders before the numbers of a date.
func heads(path []list.Segment, in folders, alone bool) []part {
	n := len(path)
	out := []part{{"", 0}, {origin + repeated(n), 0.3}}
	if n == 0 {
		return out
	}
	first, last := path[0].Text, path[n-1].Text
	out = append(out, part{fmt.Sprintf("%s(?:/[^/?#]+){%d,%d}", origin, n-1, n+1), 0.4})
	for _, w := range wordTails(last) {
		out = append(out, part{"/" + w.expr, 0.3 + w.cost})
	}
	if in.share[last] > 0 {
		out = append(out, part{"/" + regexp.QuoteMeta(last), in.cost(last, alone)})
	}
	if in.share[first] > 0 {
		head, cost := origin+"/"+regexp.QuoteMeta(first), in.cost(first, alone)
		out = append(out, part{head + "(?:/[^/?#]+)*", cost + 0.1}, part{head + repeated(n-1), cost + 0.2})
	}
	return out
}

// repeated matches n folders.
func repeated(n int) string {
	if n > 2 {
		return fmt.Sprintf("(?:/[^/?#]+){%d}", n)
	}
	return strings.Repeat("/[^/?#]+", n)
}

// smallID is the number of digits up to which an id may be another number.
const smallID = 5

// tellsAlone reports whether a date or an id tells an article in whatever folder.
func tellsAlone(s *list.Shape) bool {
	last := s.Segments[len(s.Segments)-1]
	return s.Numbered() && (last.Kind != list.Number || len(last.Text) > smallID)
}

// tails returns expressions for the segment that names an article.
func tails(seg list.Segment) []part {
	var out []part
	switch seg.Kind {
	case list.Number, list.Short:
		if n := len(seg.Text); n > smallID {
			return []part{{fmt.Sprintf(`\d{%d,}`, min(8, n-1)), 0}, {`\d+`, 0.1}}
		}
		return []part{{`\d+`, 0}}
	case list.ID:
		out = append(out, idTails(seg.Text)...)
	}
	out = append(out, wordTails(seg.Text)...)
	return append(out, part{`[^/?#]+`, 0.4})
}

// wordTails returns expressions for as many words as text has, or fewer.
func wordTails(text string) []part {
	var out []part
	words := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '_' })
	for w := 2; w <= min(5, len(words)); w++ {
		expr := `[^/?#]+[-_][^/?#]+`
		if w > 2 {
			expr = fmt.Sprintf(`(?:[^/?#]+[-_]){%d}[^/?#]+`, w-1)
		}
		out = append(out, part{expr, 0.2 * float64((w-1)*(w-1))})
	}
	return out
}

var (
	digitsLast  = regexp.MustCompile(`[^\d](\d{4,})$`)
	digitsFirst = regexp.MustCompile(`^(\d{4,})[^\d]`)
	digitsIn    = regexp.MustCompile(`\d{4,}`)
)

// idTails returns expressions for a segment that holds a number.
func idTails(text string) []part {
	var out []part
	if m := digitsLast.FindStringSubmatch(text); m != nil {
		out = append(out, part{fmt.Sprintf(`[^/?#]*[^/?#\d]\d{%d,}`, digitsLeast(len(m[1]))), 0})
	}
	if m := digitsFirst.FindStringSubmatch(text); m != nil {
		out = append(out, part{fmt.Sprintf(`\d{%d,}[^/?#]*`, digitsLeast(len(m[1]))), 0})
	}
	if m := digitsIn.FindString(text); m != "" {
		out = append(out, part{fmt.Sprintf(`[^/?#]*\d{%d,}[^/?#]*`, digitsLeast(len(m))), 0.2})
	}
	return out
}

// digitsLeast returns how many digits the ids of a site have at least, of which one
// has n.
func digitsLeast(n int) int { return max(4, min(8, n-1)) }

// sureHost is the mean weight from which what the pattern takes on another host are
// articles: most outlets have hosts for films and games as well.
const sureHost = 0.75

// matchedHosts returns the hosts, beside own, on which the pattern takes articles.
func matchedHosts(samples []sample, own string, re *regexp.Regexp) []string {
	sum, n := map[string]float64{}, map[string]float64{}
	for _, s := range samples {
		if s.host != own && re.MatchString(s.url) {
			sum[s.host] += s.weight
			n[s.host]++
		}
	}
	var hosts []string
	for host := range sum {
		if sum[host] >= sureHost*n[host] {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	return hosts
}
