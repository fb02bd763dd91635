package cli

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// shape is the form of an article's URL: the pieces of its path, each a class
// of text or the text itself, and the numeric parameter of its query.
type shape struct {
	pieces []piece
	slash  bool   // ends in a slash
	param  string // the name of a parameter that holds a number, "" for none
}

// piece is a segment of a path.
type piece struct {
	kind pieceKind
	text string
	ext  string // .html and the like, on the last one
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

// threeWords matches three words and more of a title, in a URL.
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

func shapeOf(rawURL string) (shape, bool) {
	u, err := url.Parse(rawURL)
	path := pathOf(rawURL)
	if err != nil || path == "" || path == "/" && u.RawQuery == "" {
		return shape{}, false
	}
	s := shape{slash: strings.HasSuffix(path, "/")}
	for _, name := range slices.Sorted(maps.Keys(u.Query())) {
		if plainParam.MatchString(name) && numeric.MatchString(u.Query().Get(name)) && s.param == "" {
			s.param = name
		}
	}
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for k, text := range segments {
		p := piece{kind: literal, text: text}
		if m := extension.FindStringSubmatch(text); m != nil && k == len(segments)-1 {
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
		s.pieces = append(s.pieces, p)
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

// pathOf is the path of an absolute URL as it is written, since a pattern is
// matched against that.
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

// tells reports that the shape names one page among many: it holds a number, a
// date or a title.
func (s *shape) tells() bool {
	return s.param != "" || slices.ContainsFunc(s.pieces, func(p piece) bool { return p.kind != literal && p.kind != year })
}

// class is equal for URLs of one shape.
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

// articlePattern is a regular expression for the URLs of articles: the shape
// that most of urls have, with what they share written out. It is "" when no
// shape holds for three of them, or for own, the URL of an article ("" when none
// is known).
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

// expression is the regular expression of URLs of one shape.
func expression(group []shape) string {
	first := group[0]
	var b strings.Builder
	for k, p := range first.pieces {
		same := true
		for _, s := range group {
			same = same && s.pieces[k].text == p.text
		}
		b.WriteByte('/')
		switch {
		case p.kind == literal && same:
			b.WriteString(regexp.QuoteMeta(p.text))
		case p.kind == literal:
			b.WriteString(`[^/?]+`)
		case p.kind == year:
			b.WriteString(`\d{4}`)
		case p.kind == twoDigit:
			b.WriteString(`\d{1,2}`)
		case p.kind == number:
			b.WriteString(`\d+`)
		case p.kind == slugID:
			b.WriteString(`[^/?]*\d{3,}[^/?]*`)
		default:
			b.WriteString(threeWords)
		}
		b.WriteString(regexp.QuoteMeta(p.ext))
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
