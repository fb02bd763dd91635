package report

import (
	"bytes"
	"fmt"
	"html/template"

	svg "github.com/ajstarks/svgo"
)

// Sizes of a plot, in user units of its view box.
const (
	plotWidth  = 600
	plotHeight = 65
	plotBase   = 64 // of the bars
)

// bar is one step of a plot: a value, and beside it another one in some plots.
type bar struct {
	label  string // of the values, shown on hover
	height float64
	beside float64
	none   bool // no value is known
}

// bars draws values as an SVG image with a name, from the first to the last label. The
// second value of a bar has the class b, and a scale of its own. Colours come from classes
// of the page, so that its style sheet and a strict CSP apply. svgo writes elements one by
// one. gonum/plot, which draws by svgo too, sets colours in style attributes and has no
// text for single values.
func bars(name, class string, values []bar, first, last string) template.HTML {
	var top, besideTop float64
	for _, v := range values {
		top, besideTop = max(top, v.height), max(besideTop, v.beside)
	}
	var b bytes.Buffer
	s := svg.New(&b)
	s.Startraw(fmt.Sprintf(`viewBox="0 0 %d %d" preserveAspectRatio="none" class="plot %s" role="img" aria-label="%s"`,
		plotWidth, plotHeight, class, template.HTMLEscapeString(name)))
	for i, v := range values {
		x, next := i*plotWidth/len(values), (i+1)*plotWidth/len(values)
		if v.height == 0 && v.beside == 0 && !v.none {
			continue
		}
		s.Group()
		s.Title(v.label)
		middle := next - 1
		if besideTop > 0 {
			middle = (x + next) / 2
		}
		column(s, "", x+1, middle, v.height, top)
		column(s, `class="b"`, middle, next-1, v.beside, besideTop)
		if v.none {
			s.Path(box(x+1, plotBase-1, next-x-2, 1), `class="none"`)
		}
		s.Gend()
	}
	s.Path(fmt.Sprintf("M0 %dh%d", plotBase, plotWidth), `class="axis"`)
	s.End()
	// The XML declaration and comment of a file have no place in a page.
	_, text, _ := bytes.Cut(b.Bytes(), []byte("<svg"))
	ends := fmt.Sprintf(`<p class="ends"><span>%s</span><span>%s</span></p>`, template.HTMLEscapeString(first),
		template.HTMLEscapeString(last))
	return template.HTML("<svg" + string(text) + ends) // every text in it was escaped by svgo or above
}

// column draws one bar from x to end, if it has a value.
func column(s *svg.SVG, class string, x, end int, value, top float64) {
	if value <= 0 {
		return
	}
	h := max(1, int(value/top*(plotBase-4)))
	path := box(x, plotBase-h, max(1, end-x), h)
	if class == "" {
		s.Path(path)
	} else {
		s.Path(path, class)
	}
}

func box(x, y, width, height int) string {
	return fmt.Sprintf("M%d %dh%dv%dh-%dz", x, y, width, height, width)
}

// DayPlot shows the new articles and headlines of each of the last days.
func (s *Site) DayPlot() template.HTML {
	values := make([]bar, len(s.Days))
	for i, d := range s.Days {
		values[i] = bar{label: fmt.Sprintf("%s: articles %d, headlines %d", d.Name, d.Articles, d.Headlines),
			height: float64(d.Articles), beside: float64(d.Headlines)}
	}
	from, to := s.Days[0].Name, s.Days[plotDays-1].Name
	return bars(fmt.Sprintf("new articles and headlines of %s per day, %s to %s, %s", s.Name, from, to, s.Zone), "days",
		values, from, to)
}

// Plot shows the share of articles without the field, by week.
func (f Field) Plot() template.HTML {
	values := make([]bar, len(f.Weeks))
	for i, share := range f.Weeks {
		values[i] = bar{label: fmt.Sprintf("week of %s: %.0f %% empty", f.Starts[i], share*100), height: share}
		if share < 0 {
			values[i] = bar{label: fmt.Sprintf("week of %s: no articles", f.Starts[i]), none: true}
		}
	}
	return bars("share of articles without "+f.Name+", by week", "empty", values, f.Starts[0], f.Starts[len(f.Starts)-1])
}

// RunPlot shows how long the last runs took, oldest first.
func (r *Report) RunPlot() template.HTML {
	var values []bar
	for i := len(r.Runs) - 1; i >= 0; i-- {
		run := &r.Runs[i]
		values = append(values, bar{
			label:  fmt.Sprintf("%s %s: %.1f s, exit code %d", at(run.Run.Begun), run.Run.Command, run.Seconds, run.Run.Exit),
			height: run.Seconds, none: run.Broken,
		})
	}
	return bars("duration of the last runs, in seconds", "runs", values, at(r.Runs[len(r.Runs)-1].Run.Begun), at(r.Runs[0].Run.Begun))
}
