package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/newsonce/newsonce/cmd/newsonce/cli/hint"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/page/propose"
	"github.com/newsonce/newsonce/crawler/page/setup"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/spf13/cobra"
)

type initFlags struct {
	url, name, from string
	add             bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init URL|FILE",
		Short: "Propose the configuration of a site",
		Long: `Proposes the configuration of a site from one of its pages.

The page is best the site's list of new articles. Its proposal is a commented
entry for sites in crawl.yaml: where articles are listed, which URLs are articles,
and selectors where they are surer than the automatic rules. Comments say what is
a guess. When a URL is given, articles that it lists are fetched until one can be
read. Feeds that the pages name and sitemaps of robots.txt are tried, and proposed
as sources if they name articles.

--from proposes many sites, several at a time: the list holds one URL per line. It shows
each site as it is done, and at the end those that need a look or failed, with reasons;
if one failed, the exit code is 3. With --append, the sites that need no look are added,
and those that the configuration has already are skipped.

--json prints what was found instead: match, hosts, listing, next (mode and url) and
not_matched, the links that match leaves out. With --from it prints one object per site.

--append adds the entry to the configuration and leaves every other byte as it
is. A configuration that does not exist is created.`,
		Example: `  newsonce init https://example.org/news/
  newsonce init --append https://example.org/news/
  newsonce init --append --from sites.txt
  newsonce init --url https://example.org/news/1 page.html`,
		Args: func(_ *cobra.Command, args []string) error {
			if f.from != "" {
				if len(args) > 0 || f.name != "" || f.url != "" {
					return errors.New("--from reads the URLs from a list: leave out URL, --url and --name")
				}
				return nil
			}
			if len(args) != 1 {
				return errors.New("give one page of the site, best its list of new articles: " +
					"newsonce init https://example.org/news/")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.from != "" {
				return a.runInitList(cmd.Context(), f)
			}
			return a.runInit(cmd.Context(), args[0], f)
		},
	}
	c.Flags().StringVar(&f.url, "url", "", "`URL` of a page read from a file")
	c.Flags().StringVar(&f.from, "from", "", "propose every site of `LIST`, a file with one URL per line, or -")
	c.Flags().StringVar(&f.name, "name", "", "`NAME` of the site (default: made from its host)")
	c.Flags().BoolVar(&f.add, "append", false, "add the site to the configuration file")
	return c
}

func (a *app) runInit(ctx context.Context, arg string, f initFlags) error {
	var p *propose.Proposal
	var err error
	if isURL(arg) {
		p, err = a.proposeURL(ctx, arg)
	} else {
		p, err = a.proposeFile(arg, f.url)
	}
	if err != nil {
		return err
	}
	if f.name != "" {
		p.Name = f.name
	}
	block := p.YAML()
	if a.json && !f.add {
		return a.printJSON(newProposalJSON(p))
	}
	if f.add {
		if err := a.addSite(p.Name, block); err != nil {
			return err
		}
		a.say("site %s added to %s; next: newsonce check --online %s", p.Name, a.config, p.Name)
		return nil
	}
	if _, err := config.Parse("proposal", ".", []byte(propose.Config(block))); err != nil {
		return fmt.Errorf("the proposal for %s is not a valid configuration: %w", p.Name, err)
	}
	_, err = fmt.Fprint(a.Out, block)
	return err
}

// proposalJSON is what init --json prints.
type proposalJSON struct {
	Match      string   `json:"match"`
	Hosts      []string `json:"hosts"` // besides that of the listing
	Listing    string   `json:"listing"`
	Next       nextJSON `json:"next"`
	NotMatched []string `json:"not_matched"`
}

// nextJSON is the next page of the listing. With mode none it has no URL.
type nextJSON struct {
	Mode string `json:"mode"`
	URL  string `json:"url"`
}

func newProposalJSON(p *propose.Proposal) *proposalJSON {
	next := nextJSON{Mode: "none", URL: p.Listing.Next.URL}
	switch {
	case p.Listing.Next.Selector != "":
		next.Mode = "selector"
	case p.Listing.Next.URL != "":
		next.Mode = "auto"
	}
	return &proposalJSON{
		Match: p.Match, Hosts: append([]string{}, p.Hosts...), Listing: p.Listing.URL, Next: next,
		NotMatched: append([]string{}, p.NotMatched...),
	}
}

// printJSON writes v as one line on standard output.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// proposeFile proposes from a page in a file.
func (a *app) proposeFile(file, pageURL string) (*propose.Proposal, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, usage(fmt.Errorf("read page: %w%s", err, hint.URL(file)))
	}
	if !isURL(pageURL) {
		return nil, usage(errors.New("a page in a file needs its URL: give it with --url"))
	}
	u, err := parseURL(pageURL)
	if err != nil {
		return nil, usage(err)
	}
	c, err := a.defaults()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, usage(fmt.Errorf("read page: %w", err))
	}
	body, _, err := fetch.DecodeHTML(raw, "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	p, err := propose.From(propose.Page{URL: pageURL, Body: body, FetchedAt: time.Now()})
	if err == nil && c.Host(u.Host).Timezone != nil {
		p.Timezone, p.TimezoneReason = "", "" // the defaults have one
	}
	return p, err
}

// proposeURL proposes from a page, an article and the sources that the site names. The
// settings are those of the configured site of the host, else the defaults.
func (a *app) proposeURL(ctx context.Context, arg string) (*propose.Proposal, error) {
	if _, err := parseURL(arg); err != nil {
		return nil, usage(err)
	}
	c, err := a.defaults()
	if err != nil {
		return nil, err
	}
	return setup.Site(ctx, arg, setup.Options{
		Config: c, Kinds: a.Sources, Site: a.siteOptions(),
		Change: func(s *config.Site) { s.Rules.Own = a.Extract },
		Warn:   func(text string) { a.say("%s", text) },
	})
}

// addSite adds a site to the configuration file, which it creates if need be.
// The result is validated before anything is written.
func (a *app) addSite(name, block string) error {
	old, err := os.ReadFile(a.config)
	text, mode := "", fs.FileMode(0o644)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = propose.Config(block)
	case err != nil:
		return fmt.Errorf("read configuration: %w", err)
	default:
		if info, err := os.Stat(a.config); err == nil {
			mode = info.Mode().Perm()
		}
		if text, err = propose.Append(string(old), block); err != nil {
			return usage(fmt.Errorf("%s: %w", a.config, err))
		}
	}
	kinds := source.Configs(a.Sources)
	if _, err := config.Parse(a.config, filepath.Dir(a.config), []byte(text), kinds...); err != nil {
		return usage(fmt.Errorf("the configuration with site %s would not be valid, so nothing was written "+
			"(--name gives the site another name):\n%w", name, err))
	}
	if err := replaceFile(a.config, []byte(text), mode); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// replaceFile writes data to a temporary file and renames it to path.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".newsonce-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
