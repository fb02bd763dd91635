package declared

import (
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Bounds of application state: what a page may make us read.
const (
	MaxState        = 8 << 20 // bytes of script
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
	dates    []Statement // values of keys that are named for publishing, the key as rule
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

// keyBefore returns the key, in lower case, that stands at the end of s: "body": or body:
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
	if len(v) <= 40 && dom.ContainsAny(key, "publi", "release", "deploy", "display", "creat", "date") {
		s.dates = append(s.dates, Statement{v, key})
		return
	}
	if strings.Contains(v, `"`) && (strings.Contains(v, `":`) || strings.Contains(v, `:"`)) && !strings.HasPrefix(strings.TrimSpace(v), "<") {
		if depth < maxStateDepth {
			s.read(v, depth+1)
		}
		return
	}
	if len(v) <= dom.MaxTitle && !s.agrees && len(s.title) >= 8 {
		key := dom.Slug(v)
		s.agrees = key == s.title || len(key) >= 12 && strings.Contains(s.title, key)
	}
	if len(v) < minStateSection || !prose(v) {
		return
	}
	if len(v) >= minStateText {
		s.texts = append(s.texts, v)
	}
	if slices.Contains(sectionKeys, key) {
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
	return strings.Contains(head, "<p") || strings.Contains(head, "<br") || strings.Contains(head, "</") || dom.HasWide(head) || 2*strings.Count(head, " ") > len(head)/9
}

// StateText is one text that a script holds, with the dates beside it.
type StateText struct {
	Text  string      // with mark-up or without
	Dates []Statement // of the same script, the key as rule
}

// ReadState finds the texts in the page's scripts, of those scripts that say the
// page's title. It reports whether some are beyond what is read.
func ReadState(t *dom.Tree, title string) (out []StateText, cut bool) {
	scripts, cut := stateScripts(t)
	for _, script := range scripts {
		s := appState{title: dom.Slug(title), sections: map[string][]string{}}
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
			out = append(out, StateText{text, s.dates})
		}
	}
	return out, cut
}

// stateScripts returns the scripts that hold state: one text each, the chunks of a
// stream joined. A row of a stream that is a text and no JSON is quoted.
func stateScripts(t *dom.Tree) (out []string, cut bool) {
	var stream strings.Builder
	left := MaxState
	for _, n := range t.Scripts() {
		if dom.HasAttr(n, "src") || isJSONLD(dom.Attr(n, "type"), "") {
			continue
		}
		s := n.FirstChild.Data
		if left -= len(s); left < 0 {
			cut = true
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
	return out, cut
}
