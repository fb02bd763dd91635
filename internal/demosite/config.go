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
// output dir/items.jsonl. The sites must have their addresses. Their sources
// are the given ways, or their listings when none is given.
func (w *World) Config(dir string, mode Mode, ways ...Way) string {
	if len(ways) == 0 {
		ways = []Way{ByLinks}
	}
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
		fmt.Fprintf(&b, "  - name: %s\n    sources:\n", s.Name)
		for _, way := range ways {
			fmt.Fprintf(&b, "      - %s\n", w.source(s, way, mode))
		}
		if mode == Automatic {
			b.WriteString("    article:\n      match: '/en/article/\\d+'\n")
			continue
		}
		b.WriteString(s.markup.selectors)
		b.WriteString("    expect: {article.content_text: 0.95, headlines.sidebar: \">=5\"}\n")
	}
	return b.String()
}
