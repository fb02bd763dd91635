package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/newsonce/newsonce/crawler/page/propose"
	"github.com/newsonce/newsonce/crawler/report"
	"golang.org/x/sync/errgroup"
)

// initSites is how many sites are looked at at a time.
const initSites = 4

// surveyed is the outcome for one line of a list of sites.
type surveyed struct {
	url string
	p   *propose.Proposal
	err error
}

// readURLs reads one URL per line; blank lines and lines that begin with # are skipped.
func (a *app) readURLs(file string) (urls []string, err error) {
	in := a.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, usage(fmt.Errorf("read the list of sites: %w", err))
		}
		defer f.Close()
		in = f
	}
	var errs []error
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !isURL(line) {
			errs = append(errs, fmt.Errorf("%s:%d: %q is not a URL: type https:// before it", file, n, line))
		}
		urls = append(urls, line)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the list of sites %s: %w", file, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usage(err)
	}
	if len(urls) == 0 {
		return nil, usage(fmt.Errorf("%s lists no site: write one URL per line", file))
	}
	return urls, nil
}

// runInitList proposes many sites and reports on all of them. It ends with exit code 3
// when one failed.
func (a *app) runInitList(ctx context.Context, f initFlags) error {
	urls, err := a.readURLs(f.from)
	if err != nil {
		return err
	}
	list := make([]surveyed, len(urls))
	var group errgroup.Group
	group.SetLimit(initSites)
	var mu sync.Mutex // guards done
	done := 0
	for i, url := range urls {
		group.Go(func() error {
			p, err := a.proposeURL(ctx, url)
			list[i] = surveyed{url, p, err}
			mu.Lock()
			defer mu.Unlock()
			if done++; !a.quiet {
				a.say("%d of %d: %s", done, len(urls), list[i].String())
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return a.writeList(list, f)
}

// String says how a site went.
func (l *surveyed) String() string {
	switch {
	case l.err != nil:
		return l.url + ": failed: " + l.err.Error()
	case l.p.Match == "" || l.p.Listing.Guess || l.p.Article == nil || l.p.Article.Empty:
		return fmt.Sprintf("%s: site %s needs a look: %s", l.url, l.p.Name, l.doubt())
	}
	return fmt.Sprintf("%s: site %s, %d article links", l.url, l.p.Name, len(l.p.Matched))
}

// doubt says what a person should look at.
func (l *surveyed) doubt() string {
	switch p := l.p; {
	case p.Listing.Guess:
		return "the page is an article; give the page that lists new articles"
	case p.Match == "":
		return "the URLs of its articles have no shape in common"
	}
	return "no article was read"
}

// writeList writes the proposals, adds them to the configuration with --append, and
// sums up.
func (a *app) writeList(list []surveyed, f initFlags) error {
	names := map[string]bool{}
	failed := 0
	for i := range list {
		l := &list[i]
		if l.err == nil {
			name := l.p.Name
			for n := 2; names[l.p.Name]; n++ {
				l.p.Name = fmt.Sprintf("%s-%d", name, n)
			}
			names[l.p.Name] = true
			l.err = a.writeListed(l, f)
		}
		if l.err != nil {
			failed++
			if a.json {
				if err := a.printFailure(l); err != nil {
					return err
				}
			}
		}
	}
	a.say("newsonce init: proposed %d of %s", len(list)-failed, plural(len(list), "site"))
	for i := range list {
		if l := &list[i]; l.err != nil {
			a.say("  failed: %s: %v", l.url, l.err)
		}
	}
	if failed > 0 {
		return &exitError{code: report.ExitIncomplete}
	}
	return nil
}

func (a *app) writeListed(l *surveyed, f initFlags) error {
	switch {
	case f.add:
		return a.appendSite(l.p.Name, l.p.YAML())
	case a.json:
		return a.printProposal(l.p)
	}
	_, err := io.WriteString(a.Out, l.p.YAML())
	return err
}

func (a *app) printFailure(l *surveyed) error {
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		URL   string `json:"url"`
		Error string `json:"error"`
	}{l.url, l.err.Error()})
}
