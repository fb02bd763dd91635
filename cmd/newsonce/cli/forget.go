package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/view/index"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/spf13/cobra"
)

func (a *app) forget() *cobra.Command {
	var wait duration
	c := &cobra.Command{
		Use:   "forget URL...",
		Short: "Remove articles from the state and the search, for a takedown request",
		Long: `Removes articles and everything derived from them from the state, and from what
newsonce serve shows.

For each URL, that is its article, the other URLs of that article, the hashes of
its text, and the headlines that link to it. Lines in the output files stay; the
ids that are printed help to find them. The summaries of past runs, which status
prints, may still name the URL.

The URL is not banned: a crawl that finds a link to it again takes it as new. If
the page stays on the site, exclude it by article.match.`,
		Example: `  newsonce forget https://example.org/news/1
  newsonce forget --lock-wait 5m https://example.org/news/1 https://example.org/news/2`,
		Annotations: map[string]string{
			"exits": "0 done, 1 failed, 2 wrong use, or none of the URLs is known, 11 another run holds the state"},
		Args: needs("the URLs of articles", 1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runForget(cmd.Context(), args, time.Duration(wait))
		},
	}
	c.Flags().Var(&wait, "lock-wait", "wait up to `D` for another run to end")
	return c
}

// forgotten is one URL that was removed.
type forgotten struct {
	URL string `json:"url"`
	ID  string `json:"id"` // of its article, if it had one
}

func (a *app) runForget(ctx context.Context, args []string, wait time.Duration) (err error) {
	urls := make([]urlkey.URL, len(args))
	keys := make([]uint64, len(args))
	var errs []error
	for i, arg := range args {
		u, err := parseURL(arg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		urls[i], keys[i] = u, u.Hash()
	}
	if err := errors.Join(errs...); err != nil {
		return usage(err)
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	f, err := a.forgetKeys(ctx, c.State, keys, wait)
	if err != nil {
		return err
	}
	list := make([]forgotten, len(f.URLs))
	for i, raw := range f.URLs {
		u, err := urlkey.Parse(raw)
		if err != nil {
			return fmt.Errorf("a removed URL: %w", err)
		}
		list[i] = forgotten{u.Href, item.ID(item.TypeArticle, u.Key)}
		urls = append(urls, u)
	}
	indexed, err := index.Forget(ctx, index.Path(c), urls, time.Now())
	if err != nil {
		return fmt.Errorf("removed from the state; run the same command again to remove it from the search, too: %w", err)
	}
	var unknown []string
	for i, known := range f.Known {
		if !known {
			unknown = append(unknown, args[i])
		}
	}
	if len(list)+indexed > 0 {
		if err := a.printForgotten(list, f.Headlines, indexed, unknown); err != nil {
			return err
		}
	}
	for _, raw := range unknown {
		a.say("%s is not known", raw)
	}
	if len(list)+indexed == 0 {
		return usage(errors.New("none of the URLs is known; nothing was removed"))
	}
	return nil
}

// forgetKeys removes the URLs with these keys from the state, which must exist.
func (a *app) forgetKeys(ctx context.Context, url string, keys []uint64, wait time.Duration,
) (f state.Forgot, err error) {
	r, err := a.reader(ctx, url)
	if errors.Is(err, fs.ErrNotExist) {
		return f, usage(fmt.Errorf("nothing is known: state %s does not exist", config.Redact(url)))
	}
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		return f, err
	}
	s, err := a.store(ctx, url, wait)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	leases, err := s.Lease(ctx, state.Owner(), 1, time.Minute)
	if err != nil {
		return f, err
	}
	f, err = state.Forget(ctx, s, leases, keys, site.HeadlineTo)
	return f, errors.Join(err, s.Release(ctx, leases))
}

func (a *app) printForgotten(list []forgotten, headlines, indexed int, unknown []string) error {
	slices.SortFunc(list, func(x, y forgotten) int { return strings.Compare(x.URL, y.URL) })
	if a.json {
		return json.NewEncoder(a.Out).Encode(struct {
			Forgotten []forgotten `json:"forgotten"`
			Headlines int         `json:"headlines"`
			Indexed   int         `json:"indexed"` // lines removed from the search index
			Unknown   []string    `json:"unknown"`
		}{list, headlines, indexed, unknown})
	}
	for _, x := range list {
		if _, err := fmt.Fprintf(a.Out, "%s\t%s\n", x.ID, x.URL); err != nil {
			return err
		}
	}
	a.say("removed from the state: URLs %d, headlines %d; from the search index: lines %d; "+
		"lines in the output with these ids, or that refer to them, stay", len(list), headlines, indexed)
	return nil
}
