package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

const (
	beginMark = "<!-- extraction: written by bench/extract -->"
	endMark   = "<!-- extraction: end -->"
)

// markdown returns the section of docs/benchmarks.md.
func markdown(results []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, `## Extraction without selectors

    cd bench && go run ./extract -data $NEWSONCE_DATA/extract -write ../docs/benchmarks.md

These pages are open: the rules were made with a look at them, so expect lower figures on pages of other sites.

Every extractor reads the same stored pages, one after the other, in one process; %s, GOMAXPROCS %d. Body: F1 of sequences
of four words (precision and recall averaged over the pages). Segments: F1 of passages that must and must not be there. Title:
equal except for case and punctuation. Authors: the same set of names. Date: the same day. CPU: processor time, parsing and garbage
collection included, over that of `+"`html.Parse`"+` on the same pages right before, the median of the rounds. Slowest page: its best round.

| set | pages | extractor | body | segments | title | authors | date | CPU / parse | ms per page | slowest page, ms | failed |
|---|---|---|---|---|---|---|---|---|---|---|---|
`, runtime.Version(), runtime.GOMAXPROCS(0))
	for _, r := range results {
		s := &r.score
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s | %s | %s | %.2f | %.2f | %.0f | %d |\n", r.set, r.pages, r.subject,
			cell(s.body(), len(s.recall)), cell(s.segments.f1(), s.segments.tp+s.segments.fn), cell(s.title.value(), s.title.of),
			cell(s.author.value(), s.author.of), cell(s.date.value(), s.date.of),
			r.ratio, milliseconds(r.cpu)/float64(max(1, r.pages)), milliseconds(r.slowest), r.failed)
	}
	b.WriteString("\nAll sets together:\n\n| extractor | CPU / parse | pages that failed | slowest page, ms |\n|---|---|---|---|\n")
	for _, subject := range subjects {
		var all result
		parse := 0.0
		for _, r := range results {
			if r.subject == subject.name {
				all.cpu, all.failed, all.slowest = all.cpu+r.cpu, all.failed+r.failed, max(all.slowest, r.slowest)
				parse += float64(r.cpu) / max(r.ratio, 1e-9)
			}
		}
		fmt.Fprintf(&b, "| %s | %.2f | %d | %.0f |\n", subject.name, float64(all.cpu)/max(parse, 1), all.failed,
			milliseconds(all.slowest))
	}
	for _, r := range results {
		s := &r.score
		if len(s.lists) == 0 || r.subject != subjects[0].name {
			continue
		}
		fmt.Fprintf(&b, `
Headline lists (set %s, %d pages; the others find none): title F1 %.3f (mean over the pages), URL F1 %.3f, dated pairs right %.3f
(%d of %d).
`, r.set, r.pages, mean(s.lists), s.targets.f1(), s.dated.value(), s.dated.right, s.dated.of)
	}
	return b.String()
}

// cell returns a value, or a dash if nothing was judged.
func cell(v float64, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
