package config

import (
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/item"
)

// Receiver is a program or a web address of the operator that is told something.
type Receiver struct {
	Command []string // program and arguments; nil: Webhook
	Webhook string   // URL
	Headers map[string]string
	Files   map[string]string // files of secrets, by header name or "url"
	Timeout time.Duration     // of one attempt
}

// String names the receiver without what may be secret.
func (r *Receiver) String() string {
	if r.Command != nil {
		return "command " + filepath.Base(r.Command[0])
	}
	return "webhook " + maskURL(r.Webhook)
}

// Occasion is a reason to tell a receiver about a run.
type Occasion string

// The occasions.
const (
	OnFailed  Occasion = "failed"  // exit code 1 or 3
	OnAlarm   Occasion = "alarm"   // a site gave less than expected
	OnBlocked Occasion = "blocked" // walls in place of articles
	OnSilent  Occasion = "silent"  // of the alarms, that of expect: {new: …}
	OnDone    Occasion = "done"    // every run
)

var occasions = []Occasion{OnFailed, OnAlarm, OnBlocked, OnSilent, OnDone}

// Notify is an entry of notify.
type Notify struct {
	On []Occasion
	Receiver
}

// Alert is an entry of alerts: what to look for in new items.
type Alert struct {
	Name     string
	Match    *regexp.Regexp // in the title or the text
	Words    []string       // from which Match was made; nil: it is a pattern
	Sites    []string       // nil: all
	Types    []item.Type    // article, headline
	Receiver *Receiver      // nil: every one of notify
}

// Receivers returns the receivers of the alert.
func (a *Alert) Receivers(notify []Notify) []*Receiver {
	if a.Receiver != nil {
		return []*Receiver{a.Receiver}
	}
	list := make([]*Receiver, len(notify))
	for i := range notify {
		list[i] = &notify[i].Receiver
	}
	return list
}

const receiverTimeout = 10 * time.Second

// receiverKeys are the keys of a receiver.
func (r *Receiver) keys() Keys {
	r.Timeout = receiverTimeout
	return Keys{
		"command": func(v *Node) { r.Command = v.command() },
		"webhook": func(v *Node) { v.webhook(r) },
		"timeout": func(v *Node) { r.Timeout = v.positive() },
	}
}

// given reports whether the mapping names a receiver, and reports one with two.
func (n *Node) given(what string) bool {
	command, webhook := n.Get("command"), n.Get("webhook")
	if command != nil && webhook != nil {
		n.Fail("%s has either command or webhook: write a list of two entries", what)
	}
	return command != nil || webhook != nil
}

// command reads a program and its arguments.
func (n *Node) command() []string {
	if n.form == text {
		n.Fail("command must be a list of the program and its arguments, which no shell reads: write [%s], or [sh, -c, %q]",
			strings.Join(strings.Fields(clip(n.text)), ", "), clip(n.text))
		return []string{n.text}
	}
	items := n.entries("command")
	if len(items) == 0 {
		n.Fail("command is empty: write [/usr/local/bin/tell]")
		return []string{""}
	}
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = item.str()
	}
	if items[0].Text() == "" {
		return words
	}
	if words[0] = items[0].pathText(); strings.Contains(words[0], "/") {
		words[0] = n.joined(words[0])
	}
	return words
}

// webhook reads a URL, or a mapping with url and headers.
func (n *Node) webhook(r *Receiver) {
	n = n.Short("url")
	var s Site // holds headers and files as those of a site
	n.Read("webhook", Keys{
		"url": func(v *Node) {
			raw, file := v.secret()
			r.Webhook = raw
			s.setFile("url", file)
			if u, err := url.Parse(raw); raw != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
				v.Fail("the url of a webhook must begin with https:// or http://, such as https://hooks.example.org/news")
			}
		},
		"headers": func(v *Node) { authorization := ""; v.headers(&s, &authorization) },
	})
	n.Require("url", "webhook needs a url")
	r.Headers, r.Files = s.Headers, s.Files
}

// notify reads one entry of notify, or a list of them.
func (n *Node) notify() []Notify {
	items := []*Node{n}
	if n.form == list {
		items = n.items
	}
	var all []Notify
	for _, item := range items {
		x := Notify{On: []Occasion{OnFailed, OnAlarm, OnBlocked, OnSilent}}
		known := x.keys()
		known["on"] = func(v *Node) { x.On = v.occasions() }
		if item.form == null {
			item.Fail("notify is empty: write notify: {on: [failed], command: [/usr/local/bin/tell]}")
			continue
		}
		if !item.Read("notify", known) {
			continue
		}
		if !item.given("notify") && !item.odd {
			item.Fail("notify needs command or webhook: write command: [/usr/local/bin/tell], or webhook: {url: https://…}")
		}
		all = append(all, x)
	}
	return all
}

func (n *Node) occasions() []Occasion {
	items := []*Node{n}
	if n.form == list {
		items = n.items
	}
	if len(items) == 0 {
		n.Fail("on is empty: name one of %s", join(occasions))
	}
	on := make([]Occasion, len(items))
	for i, item := range items {
		on[i] = Choice(item, occasions...)
	}
	return on
}

func join[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}

// alerts reads the alerts, after notify and the sites.
func (n *Node) alerts(c *Config) {
	lines := map[string]int{}
	for _, item := range n.entries("alerts") {
		a, ok := item.alert(c)
		if !ok {
			continue
		}
		if first, ok := lines[a.Name]; ok && a.Name != "" {
			item.Fail("alert name %q is already used on line %d: choose another name", a.Name, first)
		}
		lines[a.Name] = item.line
		c.Alerts = append(c.Alerts, a)
	}
}

func (n *Node) alert(c *Config) (a Alert, ok bool) {
	a.Types = []item.Type{item.TypeArticle, item.TypeHeadline}
	own := &Receiver{}
	known := own.keys()
	maps.Copy(known, Keys{
		"name":  func(v *Node) { a.Name = v.name("alert name") },
		"match": func(v *Node) { v.alertMatch(&a) },
		"sites": func(v *Node) { a.Sites = v.siteNames(c) },
		"types": func(v *Node) {
			a.Types = nil
			for _, t := range v.Texts() {
				a.Types = append(a.Types, Choice(t, item.TypeArticle, item.TypeHeadline))
			}
		},
	})
	if n.form == null {
		n.Fail("the alert is empty: write {name: quakes, match: [earthquake, tremor]}")
		return a, false
	}
	if !n.Read("an alert", known) {
		return a, false
	}
	n.Require("name", "an alert needs a name")
	n.Require("match", "an alert needs match: write words such as [earthquake, \"climate summit\"], or a pattern")
	if n.given("an alert") {
		a.Receiver = own
	} else if len(c.Notify) == 0 && !n.odd {
		n.Fail("nobody is told of this alert: add command or webhook to it, or an entry to notify")
	}
	return a, true
}

// siteNames reads the names of sites of the file.
func (n *Node) siteNames(c *Config) (names []string) {
	var known []string
	for _, s := range c.Sites {
		known = append(known, s.Name)
	}
	for _, item := range n.Texts() {
		if !slices.Contains(known, item.text) {
			item.Fail("no site %q%s", clip(item.text), didYouMean(item.text, known))
		}
		names = append(names, item.text)
	}
	return names
}

// alertMatch reads a pattern, or a list of words and phrases.
func (n *Node) alertMatch(a *Alert) {
	if n.form != list {
		a.Match = n.Pattern()
		return
	}
	for _, item := range n.Texts() {
		a.Words = append(a.Words, item.text)
	}
	a.Match = anyWord(a.Words)
}

// anyWord returns a pattern for any of some words and phrases: whole words, whatever
// their case and the space between them. In scripts that are written without spaces, a
// word may be part of a longer one.
func anyWord(words []string) *regexp.Regexp {
	patterns := make([]string, len(words))
	for i, w := range words {
		fields := strings.Fields(w)
		first, _ := utf8.DecodeRuneInString(fields[0])
		last, _ := utf8.DecodeLastRuneInString(fields[len(fields)-1])
		for k, f := range fields {
			fields[k] = regexp.QuoteMeta(f)
		}
		pattern := strings.Join(fields, `\s+`)
		if bounded(first) {
			pattern = `(?:^|[^\pL\pN\pM])` + pattern
		}
		if bounded(last) {
			pattern += `(?:$|[^\pL\pN\pM])`
		}
		patterns[i] = pattern
	}
	return regexp.MustCompile("(?i)" + strings.Join(patterns, "|"))
}

// bounded reports whether words that begin or end with r stand between spaces.
func bounded(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// maskURL leaves only scheme and host of a URL: the path of a webhook is often its secret.
func maskURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return masked
	}
	if u.Path == "" && u.RawQuery == "" && u.User == nil {
		return raw
	}
	return fmt.Sprintf("%s://%s/%s", u.Scheme, u.Host, masked)
}

func (r *Receiver) print() (m Mapping) {
	if r.Command != nil {
		m = append(m, Entry{"command", r.Command})
	} else {
		var url any = maskURL(r.Webhook)
		if file := r.Files["url"]; file != "" {
			url = Mapping{{"file", file}}
		}
		s := Site{Headers: r.Headers, Files: r.Files}
		m = append(m, Entry{"webhook", Mapping{{"url", url}, {"headers", s.printHeaders()}}})
	}
	return append(m, Entry{"timeout", r.Timeout})
}

func (x Notify) print() Mapping {
	on := printed(x.On, func(o Occasion) string { return string(o) })
	return append(Mapping{{"on", on}}, x.Receiver.print()...)
}

func (a Alert) print() Mapping {
	m := Mapping{{"name", a.Name}}
	if a.Words != nil {
		m = append(m, Entry{"match", a.Words})
	} else {
		m = append(m, Entry{"match", a.Match.String()})
	}
	if a.Sites != nil {
		m = append(m, Entry{"sites", a.Sites})
	}
	m = append(m, Entry{"types", printed(a.Types, func(t item.Type) string { return string(t) })})
	if a.Receiver != nil {
		m = append(m, a.Receiver.print()...)
	}
	return m
}
