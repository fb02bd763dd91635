//go:build unix

package crawl

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

// A subject crawls a whole site: the pages of the listing, their articles and those of
// the sidebars. It writes dir/items.jsonl.
type subject struct {
	name  string
	crawl func(listing, dir string) error
}

var subjects = []subject{
	{"newsonce", newsonce},
	{"colly", plainColly},
	{"colly-one", oneCallback},
	{"colly-tuned", tunedColly},
	{"loop", loop},
}

// realSubjects crawl the stored pages of real_test.go, beside newsonce.
var realSubjects = []subject{
	{"real-colly", realColly},
	{"real-loop", realLoop},
}

// newsonce is the program as cron would start it.
func newsonce(_, dir string) error {
	code := cli.Main(context.Background(), []string{"crawl", "-q", "-c", filepath.Join(dir, "crawl.yaml")}, cli.Options{})
	if code != 0 {
		return fmt.Errorf("newsonce crawl: exit code %d", code)
	}
	return nil
}
