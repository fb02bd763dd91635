// Command pictures makes the pictures of README.md: a recording of the demo in a
// terminal, and the report of what it collected.
//
//	go run ./scripts/pictures
//
// It is run in the top folder of the repository and writes docs/images/demo.svg and
// docs/images/report.png. The report needs Chromium.
package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	images  = "docs/images"
	columns = 100
	lineDY  = 19                     // pixels
	charDX  = 8.43                   // pixels per column at a size of 14
	least   = 120 * time.Millisecond // between two lines, so that they can be followed
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "newsonce-pictures-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "newsonce")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/newsonce").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	demo := filepath.Join(dir, "demo")
	lines, err := record(exec.Command(program, "demo", "--dir", demo))
	if err != nil {
		return err
	}
	for i := range lines {
		lines[i].text = strings.ReplaceAll(lines[i].text, demo, "/tmp/demo")
	}
	if err := os.WriteFile(filepath.Join(images, "demo.svg"), []byte(svg("newsonce demo", lines)), 0o644); err != nil {
		return err
	}
	return picture(program, demo)
}

// line is a line of output, and when it came.
type line struct {
	at   time.Duration
	text string
}

// record runs a command and returns what it printed.
func record(cmd *exec.Cmd) ([]line, error) {
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		w.Close()
	}()
	var lines []line
	for s := bufio.NewScanner(r); s.Scan(); {
		lines = append(lines, line{time.Since(begun), s.Text()})
	}
	return lines, <-ended
}

// svg returns a picture of a terminal in which the lines appear one after the other.
func svg(command string, lines []line) string {
	var b strings.Builder
	height := (len(lines)+2)*lineDY + 24
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s in a terminal">
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d8dee9;white-space:pre}
.l{opacity:0;animation:a 1ms linear forwards}
@keyframes a{to{opacity:1}}
@media (prefers-reduced-motion:reduce){.l{animation:none;opacity:1}}
</style>
<rect width="100%%" height="100%%" rx="8" fill="#1d2129"/>
<text x="16" y="32">$ %s</text>
`, int(columns*charDX)+32, height, html.EscapeString(command), html.EscapeString(command))
	at := 600 * time.Millisecond
	before := time.Duration(0)
	for i, l := range lines {
		at += max(least, l.at-before)
		before = l.at
		text := l.text
		if utf8.RuneCountInString(text) > columns {
			text = string([]rune(text)[:columns-1]) + "…"
		}
		if text != "" {
			fmt.Fprintf(&b, "<text class=\"l\" style=\"animation-delay:%dms\" x=\"16\" y=\"%d\">%s</text>\n",
				at.Milliseconds(), 32+(i+1)*lineDY, html.EscapeString(text))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// picture takes a picture of the report of a demo.
func picture(program, demo string) error {
	report := filepath.Join(demo, "report.html")
	if out, err := exec.Command(program, "report", "-c", filepath.Join(demo, "crawl.yaml"), "-o", report).CombinedOutput(); err != nil {
		return fmt.Errorf("report: %w\n%s", err, out)
	}
	shot, err := filepath.Abs(filepath.Join(images, "report.png"))
	if err != nil {
		return err
	}
	out, err := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
		"--window-size=1000,1100", "--screenshot="+shot, "file://"+report).CombinedOutput()
	if err != nil {
		return fmt.Errorf("chromium: %w\n%s", err, out)
	}
	return nil
}
