package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"unicode"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/page/propose"
	"github.com/newsonce/newsonce/crawler/report"
	"golang.org/x/sync/errgroup"
)

// initSites is how many hosts are looked at at a time.
const initSites = 4

// surveyed is the outcome for one line of a list of sites.
type surveyed struct {
	url     string
	p       *propose.Proposal
	skipped string // the site of that host in the configuration
	err     error
}

// readURLs reads one URL per line. Blank lines and comments, which begin with #, are
// skipped.
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
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if at := strings.IndexFunc(line, unicode.IsSpace); at > 0 && strings.HasPrefix(strings.TrimSpace(line[at:]), "#") {
			line = line[:at]
		}
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
// when one failed. With --append, sites that crawl.yaml names already are skipped, so that
// the same list can be given again.
func (a *app) runInitList(ctx context.Context, f initFlags) error {
	urls, err := a.readURLs(f.from)
	if err != nil {
		return err
	}
	known, err := a.defaults()
	if err != nil {
		return err
	}
	list := make([]surveyed, len(urls))
	hosts := map[string][]*surveyed{}
	for i, url := range urls {
		l := &list[i]
		l.url = url
		u, err := parseURL(url)
		if err != nil {
			l.err = err
			continue
		}
		if s := known.SiteOf(u.Host); f.add && s != nil {
			l.skipped = s.Name
			continue
		}
		hosts[u.Host] = append(hosts[u.Host], l)
	}
	a.survey(ctx, hosts)
	err = a.writeList(list, known, f)
	if stopped := context.Cause(ctx); stopped != nil {
		return stopped
	}
	return err
}

// survey proposes the sites of several hosts at a time, and those of one host after each
// other.
func (a *app) survey(ctx context.Context, hosts map[string][]*surveyed) {
	n := 0
	for _, list := range hosts {
		n += len(list)
	}
	var group errgroup.Group
	group.SetLimit(initSites)
	var mu sync.Mutex // guards done
	done := 0
	for _, list := range hosts {
		group.Go(func() error {
			for _, l := range list {
				if l.err = context.Cause(ctx); l.err == nil {
					l.p, l.err = a.proposeURL(ctx, l.url)
				}
				mu.Lock()
				done++
				a.say("%d of %d: %s", done, n, l)
				mu.Unlock()
			}
			return nil
		})
	}
	group.Wait() // no function returns an error
}

// String says how a site went.
func (l *surveyed) String() string {
	doubt := l.doubt()
	switch {
	case l.skipped != "":
		return fmt.Sprintf("skipped: %s: the configuration has it as site %s", l.url, l.skipped)
	case l.err != nil:
		return fmt.Sprintf("failed: %s: %v", l.url, l.err)
	case doubt != "":
		return fmt.Sprintf("needs a look: %s: %s", l.url, doubt)
	}
	return fmt.Sprintf("ok: %s: site %s, %s", l.url, l.p.Name, plural(len(l.p.Matched), "article link"))
}

// doubt says what a person should look at before the site is crawled, "" for nothing.
func (l *surveyed) doubt() string {
	switch p := l.p; {
	case p == nil:
	case p.Listing.Guess:
		return "the page is an article; give the page that lists new articles"
	case p.FirstArticle == "" && p.Article == nil:
		return "it links to no article; scripts may make the page, so name a feed as source"
	case p.Article == nil || p.Article.Empty:
		return "no article could be read"
	}
	return ""
}

// writeList writes the proposals, adds those without a doubt to the configuration with
// --append, and reports on all of them.
func (a *app) writeList(list []surveyed, known *config.Config, f initFlags) error {
	names := map[string]bool{}
	for _, s := range known.Sites {
		names[s.Name] = f.add
	}
	for i := range list {
		l := &list[i]
		if l.p != nil {
			name := l.p.Name
			for n := 2; names[l.p.Name]; n++ {
				l.p.Name = fmt.Sprintf("%s-%d", name, n)
			}
			names[l.p.Name] = true
		}
		if err := a.writeListed(l, f); err != nil {
			return err
		}
	}
	return a.reportList(list, f)
}

// writeListed writes what is known of one site. A site that cannot be added is failed;
// an error is one of the output.
func (a *app) writeListed(l *surveyed, f initFlags) error {
	if f.add && l.p != nil && l.doubt() == "" {
		l.err = a.addSite(l.p.Name, l.p.YAML())
	}
	switch {
	case a.json:
		return a.printJSON(l.json())
	case f.add || l.p == nil:
		return nil
	}
	_, err := io.WriteString(a.Out, l.p.YAML())
	return err
}

// listedJSON is a line of init --from --json.
type listedJSON struct {
	URL     string `json:"url"`
	Site    string `json:"site,omitempty"`
	Error   string `json:"error,omitempty"`   // why it failed
	Look    string `json:"look,omitempty"`    // what a person should look at
	Skipped bool   `json:"skipped,omitempty"` // the configuration has it already
	*proposalJSON
}

func (l *surveyed) json() listedJSON {
	out := listedJSON{URL: l.url, Site: l.skipped, Look: l.doubt(), Skipped: l.skipped != ""}
	if l.p != nil {
		out.Site, out.proposalJSON = l.p.Name, newProposalJSON(l.p)
	}
	if l.err != nil {
		out.Error = l.err.Error()
	}
	return out
}

// reportList sums up: how many sites are ready, and every other one with the reason.
func (a *app) reportList(list []surveyed, f initFlags) error {
	var ready, look, failed, skipped int
	var rest strings.Builder
	for i := range list {
		l := &list[i]
		switch {
		case l.skipped != "":
			skipped++
			continue
		case l.err != nil:
			failed++
		case l.doubt() != "":
			look++
		default:
			ready++
			continue
		}
		fmt.Fprintf(&rest, "\n  %s", l)
	}
	text := fmt.Sprintf("newsonce init: %s: %d ready, %d to look at, %d failed",
		plural(len(list), "site"), ready, look, failed)
	if skipped > 0 {
		text += fmt.Sprintf(", %d skipped, since %s has them", skipped, a.config)
	}
	if f.add && ready > 0 {
		text += fmt.Sprintf("; %s has those that are ready: newsonce check --online shows what they give", a.config)
	}
	if failed > 0 {
		a.message(slog.LevelWarn, text+rest.String()) // with --quiet, too
		return &exitError{code: report.ExitIncomplete}
	}
	a.say("%s", text+rest.String())
	return nil
}
