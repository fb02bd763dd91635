package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalSize returns the columns and rows of the terminal w, 0 where w is none.
func terminalSize(w io.Writer) (width, height int) {
	f, ok := w.(*os.File)
	if !ok {
		return 0, 0
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// columns is the width of help: that of the terminal, 80 where there is none.
func (a *app) columns() int {
	if width, _ := terminalSize(a.Out); width > 0 {
		return width
	}
	return 80
}

// drawsOn reports whether w is a terminal on which bars can be drawn.
func drawsOn(w io.Writer) bool {
	width, _ := terminalSize(w)
	return width > 0 && os.Getenv("TERM") != "dumb"
}

// screen is a terminal whose last lines may be bars. Lines written to it go above
// them.
type screen struct {
	w    io.Writer
	mu   sync.Mutex // guards bars, and w
	bars []string
}

// Write writes whole lines.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.put(string(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// draw replaces the bars.
func (s *screen) draw(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := len(s.bars)
	s.bars = lines
	_ = s.over(was, "") // a terminal that is gone needs no bars
}

// put writes text above the bars.
func (s *screen) put(text string) error { return s.over(len(s.bars), text) }

// over replaces the last rows by text and the bars, in one write, so that nothing
// flickers.
func (s *screen) over(rows int, text string) error {
	var b strings.Builder
	if rows > 0 {
		fmt.Fprintf(&b, "\r\x1b[%dA\x1b[J", rows)
	}
	b.WriteString(text)
	for _, l := range s.bars {
		b.WriteString(l + "\n")
	}
	_, err := io.WriteString(s.w, b.String())
	return err
}
