package rebuild_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/rebuild"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
	"github.com/newsonce/newsonce/output"
)

// press is a news site with a listing of articles, on loopback.
type press struct {
	mu    sync.Mutex // guards all
	pages map[string]string
	gone  map[string]bool
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text, ok := p.pages[r.URL.Path]
	if !ok || p.gone[r.URL.Path] {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("ETag", fmt.Sprintf(`"%d"`, len(text)))
	if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	io.WriteString(w, text)
}

// article returns a page. A long one is known by its text alone.
func article(title, word string, long bool) string {
	sentences := 2
	if long {
		sentences = 12
	}
	return fmt.Sprintf(`<html><head><title>%s</title></head><body><h1>%s</h1><div class="text"><p>%s</p></div>
<ul class="more"><li><a href="/n/1">Read on: %s</a></li></ul></body></html>`,
		title, title, strings.Repeat(fmt.Sprintf("The %s of %s was on everybody's mind. ", word, title), sentences), title)
}

// list sets the listing page.
func (p *press) list(paths ...string) {
	var b strings.Builder
	b.WriteString("<html><body><ul>")
	for _, path := range paths {
		fmt.Fprintf(&b, `<li class="a"><a href="%s">News of %s</a></li>`, path, path)
	}
	b.WriteString("</ul></body></html>")
	p.set("/", b.String())
}

func (p *press) set(path, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[path] = text
}

// desk is a configuration with its state and output in a folder.
type desk struct {
	t      testing.TB
	dir    string
	config *config.Config
	ahead  time.Duration // of the clock
}

const crawlYAML = `version: 1
user_agent: "newsonce-test/1 (+https://news.example/)"
output: OUTPUT
defaults: {delay: 0s, allow_private: [127.0.0.0/8]}
sites:
  - name: press
    sources: [{listing: {urls: ["BASE/"], links: ".a a"}}]
    article: {title: h1, body: ".text p"}
    headlines: [{block: list, on: [listing], item: .a, title: a, url: "a@href"}, {block: more, on: [article], item: .more li, title: a, url: "a@href"}]
`

func (d *desk) open(base, out string) {
	d.t.Helper()
	var err error
	yaml := strings.NewReplacer("BASE", base, "OUTPUT", out).Replace(crawlYAML)
	if d.config, err = config.Parse("crawl.yaml", d.dir, []byte(yaml)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) crawl(change ...func(*crawler.Options)) *report.Summary {
	d.t.Helper()
	d.ahead += time.Second
	ahead := d.ahead
	store, err := sqlite.Open(d.t.Context(), d.config.State, state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		d.t.Fatal(err)
	}
	o := crawler.Options{Config: d.config, Sites: d.config.Sites, Store: store, Command: "crawl", Version: "1",
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Now().Add(ahead) },
		Times: crawler.Times{Linger: time.Millisecond}}
	for _, f := range change {
		f(&o)
	}
	sum, err := crawler.Run(d.t.Context(), o)
	if err := errors.Join(err, store.Close()); err != nil {
		d.t.Fatal(err)
	}
	return sum
}

func (d *desk) rebuild(force bool) (*rebuild.Result, error) {
	d.ahead += time.Second
	return rebuild.Run(d.t.Context(), rebuild.Options{Force: force, Config: d.config, Stores: []state.Driver{sqlite.Driver{}},
		Sinks: output.Builtin(), Versions: crawler.Versions, Now: time.Now().Add(d.ahead), Warn: func(s string) { d.t.Log(s) }})
}

// copy returns a desk with a copy of the folder.
func (d *desk) copy(t testing.TB) *desk {
	t.Helper()
	c := &desk{t: t, dir: t.TempDir(), ahead: d.ahead}
	if err := os.CopyFS(c.dir, os.DirFS(d.dir)); err != nil {
		t.Fatal(err)
	}
	cfg := *d.config
	rel, err := filepath.Rel(d.dir, cfg.Output.Path)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Output.Path, cfg.State = filepath.Join(c.dir, rel), filepath.Join(c.dir, filepath.Base(d.config.State))
	c.config = &cfg
	return c
}

// lines counts the lines of the output by (type, id, revision).
func (d *desk) lines() map[string]int {
	d.t.Helper()
	counts := map[string]int{}
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.Contains(e.Name(), "items") || strings.Contains(e.Name(), "manifest") {
			return err
		}
		for line := range bytes.Lines(d.unpacked(path)) {
			var x struct {
				Type, ID string
				Revision int
			}
			if err := json.Unmarshal(line, &x); err != nil {
				d.t.Errorf("%s: %.80q: %v", path, line, err)
			}
			counts[fmt.Sprintf("%s %s %d", x.Type, x.ID, max(1, x.Revision))]++
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return counts
}

func (d *desk) unpacked(path string) []byte {
	d.t.Helper()
	b, err := os.ReadFile(path)
	var r io.Reader = bytes.NewReader(b)
	switch name := strings.TrimSuffix(path, output.Open); {
	case err != nil || len(b) == 0:
	case strings.HasSuffix(name, ".gz"):
		r, err = gzip.NewReader(r)
	case strings.HasSuffix(name, ".zst"):
		r, err = zstd.NewReader(r)
	}
	if err == nil {
		b, err = io.ReadAll(r)
	}
	if err != nil {
		d.t.Fatalf("%s: %v", path, err)
	}
	return b
}

// newDesk returns a desk after some crawls: articles with revisions, copies, a retitled
// headline, one that is gone, and queued ones.
func newDesk(t testing.TB, out string, articles int) (*desk, *press) {
	t.Helper()
	p := &press{pages: map[string]string{}, gone: map[string]bool{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	d := &desk{t: t, dir: t.TempDir()}
	d.open(server.URL, out)
	var paths []string
	for i := range articles {
		path := fmt.Sprintf("/n/%d", i+1)
		paths = append(paths, path)
		p.set(path, article(fmt.Sprint("Town", i), fmt.Sprint("quay", i), i%3 > 0))
	}
	p.set("/n/2", article("Town4", "quay4", true)) // a copy of the fifth
	half := articles / 2
	p.list(paths[:half]...)
	d.crawl()
	p.set("/n/3", article("Town2", "changed", true))
	p.set("/n/6", strings.ReplaceAll(p.pages["/n/6"], "<h1>Town5", "<h1>Town5 again"))
	p.gone["/n/8"] = true
	d.crawl(func(o *crawler.Options) { o.Refetch = true })
	p.set("/", strings.Replace(p.pages["/"], "News of /n/5", "Other news of /n/5", 1))
	d.crawl()
	p.list(paths...)
	d.crawl(func(o *crawler.Options) { o.Limit = 1 + half/2 }) // leaves URLs in the queue
	return d, p
}

// check compares the output of a rebuilt state's next crawls with that of an undamaged
// one. With exact no line of another kind is there, either.
func check(t *testing.T, d, whole *desk, exact bool) {
	t.Helper()
	first := d.crawl()
	d.crawl(func(o *crawler.Options) { o.Refetch = true })
	d.crawl()
	got := d.lines()
	defer func() {
		if t.Failed() {
			t.Log(first.Line(), first.Details())
		}
	}()
	for line, n := range got {
		if n > 1 {
			t.Errorf("%s was written %d times", line, n)
		}
	}
	want := whole.lines()
	for line := range want {
		if strings.HasPrefix(line, "article") && got[line] == 0 {
			t.Errorf("%s is missing", line)
		}
	}
	for line := range got {
		if !exact { // bytes of a row may have changed what it says
			break
		}
		// A URL whose text was that of another is a reference, whose own text is lost.
		if !strings.HasPrefix(line, "reference") && want[line] == 0 && !strings.HasSuffix(line, " 2") {
			t.Errorf("%s is not written by an undamaged state", line)
		}
	}
}

// undamaged returns what the same crawls write with the state as it was.
func undamaged(t *testing.T, d *desk) *desk {
	t.Helper()
	c := d.copy(t)
	c.crawl()
	c.crawl(func(o *crawler.Options) { o.Refetch = true })
	c.crawl()
	return c
}

// damage changes the bytes of a state.
func (d *desk) damage(change func([]byte) []byte) {
	d.t.Helper()
	b, err := os.ReadFile(d.config.State)
	if err == nil {
		err = os.WriteFile(d.config.State, change(b), 0o644)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

const pageSize = 4096

// overwrite returns a change that overwrites n pages chosen by a seed.
func overwrite(seed uint64, n int, fill func(r *rand.Rand, page []byte)) func([]byte) []byte {
	return func(b []byte) []byte {
		r := rand.New(rand.NewPCG(seed, 1))
		for range n {
			at := r.IntN(len(b)/pageSize) * pageSize
			fill(r, b[at:at+pageSize])
		}
		return b
	}
}

func zeros(_ *rand.Rand, page []byte) { clear(page) }

func garbage(r *rand.Rand, page []byte) {
	for i := range page {
		page[i] = byte(r.Uint32())
	}
}

func sprinkled(r *rand.Rand, page []byte) {
	for range 40 {
		page[r.IntN(len(page))] = byte(r.Uint32())
	}
}

// After any damage a rebuilt state repeats no line and loses no article that the site
// still lists.
func TestRebuild(t *testing.T) {
	t.Parallel()
	whole, _ := newDesk(t, "{path: items.jsonl}", 30)
	reference := undamaged(t, whole)
	damages := map[string]func([]byte) []byte{
		"header destroyed":    func(b []byte) []byte { clear(b[:100]); return b },
		"first page of zeros": func(b []byte) []byte { clear(b[:pageSize]); return b },
		"all but two pages":   func(b []byte) []byte { clear(b[2*pageSize:]); return b },
		"text in its place":   func([]byte) []byte { return []byte("This is no database.\n") },
		"emptied":             func([]byte) []byte { return nil },
		"half of the file":    func(b []byte) []byte { return b[:len(b)/2] },
		"a cut last page":     func(b []byte) []byte { return b[:len(b)-pageSize/2] },
	}
	for seed := range uint64(4) {
		damages[fmt.Sprintf("zeros %d", seed)] = overwrite(seed, 3, zeros)
		damages[fmt.Sprintf("garbage %d", seed)] = overwrite(seed, 3, garbage)
		damages[fmt.Sprintf("sprinkled %d", seed)] = overwrite(seed, 5, sprinkled)
	}
	for _, name := range slices.Sorted(maps.Keys(damages)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := whole.copy(t)
			d.damage(damages[name])
			if _, err := d.rebuild(true); err != nil {
				t.Fatal(err)
			}
			check(t, d, reference, !strings.HasPrefix(name, "sprinkled"))
		})
	}
	t.Run("missing", func(t *testing.T) {
		d := whole.copy(t)
		if err := os.Remove(d.config.State); err != nil {
			t.Fatal(err)
		}
		r, err := d.rebuild(false)
		if err != nil || r.Damaged != "" || !r.SourcesReset {
			t.Fatalf("%+v, %v", r, err)
		}
		check(t, d, reference, true)
	})
}

// Whatever the output looks like, and however it ends, its lines are found.
func TestRebuildFromOutputs(t *testing.T) {
	t.Parallel()
	for name, out := range map[string]string{
		"plain":          "{path: items.jsonl}",
		"gzip":           "{path: items.jsonl.gz}",
		"zstd":           "{path: items.jsonl.zst}",
		"by type":        "{path: 'out/{type}/{site}-items-{date}.jsonl'}",
		"rotated":        "{path: items.jsonl, rotate: {size: 8KiB}}",
		"rotated gzip":   "{path: 'items-{type}.jsonl.gz', rotate: {size: 2KiB}}",
		"rotated by age": "{path: items.jsonl.zst, rotate: {age: 1s}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole, _ := newDesk(t, out, 16)
			reference := undamaged(t, whole)
			for ending, change := range map[string]func([]byte) []byte{
				"whole":        func(b []byte) []byte { return b },
				"a cut line":   func(b []byte) []byte { return b[:len(b)-9] },
				"zeros behind": func(b []byte) []byte { return append(slices.Clone(b[:len(b)-9]), make([]byte, 5000)...) },
			} {
				t.Run(ending, func(t *testing.T) {
					d := whole.copy(t)
					if err := os.Remove(d.config.State); err != nil {
						t.Fatal(err)
					}
					if path := d.lastFile(); !strings.Contains(out, "rotate") || strings.HasSuffix(path, output.Open) {
						b, err := os.ReadFile(path)
						if err == nil {
							err = os.WriteFile(path, change(b), 0o644)
						}
						if err != nil {
							t.Fatal(err)
						}
					}
					r, err := d.rebuild(false)
					if err != nil || r.Bad > 0 {
						t.Fatalf("%+v, %v", r, err)
					}
					check(t, d, reference, false)
				})
			}
		})
	}
}

// lastFile returns the path of the output file that was written to last. Sealed files
// are whole.
func (d *desk) lastFile() (path string) {
	d.t.Helper()
	if err := filepath.WalkDir(d.dir, func(p string, e fs.DirEntry, err error) error {
		if strings.Contains(e.Name(), "items") && !strings.Contains(e.Name(), "manifest") && !e.IsDir() {
			path = p
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// Lines that were written after the damaged state, or that a killed run did not commit,
// are not repeated.
func TestRebuildBehindItsOutput(t *testing.T) {
	t.Parallel()
	d, _ := newDesk(t, "{path: items.jsonl}", 20)
	before, err := os.ReadFile(d.config.State)
	if err != nil {
		t.Fatal(err)
	}
	d.crawl() // what was queued
	reference := undamaged(t, d)
	d.damage(func([]byte) []byte { clear(before[100:200]); return before })
	r, err := d.rebuild(true)
	if err != nil || r.Added == 0 || !r.SourcesReset {
		t.Fatalf("%+v, %v; want lines that the state did not have", r, err)
	}
	check(t, d, reference, true)
}

// What a killed run left in the write-ahead log is read, too.
func TestRebuildReadsTheLog(t *testing.T) {
	t.Parallel()
	d, p := newDesk(t, "{path: items.jsonl}", 20)
	for i := range 9 {
		path := fmt.Sprintf("/n/%d", 100+i)
		p.set(path, article(fmt.Sprint("Village", i), fmt.Sprint("mill", i), true))
		p.set("/", strings.Replace(p.pages["/"], "<ul>", `<ul><li class="a"><a href="`+path+`">Village</a></li>`, 1))
	}
	var killed *desk
	d.crawl(func(o *crawler.Options) {
		o.Workers = 1
		o.Events.Committed = func(c crawler.Committed) {
			if killed == nil && c.Lines > 12 {
				killed = d.copy(t)
			}
		}
	})
	if info, err := os.Stat(killed.config.State + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("no log: %v", err)
	}
	reference := undamaged(t, killed)
	killed.damage(func(b []byte) []byte { clear(b[20:100]); return b }) // the size of a page stays
	r, err := killed.rebuild(true)
	if err != nil || r.Added > 0 {
		t.Fatalf("%+v, %v; want all that was committed", r, err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(r.Damaged + suffix); err != nil {
			t.Errorf("the log of the damaged state is not kept: %v", err)
		}
	}
	check(t, killed, reference, true)
}

// A line that was withdrawn is no known article, but its revision is used up.
func TestRebuildWithdraws(t *testing.T) {
	t.Parallel()
	d, p := newDesk(t, "{path: items.jsonl}", 10)
	path := filepath.Join(d.dir, "items.jsonl")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var taken struct{ ID, URL, Type string }
	for line := range bytes.Lines(b) {
		if err := json.Unmarshal(line, &taken); err != nil {
			t.Fatal(err)
		}
		if taken.Type == "article" && strings.HasSuffix(taken.URL, "/n/1") {
			break
		}
	}
	b = fmt.Appendf(b, `{"type":"withdrawn","id":%q,"withdraws":"article","site":"press","url":%q,"reason":"a wall","fetched_at":"2026-11-20T06:00:00Z","run_id":"x"}`+"\n",
		taken.ID, taken.URL)
	if err := errors.Join(os.WriteFile(path, b, 0o644), os.Remove(d.config.State)); err != nil {
		t.Fatal(err)
	}
	p.set("/", "<html><body></body></html>")
	if _, err := d.rebuild(false); err != nil {
		t.Fatal(err)
	}
	d.crawl()
	if got := d.lines(); got["article "+taken.ID+" 2"] != 1 || got["article "+taken.ID+" 1"] != 1 {
		t.Errorf("lines %v, want the next revision of %s", got, taken.ID)
	}
}

// A rebuild that was killed before its state was in place starts from the damaged one again.
func TestRebuildAfterAKill(t *testing.T) {
	t.Parallel()
	d, _ := newDesk(t, "{path: items.jsonl}", 20)
	reference := undamaged(t, d)
	kept := d.config.State + ".damaged-20261120T060000Z"
	d.damage(func(b []byte) []byte { clear(b[:100]); return b })
	if err := errors.Join(os.Rename(d.config.State, kept), os.WriteFile(d.config.State+".rebuilt", []byte("half"), 0o644)); err != nil {
		t.Fatal(err)
	}
	r, err := d.rebuild(false)
	if err != nil || r.Damaged != kept || r.Queued == 0 {
		t.Fatalf("%+v, %v; want the queue from %s", r, err, kept)
	}
	if left, _ := filepath.Glob(d.config.State + ".rebuilt*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	check(t, d, reference, true)
}

// A compressed file that is damaged in its middle stays as it is, and so does the state.
func TestRebuildRefusesADamagedOutput(t *testing.T) {
	t.Parallel()
	d, _ := newDesk(t, "{path: items.jsonl.gz}", 10)
	packed, err := os.ReadFile(filepath.Join(d.dir, "items.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 4<<20)
	garbage(rand.New(rand.NewPCG(1, 1)), noise)
	long := append(slices.Clone(packed[:len(packed)/2]), noise...)
	if err := os.WriteFile(filepath.Join(d.dir, "items.jsonl.gz"), long, 0o644); err != nil {
		t.Fatal(err)
	}
	d.damage(func(b []byte) []byte { clear(b[:100]); return b })
	before, _ := os.ReadFile(d.config.State)
	var refused *output.RefusedError
	if _, err := d.rebuild(false); !errors.As(err, &refused) {
		t.Errorf("error %v, want one that refuses the output", err)
	}
	if after, _ := os.ReadFile(d.config.State); !bytes.Equal(before, after) {
		t.Error("the state was changed")
	}
}

// Queued URLs that can be read stay queued: the listing that named them is gone.
func TestRebuildKeepsTheQueue(t *testing.T) {
	t.Parallel()
	d, p := newDesk(t, "{path: items.jsonl}", 30)
	p.list()
	d.damage(func(b []byte) []byte { clear(b[:pageSize]); return b })
	r, err := d.rebuild(false)
	if err != nil {
		t.Fatal(err)
	}
	if r.Queued < 5 || r.LostPages > 0 || !strings.HasPrefix(r.Damaged, d.config.State+".damaged-") {
		t.Errorf("%+v, want the queue", r.Rebuilt)
	}
	if sum := d.crawl(); sum.Totals.Articles < 5 {
		t.Errorf("%d new articles, want those of the queue: %s", sum.Totals.Articles, sum.Line())
	}
}

// A state without damage stays as it is.
func TestRebuildLeavesASoundStateAlone(t *testing.T) {
	t.Parallel()
	d, _ := newDesk(t, "{path: items.jsonl}", 10)
	before, err := os.ReadFile(d.config.State)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.rebuild(false); !errors.Is(err, state.ErrSound) {
		t.Errorf("error %v, want %v", err, state.ErrSound)
	}
	after, err := os.ReadFile(d.config.State)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the state was changed, %v", err)
	}
}
