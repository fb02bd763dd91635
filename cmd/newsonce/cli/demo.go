package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/spf13/cobra"
)

const (
	demoSites     = 3
	demoPublished = 5 // articles that appear between the second and the third crawl
	demoShown     = 3 // items shown

	demoOwn = "own" // folder for a configuration of the reader's own

	demoEvery = 2 * time.Second // lines of progress
)

func (a *app) demo() *cobra.Command {
	var dir string
	var articles, port int
	var keep bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Crawl three small news sites on this machine",
		Long: `Shows newsonce at work on three small news sites that it serves on loopback.

It crawls them, crawls them again when nothing is new, publishes some articles
and crawls a third time. Neither internet nor configuration is needed.`,
		Example: `  newsonce demo
  newsonce demo --dir /tmp/demo --articles 1000
  newsonce demo --keep-serving     # prints commands to try on the sites in another shell
  newsonce demo --keep-serving --port 8101   # on ports that you know before`,
		Args: needs(noArguments, 0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if articles < 1 {
				return usage(fmt.Errorf("--articles %d must be at least 1", articles))
			}
			if port < 0 || port > 65535-demoSites+1 {
				return usage(fmt.Errorf("--port %d must be between 0 and %d", port, 65535-demoSites+1))
			}
			return a.runDemo(cmd.Context(), dir, articles, port, keep)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "write to `DIR` (default: a new temporary directory)")
	c.Flags().IntVar(&articles, "articles", 300, "publish `N` articles on the sites")
	c.Flags().IntVar(&port, "port", 0, "serve the sites on ports `N`, N+1 and N+2 (default: any free ports)")
	c.Flags().BoolVar(&keep, "keep-serving", false, "keep serving the sites until interrupted")
	return c
}

func (a *app) runDemo(ctx context.Context, dir string, articles, port int, keep bool) error {
	dir, err := demoDir(dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "newsonce makes three small news sites of %d articles, serves them on this machine and\n"+
		"crawls them three times. Nothing is fetched from the internet.\n\n", articles)
	world := demosite.New(demosite.Options{Sites: demoSites, Articles: articles})
	addrs := make([]string, demoSites)
	for i := range addrs {
		addrs[i] = "127.0.0.1:0"
		if port > 0 {
			addrs[i] = fmt.Sprintf("127.0.0.1:%d", port+i)
		}
	}
	stop, err := world.ServeOn(addrs)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w; another program has the port: choose another with --port", err)
	case err != nil:
		return err
	}
	defer stop()
	d := &demo{app: a, world: world, dir: dir, items: filepath.Join(dir, "items.jsonl"),
		config: filepath.Join(dir, "crawl.yaml")}
	if err := os.WriteFile(d.config, []byte(world.Config(dir, demosite.WithSelectors)), 0o644); err != nil {
		return fmt.Errorf("write the demo's configuration: %w", err)
	}
	if err := d.run(ctx); err != nil || !keep {
		return err
	}
	if err := d.invite(); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// demoDir creates the directory. One that holds an earlier demo is refused, since
// its sites had other URLs.
func demoDir(dir string) (string, error) {
	if dir == "" {
		dir, err := os.MkdirTemp("", "newsonce-demo-")
		if err != nil {
			return "", fmt.Errorf("create the directory of the demo: %w", err)
		}
		return dir, nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("directory of the demo: %w", err)
	}
	for _, name := range []string{"items.jsonl", "newsonce.db", "crawl.yaml", demoOwn} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return "", usage(fmt.Errorf("%s already holds %s; give an empty directory with --dir", dir, name))
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("create the directory of the demo: %w", err)
	}
	return dir, nil
}

type demo struct {
	*app
	world  *demosite.World
	dir    string
	items  string
	config string
}

func (d *demo) run(ctx context.Context) error {
	truth := d.world.Truth()
	want := truth.Counts()
	fmt.Fprintf(d.Out, "Three news sites on loopback, %d articles (%d of them copies of another):\n",
		len(d.world.Articles()), want.References)
	for _, url := range d.world.URLs() {
		fmt.Fprintf(d.Out, "  %s/en/\n", url)
	}
	first, err := d.crawl(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Out, "\nFirst crawl: %d articles, %d references to copies, %d headlines, from %d requests in %.1f s.\n",
		first.Totals.Articles, first.Totals.Duplicates, first.Totals.Headlines, first.Totals.Requests, first.Seconds)
	if err := d.show(); err != nil {
		return err
	}
	second, err := d.crawl(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Out, "\nSecond crawl: %d lines, from %d conditional requests, all answered \"not modified\".\n",
		second.Totals.Lines, second.Totals.NotModified)
	d.world.Publish(demoPublished)
	third, err := d.crawl(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Out,
		"%d articles are published. Third crawl: %d articles and %d references, %d headlines, from %d requests.\n",
		demoPublished, third.Totals.Articles, third.Totals.Duplicates, third.Totals.Headlines, third.Totals.Requests)
	return d.compare()
}

// crawl makes one pass with the demo's configuration.
func (d *demo) crawl(ctx context.Context) (s *report.Summary, err error) {
	c, err := config.Load(d.config, nil)
	if err != nil {
		return nil, err
	}
	st, err := d.store(ctx, c.State, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	o := crawler.Options{Config: c, Sites: c.Sites, Store: st, Command: "demo",
		Version: Version(), Stdout: d.Out, Log: slog.New(slog.DiscardHandler)}
	a := *d.app // whose messages go above the bars
	shown := a.show("auto", c.Output.Path)
	shown.every = min(shown.every, demoEvery)
	shown.begin(ctx, &o)
	s, err = crawler.Run(ctx, o)
	shown.end()
	if err == nil && s.Exit != report.ExitOK {
		d.tell(s)
		err = exit(s)
	}
	return s, err
}

// show prints the first items, shortened.
func (d *demo) show() error {
	f, err := os.Open(d.items)
	if err != nil {
		return fmt.Errorf("read the items: %w", err)
	}
	defer f.Close()
	fmt.Fprintln(d.Out)
	shown := map[item.Type]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var head struct {
			Type  item.Type `json:"type"`
			Title string    `json:"title"`
			Date  string    `json:"date_published"`
			Text  string    `json:"content_text"`
			URL   string    `json:"url"`
		}
		if err := json.Unmarshal(lines.Bytes(), &head); err != nil {
			return fmt.Errorf("read the items: %w", err)
		}
		if shown[head.Type] >= demoShown {
			continue
		}
		shown[head.Type]++
		fmt.Fprintf(d.Out, "  %-9s  %-19s  %s\n", head.Type, head.Date, head.Title)
	}
	return lines.Err()
}

// compare compares the output with what the sites published.
func (d *demo) compare() error {
	f, err := os.Open(d.items)
	if err != nil {
		return fmt.Errorf("read the items: %w", err)
	}
	defer f.Close()
	differences := d.world.Truth().Check(f)
	for i, diff := range differences {
		if i == 10 {
			fmt.Fprintf(d.Err, "  and %d more\n", len(differences)-i)
			break
		}
		fmt.Fprintln(d.Err, "  "+diff)
	}
	if len(differences) > 0 {
		return fmt.Errorf("the output differs from what the sites published in %d places", len(differences))
	}
	fmt.Fprintf(d.Out, "The output equals what the sites published, item by item.\n\n"+
		"  items          %s\n  configuration  %s\n  state          %s\n",
		d.items, d.config, filepath.Join(d.dir, "newsonce.db"))
	return nil
}

// invite makes a configuration without sites, and prints commands that add the sites to
// it and crawl them.
func (d *demo) invite() error {
	own := filepath.Join(d.dir, demoOwn)
	if err := os.Mkdir(own, 0o755); err != nil {
		return fmt.Errorf("create the directory of the demo: %w", err)
	}
	text := "user_agent: \"newsonce-demo/VERSION (+https://github.com/newsonce/newsonce)\"\n" +
		"defaults: {allow_private: [127.0.0.0/8], delay: 0s}   # the sites are on this machine\n"
	if err := os.WriteFile(filepath.Join(own, "crawl.yaml"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("write a configuration to try: %w", err)
	}
	program := invocation()
	fmt.Fprintf(d.Out, "\nThe sites are served until Ctrl-C. In another shell, write a configuration of your own\n"+
		"and crawl them with it:\n\n  cd %s\n", quoted(own))
	for i, url := range d.world.URLs() {
		fmt.Fprintf(d.Out, "  %s init --append --name site%d %s/en/\n", program, i+1, url)
	}
	fmt.Fprintf(d.Out, "  %[1]s check --online\n  %[1]s crawl\n", program)
	return nil
}

// invocation is how a shell starts this program: by its name where that finds it, else by
// its path.
func invocation() string {
	self, err := os.Executable()
	if err != nil {
		return "newsonce"
	}
	found, err := exec.LookPath("newsonce")
	if err != nil {
		return quoted(self)
	}
	a, errA := os.Stat(self)
	b, errB := os.Stat(found)
	if errA != nil || errB != nil || !os.SameFile(a, b) {
		return quoted(self)
	}
	return "newsonce"
}

// quoted is a path as a word of a shell.
func quoted(path string) string {
	if strings.ContainsAny(path, " '\"$&;()<>|*?[]#~`!{}") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
