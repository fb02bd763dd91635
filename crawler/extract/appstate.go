package extract

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// Bounds of application state: what a page may make us read.
const (
	maxState        = 8 << 20 // bytes of script
	maxStateDepth   = 3       // of JSON within strings
	minStateText    = 200     // bytes of a string that may be a whole text
	minStateSection = 40      // bytes of a string that may be a paragraph
)

// appState is what the scripts of a page hold in strings. Pages that draw
// themselves in the browser carry their text so: Next.js (__NEXT_DATA__, and
// streamed in self.__next_f.push), Nuxt (__NUXT__), Fusion (globalContent). The
// strings are found whatever the objects around them are, in JSON as in code.
type appState struct {
	title    string   // slug of the page's title
	agrees   bool     // a string of the script that is read says that title
	texts    []string // strings that may be a whole text
	sections map[string][]string
	dates    []statement // values of keys that are named for publishing, the key as rule
}

// stateBody is the text that the page's scripts hold, and the date that stands
// beside it; nothing where no string there says the page's title.
func (p *page) stateBody(title string) ([]paragraph, string) {
	var best []paragraph
	size := 0
	for _, script := range p.stateScripts() {
		s := appState{title: slug(title), sections: map[string][]string{}}
		s.read(script, 0)
		if !s.agrees {
			continue
		}
		for _, list := range s.sections {
			if len(list) > 1 {
				s.texts = append(s.texts, "<p>"+strings.ReplaceAll(strings.Join(list, "</p><p>"), "\n", "<br>")+"</p>")
			}
		}
		for _, text := range s.texts {
			ps := p.markupBody(text, title)
			n := 0
			for _, q := range ps {
				n += len(q.text)
			}
			if n > size || n == size && len(ps) > len(best) {
				best, size, p.stateDates = ps, n, s.dates
			}
		}
	}
	if size < minBody {
		return nil, ""
	}
	return best, "application state"
}

// stateDate is the date that stands beside a text of application state.
func (p *page) stateDate() (item.Date, string) {
	for _, part := range []string{"publi", "release", "deploy", "display", "creat", "date"} {
		for _, s := range p.stateDates {
			if !strings.Contains(s.rule, part) || containsAny(s.rule, "updat", "modif", "last") {
				continue
			}
			if d, ok := p.dates.read(s.value); ok {
				return d, "application state"
			}
		}
	}
	return item.Date{}, ""
}

// stateScripts are the scripts that hold state: one text each, the chunks of a
// stream joined. A row of a stream that is a text and no JSON is quoted.
func (p *page) stateScripts() []string {
	t := p.tree
	var out []string
	var stream strings.Builder
	left := maxState
	for i := t.find(atom.Script, 0, t.len()); i >= 0; i = t.find(atom.Script, i+1, t.len()) {
		n := t.nodes[i]
		if n.FirstChild == nil || hasAttr(n, "src") || isJSONLD(attr(n, "type"), "") {
			continue
		}
		s := n.FirstChild.Data
		if left -= len(s); left < 0 {
			p.note("content_text: application state beyond %d bytes is not read", maxState)
			break
		}
		if chunk, ok := strings.CutPrefix(strings.TrimSpace(s), "self.__next_f.push([1,\""); ok {
			raw, _ := literal(chunk)
			stream.WriteString(unescape(raw))
			continue
		}
		if len(s) >= minStateText {
			out = append(out, s)
		}
	}
	if stream.Len() > 0 {
		out = append(out, quoteRows(stream.String()))
	}
	return out
}

// quoteRows writes the text rows of a stream as strings. Such a row is
// ID:T<bytes in hex>,<text>, without an end of line.
func quoteRows(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, ":T")
		if i < 0 {
			break
		}
		rest := s[i+2:]
		comma := strings.IndexByte(rest, ',')
		n, err := 0, strconv.ErrSyntax
		if comma > 0 && comma <= 6 {
			var v int64
			v, err = strconv.ParseInt(rest[:comma], 16, 32)
			n = int(v)
		}
		if err != nil || n > len(rest)-comma-1 {
			b.WriteString(s[:i+2])
			s = rest
			continue
		}
		b.WriteString(s[:i])
		b.WriteString(`:"`)
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(rest[comma+1 : comma+1+n]))
		b.WriteString("\"\n")
		s = rest[comma+1+n:]
	}
	b.WriteString(s)
	return b.String()
}

// literal is the raw content of a string literal whose opening quote stands
// before s, and what follows its closing quote.
func literal(s string) (raw, rest string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[:i], s[i+1:]
		case '\n':
			if i > 1<<16 { // no literal, a quote in a comment
				return s[:i], s[i:]
			}
		}
	}
	return s, ""
}

// unescape resolves the escapes of JSON and JavaScript strings.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n', 'r':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'b', 'f', '\n':
		case 'u', 'x':
			n := 4
			if c == 'x' {
				n = 2
			}
			r, ok := hexRune(s, i+1, n)
			if !ok {
				b = append(b, c)
				continue
			}
			i += n
			if utf16.IsSurrogate(r) {
				if low, ok := hexRune(s, i+3, 4); ok && strings.HasPrefix(s[i+1:], `\u`) {
					r = utf16.DecodeRune(r, low)
					i += 6
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func hexRune(s string, from, n int) (rune, bool) {
	if from+n > len(s) {
		return 0, false
	}
	v, err := strconv.ParseUint(s[from:from+n], 16, 32)
	return rune(v), err == nil
}

// read gathers the strings of a script, and of the JSON within strings.
func (s *appState) read(text string, depth int) {
	for rest := text; ; {
		i := strings.IndexByte(rest, '"')
		if i < 0 {
			return
		}
		before := rest[:i]
		raw, after := literal(rest[i+1:])
		at := len(text) - len(rest) + i
		rest = after
		if len(raw) < 8 || strings.HasPrefix(after, ":") {
			continue
		}
		key := ""
		if b := strings.TrimRight(before, " "); b == ":" || strings.HasSuffix(b, ":") {
			key = keyBefore(text[:at])
		}
		s.take(key, unescape(raw), depth)
	}
}

// keyBefore is the key, in lower case, that stands at the end of s: "body": or body:
func keyBefore(s string) string {
	s = strings.TrimRight(s[max(0, len(s)-60):], " ")
	s = strings.TrimSuffix(s, ":")
	s = strings.TrimRight(s, `" `)
	i := len(s)
	for i > 0 && (s[i-1]|0x20 >= 'a' && s[i-1]|0x20 <= 'z' || s[i-1] == '_' || s[i-1] >= '0' && s[i-1] <= '9') {
		i--
	}
	return strings.ToLower(s[i:])
}

// sectionKeys are the keys of the parts of a text.
var sectionKeys = []string{"content", "text", "value", "body", "html", "paragraph", "children", "markup"}

// take judges one string of a script.
func (s *appState) take(key, v string, depth int) {
	if len(v) <= 40 && containsAny(key, "publi", "release", "deploy", "display", "creat", "date") {
		s.dates = append(s.dates, statement{v, key})
		return
	}
	if strings.Contains(v, `"`) && (strings.Contains(v, `":`) || strings.Contains(v, `:"`)) && !strings.HasPrefix(strings.TrimSpace(v), "<") {
		if depth < maxStateDepth {
			s.read(v, depth+1)
		}
		return
	}
	if len(v) <= maxTitle && !s.agrees && len(s.title) >= 8 {
		key := slug(v)
		s.agrees = key == s.title || len(key) >= 12 && strings.Contains(s.title, key)
	}
	if len(v) < minStateSection || !prose(v) {
		return
	}
	if len(v) >= minStateText {
		s.texts = append(s.texts, v)
	}
	if among(key, sectionKeys) {
		s.sections[key] = append(s.sections[key], v)
	}
}

// prose reports a string that is written for readers: words and spaces rather
// than code, addresses or styles.
func prose(s string) bool {
	if strings.HasPrefix(s, "http") || strings.HasPrefix(s, "data:") || strings.Contains(s, "function(") || strings.Contains(s, "=>") ||
		strings.Contains(s, "{") && strings.Contains(s, ";") {
		return false
	}
	head := s[:min(len(s), 2000)]
	return strings.Contains(head, "<p") || strings.Contains(head, "<br") || strings.Contains(head, "</") || wideText(head) || 2*strings.Count(head, " ") > len(head)/9
}

// markupBody are the paragraphs of a text that stands outside the tree, with
// mark-up or without. They stand nowhere in the tree.
func (p *page) markupBody(s, title string) []paragraph {
	if strings.IndexByte(s, '<') < 0 {
		var out []paragraph
		for _, one := range strings.Split(html.UnescapeString(s), "\n") {
			if one = clean(one); one != "" {
				out = append(out, paragraph{one, -1, -1})
			}
		}
		return p.trimTail(out)
	}
	t, err := parseTree([]byte(s))
	if err != nil {
		return nil
	}
	defer t.release()
	sub := &page{in: p.in, rules: &Rules{}, tree: t, urls: p.urls, dates: p.dates, heading: -1, result: &Result{Rules: map[string]string{}}, declared: p.declarations()}
	root := t.find(atom.Body, 0, t.len())
	if root < 0 {
		return nil
	}
	out := sub.cleanBody(root, title, -1)
	for k := range out {
		out[k].first, out[k].last = -1, -1
	}
	return out
}
