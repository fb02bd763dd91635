package extract

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// list is a headline list found by structure.
type list struct {
	name      string
	container int32
	entries   []entry
}

// Bounds of what counts as a headline list, in characters of text but for the
// last two, which are in bytes.
const (
	minListEntries = 3
	maxEntryText   = 700 // of one entry, its summary included
	maxGapText     = 160 // between two entries
	maxBeside      = 60  // on the title's own line, beside the title
	maxTitle       = 400
)

// lists finds the headline lists of the page: entries that repeat within one
// parent, each with one link that reads like a title. The result is kept.
func (p *page) lists() []list {
	if p.found != nil {
		return p.found
	}
	p.found = []list{}
	p.countParts()
	links := p.titleLinks()
	groups := p.group(links)
	var rest []list
	for _, g := range groups {
		p.pairDates(g.entries, nil)
		p.cutDates(g.entries)
		g.entries = withoutLoose(g.entries)
		if p.believable(g) {
			p.found = append(p.found, g)
		} else {
			rest = append(rest, g)
		}
	}
	p.takeAlike(rest)
	for k := range p.found {
		p.addShort(&p.found[k])
		cutTimes(p.found[k].entries)
	}
	p.shareDates()
	p.nameLists()
	return p.found
}

// titleLinks are the links whose text reads like a title, in document order;
// neighbours with one target are one.
func (p *page) titleLinks() []entry {
	t := p.tree
	self := p.urls.resolve(p.in.URL).Href
	out := make([]entry, 0, len(t.links)/2+1)
	for i := int32(0); i < t.len(); i++ {
		n := t.nodes[i]
		if t.isText(i) {
			continue
		}
		if hidden(n) {
			i = t.end[i] - 1
			continue
		}
		if n.DataAtom != atom.A || !hasAttr(n, "href") {
			if heading(n.DataAtom) && n.DataAtom != atom.H1 {
				if e, ok := p.cardTitle(i); ok {
					out = append(out, e)
				}
			}
			continue
		}
		title := p.titleText(i)
		if !titleLike(title) {
			continue
		}
		url := p.target(i)
		if url.Href == "" || url.Href == self && t.closest(i, atom.H1) >= 0 {
			continue
		}
		if k := len(out) - 1; k >= 0 && out[k].url.Href == url.Href && p.textSize(out[k].to, i) <= maxEntryText {
			if p.tree.headed(i) && !p.tree.headed(out[k].link) && !out[k].loose {
				out[k].title, out[k].link = title, i
			}
			out[k].to = t.end[i]
			continue
		}
		out = append(out, entry{link: i, title: title, url: url, from: i, to: t.end[i]})
	}
	return out
}

// headed reports that i is in or around a heading.
func (t *tree) headed(i int32) bool {
	if headingIn(t, i) >= 0 {
		return true
	}
	for up := 0; i >= 0 && up < 3; up++ {
		if heading(t.nodes[i].DataAtom) {
			return true
		}
		i = t.parent[i]
	}
	return false
}

func titleLike(s string) bool {
	if len(s) < 12 || len(s) > maxTitle {
		return false
	}
	n := words(s)
	return n >= 4 || n >= 3 && len(s) >= 18 || n >= 2 && len(s) >= 24
}

// group climbs from each link to the largest element that holds no other
// title's link, and gathers those that share a parent.
func (p *page) group(links []entry) []list {
	t := p.tree
	var out []list
	at := map[int32]int{} // container -> index in out
	for k := range links {
		e := &links[k]
		before, after := int32(-1), t.len()
		if k > 0 {
			before = links[k-1].to - 1
		}
		if k+1 < len(links) {
			after = links[k+1].from
		}
		root := e.from
		for {
			up := t.parent[root]
			if up < 0 || up <= before || t.end[up] > after ||
				t.nodes[up].DataAtom == atom.Body || t.nodes[up].DataAtom == atom.Html ||
				p.textSize(up, t.end[up]) > maxEntryText {
				break
			}
			root = up
		}
		e.root, e.from, e.to = root, root, max(e.to, t.end[root])
		if p.textSize(e.from, e.to) > maxEntryText || !e.loose && p.beside(e) > max(maxBeside, len(e.title)/2) {
			continue
		}
		container := t.parent[root]
		g, ok := at[container]
		if !ok {
			g = len(out)
			at[container] = g
			out = append(out, list{container: container})
		}
		if len(out[g].entries) == 1 { // where there are two, there are many
			out[g].entries = slices.Grow(out[g].entries, 15)
		}
		out[g].entries = append(out[g].entries, *e)
	}
	return p.splitRuns(p.joinSiblings(out))
}

// joinSiblings makes one list of the lists in neighbouring containers of one
// kind: the rows of a grid, the columns of a slider.
func (p *page) joinSiblings(in []list) []list {
	t := p.tree
	kinds := map[kind]bool{}
	for _, l := range in {
		if l.container >= 0 && len(l.entries) > 1 {
			kinds[t.kindOf(l.container)] = true
		}
	}
	at := map[kind]int{}
	var out []list
	for _, l := range in {
		if len(l.entries) == 1 {
			t.lower(&l, kinds)
		}
		if l.container < 0 {
			out = append(out, l)
			continue
		}
		k := t.kindOf(l.container)
		if i, ok := at[k]; ok && (len(l.entries) < minListEntries || len(out[i].entries) < minListEntries || k.class != "") {
			out[i].entries = append(out[i].entries, l.entries...)
			continue
		}
		at[k] = len(out)
		out = append(out, l)
	}
	for i := range out {
		sort.SliceStable(out[i].entries, func(a, b int) bool { return out[i].entries[a].from < out[i].entries[b].from })
	}
	return out
}

// kind is what elements side by side have in common.
type kind struct {
	parent int32
	tag    atom.Atom
	class  string
}

func (t *tree) kindOf(i int32) kind {
	return kind{t.parent[i], t.nodes[i].DataAtom, attr(t.nodes[i], "class")}
}

// lower takes the only entry of a list for one of a list like those in kinds:
// the last row of a grid, a day with one entry.
func (t *tree) lower(l *list, kinds map[kind]bool) {
	e := &l.entries[0]
	at := e.link
	if e.loose || at < 0 {
		return
	}
	for up := t.parent[at]; up >= e.root && up >= 0; at, up = up, t.parent[up] {
		if kinds[t.kindOf(up)] {
			e.root, e.from, e.to = at, at, t.end[at]
			l.container = up
			return
		}
	}
}

// splitRuns parts a list where longer text stands between two entries.
func (p *page) splitRuns(in []list) []list {
	var out []list
	for _, l := range in {
		from := 0
		for k := 1; k <= len(l.entries); k++ {
			if k < len(l.entries) && p.textSize(l.entries[k-1].to, l.entries[k].from) <= maxGapText {
				continue
			}
			out = append(out, list{container: l.container, entries: l.entries[from:k:k]})
			from = k
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].entries[0].from < out[b].entries[0].from })
	return out
}

// believable reports that a group of entries is a headline list and not a menu.
func (p *page) believable(l list) bool {
	n := len(l.entries)
	dated, size := 0, 0
	for _, e := range l.entries {
		size += words(e.title)
		if !e.date.IsZero() {
			dated++
		}
	}
	if n < 2 || n < minListEntries && dated < n {
		return false
	}
	if 2*dated >= n {
		return true
	}
	return size >= 5*n && !p.furniture(l.container)
}

// withoutLoose drops the entries whose titles carry no link, unless the list has
// dates: sections of a text have headings and links too.
func withoutLoose(entries []entry) []entry {
	dated := 0
	for k := range entries {
		if !entries[k].date.IsZero() {
			dated++
		}
	}
	if 2*dated >= len(entries) {
		return entries
	}
	return slices.DeleteFunc(entries, func(e entry) bool { return e.loose })
}

// furniture reports that i stands in a menu, a footer or the like.
func (p *page) furniture(i int32) bool {
	for ; i >= 0; i = p.tree.parent[i] {
		n := p.tree.nodes[i]
		switch n.DataAtom {
		case atom.Nav, atom.Footer, atom.Menu:
			return true
		case atom.Body:
			return false
		}
		if menuNames.in(attr(n, "class")) || menuNames.in(attr(n, "id")) {
			return true
		}
	}
	return false
}

// menuNames are parts of ids and classes of what holds links and no list.
var menuNames = newParts("nav", "menu", "footer", "breadcrumb", "cookie", "comment", "tags")

func containsAny(s string, parts ...string) bool {
	for _, x := range parts {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}

// pairDates gives each entry its date: one within it, else the one that stands
// between it and its neighbour, on the side where the list has them.
func (p *page) pairDates(entries []entry, layouts []string) {
	if len(entries) == 0 {
		return
	}
	t := p.tree
	missing := false
	for k := range entries {
		e := &entries[k]
		e.date = p.dateWithin(e, layouts)
		missing = missing || e.date.IsZero()
	}
	if !missing {
		return
	}
	gap := func(k int) (item.Date, int32, int32) { // before entry k; k = len(entries) is behind the last
		from, to := int32(0), t.len()
		switch {
		case k == 0:
			if up := t.parent[entries[0].root]; up >= 0 {
				from = up
			}
			to = entries[0].from
			from = max(from, to-maxGapNodes)
		case k == len(entries):
			from = entries[k-1].to
			if up := t.parent[entries[k-1].root]; up >= 0 {
				to = t.end[up]
			}
			to = min(to, from+maxGapNodes)
		default:
			from, to = entries[k-1].to, entries[k].from
		}
		if from >= to {
			return item.Date{}, 0, 0
		}
		return p.gapDate(from, to, k == 0, layouts)
	}
	if p.underDays(entries) {
		return
	}
	first, _, _ := gap(0)
	last, _, _ := gap(len(entries))
	leads := !first.IsZero() && last.IsZero() // dates stand before their entries
	if leads && len(entries) > 2 && p.lone(entries, gap) {
		return
	}
	for k := range entries {
		e := &entries[k]
		if !e.date.IsZero() {
			continue
		}
		if leads {
			if d, from, _ := gap(k); !d.IsZero() {
				e.date, e.from = d, min(e.from, from)
			}
		} else if d, _, to := gap(k + 1); !d.IsZero() {
			e.date, e.to = d, max(e.to, to)
		}
	}
}

// lone reports that the date before the first entry is the only one: it is the
// date of what stands above the list.
func (p *page) lone(entries []entry, gap func(int) (item.Date, int32, int32)) bool {
	for k := 1; k < len(entries); k++ {
		if d, _, _ := gap(k); !d.IsZero() {
			return false
		}
	}
	return true
}

// maxGapNodes bounds how far a date may stand from the first or last entry.
const maxGapNodes = 12

// dateWithin finds the date in the nodes of an entry, outside its title.
func (p *page) dateWithin(e *entry, layouts []string) item.Date {
	t := p.tree
	for i := t.find(atom.Time, e.from, e.to); i >= 0; i = t.find(atom.Time, i+1, e.to) {
		if d, ok := p.dateOf(i, Selector{}, layouts, nil); ok {
			return d
		}
	}
	for i := e.from; i+1 < e.to; i++ {
		if t.end[i] == i+2 && t.isText(i+1) && len(t.nodes[i+1].Data) <= maxDayLine && mayHoldDate(t.nodes[i+1].Data) {
			s := clean(t.nodes[i+1].Data)
			if s == e.title || len(s) > maxOnlyDate {
				continue
			}
			f, ok := p.dates.find(s)
			if !ok || !f.alone(s) {
				continue
			}
			if len(layouts) > 0 {
				f.date, ok = p.dates.layout(s, layouts)
			}
			if ok {
				return f.date
			}
		}
	}
	lines := p.lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].last >= e.from })
	for ; k < len(lines) && lines[k].first < e.to; k++ {
		s := lines[k].text
		if lines[k].first < e.from || lines[k].last >= e.to {
			continue
		}
		if i := strings.Index(s, e.title); i >= 0 && e.title != "" {
			s = s[:i] + " | " + s[i+len(e.title):]
		}
		if d, ok := p.shortDate(s, layouts); ok {
			return d
		}
	}
	return item.Date{}
}

// gapDate finds the date in the lines within [from, to): the last one before
// the first entry, else the first. It returns the nodes that it stands in.
func (p *page) gapDate(from, to int32, last bool, layouts []string) (d item.Date, first, end int32) {
	lines := p.lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].last >= from })
	for ; k < len(lines) && lines[k].first < to; k++ {
		l := lines[k]
		text := l.text
		if l.first < from || l.last >= to {
			text = p.textBetween(max(l.first, from), min(l.last+1, to))
		}
		if got, ok := p.shortDate(text, layouts); ok {
			d, first, end = got, max(l.first, from), min(l.last+1, to)
			if !last {
				return d, first, end
			}
		} else if last {
			d = item.Date{} // something else stands between the date and the entry
		} else {
			return item.Date{}, 0, 0
		}
	}
	return d, first, end
}

// textBetween is the visible text of the text nodes in [from, to).
func (p *page) textBetween(from, to int32) string {
	var f flow
	for i := from; i < to; i++ {
		if p.tree.isText(i) && !hidden(p.tree.nodes[max(p.tree.parent[i], 0)]) {
			f.add(p.tree.nodes[i].Data)
		}
	}
	return string(f.buf)
}

// shortDate reads a line that is a date with little beside it.
func (p *page) shortDate(s string, layouts []string) (item.Date, bool) {
	if len(layouts) > 0 {
		return p.dates.layout(s, layouts)
	}
	if len(s) > 160 {
		return item.Date{}, false
	}
	f, ok := p.dates.find(s)
	if !ok {
		return p.since(s)
	}
	return f.date, len(s)-(f.end-f.pos) <= 48
}

// since reads a line, or a part of it, that says no more than how long ago
// something was, or on which day of the year: "Sport | 2 hours ago".
func (p *page) since(s string) (item.Date, bool) {
	if p.dates.now.IsZero() || len(s) > maxOnlyDate {
		return item.Date{}, false
	}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '·' || r == '•' }) {
		if part = trimSeparators(part); part == "" || words(part) > maxListSince && !wideText(part) || changes(part) {
			continue
		}
		if d, ok := p.dates.since(part); ok {
			return d, true
		}
	}
	return item.Date{}, false
}

// maxListSince is how many words such a part has in a list.
const maxListSince = 6

// beside is how much text stands on the title's own line beside the link.
func (p *page) beside(e *entry) int {
	lines := p.lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].last >= e.link })
	if k == len(lines) {
		return 0
	}
	return len(lines[k].text) - lines[k].link
}

// textSize is the number of characters of visible text in the nodes [from, to).
func (p *page) textSize(from, to int32) int {
	if p.sizes == nil {
		p.sizes = make([]int32, p.tree.len()+1)
		until := int32(0) // end of the hidden subtree that we are in
		for i := int32(0); i < p.tree.len(); i++ {
			n := p.tree.nodes[i]
			p.sizes[i+1] = p.sizes[i]
			switch {
			case i < until:
			case p.tree.isText(i):
				p.sizes[i+1] += int32(utf8.RuneCountInString(strings.TrimSpace(n.Data)))
			case hidden(n):
				until = p.tree.end[i]
			}
		}
	}
	if from >= to {
		return 0
	}
	return int(p.sizes[to] - p.sizes[from])
}

// nameLists names each list by the heading above it, or the nearest id or
// class, or else by its place; no name is given twice.
func (p *page) nameLists() {
	used := map[string]bool{}
	for k := range p.found {
		l := &p.found[k]
		name := p.listName(l)
		if name == "" {
			name = "list-" + strconv.Itoa(k+1)
		}
		l.name = name
		for n := 2; used[l.name]; n++ {
			l.name = name + "-" + strconv.Itoa(n)
		}
		used[l.name] = true
	}
}

func (p *page) listName(l *list) string {
	t := p.tree
	i := l.container
	for range 4 {
		if i < 0 || t.nodes[i].DataAtom == atom.Body {
			break
		}
		n := t.nodes[i]
		for _, s := range append(strings.Fields(attr(n, "id")), strings.Fields(attr(n, "class"))...) {
			if s = slug(s); blockName(s) {
				return s
			}
		}
		for c := i + 1; c < t.end[i] && c < l.entries[0].from; c++ {
			if heading(t.nodes[c].DataAtom) {
				if s := slug(t.text(c, nil)); s != "" && len(s) <= 40 {
					return s
				}
			}
		}
		i = t.parent[i]
	}
	lines := p.lines()
	if k := sort.Search(len(lines), func(k int) bool { return lines[k].first >= l.entries[0].from }); k > 0 && lines[k-1].bold && t.within(lines[k-1].first, l.container) {
		if s := slug(lines[k-1].text); len(s) <= 40 && !p.onlyDate(lines[k-1].text) {
			return s
		}
	}
	return ""
}

// blockName reports an id or class that says what a block is, not how it looks.
func blockName(s string) bool {
	return len(s) <= 40 && containsAny(s, "side", "card", "latest", "last", "news", "related", "popular", "read", "recent", "top", "feed", "more",
		"headline", "trend", "recommend", "list", "archive", "section", "category", "stories", "posts", "articles") &&
		!containsAny(s, "col-", "row", "container", "wrap", "grid", "list-unstyled", "clearfix")
}

// trimSeparators cuts spaces and the marks that part a title from what is
// beside it off both ends.
func trimSeparators(s string) string {
	return strings.Trim(s, " \t|/-–—•·,:")
}
