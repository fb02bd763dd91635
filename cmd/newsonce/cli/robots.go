package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/spf13/cobra"
)

func (a *app) robots() *cobra.Command {
	var agent, file string
	c := &cobra.Command{
		Use:   "robots URL",
		Short: "Say whether robots.txt allows a URL, and which line decides",
		Long: `Prints "allow" or "disallow" and the deciding line of robots.txt, by RFC 9309.
The file is asked of the URL's host, or read from --file.`,
		Example: `  newsonce robots https://example.org/news/1
  newsonce robots --agent otherbot --file robots.txt https://example.org/news/1`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runRobots(cmd.Context(), args[0], agent, file)
		},
	}
	c.Flags().StringVar(&agent, "agent", "newsonce", "product `TOKEN` that asks")
	c.Flags().StringVar(&file, "file", "", "read robots.txt from `FILE`")
	return c
}

func (a *app) runRobots(ctx context.Context, rawURL, agent, file string) error {
	u, err := urlkey.Parse(rawURL)
	if err != nil {
		return usage(err)
	}
	if polite.ProductToken(agent) == "" {
		return usage(fmt.Errorf("--agent %q is no product token (letters, digits, - and _)", agent))
	}
	var body []byte
	if file != "" {
		if body, err = os.ReadFile(file); err != nil {
			return usage(fmt.Errorf("read robots.txt: %w", err))
		}
	} else if body, err = a.askRobots(ctx, u); err != nil {
		return err
	}
	d := polite.ParseRobots(body).Decide(agent, u.Href)
	verdict := "disallow"
	if d.Allow {
		verdict = "allow"
	}
	if d.Line == 0 {
		_, err = fmt.Fprintf(a.Out, "%s\tno line matches\n", verdict)
	} else {
		_, err = fmt.Fprintf(a.Out, "%s\tline %d: %s\n", verdict, d.Line, d.Rule)
	}
	return err
}

// askRobots fetches the robots.txt of the URL's origin with the settings of
// the configured site that has the host, if there is one.
func (a *app) askRobots(ctx context.Context, u urlkey.URL) ([]byte, error) {
	f, err := a.fetcherOf(u)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.RobotsTxt(ctx, u.Href)
}

// fetcherOf returns a Fetcher with the settings of the configured site that has
// the host of u, else with the default ones. A configuration that cannot be read
// is not needed.
func (a *app) fetcherOf(u urlkey.URL) (*page.Fetcher, error) {
	c, err := config.Load(a.config, os.Getenv, source.Configs(a.Sources)...)
	if err != nil {
		c = anonymous()
	}
	s := c.SiteOf(u.Host)
	if s == nil {
		s = site.Bare(u.Host)
	}
	return page.NewFetcher(c, s, a.siteOptions())
}

// siteOptions are what the program, rather than crawl.yaml, says about sites.
func (a *app) siteOptions() site.Options { return site.Options{Version: Version()} }

// anonymous is the configuration of commands that need none.
func anonymous() *config.Config {
	return &config.Config{UserAgent: "newsonce/VERSION (+https://github.com/newsonce/newsonce)", Product: "newsonce"}
}
