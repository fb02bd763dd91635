package config

import (
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/newsonce/newsonce/crawler/jsonlist"
)

// json reads where an answer in JSON has its links and its next page.
func (r *reader) json(n *node, hosts *hostSet) *jsonlist.Rules {
	rules := &jsonlist.Rules{}
	r.read(n, "json", keys{
		"links":    func(v *node) { rules.Links = r.jsonPath(v) },
		"html":     func(v *node) { rules.HTML = r.jsonPath(v) },
		"next":     func(v *node) { rules.Next = r.jsonPath(v) },
		"next_url": func(v *node) { rules.NextURL = r.nextURL(v, hosts) },
	})
	if n.get("links") == nil {
		r.needs(n, "html", "json needs links, or html: the path to the links or to a part of a page, such as data.items[].url")
	}
	if n.get("next_url") != nil {
		r.needs(n, "next", "next_url needs next: the path to what {next} stands for")
	}
	return rules
}

func (r *reader) jsonPath(n *node) jsonlist.Path {
	text := r.filled(n)
	if strings.TrimSpace(text) == "" {
		return jsonlist.Path{}
	}
	p, err := jsonlist.ParsePath(text)
	if err != nil {
		r.fail(n, "%v", err)
	}
	return p
}

// nextURL reads a URL with {next} in it.
func (r *reader) nextURL(n *node, hosts *hostSet) string {
	s := r.filled(n)
	switch {
	case strings.TrimSpace(s) == "":
		return ""
	case !strings.Contains(s, jsonlist.NextPlaceholder):
		r.fail(n, "next_url holds no %s: every next page would be the same", jsonlist.NextPlaceholder)
		return ""
	}
	_, host := r.address(&node{line: n.line, col: n.col, kind: text, text: strings.ReplaceAll(s, jsonlist.NextPlaceholder, "1")})
	hosts.add(host)
	return s
}

// selectsInHTML refuses selectors of a listing or an archive whose answers are
// JSON without any HTML in it.
func (r *reader) selectsInHTML(n *node, rules *jsonlist.Rules) {
	if rules == nil || rules.HTML.Source != "" || n.get("json").odd {
		return
	}
	for _, key := range []string{"links", "next"} {
		if v := n.get(key); v != nil {
			r.fail(v, "%s selects in HTML: give json its path html, or drop the selectors", key)
		}
	}
}

func appendJSON(m yaml.MapSlice, rules *jsonlist.Rules) yaml.MapSlice {
	if rules == nil {
		return m
	}
	var block yaml.MapSlice
	for _, p := range []struct{ key, value string }{
		{"links", rules.Links.Source}, {"html", rules.HTML.Source}, {"next", rules.Next.Source}, {"next_url", rules.NextURL},
	} {
		if p.value != "" {
			block = append(block, yaml.MapItem{Key: p.key, Value: p.value})
		}
	}
	return append(m, yaml.MapItem{Key: "json", Value: block})
}
