package demosite

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Mode says how much a configuration tells the crawler about the sites.
type Mode uint8

// WithSelectors names selectors for articles, listings and headline blocks.
// Automatic names the listings and the pattern of article URLs alone.
const (
	WithSelectors Mode = iota
	Automatic
)

// Config is a crawl.yaml for the world: the state is dir/newsonce.db, the
// output dir/items.jsonl. The sites must have their addresses.
func (w *World) Config(dir string, mode Mode) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
user_agent: "newsonce-demo/1 (+https://github.com/newsonce/newsonce)"
state: %s
output: {path: %s}
workers: 8
defaults:
  allow_private: [127.0.0.0/8]
  delay: %s
  concurrency: %d
sites:
`, strconv.Quote(filepath.Join(dir, "newsonce.db")), strconv.Quote(filepath.Join(dir, "items.jsonl")), w.options.Delay, w.options.Parallel)
	for _, s := range w.sites {
		// Room for what is published later.
		pages := len(s.articles)/w.options.PerPage + 1000
		listing := fmt.Sprintf("urls: [%q], max_pages: %d, stop_after_known: 20", s.address("/en/"), pages)
		if mode == Automatic {
			fmt.Fprintf(&b, "  - name: %s\n    sources:\n      - listing: {%s}\n    article:\n      match: '/en/article/\\d+'\n", s.Name, listing)
			continue
		}
		fmt.Fprintf(&b, "  - name: %s\n    sources:\n      - listing: {%s, %s}\n%s", s.Name, listing, s.markup.links, s.markup.selectors)
		b.WriteString("    expect: {article.content_text: 0.95, headlines.sidebar: \">=5\"}\n")
	}
	return b.String()
}
