package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/spf13/cobra"
)

func (a *app) robots() *cobra.Command {
	var agent, file string
	c := &cobra.Command{
		Use:   "robots URL",
		Short: "Tell whether robots.txt allows a URL, and which line decides",
		Long: `Tells whether robots.txt allows a URL to be fetched, by RFC 9309.

It prints "allow" or "disallow" and the line that decides. robots.txt is fetched
from the URL's host, or read from --file.`,
		Example: `  newsonce robots https://example.org/news/1
  newsonce robots --agent otherbot --file robots.txt https://example.org/news/1`,
		Args: needs("one URL, such as https://news.example/", 1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runRobots(cmd.Context(), args[0], agent, file)
		},
	}
	c.Flags().StringVar(&agent, "agent", "newsonce", "product `TOKEN` of the crawler")
	c.Flags().StringVar(&file, "file", "", "read robots.txt from `FILE`")
	return c
}

func (a *app) runRobots(ctx context.Context, rawURL, agent, file string) error {
	u, err := parseURL(rawURL)
	if err != nil {
		return usage(err)
	}
	if polite.ProductToken(agent) == "" {
		return usage(fmt.Errorf("--agent %q is not a product token (letters, digits, - and _)", agent))
	}
	var body []byte
	if file != "" {
		if body, err = os.ReadFile(file); err != nil {
			return usage(fmt.Errorf("read robots.txt: %w", err))
		}
	} else if body, err = a.fetchRobots(ctx, u); err != nil {
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

// fetchRobots fetches the robots.txt that governs u.
func (a *app) fetchRobots(ctx context.Context, u urlkey.URL) ([]byte, error) {
	f, err := a.fetcherOf(u)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.RobotsTxt(ctx, u.Href)
}
