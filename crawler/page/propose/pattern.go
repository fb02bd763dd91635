package propose

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// shape is the form of a URL: the segments of its path, each classified, and the
// numeric parameter of its query.
type shape struct {
	pieces []piece
	slash  bool   // ends in a slash
	param  string // the name of a parameter that holds a number, "" when there is none
}

// piece is one segment of a path.
type piece struct {
	kind pieceKind
	text string
	ext  string // .html and the like; on the last segment only
}

type pieceKind byte

const (
	literal  pieceKind = 'l' // en, article, world
	number   pieceKind = 'n' // 7228
	year     pieceKind = 'y' // 2023
	twoDigit pieceKind = 'd' // 07
	slugID   pieceKind = 'i' // port-reopens-7228, 7228-port
	slugWord pieceKind = 's' // port-reopens-after-storm
)

// threeWords matches a segment of three or more words, as titles give them.
const threeWords = `[^/?]+[-_][^/?]+[-_][^/?]+`

var (
	allDigits  = regexp.MustCompile(`^\d+$`)
	yearPiece  = regexp.MustCompile(`^(?:19|20)\d\d$`)
	withID     = regexp.MustCompile(`^(?:\d{3,}[-_].+|.+[-_.]\w?\d{3,})$`)
	ofWords    = regexp.MustCompile(`^` + threeWords + `$`)
	extension  = regexp.MustCompile(`^(.+)(\.(?:s?html?|php|aspx?|jsp))$`)
	plainParam = regexp.MustCompile(`^[\w.-]+$`)
	numeric    = regexp.MustCompile(`^\d{2,}$`)
)

// shapeOf returns the shape of an absolute URL; ok is false for a front page and for an
// invalid URL.
func shapeOf(rawURL string) (s shape, ok bool) {
	u, err := url.Parse(rawURL)
	path := pathOf(rawURL)
	if err != nil || path == "" || path == "/" && u.RawQuery == "" {
		return shape{}, false
	}
	s = shape{slash: strings.HasSuffix(path, "/"), param: numericParam(u.Query())}
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for k, text := range segments {
		s.pieces = append(s.pieces, pieceOf(text, k == len(segments)-1))
	}
	if !slices.ContainsFunc(s.pieces, func(p piece) bool { return p.kind == year }) {
		for k := range s.pieces { // no month or day without a year
			if s.pieces[k].kind == twoDigit {
				s.pieces[k].kind = number
			}
		}
	}
	return s, true
}

// numericParam returns the first name, in alphabetical order, of a parameter
// that holds a number of two digits or more, "" when there is none.
func numericParam(query url.Values) string {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if plainParam.MatchString(name) && numeric.MatchString(query.Get(name)) {
			return name
		}
	}
	return ""
}

// pieceOf classifies a path segment; only the last one has an extension.
func pieceOf(text string, last bool) piece {
	p := piece{kind: literal, text: text}
	if m := extension.FindStringSubmatch(text); m != nil && last {
		p.text, p.ext = m[1], m[2]
	}
	switch {
	case yearPiece.MatchString(p.text):
		p.kind = year
	case allDigits.MatchString(p.text) && len(p.text) <= 2:
		p.kind = twoDigit
	case allDigits.MatchString(p.text):
		p.kind = number
	case withID.MatchString(p.text):
		p.kind = slugID
	case ofWords.MatchString(p.text):
		p.kind = slugWord
	}
	return p
}

// pathOf returns the path of an absolute URL as written, since patterns are
// matched against the URL as written.
func pathOf(rawURL string) string {
	_, rest, _ := strings.Cut(rawURL, "://")
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	if start := strings.IndexByte(rest, '/'); start >= 0 {
		return rest[start:]
	}
	return ""
}

// tells reports whether the shape identifies one page among many, by a number, a date or
// a title.
func (s *shape) tells() bool {
	return s.param != "" ||
		slices.ContainsFunc(s.pieces, func(p piece) bool { return p.kind != literal && p.kind != year })
}

// class returns a key that is equal for URLs of the same shape.
func (s *shape) class() string {
	var b strings.Builder
	for _, p := range s.pieces {
		b.WriteByte(byte(p.kind))
		b.WriteString(p.ext)
	}
	if s.slash {
		b.WriteByte('/')
	}
	return b.String() + "?" + s.param
}

// articlePattern returns a regular expression for the URLs of articles: the most
// frequent shape among urls, with the segments that they share written out. own
// is the URL of an article, "" when none is known; its shape takes precedence.
// The pattern is "" when no shape has three of the URLs.
func articlePattern(own string, urls []string) string {
	groups := map[string][]shape{}
	best := ""
	for _, u := range urls {
		s, ok := shapeOf(u)
		if !ok || !s.tells() {
			continue
		}
		c := s.class()
		groups[c] = append(groups[c], s)
		if best == "" || len(groups[c]) > len(groups[best]) {
			best = c
		}
	}
	if s, ok := shapeOf(own); ok && s.tells() {
		best = s.class()
		groups[best] = append(groups[best], s)
	} else if len(groups[best]) < 3 {
		return ""
	}
	return expression(groups[best])
}

// expression returns the regular expression for URLs of one shape.
func expression(group []shape) string {
	first := group[0]
	var b strings.Builder
	for k, p := range first.pieces {
		same := !slices.ContainsFunc(group, func(s shape) bool { return s.pieces[k].text != p.text })
		b.WriteString("/" + p.expression(same) + regexp.QuoteMeta(p.ext))
	}
	last := first.pieces[len(first.pieces)-1]
	switch {
	case first.param != "":
		b.WriteString(`/?\?(?:.*&)?` + regexp.QuoteMeta(first.param) + `=\d+`)
	case first.slash:
		b.WriteByte('/')
	case last.ext == "" && last.kind != number:
		b.WriteString(`(?:$|\?)`)
	}
	return b.String()
}

// expression returns the regular expression for the segments that p stands for; same
// means that all of them have its text.
func (p *piece) expression(same bool) string {
	switch p.kind {
	case literal:
		if same {
			return regexp.QuoteMeta(p.text)
		}
		return `[^/?]+`
	case year:
		return `\d{4}`
	case twoDigit:
		return `\d{1,2}`
	case number:
		return `\d+`
	case slugID:
		return `[^/?]*\d{3,}[^/?]*`
	}
	return threeWords
}
