package jsonlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const (
	// MaxBytes bounds an answer in JSON, in bytes.
	MaxBytes = 10 << 20
	// maxNesting is how many objects and arrays may be open at once;
	// answers of real endpoints come to 15.
	maxNesting   = 100
	maxJSONLinks = 50_000
)

// Rules say where the answer of a "load more" endpoint has what a listing
// has. A zero path is not looked for.
type Rules struct {
	Links Path // links to articles
	HTML  Path // parts of a page, in which links are looked for
	Next  Path // the next page: a URL, or what NextURL is filled with
	// NextURL is the URL of the next page with {next} in it, for endpoints that
	// name a cursor or a number; "": Next is the URL itself.
	NextURL string
}

// Path leads from the root of a JSON text to values: keys with dots between
// them, [] for each element of an array and [0] for one of them, as in
// data.items[].url. A key that holds other characters than letters, digits, _
// and - is written as ["the key"]. The zero value leads nowhere.
type Path struct {
	Source string // as written
	steps  []step
}

// step is a key of an object, or elements of an array.
type step struct {
	key   string
	index int // of an array; each for all elements, inKey for a key
}

const (
	each  = -1
	inKey = -2
)

var (
	keyShape    = regexp.MustCompile(`^[\pL\pN_$-]+`)
	quotedShape = regexp.MustCompile(`^\["(?:[^"\\]|\\.)*"\]`)
	indexShape  = regexp.MustCompile(`^\[([0-9]{0,9})\]`)
)

// ParsePath reads a path.
func ParsePath(s string) (Path, error) {
	p := Path{Source: s}
	for rest := s; rest != ""; {
		if dotted, ok := strings.CutPrefix(rest, "."); ok && len(p.steps) > 0 {
			rest = dotted
		} else if len(p.steps) > 0 && rest[0] != '[' {
			return Path{}, pathError(s, rest)
		}
		key, quoted, index := keyShape.FindString(rest), quotedShape.FindString(rest), indexShape.FindStringSubmatch(rest)
		switch {
		case key != "":
			p.steps = append(p.steps, step{key, inKey})
			rest = rest[len(key):]
		case quoted != "":
			var name string
			if err := json.Unmarshal([]byte(quoted[1:len(quoted)-1]), &name); err != nil {
				return Path{}, pathError(s, rest)
			}
			p.steps = append(p.steps, step{name, inKey})
			rest = rest[len(quoted):]
		case index != nil:
			n := each
			if index[1] != "" {
				n, _ = strconv.Atoi(index[1])
			}
			p.steps = append(p.steps, step{"", n})
			rest = rest[len(index[0]):]
		default:
			return Path{}, pathError(s, rest)
		}
	}
	if len(p.steps) == 0 {
		return Path{}, errors.New("a path is empty: write one such as data.items[].url")
	}
	return p, nil
}

func pathError(s, rest string) error {
	return fmt.Errorf("path %.40q cannot be read from %.40q on: write one such as data.items[].url", s, rest)
}

// Page is what one answer gave, each in the order of the answer.
type Page struct {
	Links []string // as written: may be relative
	HTML  string   // all parts, a line each
	Next  string   // URL of the next page, as written; "" when there is none
}

// Read reads an answer in JSON by its rules, without keeping more of it
// than they name. An array at the end of a path stands for its elements; null,
// false, 0 and "" name nothing. More than MaxBytes bytes or 50,000 links, and
// what is no JSON, are errors; so is an object at the end of a path.
func Read(body []byte, rules Rules) (Page, error) {
	if len(body) > MaxBytes {
		return Page{}, fmt.Errorf("it is larger than %d MiB", MaxBytes>>20)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) > 0 && body[0] == '<' {
		return Page{}, errors.New("it is HTML or XML, not JSON")
	}
	r := reader{decoder: json.NewDecoder(bytes.NewReader(body)), rules: rules}
	r.decoder.UseNumber()
	var all []trail
	for kind, p := range []Path{rules.Links, rules.HTML, rules.Next} {
		if len(p.steps) > 0 {
			all = append(all, trail{kind, p.steps})
		}
	}
	if err := r.value(all, 0); err != nil {
		return Page{}, r.broken(err)
	}
	if _, err := r.decoder.Token(); err != io.EOF {
		return Page{}, errors.New("it is no JSON: something follows its end")
	}
	r.page.HTML = strings.Join(r.html, "\n")
	return r.page, nil
}

// trail is how much of a path is left below the current value. kind says whose
// it is: 0 links, 1 HTML, 2 next.
type trail struct {
	kind int
	left []step
}

type reader struct {
	decoder *json.Decoder
	rules   Rules
	page    Page
	html    []string
}

// broken says where the text breaks.
func (r *reader) broken(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON: byte %d: %w", syntax.Offset, err)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return errors.New("it is no JSON, or was cut: it ends too early")
	}
	return err
}

// value reads the next value, to which the trails lead.
func (r *reader) value(trails []trail, depth int) error {
	t, err := r.decoder.Token()
	if err != nil {
		return err
	}
	delim, _ := t.(json.Delim)
	if delim != 0 && depth == maxNesting {
		return fmt.Errorf("objects and arrays are nested more than %d deep", maxNesting)
	}
	switch delim {
	case '{':
		return r.object(trails, depth)
	case '[':
		return r.array(trails, depth)
	}
	for _, tr := range trails {
		if len(tr.left) > 0 {
			continue
		}
		if err := r.take(tr.kind, t); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) object(trails []trail, depth int) error {
	for _, tr := range trails {
		if len(tr.left) == 0 {
			return fmt.Errorf("%s holds an object: name one of its keys", r.path(tr.kind))
		}
	}
	for r.decoder.More() {
		t, err := r.decoder.Token()
		if err != nil {
			return err
		}
		var below []trail
		for _, tr := range trails {
			if first := tr.left[0]; first.index == inKey && first.key == t {
				below = append(below, trail{tr.kind, tr.left[1:]})
			}
		}
		if err := r.value(below, depth+1); err != nil {
			return err
		}
	}
	_, err := r.decoder.Token()
	return err
}

func (r *reader) array(trails []trail, depth int) error {
	for i := 0; r.decoder.More(); i++ {
		var below []trail
		for _, tr := range trails {
			switch {
			case len(tr.left) == 0:
				below = append(below, tr)
			case tr.left[0].index == each || tr.left[0].index == i:
				below = append(below, trail{tr.kind, tr.left[1:]})
			}
		}
		if err := r.value(below, depth+1); err != nil {
			return err
		}
	}
	_, err := r.decoder.Token()
	return err
}

// path is a path as it was written, for a message.
func (r *reader) path(kind int) string {
	return []string{r.rules.Links.Source, r.rules.HTML.Source, r.rules.Next.Source}[kind]
}

// take keeps a value at the end of a path: a text, a number, or nothing.
func (r *reader) take(kind int, t json.Token) error {
	var text string
	switch v := t.(type) {
	case string:
		text = v
	case json.Number:
		if text = v.String(); text == "0" {
			text = ""
		}
	case bool:
		if v {
			return fmt.Errorf("%s is true, which names nothing", r.path(kind))
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
	case kind == 0:
		if len(r.page.Links) == maxJSONLinks {
			return fmt.Errorf("it names more than %d addresses; the rest is left out", maxJSONLinks)
		}
		r.page.Links = append(r.page.Links, strings.TrimSpace(text))
	case kind == 1:
		r.html = append(r.html, text)
	case r.page.Next == "":
		r.page.Next = r.rules.next(strings.TrimSpace(text))
	}
	return nil
}

// NextPlaceholder is what a cursor is put in for in Rules.NextURL.
const NextPlaceholder = "{next}"

// next is the URL of the next page by what the answer names it.
func (r Rules) next(named string) string {
	if r.NextURL == "" {
		return named
	}
	escaped := strings.ReplaceAll(url.QueryEscape(named), "+", "%20") // right in a path, too
	return strings.ReplaceAll(r.NextURL, NextPlaceholder, escaped)
}
