package list

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Shape is the form of a URL: the segments of its path, each classified, and the
// parameters of its query.
type Shape struct {
	Segments []Segment // none for a front page
	Ext      string    // .html and the like
	Slash    bool      // the path ends in a slash
	Params   []string  // the names of its parameters, sorted
	ID       string    // the first of them that holds a number or an id, "" for none
	Digits   int       // of a value of ID that is a number
}

// Segment is one segment of a path, without the extension.
type Segment struct {
	Kind Kind
	Text string // as written
}

// Kind classifies a segment.
type Kind byte

const (
	Word   Kind = 'w' // en, sport
	Pair   Kind = 'p' // two words: about-us
	Slug   Kind = 's' // three words or more: port-reopens-after-storm
	ID     Kind = 'i' // letters and a number of four digits or more: port-reopens-7228, dmf20240508_9227
	Number Kind = 'n' // 7228
	Short  Kind = 'd' // a number of one or two digits
	Year   Kind = 'y' // 2023
	Date   Kind = 't' // 2023-07-13, 20230713
)

var (
	yearText  = regexp.MustCompile(`^(?:19|20)\d\d$`)
	dateText  = regexp.MustCompile(`^(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?$`)
	extension = regexp.MustCompile(`^(.+)(\.(?:s?html?|php\d?|aspx?|jsp|cfm|do|ece|cms))$`)
	fourInRow = regexp.MustCompile(`\d{4}`)
	between   = regexp.MustCompile(`[-_+~.,]+|%20|%2[cC]|%E2%80%93`)
	idValue   = regexp.MustCompile(`^\d{2,}$|^[\w-]*\d{3}[\w-]*$`)
)

// ShapeOf returns the shape of an absolute URL. ok is false for what is no URL.
func ShapeOf(rawURL string) (s Shape, ok bool) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return Shape{}, false
	}
	path := u.EscapedPath()
	s.Slash = strings.HasSuffix(path, "/")
	for text := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if text != "" {
			s.Segments = append(s.Segments, Segment{Text: text})
		}
	}
	if n := len(s.Segments); n > 0 && !s.Slash {
		if m := extension.FindStringSubmatch(s.Segments[n-1].Text); m != nil {
			s.Segments[n-1].Text, s.Ext = m[1], m[2]
		}
	}
	for k := range s.Segments {
		s.Segments[k].Kind = kindOf(s.Segments[k].Text)
	}
	query := u.Query()
	for name := range query {
		s.Params = append(s.Params, name)
	}
	slices.Sort(s.Params)
	for _, name := range s.Params {
		if idValue.MatchString(query.Get(name)) && (s.ID == "" || len(query.Get(name)) > len(query.Get(s.ID))) {
			s.ID = name
		}
	}
	if v := query.Get(s.ID); numberText.FindString(v) == v {
		s.Digits = len(v)
	}
	return s, true
}

func kindOf(text string) Kind {
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
	switch {
	case yearText.MatchString(text):
		return Year
	case dateText.MatchString(text) && (!digits || len(text) == 8):
		return Date
	case digits && len(text) <= 2:
		return Short
	case digits:
		return Number
	}
	if fourInRow.MatchString(unescaped(text)) && !yearOnly(text) {
		return ID
	}
	switch n := len(SlugWords(text)); {
	case n >= 3:
		return Slug
	case n == 2:
		return Pair
	}
	return Word
}

func unescaped(s string) string {
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	return s
}

// yearOnly reports whether the only long number in a segment is a year of our
// time, which titles have as well.
func yearOnly(text string) bool {
	for _, w := range SlugWords(text) {
		if fourInRow.MatchString(w) && !yearText.MatchString(w) {
			return false
		}
	}
	return true
}

// SlugWords returns the words of a segment.
func SlugWords(text string) []string {
	return slices.DeleteFunc(between.Split(text, -1), func(w string) bool { return w == "" })
}

// Last returns the segment that names the page: the last one, or the one before
// an index page.
func (s *Shape) Last() Segment {
	n := len(s.Segments)
	if n == 0 {
		return Segment{Kind: Word}
	}
	if last := s.Segments[n-1]; n == 1 || !strings.EqualFold(last.Text, "index") {
		return last
	}
	return s.Segments[n-2]
}

// dated reports whether a date stands in the path before the last segment.
func (s *Shape) dated() bool {
	for k := range s.Segments {
		switch s.Segments[k].Kind {
		case Date:
			return true
		case Year:
			if k+1 < len(s.Segments) && s.Segments[k+1].Kind == Short {
				return true
			}
		}
	}
	return false
}

// marked reports whether more than words tells the shape: an extension, a number,
// a date.
func (s *Shape) marked() bool {
	return s.Ext != "" || s.Numbered()
}

// Numbered reports whether a number or a date tells the shape.
func (s *Shape) Numbered() bool {
	k := s.Last().Kind
	return s.ID != "" || k == ID || k == Number || s.dated()
}

// slugWords returns the number of words of the segment that has most.
func (s *Shape) slugWords() int {
	n := 0
	for k := range s.Segments {
		n = max(n, len(SlugWords(s.Segments[k].Text)))
	}
	return n
}

// Numeric reports whether k is a number or a date.
func (k Kind) Numeric() bool { return k == Year || k == Date || k == Number || k == Short }
