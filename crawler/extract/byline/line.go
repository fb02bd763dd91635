package byline

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// name is a name that a line holds.
type name struct {
	text string
	node int32 // the text node that it begins in
	link int32 // the link around it, or -1
}

// line reads the pieces of a line.
type line struct {
	dates  date.Reader
	target func(link int32) string // that a link leads to
	isUser func(text int32) bool   // the text stands in an element named for a user

	labelled []name // after the label of an author
	named    []name // whole parts that read like the names of persons
	users    []name // links that are one word, which may be the name of a user
	desks    []name // of desks and papers
	pending  bool   // a label came last
	skip     bool   // the label of others came last
	joined   bool   // a connector came last
	closed   bool   // something else came after the labelled names
}

// read reads the pieces of the line.
func (l *line) read(pieces []dom.Piece) {
	for _, p := range joinNames(pieces) {
		if l.connector(p.Text) {
			continue
		}
		for _, part := range Parts(l.leading(p.Text), l.dates) {
			if !l.connector(part) {
				l.part(part, p)
			}
		}
		l.joined = l.joined || endsOpen(p.Text)
	}
}

// connector reports whether s joins what stands around it.
func (l *line) connector(s string) bool {
	l.joined = l.joined || isConnector(s)
	return isConnector(s)
}

// leading cuts a connector off the beginning of a piece: "and Bo Chen".
func (l *line) leading(s string) string {
	first, rest, ok := strings.Cut(s, " ")
	if ok && isConnector(first) {
		l.joined = true
		return rest
	}
	return s
}

// endsOpen reports whether a name has to follow s.
func endsOpen(s string) bool {
	i := strings.LastIndexByte(s, ' ')
	return strings.HasSuffix(s, ",") || connectors[strings.ToLower(s[i+1:])]
}

// part reads a part of piece p.
func (l *line) part(s string, p dom.Piece) {
	rest, kind := cutLabel(s)
	if l.pending {
		rest = trimName(rest)
	}
	switch open := l.pending || kind == ofAuthor || titled(s); {
	case kind == ofOthers:
		l.skip, l.pending = rest == "", false
	case l.skip:
		l.skip, l.closed = false, true
	case open:
		l.afterLabel(rest, p)
	default:
		if rest, ok := cutWithin(s); ok {
			l.afterLabel(rest, p)
		} else {
			l.unlabelled(s, p)
		}
	}
}

// afterLabel reads what follows a label; nothing where the name is in the next part.
func (l *line) afterLabel(rest string, p dom.Piece) {
	l.pending = rest == ""
	if l.pending {
		return
	}
	found := Read(rest)
	l.closed = len(readWhole(rest)) == 0 && !endsOpen(rest)
	if len(found) == 0 {
		if isDesk(rest) {
			l.desks = append(l.desks, name{rest, p.Node, p.Link})
		}
		if user, ok := userName(rest); ok && (p.Link >= 0 || rest[0] == '@' || l.isUser(p.Node)) {
			found = []string{user}
		}
	}
	l.labelled = append(l.labelled, l.names(found, p)...)
	l.joined = false
}

func (l *line) names(found []string, p dom.Piece) (list []name) {
	for _, s := range found {
		list = append(list, name{s, p.Node, p.Link})
	}
	return list
}

// userName returns the name of a user of one word: annlee, @annlee.
func userName(s string) (string, bool) {
	s = strings.TrimPrefix(s, "@")
	return s, s != "" && !strings.ContainsAny(s, " :.@") && strings.IndexFunc(s, unicode.IsLetter) >= 0
}

// unlabelled reads a part without a label.
func (l *line) unlabelled(s string, p dom.Piece) {
	found := readWhole(s)
	switch {
	case len(l.labelled) > 0:
		l.further(s, found, p)
	case strings.ContainsAny(s, ":："):
	case l.ofLast(p):
	case len(found) > 0 && dom.Words(found[0]) > 1 && !ofDesk(strings.Fields(found[0])):
		l.named = append(l.named, l.names(found, p)...)
	case isDesk(s):
		l.desks = append(l.desks, name{s, p.Node, p.Link})
	default:
		if user, ok := userName(s); ok && p.Link >= 0 && !isBeside(user) {
			l.users = append(l.users, name{user, p.Node, p.Link})
		}
	}
	l.joined = false
}

// ofLast reports whether a piece is a link to a further page of the last author.
func (l *line) ofLast(p dom.Piece) bool {
	n := len(l.named)
	return n > 0 && p.Link >= 0 && l.named[n-1].link >= 0 &&
		strings.HasPrefix(l.target(p.Link), l.target(l.named[n-1].link)+"/")
}

// further adds the names of a part after labelled ones, if a connector joins them or
// their links lead to one folder.
func (l *line) further(s string, found []string, p dom.Piece) {
	last := &l.labelled[len(l.labelled)-1]
	alike := p.Link >= 0 && last.link >= 0 && p.Link != last.link &&
		path.Dir(l.target(p.Link)) == path.Dir(l.target(last.link))
	title := len(l.labelled) == 1 && last.link < 0 && p.Link >= 0 && !IsFull(last.text)
	switch {
	case title && len(found) == 1 && IsFull(found[0]):
		*last = name{found[0], p.Node, p.Link} // after a title: Dr. Ann Lee
	case l.closed || len(found) > 0 && !l.joined && !alike:
	case len(found) > 0:
		l.labelled = append(l.labelled, l.names(found, p)...)
	default:
		l.closed = !endsOpen(s)
	}
}

// joinNames joins the pieces that hold the given and the family name, each one word.
func joinNames(pieces []dom.Piece) (out []dom.Piece) {
	for _, p := range pieces {
		n := len(out) - 1
		if n >= 0 && p.Link < 0 && out[n].Link < 0 && oneName(p.Text) && oneName(out[n].Text) {
			out[n].Text += " " + p.Text
			continue
		}
		out = append(out, p)
	}
	return out
}

// oneName reports whether s is a word with a capital that may be part of a name.
func oneName(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	_, kind := cutLabel(s)
	return unicode.IsUpper(r) && kind == noLabel && !strings.ContainsAny(s, " .,:") && !isBeside(s) && !isRole(s) &&
		!deskWords[strings.ToLower(s)]
}
