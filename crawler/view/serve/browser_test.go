package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// TestBrowser opens the report and all pages in Chromium, wide and as on a phone, light
// and dark: no error on the console, no request that leaves this machine, nothing wider
// than the screen, and nothing serious found by axe-core.
//
// It is skipped without Chromium, and in part without axe-core, whose folder the variable
// NEWSONCE_AXE names; with CI=true both must be there. Screenshots are saved in the folder
// NEWSONCE_SCREENSHOTS, if that is set.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	s := serverOf(t, sample(), func(o *Options) { o.Metrics = http.NotFoundHandler() })
	server := httptest.NewServer(s)
	defer server.Close()
	r, err := s.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Write(f); err != nil {
		t.Fatal(err)
	}
	f.Close()
	for name, address := range map[string]string{
		"report":   "file://" + file,
		"overview": server.URL + "/",
		"search":   server.URL + "/search?q=harbour&from=2026-11-01",
		"nothing":  server.URL + "/search?q=ha*",
		"item":     server.URL + "/item/article/a1",
		"arabic":   server.URL + "/item/article/ar",
		"hostile":  server.URL + "/item/article/x",
		"headline": server.URL + "/item/headline/h1",
		"cluster":  server.URL + "/cluster/a1",
		"missing":  server.URL + "/item/article/none",
	} {
		for _, screen := range []struct {
			name          string
			width, height int64
			scheme        string
		}{{"1280", 1280, 900, "light"}, {"390", 390, 844, "light"}, {"390-dark", 390, 844, "dark"}} {
			t.Run(name+"-"+screen.name, func(t *testing.T) {
				b.look(t, address, screen.width, screen.height, screen.scheme)
			})
		}
	}
}

// browser is a running Chromium.
type browser struct {
	ctx  context.Context
	axe  string // its script, "" if it is not there
	save string // folder of screenshots
}

// missing skips the test, or a part of it, where a tool is not installed. CI has them all.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Log(what)
}

func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		missing(t, "Chromium is not installed; on Debian: apt-get install chromium")
		t.SkipNow()
	}
	b := &browser{save: os.Getenv("NEWSONCE_SCREENSHOTS")}
	if folder := os.Getenv("NEWSONCE_AXE"); folder == "" {
		missing(t, "NEWSONCE_AXE names no folder with axe.min.js of axe-core; accessibility is not checked")
	} else if script, err := os.ReadFile(filepath.Join(folder, "axe.min.js")); err != nil {
		t.Fatal(err)
	} else {
		b.axe = string(script)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(10*time.Minute))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Log(err)
		}
		cancel()
		stop()
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	b.ctx = ctx
	return b
}

// look opens a page in a tab of its own and checks it.
func (b *browser) look(t *testing.T, address string, width, height int64, scheme string) {
	ctx, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 10*time.Minute)
	defer stop()
	seen := &listener{address: address}
	chromedp.ListenTarget(ctx, seen.event)
	var picture []byte
	var overflow int
	for _, step := range []struct {
		name   string
		action chromedp.Action
	}{
		{"prepare the tab", chromedp.Tasks{network.Enable(), log.Enable(), runtime.Enable(), chromedp.EmulateViewport(width, height),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})}},
		{"load the page", chromedp.Navigate(address)},
		{"find its content", chromedp.WaitReady("main")},
		{"measure it", chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &overflow)},
		{"picture it", chromedp.FullScreenshot(&picture, 100)},
	} {
		if err := chromedp.Run(ctx, step.action); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
	}
	if b.save != "" {
		name := strings.ReplaceAll(strings.TrimPrefix(t.Name(), "TestBrowser/"), "/", "-") + ".png"
		if err := os.WriteFile(filepath.Join(b.save, name), picture, 0o600); err != nil {
			t.Error(err)
		}
	}
	if overflow > 0 {
		t.Errorf("the page is %d pixels wider than the screen", overflow)
	}
	b.accessible(t, ctx)
	seen.mu.Lock()
	defer seen.mu.Unlock()
	for _, fault := range seen.faults {
		t.Error(fault)
	}
	if seen.requests == 0 {
		t.Error("no request was seen")
	}
}

// accessible runs axe-core in the page.
func (b *browser) accessible(t *testing.T, ctx context.Context) {
	if b.axe == "" {
		return
	}
	var found string
	run := `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify({passes: r.passes.length,
		violations: r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help,
			nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary)}))}))`
	err := chromedp.Run(ctx, chromedp.Evaluate(b.axe+"; true", nil), chromedp.Evaluate(run, &found,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if err != nil {
		t.Fatalf("axe-core: %v", err)
	}
	var result struct {
		Passes     int
		Violations []struct {
			ID, Impact, Help string
			Nodes            []string
		}
	}
	if err := json.Unmarshal([]byte(found), &result); err != nil {
		t.Fatal(err)
	}
	if result.Passes < 10 {
		t.Errorf("axe-core checked %d rules only", result.Passes)
	}
	for _, v := range result.Violations {
		message := fmt.Sprintf("axe-core, %s: %s (%s): %s", v.Impact, v.Help, v.ID, strings.Join(v.Nodes, "\n\t"))
		if v.Impact == "serious" || v.Impact == "critical" {
			t.Error(message)
		} else {
			t.Log(message)
		}
	}
}

// listener collects what a page does wrong.
type listener struct {
	address  string
	mu       sync.Mutex // guards what follows
	requests int
	faults   []string
}

func (l *listener) event(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		l.requests++
		if !stays(e.Request.URL) {
			l.faults = append(l.faults, "request to "+e.Request.URL)
		}
	case *runtime.EventConsoleAPICalled:
		l.faults = append(l.faults, fmt.Sprintf("console %s: %v", e.Type, e.Args))
	case *runtime.EventExceptionThrown:
		l.faults = append(l.faults, "exception: "+e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		// A page that does not exist is what one of the addresses is about.
		if e.Entry.Level == log.LevelError && !(e.Entry.Source == log.SourceNetwork && e.Entry.URL == l.address) {
			l.faults = append(l.faults, fmt.Sprintf("log: %s %s", e.Entry.Text, e.Entry.URL))
		}
	}
}

// stays reports whether a request stays on this machine.
func stays(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "file", "data", "about":
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}

// sample are items with what is hard to show: long words, other scripts, many sites,
// hostile values, many days.
func sample() string {
	var b strings.Builder
	b.WriteString(items)
	fmt.Fprintf(&b, `{"type":"article",%s,"fetched_at":"2026-11-30T03:00:00Z"}`+"\n", hostile["script in the title"])
	b.WriteString(`{"type":"article","id":"ar","site":"courier","url":"https://courier.example/news/2026/11/a-very-long-address-that-has-no-place-to-break-` +
		strings.Repeat("x", 150) + `","title":"افتتاح ميناء بوتي","content_text":"افتتح ميناء بوتي يوم الاثنين.\n\n` + strings.Repeat("W", 200) +
		`","language":"ar","date_published":"2026-11-30","authors":[{"name":"ليلى حداد"}],"tags":["ميناء","port"],"fetched_at":"2026-11-30T03:00:00Z"}` + "\n")
	for i := range 300 {
		at := now.AddDate(0, 0, -i/8).Format(time.RFC3339)
		site := []string{"courier", "gazette", "mirror", "a-site-with-a-long-name"}[i%4]
		fmt.Fprintf(&b, `{"type":"article","id":"n%d","site":"%s","url":"https://%s.example/%d","title":"Harbour story number %d, with a title of usual length","content_text":"`+
			`The harbour was busy on the day that this is about. %s","date_published":"%s","fetched_at":"%s"%s}`+"\n",
			i, site, site, i, i, strings.Repeat("Then came more of it. ", 30), at, at, map[bool]string{true: `,"authors":[{"name":"Nino Beridze"}]`}[i%3 == 0])
		fmt.Fprintf(&b, `{"type":"headline","id":"hn%d","site":"%s","title":"Harbour story number %d","first_seen":"%s"}`+"\n", i, site, i, at)
	}
	return b.String()
}
