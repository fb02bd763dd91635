package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

// runCommand runs a command to its end and returns what it wrote on standard output.
func runCommand(t *testing.T, args ...string) string {
	t.Helper()
	var out, messages strings.Builder
	if code := cli.Main(t.Context(), args, cli.Options{Out: &out, Err: &messages}); code != 0 {
		t.Fatalf("newsonce %q: exit %d: %s", args, code, messages.String())
	}
	return out.String()
}

// TestServe crawls, serves what was found, forgets an article meanwhile, and stops.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	runCommand(t, "-q", "demo", "--dir", dir, "--articles", "9")
	conf := filepath.Join(dir, "crawl.yaml")

	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	messages, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, []string{"-c", conf, "serve", "--listen", "127.0.0.1:0"}, cli.Options{Out: io.Discard, Err: w})
		w.Close()
	}()
	said, err := bufio.NewReader(messages).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, messages)
	address, ok := strings.CutPrefix(strings.TrimSpace(said), "newsonce serve: ")
	if !ok {
		t.Fatalf("said %q, want an address", said)
	}
	// The index may not be complete yet.
	var found search
	waitFor(t, "articles", func() bool {
		found = searchFor(t, address, "")
		return len(found.Items) > 0 && strings.HasPrefix(getPage(t, address+"healthz"), "ok\n")
	})
	if page := getPage(t, address); !strings.Contains(page, found.Items[0].Title) {
		t.Errorf("the overview lacks %q", found.Items[0].Title)
	}
	forgotten := found.Items[0]
	if out := runCommand(t, "-c", conf, "--json", "forget", forgotten.URL); !strings.Contains(out, `"indexed":`) || strings.Contains(out, `"indexed":0`) {
		t.Errorf("forget said %s, want lines that were removed from the index", out)
	}
	for _, item := range searchFor(t, address, forgotten.Title).Items {
		if item.ID == forgotten.ID {
			t.Errorf("%s is found although it was forgotten", item.URL)
		}
	}
	stop(cli.Interrupted(syscall.SIGTERM))
	if code := <-ended; code != 143 {
		t.Errorf("exit %d after SIGTERM, want 143", code)
	}
	http.DefaultClient.CloseIdleConnections()
}

type search struct {
	Items []struct{ ID, URL, Title string }
}

func searchFor(t *testing.T, address, text string) (found search) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"api/search", nil)
	if err != nil {
		t.Fatal(err)
	}
	q := req.URL.Query()
	q.Set("q", text)
	req.URL.RawQuery = q.Encode()
	if err := json.Unmarshal([]byte(getPage(t, req.URL.String())), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func getPage(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v: %s", url, resp.StatusCode, err, body)
	}
	return string(body)
}

// waitFor calls done until it returns true.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s after a minute", what)
		}
	}
}
