//go:build unix

package crawl

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

// A subject crawls a whole site: it follows the listing's pages, the articles
// on them and those of the sidebars, and writes dir/items.jsonl.
type subject struct {
	name  string
	crawl func(listing, dir string) error
}

var subjects = []subject{
	{"newsonce", newsonce},
	{"colly", plainColly},
	{"colly-tuned", tunedColly},
	{"loop", loop},
}

// newsonce is the program itself: everything that cron would start.
func newsonce(_, dir string) error {
	code := cli.Main(context.Background(), []string{"crawl", "-q", "-c", filepath.Join(dir, "crawl.yaml")}, cli.Options{})
	if code != 0 {
		return fmt.Errorf("newsonce crawl: exit code %d", code)
	}
	return nil
}
