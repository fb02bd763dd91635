package declared

import (
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Bounds of the application state that is read.
const (
	MaxState        = 8 << 20 // bytes of script
	maxStateDepth   = 3       // of JSON within strings
	minStateText    = 200     // bytes of a string that may be a whole text
	minStateSection = 40      // bytes of a string that may be a paragraph
)

// appState gathers the strings of one script. Pages that are drawn in the browser
// carry their text so: Next.js (__NEXT_DATA__, or streamed in self.__next_f.push),
// Nuxt (__NUXT__), Fusion (globalContent). The objects around the strings do not
// matter, and JSON and code are read alike.
type appState struct {
	title    string              // slug of the page's title
	agrees   bool                // one of the strings is that title
	texts    []string            // strings that may be a whole text
	sections map[string][]string // strings that may be paragraphs, by key
	dates    []Statement         // values of keys that are named for publication, the key as rule
}

// read gathers the strings of a script, and of JSON within strings.
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

// keyBefore returns the key at the end of s in lower case: "body": or body:
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

// take files one string of a script.
func (s *appState) take(key, v string, depth int) {
	if len(v) <= 40 && dom.ContainsAny(key, "publi", "release", "deploy", "display", "creat", "date") {
		s.dates = append(s.dates, Statement{v, key})
		return
	}
	if isJSON(v) {
		if depth < maxStateDepth {
			s.read(v, depth+1)
		}
		return
	}
	s.agrees = s.agrees || s.isTitle(v)
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

// isTitle reports whether v is the page's title or a large part of it.
func (s *appState) isTitle(v string) bool {
	if len(v) > dom.MaxTitle || len(s.title) < 8 {
		return false
	}
	key := dom.Slug(v)
	return key == s.title || len(key) >= 12 && strings.Contains(s.title, key)
}

// isJSON reports whether s looks like JSON rather than HTML.
func isJSON(s string) bool {
	return dom.ContainsAny(s, `":`, `:"`) && !strings.HasPrefix(strings.TrimSpace(s), "<")
}

// prose reports whether s is written for readers: HTML or words rather than code, URLs or styles.
func prose(s string) bool {
	if strings.HasPrefix(s, "http") || strings.HasPrefix(s, "data:") || dom.ContainsAny(s, "function(", "=>") ||
		strings.Contains(s, "{") && strings.Contains(s, ";") {
		return false
	}
	head := s[:min(len(s), 2000)]
	return dom.ContainsAny(head, "<p", "<br", "</") || dom.HasWide(head) || 2*strings.Count(head, " ") > len(head)/9
}

// StateText is one text that a script holds.
type StateText struct {
	Text  string      // HTML or plain
	Dates []Statement // of the same script, the key as rule
}

// ReadState returns the texts in those of the page's scripts that hold its title.
// cut tells that scripts beyond MaxState were not read.
func ReadState(t *dom.Tree, title string) (out []StateText, cut bool) {
	scripts, cut := stateScripts(t)
	for _, script := range scripts {
		s := appState{title: dom.Slug(title), sections: map[string][]string{}}
		s.read(script, 0)
		if !s.agrees {
			continue
		}
		for _, key := range sectionKeys {
			if list := s.sections[key]; len(list) > 1 {
				s.texts = append(s.texts, "<p>"+strings.ReplaceAll(strings.Join(list, "</p><p>"), "\n", "<br>")+"</p>")
			}
		}
		for _, text := range s.texts {
			out = append(out, StateText{text, s.dates})
		}
	}
	return out, cut
}

// stateScripts returns the scripts that may hold state. The chunks of a stream are
// joined to one, and its rows of plain text are quoted.
func stateScripts(t *dom.Tree) (out []string, cut bool) {
	var stream strings.Builder
	left := MaxState
	for _, script := range t.Scripts() {
		if dom.HasAttr(script.Node, "src") || isLinkedType(dom.Attr(script.Node, "type")) {
			continue
		}
		s := script.Text()
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
