package propose

import (
	"fmt"
	"slices"
	"time"
)

// Expect is what the site can be expected to give.
type Expect struct {
	Title  bool      // its article has a title
	Date   bool      // its article has a date of publication
	Days   int       // something new comes at least once in this number of days; 0: unknown
	PerDay float64   // articles a day, as dated in its lists; 0: unknown
	Newest time.Time // of those
}

const (
	// datedEntries is the smallest number of dated entries that tell how often
	// something new comes.
	datedEntries = 5
	// Silence is odd when it lasts as long as safetyGaps of the longest gaps between two
	// articles, and as safetyArticles articles take.
	safetyGaps     = 2
	safetyArticles = 8
	// A list that shows no weekend may be that of a site that rests then, unless it
	// has as many articles a day as busy.
	busy        = 10
	overWeekend = 4 * day

	day = 24 * time.Hour
)

// silentDays are the periods that are proposed, from the shortest: over a weekend even
// a busy site may rest.
var silentDays = []int{2, 3, 4, 7, 14, 30}

// expect returns the expectations that the pages support.
func (d *draft) expect() Expect {
	var e Expect
	if d.article != nil && d.article.got.Article != nil {
		e.Title, e.Date = true, true
		for _, r := range append([]*reading{d.article}, d.more...) {
			a := r.got.Article
			e.Title, e.Date = e.Title && a.Title != "", e.Date && !a.DatePublished.IsZero()
		}
	}
	for _, r := range pages(d.listing, d.links, d.article) {
		if dates := r.dates(); len(dates) >= datedEntries {
			e.Days, e.PerDay = frequency(dates, r.in.FetchedAt)
			e.Newest = dates[0]
			break
		}
	}
	return e
}

// dates returns the dates of the entries of a page, each entry once, the newest first.
// The oldest fifth is left out, since some lists end with old favourites.
func (r *reading) dates() []time.Time {
	seen := map[string]bool{}
	var dates []time.Time
	for _, h := range r.got.Headlines {
		if key := h.URL + h.Title; !h.Date.IsZero() && !seen[key] && h.Date.Time.Before(r.in.FetchedAt.Add(day)) {
			seen[key] = true
			dates = append(dates, h.Date.Time)
		}
	}
	slices.SortFunc(dates, func(a, b time.Time) int { return b.Compare(a) })
	return dates[:len(dates)-len(dates)/5]
}

// frequency returns how many articles a day the dates of a list tell of, and after how
// many days without one something is wrong, 0 for more than any of silentDays. The
// newest date comes first; the time from it until now is a gap like the others.
func frequency(dates []time.Time, now time.Time) (days int, perDay float64) {
	longest, weekend := now.Sub(dates[0]), false
	for i, t := range dates {
		weekend = weekend || t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
		if i > 0 {
			longest = max(longest, dates[i-1].Sub(t))
		}
	}
	span := max(day, dates[0].Sub(dates[len(dates)-1]))
	perDay = float64(len(dates)) / (float64(span) / float64(day))
	least := max(safetyGaps*longest, time.Duration(safetyArticles/perDay*float64(day)))
	if !weekend && perDay < busy {
		least = max(least, overWeekend)
	}
	for _, n := range silentDays {
		if least <= time.Duration(n)*day {
			return n, perDay
		}
	}
	return 0, perDay
}

const (
	fewPages, manyPages = 5, 50 // bounds of the proposed max_pages
	// coveredDays is the pause between two runs that the pages of a pass should cover.
	coveredDays = 7
)

// maxPages returns how many pages of a listing hold the articles of coveredDays.
func maxPages(perDay float64, links int) int {
	if links == 0 {
		return fewPages
	}
	return min(manyPages, max(fewPages, int(coveredDays*perDay)/links+1))
}

// heldShare is the share of the last articles that a proposal expects to have a field. A
// change of mark-up empties all of them, while films, galleries and tickers among the
// articles may lack a text or a date.
const heldShare = 0.8

// expect writes the expectations. A comment must not come last, since it would belong to
// what follows the entry.
func (w *writer) expect(e Expect) {
	w.line("    expect:   # exit code 4 when one of these is broken")
	switch {
	case e.PerDay == 0:
		w.line("      # new: \">=1/7d\"   # no dates tell how often something new comes; set it to hear of silence")
	case e.Days == 0:
		w.line("      # new: \">=1/90d\"   # about %s up to %s", often(e.PerDay), e.Newest.Format(time.DateOnly))
	default:
		w.line("      new: \">=1/%dd\"   # about %s up to %s; silence for longer is odd", e.Days, often(e.PerDay),
			e.Newest.Format(time.DateOnly))
	}
	if e.Title {
		w.line("      article.title: %g", heldShare)
	}
	if e.Date {
		w.line("      article.date_published: %g", heldShare)
	}
	w.line("      article.content_text: %g   # share of the last articles with a text", heldShare)
}

// often says how often something new comes.
func often(perDay float64) string {
	if perDay >= 1.5 {
		return fmt.Sprintf("%.0f articles a day", perDay)
	}
	return fmt.Sprintf("%.0f a week", max(1, 7*perDay))
}
