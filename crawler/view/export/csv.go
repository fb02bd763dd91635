package export

import (
	"encoding/csv"
	"io"
	"strings"
)

// csvWriter writes RFC 4180: CRLF, quotes where needed. The byte order mark at the start
// makes spreadsheets read UTF-8.
type csvWriter struct {
	csv   *csv.Writer
	cells []string
}

func newCSV(w io.Writer) *csvWriter {
	c := &csvWriter{csv: csv.NewWriter(w), cells: make([]string, len(columns))}
	c.csv.UseCRLF = true
	copy(c.cells, Columns())
	c.cells[0] = "\ufeff" + c.cells[0]
	_ = c.csv.Write(c.cells) // an error stays in the csv.Writer, and Flush returns it
	return c
}

func (c *csvWriter) write(r *record) error {
	for i, column := range columns {
		v := column.of(r)
		c.cells[i] = text(v)
		switch v.(type) {
		case string, []string:
			c.cells[i] = cell(c.cells[i])
		}
	}
	return c.csv.Write(c.cells)
}

func (c *csvWriter) finish() error {
	c.csv.Flush()
	return c.csv.Error()
}

// cell makes a text harmless that a spreadsheet would run as a formula (OWASP, CSV
// injection): an apostrophe before it marks it as text. Line breaks become those of
// Unix, which csv.Writer writes as CRLF.
func cell(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s[:min(len(s), 4)])[0]) {
		s = "'" + s
	}
	return strings.ReplaceAll(s, "\x00", "\ufffd")
}
