package main

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// gold is the right answer for a page. Fields that a set does not judge are empty.
type gold struct {
	ID        string     `json:"id"`
	Text      string     `json:"text"`
	Title     string     `json:"title"`
	Date      string     `json:"date"`
	Authors   []string   `json:"authors"`
	With      []string   `json:"with"`    // must be in the text
	Without   []string   `json:"without"` // must not
	Headlines []headline `json:"headlines"`
}

type headline struct {
	Title     string `json:"title"`
	URL       string `json:"url"`
	Published string `json:"published"`
}

// share counts right answers.
type share struct{ right, of int }

func (s *share) add(right bool) {
	s.of++
	if right {
		s.right++
	}
}

func (s share) value() float64 { return float64(s.right) / float64(max(1, s.of)) }

// counts holds true positives, false positives and false negatives.
type counts struct{ tp, fp, fn int }

func (c *counts) add(o counts) { c.tp, c.fp, c.fn = c.tp+o.tp, c.fp+o.fp, c.fn+o.fn }

func (c counts) precision() float64 { return ratio(c.tp, c.tp+c.fp) }
func (c counts) recall() float64    { return ratio(c.tp, c.tp+c.fn) }
func (c counts) f1() float64        { return harmonic(c.precision(), c.recall()) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func harmonic(a, b float64) float64 {
	if a+b == 0 {
		return 0
	}
	return 2 * a * b / (a + b)
}

// score is the score of a set. Precision and recall are those of sequences of four
// words, averaged over the pages, as in Scrapinghub's article extraction benchmark.
// The F1 of the body is their harmonic mean.
type score struct {
	precision, recall   []float64
	segments            counts
	title, author, date share
	lists               []float64 // F1 of the titles of headlines, by page
	targets             counts    // their URLs
	dated               share     // dated pairs that are right
}

func (s *score) body() float64 { return harmonic(mean(s.precision), mean(s.recall)) }

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(1, len(v)))
}

func median[T float64 | time.Duration](v []T) T {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

func scoreOf(pages []page, answers []answer) (s score) {
	for k := range pages {
		s.page(&pages[k], &answers[k])
	}
	return s
}

func (s *score) page(p *page, a *answer) {
	g := &p.gold
	if g.Text != "" {
		want, got := sequences(g.Text), sequences(a.text)
		c := compare(want, got)
		if len(got) > 0 { // a page without a text counts in the recall
			s.precision = append(s.precision, c.precision())
		}
		if len(want) > 0 {
			s.recall = append(s.recall, c.recall())
		}
	}
	text := squeezed(a.text)
	for _, part := range g.With {
		if strings.Contains(text, squeezed(part)) {
			s.segments.tp++
		} else {
			s.segments.fn++
		}
	}
	for _, part := range g.Without {
		if strings.Contains(text, squeezed(part)) {
			s.segments.fp++
		}
	}
	if g.Title != "" {
		s.title.add(folded(g.Title) == folded(a.title))
	}
	if g.Date != "" {
		s.date.add(sameDay(g.Date, a.day))
	}
	if len(g.Authors) > 0 {
		s.author.add(slices.Equal(people(g.Authors), people(a.authors)))
	}
	if len(g.Headlines) > 0 {
		s.headlines(p, a)
	}
}

// headlines compares headline lists. The gold holds dated headlines only, so an undated
// headline that is not in it is not judged.
func (s *score) headlines(p *page, a *answer) {
	titles, targets := map[string]int{}, map[string]int{}
	days := map[string]string{}
	for _, h := range p.gold.Headlines {
		titles[folded(h.Title)] = 1
		if h.URL != "" {
			targets[target(p.url, h.URL)] = 1
		}
		days[folded(h.Title)] = h.Published
	}
	gotTitles, gotTargets := map[string]int{}, map[string]int{}
	right := 0
	for _, h := range a.headlines {
		title, to := folded(h.Title), target(p.url, h.URL)
		if h.Published == "" && titles[title] == 0 && (h.URL == "" || targets[to] == 0) {
			continue
		}
		gotTitles[title] = 1
		if h.URL != "" {
			gotTargets[to] = 1
		}
		if want := days[title]; want != "" && sameDay(want, h.Published) {
			right++
			days[title] = "" // once
		}
	}
	of := 0
	for _, h := range p.gold.Headlines {
		if h.Published != "" {
			of++
		}
	}
	s.dated.right += right
	s.dated.of += of
	s.lists = append(s.lists, compare(titles, gotTitles).f1())
	s.targets.add(compare(targets, gotTargets))
}

func compare(want, got map[string]int) (c counts) {
	for k, n := range got {
		c.tp += min(n, want[k])
		c.fp += max(0, n-want[k])
	}
	for k, n := range want {
		c.fn += max(0, n-got[k])
	}
	return c
}

// sequences counts the sequences of four words. A shorter text is one sequence.
func sequences(s string) map[string]int {
	const length = 4
	w := wordsOf(s)
	out := map[string]int{}
	if len(w) > 0 && len(w) < length {
		out[strings.Join(w, " ")]++
	}
	for i := 0; i+length <= len(w); i++ {
		out[strings.Join(w[i:i+length], " ")]++
	}
	return out
}

// wordsOf returns the words of s. In scripts without spaces each letter is a word.
func wordsOf(s string) []string {
	var out []string
	from := -1
	end := func(i int) {
		if from >= 0 {
			out = append(out, s[from:i])
			from = -1
		}
	}
	for i, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Myanmar, unicode.Khmer,
			unicode.Lao):
			end(i)
			out = append(out, string(r))
		case inWord(r):
			if from < 0 {
				from = i
			}
		default:
			end(i)
		}
	}
	end(len(s))
	return out
}

func inWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// folded returns s without case and punctuation.
func folded(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !inWord(r) }), " ")
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

var (
	betweenNames = regexp.MustCompile(`(?i)\s*(?:;|,|\||/|&|\n|\s(?:and|und|et|y|e)\s)\s*`)
	beforeName   = regexp.MustCompile(`(?i)^\s*(?:by|von|par|por|di|de|text:|von:)\s+`)
)

// people returns the distinct names in list, folded and sorted.
func people(list []string) []string {
	var out []string
	for _, s := range list {
		for _, name := range betweenNames.Split(s, -1) {
			if name = folded(beforeName.ReplaceAllString(name, "")); name != "" {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sameDay reports whether both are the same day: as written or, if both have a zone, in
// the zone of want or in UTC.
func sameDay(want, got string) bool {
	w, wZoned, ok := readDate(want)
	g, gZoned, ok2 := readDate(got)
	if !ok || !ok2 {
		return false
	}
	if w.Format(time.DateOnly) == g.Format(time.DateOnly) {
		return true
	}
	return wZoned && gZoned && (g.In(w.Location()).Format(time.DateOnly) == w.Format(time.DateOnly) ||
		g.UTC().Format(time.DateOnly) == w.UTC().Format(time.DateOnly))
}

func readDate(s string) (t time.Time, zoned, ok bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999-07:00", "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true, true
		}
	}
	if len(s) == len("20060102") {
		t, err := time.Parse("20060102", s)
		return t, false, err == nil
	}
	if len(s) < len(time.DateOnly) {
		return t, false, false
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	return t, false, err == nil
}

// target returns the form of a URL by which headlines are compared: absolute, without
// scheme, www., fragment, utm parameters and trailing slash.
func target(base *url.URL, ref string) string {
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil {
		return ref
	}
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "utm_") {
			q.Del(name)
		}
	}
	out := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + u.EscapedPath()
	if len(q) > 0 {
		out += "?" + q.Encode()
	}
	return strings.TrimSuffix(out, "/")
}
