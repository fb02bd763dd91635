//go:build unix

package crawl

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/newsonce/newsonce/internal/demosite"
	"golang.org/x/net/html"
)

// BenchmarkWARC backfills a WARC file of the site with a gzip member per record, in a
// process of its own. It reports the CPU time per page, that of decompressing the same
// file and parsing the same pages, and the ratio of the two.
//
//	go test -run '^$' -bench WARC -benchtime 5x ./crawl
func BenchmarkWARC(b *testing.B) {
	w := demosite.New(world(*articles))
	if err := w.Place([]string{"http://127.0.0.1:8099"}); err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	if err := w.WriteWARC(&file, true); err != nil {
		b.Fatal(err)
	}
	var ours, bare, ratios []float64
	for b.Loop() {
		pages, took := parseAll(b, file.Bytes())
		base := took.Seconds() * 1000 / float64(pages)
		own := backfillWARC(b, w, file.Bytes()).Seconds() * 1000 / float64(pages)
		ours, bare, ratios = append(ours, own), append(bare, base), append(ratios, own/base)
	}
	b.ReportMetric(median(ours), "ms/page")
	b.ReportMetric(median(bare), "bare-ms/page")
	b.ReportMetric(median(ratios), "ratio")
}

// parseAll decompresses a WARC file and parses its pages. It returns their number and
// the CPU time.
func parseAll(tb testing.TB, file []byte) (pages int, took time.Duration) {
	tb.Helper()
	begun := ownCPU(tb)
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	for len(text) > 0 {
		head, rest, ok := bytes.Cut(text, []byte("\r\n\r\n"))
		if !ok {
			tb.Fatal("a record without a block")
		}
		var size int
		for line := range strings.Lines(string(head)) {
			fmt.Sscanf(line, "Content-Length: %d", &size)
		}
		block := rest[:size]
		text = bytes.TrimPrefix(rest[size:], []byte("\r\n\r\n"))
		if answer, body, ok := bytes.Cut(block, []byte("\r\n\r\n")); ok &&
			bytes.HasPrefix(answer, []byte("HTTP/1.1 200")) && bytes.Contains(answer, []byte("text/html")) {
			if _, err := html.Parse(bytes.NewReader(body)); err != nil {
				tb.Fatal(err)
			}
			pages++
		}
	}
	return pages, ownCPU(tb) - begun
}

func ownCPU(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// backfillWARC runs the program on a WARC file and checks its output.
func backfillWARC(tb testing.TB, w *demosite.World, file []byte) time.Duration {
	tb.Helper()
	dir := tb.TempDir()
	config := w.Config(dir, demosite.WithSelectors)
	at := strings.Index(config, "      - listing:")
	end := at + strings.IndexByte(config[at:], '\n')
	config = config[:at] + fmt.Sprintf("      - warc: {files: [world.warc.gz], hosts: [%q]}",
		"127.0.0.1:8099") + config[end:]
	config = strings.Replace(config, "    sources:", "    hosts: [\"127.0.0.1:8099\"]\n    sources:", 1)
	for name, text := range map[string][]byte{"crawl.yaml": []byte(config), "world.warc.gz": file} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	c := process(programRole, "", dir)
	if text, err := c.CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	f, err := os.Open(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	truth := w.Truth().By(demosite.ByID)
	truth.Sources = []string{"warc", "headline"}
	if problems := truth.Check(f); len(problems) > 0 {
		tb.Fatalf("%d differences from what the site published, the first: %s", len(problems), problems[0])
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}
