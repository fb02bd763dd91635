package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) check() *cobra.Command {
	var show, online bool
	c := &cobra.Command{
		Use:   "check [site...]",
		Short: "Validate the configuration",
		Long: `Reads crawl.yaml and reports every mistake at once, each with its line and
column. Nothing is asked and nothing is written.

With --online it fetches a page of each site's first listing and the first
article there, by robots.txt and with the site's delay, and shows what each rule
gave. The sites may be named. It exits with 3 when a page could not be read (1:
on every site), and with 4 when a listing gave no article link, or an article
lacks its title, text or date or a field or block that has rules.`,
		Example: `  newsonce check
  newsonce check -c /etc/newsonce/crawl.yaml
  newsonce check --print           # with every default filled in, secrets masked
  newsonce check --online ccbs`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			chosen, err := sites(c, args)
			switch {
			case err != nil:
				return err
			case len(args) > 0 && !online:
				return usage(errors.New("sites are named for --online; without it the whole file is checked"))
			}
			for _, w := range c.Warnings {
				a.say("%s", w)
			}
			if show {
				return c.Print(a.Out)
			}
			if online {
				return a.online(cmd.Context(), c, chosen)
			}
			sources := 0
			for _, s := range c.Sites {
				sources += len(s.Sources)
			}
			a.say("%s is right: %s, %s", c.File, plural(len(c.Sites), "site"), plural(sources, "source"))
			return nil
		},
	}
	c.Flags().BoolVar(&show, "print", false, "print the effective configuration")
	c.Flags().BoolVar(&online, "online", false, "fetch a listing and an article of each site and show what each rule gave")
	return c
}

// plural is "1 site", "2 sites".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
