package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) check() *cobra.Command {
	var show bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Validate the configuration",
		Long: `Reads crawl.yaml and reports every mistake at once, each with its line and
column. Nothing is asked and nothing is written.`,
		Example: `  newsonce check
  newsonce check -c /etc/newsonce/crawl.yaml
  newsonce check --print           # with every default filled in, secrets masked`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			for _, w := range c.Warnings {
				a.say("%s", w)
			}
			if show {
				return c.Print(a.Out)
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
	return c
}

// plural is "1 site", "2 sites".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
