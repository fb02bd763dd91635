package manual

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// printer makes manual pages in the macros of man(7).
type printer struct{ date, version string }

// begin is the title of a page and its NAME.
func (p *printer) begin(name string, section int, short string) string {
	return fmt.Sprintf(".TH %q %d %q %q %q\n.nh\n.ad l\n.SH NAME\n%s \\- %s\n", strings.ToUpper(name), section, p.date,
		"newsonce "+p.version, "newsonce manual", escape(name), escape(short))
}

// document is the page of a topic.
func (p *printer) document(name string, section int, short, md string) string {
	var b strings.Builder
	b.WriteString(p.begin(name, section, short) + ".SH DESCRIPTION\n")
	for _, bl := range parse(md) {
		roffBlock(&b, bl)
	}
	b.WriteString(".SH SEE ALSO\n.BR newsonce (1)\n")
	return finished(b.String())
}

func roffBlock(b *strings.Builder, bl block) {
	switch bl.kind {
	case heading:
		switch {
		case bl.level == 2:
			fmt.Fprintf(b, ".SH %s\n", strings.ToUpper(escape(plain(bl.text))))
		case bl.level > 2:
			fmt.Fprintf(b, ".SS %s\n", escape(plain(bl.text)))
		}
	case code:
		literal(b, bl.text)
	case bullet:
		fmt.Fprintf(b, ".IP \\(bu 2\n%s\n", inlined(bl.text))
	case table:
		for _, e := range bl.entries() {
			fmt.Fprintf(b, ".TP\n%s", inlined(e.term))
			if len(e.beside) > 0 {
				fmt.Fprintf(b, "  (%s)", inlined(strings.Join(e.beside, "; ")))
			}
			fmt.Fprintf(b, "\n%s\n", inlined(e.text))
		}
	default:
		fmt.Fprintf(b, ".PP\n%s\n", inlined(bl.text))
	}
}

var afterHeading = regexp.MustCompile(`(?m)^(\.S[HS] .*\n)\.PP\n`)

// finished is a page without the paragraph macros after headings, which begin paragraphs
// themselves.
func finished(page string) string { return afterHeading.ReplaceAllString(page, "$1") }

// literal writes lines as they are.
func literal(b *strings.Builder, text string) {
	b.WriteString(".PP\n.RS 2\n.nf\n")
	for line := range strings.Lines(text) {
		b.WriteString(escape(strings.TrimRight(line, "\n")) + "\n")
	}
	b.WriteString(".fi\n.RE\n")
}

// inlined is a text with its inline marks as fonts.
func inlined(text string) string {
	var b strings.Builder
	for _, s := range spans(text) {
		if s.strong {
			b.WriteString(`\fB` + escapeInside(s.text) + `\fR`)
		} else {
			b.WriteString(escapeInside(s.text))
		}
	}
	return guarded(b.String())
}

// escape is a line of text that roff prints as it is.
func escape(s string) string { return guarded(escapeInside(s)) }

var roffEscapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`)

func escapeInside(s string) string { return roffEscapes.Replace(s) }

// guarded keeps a line from being read as a request.
func guarded(s string) string {
	if strings.HasPrefix(s, ".") {
		return `\&` + s
	}
	return s
}

// commands adds the pages of a command and of those below it.
func (p *printer) commands(c *cobra.Command, pages map[string]string) {
	c.InitDefaultHelpFlag()
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
	pages[name+".1"] = p.command(c, name)
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			p.commands(sub, pages)
		}
	}
}

func (p *printer) command(c *cobra.Command, name string) string {
	var b strings.Builder
	b.WriteString(p.begin(name, 1, c.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n\\fB%s\\fR%s\n", escapeInside(c.CommandPath()),
		escapeInside(strings.TrimPrefix(c.UseLine(), c.CommandPath())))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, ".br\n\\fB%s\\fR command [flags]\n", escapeInside(c.CommandPath()))
	}
	b.WriteString(".SH DESCRIPTION\n")
	paragraphs(&b, c)
	if c.HasAvailableSubCommands() {
		b.WriteString(".SH COMMANDS\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "help" {
				fmt.Fprintf(&b, ".TP\n\\fB%s\\-%s\\fR(1)\n%s\n", escapeInside(name), escapeInside(sub.Name()), escape(sub.Short))
			}
		}
	}
	flags(&b, "OPTIONS", c.NonInheritedFlags())
	flags(&b, "GLOBAL OPTIONS", c.InheritedFlags())
	if c.HasExample() {
		b.WriteString(".SH EXAMPLES\n")
		literal(&b, c.Example)
	}
	if codes := c.Annotations["exits"]; codes != "" && codes != "runs" {
		fmt.Fprintf(&b, ".SH EXIT STATUS\n%s\n", escape(codes))
	} else if c.Runnable() {
		b.WriteString(".SH EXIT STATUS\n0 done, 1 failed, 2 wrong use; the others are in\n.BR newsonce\\-exit\\-codes (7).\n")
	}
	b.WriteString(".SH SEE ALSO\n.BR newsonce (1),\n.BR newsonce\\-config (5),\n.BR newsonce\\-sources (5),\n" +
		".BR newsonce\\-items (5),\n.BR newsonce\\-exit\\-codes (7)\n")
	return finished(b.String())
}

// paragraphs writes what a command does. Indented lines stay as they are.
func paragraphs(b *strings.Builder, c *cobra.Command) {
	long := c.Long
	if long == "" {
		long = c.Short + "."
	}
	for text := range strings.SplitSeq(strings.TrimSpace(long), "\n\n") {
		if strings.HasPrefix(text, "  ") || strings.HasPrefix(text, "\t") {
			literal(b, text)
			continue
		}
		b.WriteString(".PP\n")
		for line := range strings.SplitSeq(text, "\n") {
			b.WriteString(escape(strings.TrimSpace(line)) + "\n")
		}
	}
}

// flags writes a section about flags, if there are any.
func flags(b *strings.Builder, title string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		b.WriteString(".TP\n")
		if f.Shorthand != "" {
			fmt.Fprintf(b, "\\fB\\-%s\\fR, ", f.Shorthand)
		}
		fmt.Fprintf(b, "\\fB\\-\\-%s\\fR", escapeInside(f.Name))
		if value != "" {
			fmt.Fprintf(b, " \\fI%s\\fR", escapeInside(value))
		}
		switch f.DefValue {
		case "", "0", "false", "[]":
		default:
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(b, "\n%s\n", escape(text))
	})
}
