package manual

import (
	"regexp"
	"strings"
)

// kind is what a block of a document is.
type kind uint8

const (
	heading kind = iota
	paragraph
	bullet
	code
	table
)

// block is a part of a document. Its text still has inline marks, except in code.
type block struct {
	kind  kind
	level int // of a heading
	text  string
	rows  [][]string // of a table, its header first
}

// parse splits Markdown into blocks. It knows what the documents use: headings,
// paragraphs, flat lists, fenced code and tables.
func parse(md string) (list []block) {
	lines := strings.Split(md, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "```"):
			b := block{kind: code}
			for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
				b.text += lines[i] + "\n"
			}
			list = append(list, b)
		case strings.HasPrefix(line, "#"):
			title := strings.TrimLeft(line, "#")
			list = append(list, block{kind: heading, level: len(line) - len(title), text: strings.TrimSpace(title)})
		case strings.HasPrefix(line, "|"):
			b := block{kind: table}
			for ; i < len(lines) && strings.HasPrefix(lines[i], "|"); i++ {
				if !rule.MatchString(lines[i]) {
					b.rows = append(b.rows, cells(lines[i]))
				}
			}
			i--
			list = append(list, b)
		default:
			b := block{kind: paragraph, text: line}
			if rest, ok := strings.CutPrefix(line, "- "); ok {
				b.kind, b.text = bullet, rest
			}
			for i+1 < len(lines) && continues(lines[i+1]) {
				i++
				b.text += " " + strings.TrimSpace(lines[i])
			}
			list = append(list, b)
		}
	}
	return list
}

// rule is the line below the header of a table.
var rule = regexp.MustCompile(`^\|[-|: ]+\|$`)

// continues reports whether a line goes on with the paragraph before it.
func continues(line string) bool {
	if strings.TrimSpace(line) == "" {
		return false
	}
	for _, begin := range []string{"- ", "#", "|", "```"} {
		if strings.HasPrefix(line, begin) {
			return false
		}
	}
	return true
}

// cells splits a row of a table.
func cells(row string) (list []string) {
	row = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(row), "|"), "|")
	for _, c := range strings.Split(strings.ReplaceAll(row, `\|`, "\x00"), "|") {
		list = append(list, strings.TrimSpace(strings.ReplaceAll(c, "\x00", "|")))
	}
	return list
}

// span is a piece of text between inline marks.
type span struct {
	text   string
	strong bool // also of code
}

var inline = regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*|\\[([^]]+)\\]\\(([^)]+)\\)")

// spans splits a text at its inline marks. Of links to other pages the address stays.
func spans(text string) (list []span) {
	for {
		m := inline.FindStringSubmatchIndex(text)
		if m == nil {
			return append(list, span{text: text})
		}
		list = append(list, span{text: text[:m[0]]})
		switch {
		case m[2] >= 0:
			list = append(list, span{text[m[2]:m[3]], true})
		case m[4] >= 0:
			list = append(list, span{text[m[4]:m[5]], true})
		default:
			list = append(list, spans(text[m[6]:m[7]])...)
			if to := text[m[8]:m[9]]; strings.Contains(to, "://") {
				list = append(list, span{text: " <" + to + ">"})
			}
		}
		text = text[m[1]:]
	}
}

// plain is a text without inline marks.
func plain(text string) string {
	var b strings.Builder
	for _, s := range spans(text) {
		b.WriteString(s.text)
	}
	return b.String()
}

// entries returns the rows of a table as terms with a text. The cells between the first
// and the last stand beside the term, with the names of their columns.
func (b *block) entries() (list []entry) {
	for _, row := range b.rows[1:] {
		e := entry{term: row[0]}
		last := len(row) - 1
		for i := 1; i < last; i++ {
			if row[i] != "" {
				e.beside = append(e.beside, b.rows[0][i]+": "+row[i])
			}
		}
		if e.text = row[last]; e.text != "" && last > 0 && len(b.rows[0]) > 2 && !described[b.rows[0][last]] {
			e.text = b.rows[0][last] + ": " + e.text
		}
		list = append(list, e)
	}
	return list
}

// described are the names of last columns that need not be said.
var described = map[string]bool{"meaning": true, "notes": true, "what to do": true}

// entry is a row of a table.
type entry struct {
	term   string
	beside []string
	text   string
}
