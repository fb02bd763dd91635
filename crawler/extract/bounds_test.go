package extract

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
	"github.com/newsonce/newsonce/crawler/item"
)

// The tests of this file and the next hold single rules to their bounds: a row on each
// side of every comparison. The kinds of pages are in kinds_test.go, whole pages in
// testdata.

// newTestPage prepares a page as Extract does before it looks for the article.
func newTestPage(t testing.TB, url, body string) *page {
	t.Helper()
	tree, err := dom.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	p := &page{in: Page{URL: url}, rules: &noRules, tree: tree, urls: dom.NewResolver(url, tree), heading: -1}
	p.result = &Result{Rules: map[string]string{}}
	p.dates = date.New(date.Options{URL: url, FetchedAt: time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)})
	p.finder = list.New(tree, p.urls, p.dates, url, false)
	p.headlines()
	return p
}

const testURL = "https://www.news.example/a/1"

// node returns the element with an id.
func (p *page) node(t testing.TB, id string) int32 {
	t.Helper()
	for i := range p.tree.Len() {
		if dom.Attr(p.tree.Nodes[i], "id") == id {
			return i
		}
	}
	t.Fatalf("no element %q", id)
	return -1
}

// para returns the first paragraph in the element with an id.
func (p *page) para(t testing.TB, id string) dom.Paragraph {
	t.Helper()
	ps := dom.Paragraphs(p.tree.LinesIn(p.node(t, id), nil))
	if len(ps) == 0 {
		t.Fatalf("no text in %q", id)
	}
	return ps[0]
}

// text returns n bytes that end in end.
func text(n int, end string) string { return strings.Repeat("x", n-len(end)) + end }

// yes is a row of a predicate on one text.
type yes struct {
	s    string
	want bool
}

func checkYes(t *testing.T, name string, f func(string) bool, rows []yes) {
	t.Helper()
	for _, r := range rows {
		if got := f(r.s); got != r.want {
			t.Errorf("%s(%.80q) = %v, want %v", name, r.s, got, r.want)
		}
	}
}

func TestSourceLine(t *testing.T) {
	checkYes(t, "sourceLine", sourceLine, []yes{
		{"Source - Turan.az", true}, {"source", true}, {"(Source: AP)", true}, {"[Quelle | dpa]", true},
		{"Source of the river", false}, {"SOURCE Example Ltd", true}, {"SOURCE of it all.", false},
		{"The source: AP", false}, {"Источник — ТАСС", true}, {"Source: " + text(92, ""), true},
		{"Source: " + text(93, ""), false}, {"", false},
	})
}

func TestInitials(t *testing.T) {
	checkYes(t, "initials", initials, []yes{
		{"dpa", true}, {"RIRM", true}, {"abcdef", true}, {"abcdefg", false}, {"So.", false}, {"会议", false},
	})
}

func TestPromotional(t *testing.T) {
	checkYes(t, "promotional", promotional, []yes{
		{"Follow us now", true}, {"SIGN UP FOR it", true}, {"So it is", false},
		{"follow us " + text(389, ""), true}, {"follow us " + text(390, ""), false},
	})
}

func TestSiteName(t *testing.T) {
	for url, want := range map[string]string{
		"https://www.bbc.co.uk/a": "bbc", "https://bbc.com": "bbc", "https://news.example/": "news",
	} {
		if got := siteName(url); got != want {
			t.Errorf("siteName(%q) = %q, want %q", url, got, want)
		}
	}
}

func TestBesideText(t *testing.T) {
	p := newTestPage(t, testURL, "<p>x")
	checkYes(t, "besideText", p.besideText, []yes{
		{"13 July 2023", true}, {"13 July 2023 " + text(23, "."), true},
		{"13 July 2023 " + text(24, "."), false}, {"13 July 2023 " + text(24, ""), false},
		{"13 July 2023, 14:05 " + text(59, ""), true}, {"13 July 2023, 14:05 " + text(60, ""), false},
		{"13 July 2023, 14:05 " + text(40, "."), false},
		{"By Ann Lee", true}, {"By " + text(56, ""), true}, {"By " + text(57, ""), false},
		{"By Ann Lee said so.", false},
		{"5 min read", true}, {"So it is", false}, {"News | 2 hours ago", true},
		{text(109, "") + " | 1 hour ago", false}, {text(107, "") + " | 1 hour ago", true},
	})
}

func TestShort(t *testing.T) {
	p := newTestPage(t, testURL, "<p>x")
	checkYes(t, "short", p.short, []yes{
		{text(79, ""), true}, {text(80, ""), false}, {text(79, "") + "\n" + text(79, ""), true},
		{"x\n" + text(80, ""), false}, {"13 July 2023, 14:05 " + text(59, ""), true},
		{text(70, "") + " 13 July 2023, 14:05", false},
	})
}

func TestTrimRows(t *testing.T) {
	p := newTestPage(t, testURL, "<p>x")
	for text, want := range map[string]string{
		"One\nSource: AP": "One", "One\nSource: AP\nTwo": "One", "Source: AP": "", "One": "One",
		"Source: AP\n" + text(80, ""): "Source: AP\n" + text(80, ""), "13 July 2023\nOne": "",
	} {
		if got := p.trimRows(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestTrimTail cuts what follows a text. The texts stand outside the tree.
func TestTrimTail(t *testing.T) {
	p := newTestPage(t, testURL, "<p>x")
	long := text(140, ".")
	for _, tt := range []struct {
		name string
		ps   string // separated by |
		keep int
	}{
		{"none", long + "|" + long, 2},
		{"a source", long + "|Source: AP", 1},
		{"a source before short lines", long + "|Source: AP|Some words", 1},
		{"a source before a long line", long + "|Source: AP|" + text(80, "."), 3},
		{"a date", long + "|13 July 2023", 1},
		{"initials", long + "|dpa", 1},
		{"initials alone", "dpa", 1},
		{"an offer", long + "|Follow us on our channel", 1},
		{"two offers", long + "|Follow us here|Sign up for it", 1},
		{"a mail address", long + "|ann@news.example", 1},
		{"an @ without a host", long + "|ann@home or so", 2},
		{"a long line with an address", long + "|ann@news.example " + text(103, ""), 2},
		{"a shorter one", long + "|ann@news.example " + text(102, ""), 1},
		{"a label in the last third", strings.Repeat(long+"|", 4) + "Tags: port|sea", 4},
		{"a label hardly before it", strings.Repeat(long+"|", 4) + "Tags: port|sea|quay", 5},
		{"a label before the last third", long + "|Tags: port|" + long + "|" + long + "|" + long, 5},
		{"a label before much text", strings.Repeat(long+"|", 4) + "Most read|" + long, 6},
		{"a label before less text", strings.Repeat(long+"|", 4) + "Most read|" + text(139, "."), 4},
		{"a long label", long + "|" + long + "|Tags: " + text(54, "."), 3},
		{"a shorter label", long + "|" + long + "|Tags: " + text(53, "."), 2},
		{"a credit", long + "|Reporting by Ann Lee", 1},
		{"a contribution", long + "|Ann Lee contributed to this report.", 1},
		{"a long contribution", long + "|Ann Lee contributed to this report " + text(205, "."), 2},
		{"a long credit", long + "|Reporting by " + text(888, "."), 2},
	} {
		var ps []dom.Paragraph
		for s := range strings.SplitSeq(tt.ps, "|") {
			ps = append(ps, dom.Paragraph{Text: s, First: -1, Last: -1})
		}
		if got := p.trimTail(ps); len(got) != tt.keep {
			t.Errorf("%s: %d paragraphs are kept, want %d", tt.name, len(got), tt.keep)
		}
	}
	if got := p.trimTail(nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// TestSignature knows the authors that the page declares.
func TestSignature(t *testing.T) {
	p := newTestPage(t, testURL, `<meta name="author" content="Ann Lee"><p>x`)
	p.declarations().Authors = []declared.Authors{{Names: []item.Author{{Name: "Ann Lee"}, {Name: "Madonna"}}}}
	check := func(s string) bool { return p.signature(dom.Paragraph{Text: s, First: -1}) }
	checkYes(t, "signature", check, []yes{
		{"Ann Lee is a reporter in Marlow.", true}, {text(40, "") + "Ann Lee", true},
		{text(41, "") + "Ann Lee", false}, {"Madonna sings.", false}, {"Bo Chen writes.", false},
		{"Ann Lee " + text(892, "."), true}, {"Ann Lee " + text(893, "."), false},
	})
}

// TestLinkParagraphs tells links, offers and labels between paragraphs from text.
func TestLinkParagraphs(t *testing.T) {
	p := newTestPage(t, testURL, `<div>
<p id=only><a href="/b/2">Council votes on the new bridge today</a></p>
<p id=nine><a href="/b/2">123456789012345678</a> x</p><p id=eight><a href="/b/2">1234567890123456</a> xxx</p>
<p id=away><a href="https://other.example/">An offer by others</a></p><p id=promo><a href="https://other.example/">Subscribe now for it</a></p>
<p id=none>Some words</p><p id=part>Some <a href="/b/2">words</a> of it all</p>
<p id=label>SEE ALSO: <a href="/b/2">Council votes on the new bridge</a></p><p id=nolabel>So you see <a href="/b/2">Council votes on the new bridge</a></p>
<p id=shorttitle>Also: <a href="/b/2">Council votes on a bri</a></p><p id=longlabel>`+text(45, ":")+` <a href="/b/2">Council votes on the new bridge</a></p>
<p id=toolonglabel>`+text(46, ":")+` <a href="/b/2">Council votes on the new bridge</a></p><p id=other>Also: <a href="https://other.example/x">Council votes on the new bridge</a></p>
<h3 id=heading>Also: <a href="/b/2">Council votes on the new bridge</a></h3><p id=after>Also: <a href="/b/2">Council votes on the new bridge</a> again</p>
<p id=label24>Also: <a href="/b/2">Council votes on bridges</a></p><p id=label23>Also: <a href="/b/2">Council votes on bridge!</a>.</p>
<p id=readalso>Read also `+text(149, ".")+`</p><p id=readalsolong>Read also `+text(150, ".")+`</p>
<p id=dated>13 July 2023</p><p id=credit>© AP `+text(113, ".")+`</p><p id=creditlong>© AP `+text(114, ".")+`</p>
<p id=offer>Our <a href="/s">newsletter</a> is here</p><p id=offerlong>Our <a href="/s">newsletter</a> `+text(225, ".")+`</p><p id=offershorter>Our <a href="/s">newsletter</a> `+text(224, ".")+`</p><p id=offernolink>Our newsletter is here</p>
</div>`)
	for _, tt := range []struct {
		id                             string
		only, away, labelled, in, some bool
	}{
		{"only", true, false, false, true, true}, {"nine", true, false, false, true, true},
		{"eight", false, false, false, false, true}, {"away", true, true, false, false, true},
		{"promo", true, false, false, true, true},
		{"none", false, false, false, false, false}, {"part", false, false, false, false, true},
		{"label", false, false, true, true, true}, {"nolabel", false, false, false, false, true},
		{"shorttitle", false, false, false, false, true}, {"longlabel", false, false, true, true, true},
		{"toolonglabel", false, false, false, false, true}, {"other", false, true, false, false, true},
		{"heading", false, false, false, false, true}, {"after", false, false, false, false, true},
		{"label24", false, false, true, true, true},
		{"readalso", false, false, false, true, false}, {"readalsolong", false, false, false, false, false},
		{"dated", false, false, false, true, false},
		{"credit", false, false, false, true, false}, {"creditlong", false, false, false, false, false},
		{"offer", false, false, false, true, true}, {"offerlong", false, false, false, false, true},
		{"offershorter", false, false, false, true, true}, {"offernolink", false, false, false, false, false},
	} {
		q := p.para(t, tt.id)
		if got := p.onlyLink(q); got != tt.only {
			t.Errorf("%s: only a link: %v", tt.id, got)
		}
		if got := p.labelledLink(q); got != tt.labelled {
			t.Errorf("%s: a label and a link: %v", tt.id, got)
		}
		if got := p.inlineBox(q); got != tt.in {
			t.Errorf("%s: no text: %v", tt.id, got)
		}
		if got := p.linked(q); got != tt.some {
			t.Errorf("%s: linked: %v", tt.id, got)
		}
		if tt.only && p.leadsAway(q) != tt.away {
			t.Errorf("%s: leads away: %v", tt.id, !tt.away)
		}
	}
}

// TestLeadsToPage takes links to other pages of the site only.
func TestLeadsToPage(t *testing.T) {
	for _, tt := range []struct {
		url, href string
		want      bool
	}{
		{testURL, "/b/2", true}, {testURL, "https://other.example/2", false}, {testURL, "#reply", false},
		{testURL, "/a/1?reply=2", false}, {testURL, "/a/1/photo", false},
		{testURL + "?page=2", "/a/1?reply=2", false}, {testURL + "#top", "/a/1/photo", false},
		{testURL, "mailto:a@b.example", false}, {"https://www.news.example/", "/b/2", true},
		{testURL, "https://news.example/2", true},
	} {
		p := newTestPage(t, tt.url, `<p><a id=a href="`+tt.href+`">x</a>`)
		if got := p.leadsToPage(p.node(t, "a")); got != tt.want {
			t.Errorf("%s from %s: %v, want %v", tt.href, tt.url, got, tt.want)
		}
	}
}

// TestDropRepeated drops prompts that stand three times.
func TestDropRepeated(t *testing.T) {
	prompt := func(text string) string { return `<p>` + text + ` <a href="/pay">Register</a></p>` }
	for _, tt := range []struct {
		name, page string
		keep       int
	}{
		{"twice", prompt("Read on:") + "<p>One</p>" + prompt("Read on:"), 3},
		{"three times", prompt("Read on:") + "<p>One</p>" + prompt("Read on:") + prompt("Read on:"), 1},
		{"other words", prompt("Read on:") + "<p>One</p>" + prompt("Read on:") + prompt("Go on:"), 4},
		{"other targets", prompt("On:") + prompt("On:") + `<p>On: <a href="/b">Register</a></p>`, 3},
		{"in a list", "<ul>" + strings.Repeat(`<li>On: <a href="/pay">Register</a></li>`, 3) + "</ul>", 3},
		{"no link at the end", strings.Repeat(`<p><a href="/pay">Register</a> now</p>`, 3), 3},
		{"no link", strings.Repeat(`<p>Register now</p>`, 3), 3},
		{"a link around", strings.Repeat(`<a href="/pay"><p>Register now</p></a>`, 3), 3},
		{"long ones", strings.Repeat(prompt(text(192, "")), 3), 3},
		{"shorter ones", strings.Repeat(prompt(text(191, "")), 3), 0},
	} {
		p := newTestPage(t, testURL, "<div>"+tt.page+"</div>")
		if got := p.dropRepeated(dom.Paragraphs(p.tree.Lines())); len(got) != tt.keep {
			t.Errorf("%s: %d paragraphs are kept, want %d", tt.name, len(got), tt.keep)
		}
	}
	p := newTestPage(t, testURL, "<p>x")
	outside := dom.Paragraph{Text: "x", First: -1, Last: -1}
	if got := p.promptKey(outside); got != "" {
		t.Errorf("a text outside the tree: %q", got)
	}
}

// TestIntroduces knows the labels above links.
func TestIntroduces(t *testing.T) {
	p := newTestPage(t, testURL, `<p id=colon>More on it:</p><p id=bold><b>More on it</b></p><p id=plain>More on it</p><h3 id=h>More on it</h3><p id=sentence><b>So it is.</b></p><p id=long>`+text(80, ":")+`</p><p id=longest>`+text(79, ":")+`</p>`)
	for _, tt := range []struct {
		id    string
		links int
		want  bool
	}{
		{"colon", 1, true}, {"colon", 0, false}, {"bold", 1, false}, {"bold", 2, true}, {"plain", 2, false},
		{"h", 2, false}, {"sentence", 2, false}, {"long", 1, false}, {"longest", 1, true},
	} {
		if got := p.introduces(p.para(t, tt.id), tt.links); got != tt.want {
			t.Errorf("%s above %d links: %v, want %v", tt.id, tt.links, got, tt.want)
		}
	}
	if p.introduces(dom.Paragraph{Text: "More:", First: -1}, 1) {
		t.Error("a text outside the tree is a label")
	}
}

// TestSubheading looks for a heading close around a paragraph.
func TestSubheading(t *testing.T) {
	p := newTestPage(t, testURL, `<h2 id=a>x</h2><h3><b id=b>x</b></h3><h4><b><i id=c>x</i></b></h4><h4><b><i><u id=d>x</u></i></b></h4><h1 id=e>x</h1><h5 id=f>x</h5><p id=g>`+text(39, "")+`</p><p id=h>`+text(40, "")+`</p><p id=i>So.</p><p id=j>会议</p>`)
	for id, want := range map[string][2]bool{
		"a": {true, false}, "b": {true, false}, "c": {true, false}, "d": {false, true}, "e": {false, true},
		"f": {false, true}, "g": {false, true}, "h": {false, false}, "i": {false, false}, "j": {false, false},
	} {
		if got := [2]bool{p.subheading(p.para(t, id)), p.label(p.para(t, id))}; got != want {
			t.Errorf("%s: subheading and label %v, want %v", id, got, want)
		}
	}
	if p.subheading(dom.Paragraph{First: -1}) {
		t.Error("a text outside the tree is a subheading")
	}
}

// TestSameRow joins the cells of a row.
func TestSameRow(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"cells", "<table><tr><td>a<td>b", true}, {"a head", "<table><tr><th>a<td>b", true},
		{"rows", "<table><tr><td>a<tr><td>b", false}, {"one cell", "<table><tr><td>a<br>b", false},
		{"paragraphs", "<p>a<p>b", false}, {"a paragraph in a cell", "<table><tr><td>a<td><p>b", false},
		{"a long cell", "<table><tr><td>a<td>" + text(80, ""), false},
		{"a shorter cell", "<table><tr><td>a<td>" + text(79, ""), true},
		{"after a long cell", "<table><tr><td>" + text(600, "") + "<td>b", false},
		{"after a shorter cell", "<table><tr><td>" + text(599, "") + "<td>b", true},
	} {
		p := newTestPage(t, testURL, tt.page)
		lines := p.tree.Lines()
		if got := p.sameRow(&lines[0], &lines[1]); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestTrimHead drops the lines around the title before the text.
func TestTrimHead(t *testing.T) {
	long := "<p>" + text(80, ".") + "</p>"
	for _, tt := range []struct {
		name, page string
		keep       int
	}{
		{"text", long + long, 2}, {"a date", "<p>13 July 2023</p>" + long, 1},
		{"a label", "<p>Politics</p>" + long, 1}, {"a label alone", "<p>Politics</p>", 1},
		{"the title", "<p>THE TITLE OF IT</p>" + long, 1},
		{"a short sentence", "<p>So it is.</p>" + long, 2}, {"a subheading", "<h2>Politics</h2>" + long, 2},
		{"a label after a paragraph", long + "<p>Politics</p>" + long, 3},
		{"a date after a paragraph", long + "<p>13 July 2023</p>" + long, 2},
		{"a date after two", long + long + "<p>13 July 2023</p>", 3},
		{"above the heading", "<p>So it is.</p><h1 id=h>The title of it</h1>" + long, 1},
		{"running text above the heading", long + "<h1 id=h>The title of it</h1>" + long, 2},
		{"ten short sentences, then a date", strings.Repeat("<p>So it is.</p>", 10) + "<p>13 July 2023</p>", 11},
		{"nine, then a date", strings.Repeat("<p>So it is.</p>", 9) + "<p>13 July 2023</p>", 9},
		{"wide scripts", "<p>会议</p><p>会议</p><p>13 July 2023</p>", 3},
	} {
		p := newTestPage(t, testURL, tt.page)
		h := p.tree.Find(atom.H1, 0, p.tree.Len())
		if got := p.trimHead(dom.Paragraphs(p.tree.Lines()), "The title of it", h); len(got) != tt.keep {
			t.Errorf("%s: %d paragraphs are kept, want %d", tt.name, len(got), tt.keep)
		}
	}
}

// TestTeasers knows the paragraphs that lead to other pages.
func TestTeasers(t *testing.T) {
	title := `<a href="/b/2">Council votes on the new bridge</a>`
	for _, tt := range []struct {
		name, page   string
		teaser, card bool
	}{
		{"below a linked title", "<div>" + title + "<p id=x>So it is.</p></div>", true, true},
		{"below a title", "<div>Council votes on the new bridge<p id=x>So it is.</p></div>", false, true},
		{
			"below a link elsewhere",
			`<div><a href="https://other.example/">Council votes on the new bridge</a><p id=x>So it is.</p></div>`,
			false, true,
		},
		{"a link to another page", `<p id=x>` + title + `</p>`, true, false},
		{"a link elsewhere", `<p id=x><a href="https://other.example/">So it is</a></p>`, false, false},
		{"below a short link", `<div><a href="/b/2">More</a><p id=x>So it is.</p></div>`, false, true},
		{"below a link in words", "<div>So: " + title + "<p id=x>So it is.</p></div>", false, true},
		{"first", "<p id=x>So it is.</p>", false, false},
		{
			"in a card with a little more",
			"<div>" + title + "<p id=x>So it is.</p><p>" + text(60, "") + "</p></div>", true, true,
		},
		{
			"in a card with more", "<div>" + title + "<p id=x>So it is.</p><p>" + text(61, "") + "</p></div>",
			true, false,
		},
	} {
		p := newTestPage(t, testURL, tt.page)
		q := p.para(t, "x")
		if got := [2]bool{p.teaser(q), p.card(q)}; got != [2]bool{tt.teaser, tt.card} {
			t.Errorf("%s: teaser and card %v, want %v, %v", tt.name, got, tt.teaser, tt.card)
		}
	}
}

// TestOtherTitle knows the title of a second article.
func TestOtherTitle(t *testing.T) {
	body := "<h1 id=h>The title of it all</h1><p>" + text(140, ".") + "</p>"
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"an h1", body + "<div id=i><h1 id=at>The museum of glass closes</h1></div>", true},
		{"an h2", body + "<div id=i><h2 id=at>The museum of glass closes</h2></div>", false},
		{"a linked h2", body + `<div id=i><h2 id=at><a href="/b/2">The museum of glass closes</a></h2></div>`, true},
		{
			"an h2 in a link",
			body + `<div id=i><a href="/b/2"><h2 id=at>The museum of glass closes</h2></a></div>`, true,
		},
		{
			"an h2 linked elsewhere",
			body + `<div id=i><h2 id=at><a href="https://other.example/">The museum of glass closes</a></h2></div>`,
			false,
		},
		{"a short h1", body + "<div id=i><h1 id=at>Museum</h1></div>", false},
		{"a wide h1", body + "<div id=i><h1 id=at>会议</h1></div>", true},
		{
			"text before the h1",
			body + "<div id=i><p>" + text(80, ".") + "</p><h1 id=at>The museum of glass closes</h1></div>",
			false,
		},
		{
			"little text before it",
			"<h1 id=h>The title of it all</h1><p>" + text(139, ".") + "</p><div id=i><h1 id=at>The museum of glass closes</h1></div>",
			false,
		},
	} {
		p := newTestPage(t, testURL, tt.page)
		if got := p.otherTitle(p.node(t, "at"), p.node(t, "i"), p.node(t, "h")); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	p := newTestPage(t, testURL, body)
	if p.otherTitle(-1, 0, p.node(t, "h")) {
		t.Error("no heading is a title")
	}
}

// TestBelowHeading drops teasers above the heading.
func TestBelowHeading(t *testing.T) {
	teaser, long := `<p><a href="/b/2">Council votes on the new bridge</a></p>`, "<p>"+text(80, ".")+"</p>"
	for _, tt := range []struct {
		name, page string
		keep       int
	}{
		{"a teaser above", teaser + "<h1>The title</h1>" + long, 2},
		{"text above", "<p>So it is.</p><h1>The title</h1>" + long, 3},
		{"more above than below", teaser + "<h1>T</h1><p>Less.</p>", 3},
		{"as much", "<p><a href='/b/2'>1234567</a></p><h1>1</h1><p>123456</p>", 2},
		{"no heading", teaser + long, 2}, {"none above", "<h1>The title</h1>" + teaser + long, 3},
	} {
		p := newTestPage(t, testURL, tt.page)
		if got := p.belowHeading(dom.Paragraphs(p.tree.Lines()), p.tree.Find(atom.H1, 0, p.tree.Len())); len(got) != tt.keep {
			t.Errorf("%s: %d paragraphs are kept, want %d", tt.name, len(got), tt.keep)
		}
	}
}

// TestScore scores lines by their element, length and links.
func TestScore(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		want       int
	}{
		{"running text", "<p>" + text(80, ""), 80},
		{"a link in it", "<p>" + text(75, "") + "<a href=x>12345</a>", 70},
		{"half of it links", "<p>1234<a href=x>1234</a>", shortLine},
		{"more of it links", "<p>123<a href=x>1234</a>", linkedLine},
		{"a heading", "<h2>" + text(90, ""), 0}, {"a wide line", "<div>" + strings.Repeat("会", 14), 42},
		{"a short wide line", "<div>" + strings.Repeat("会", 13), shortLine},
		{"a short line", "<div>" + text(79, ""), shortLine},
		{"a sentence", "<p>" + text(79, "."), paragraphTag}, {"a short sentence", "<p>So it is.", 9},
		{"a sentence with a link", "<p>So it is <a href=x>so</a>.", 9},
		{"a sentence in a quotation", "<blockquote>So it is.", 9},
		{"a sentence in no paragraph", "<div>So it is.", shortLine},
		{"words in a paragraph", "<p>So it is", 2}, {"more words in a paragraph", "<p>" + text(16, ""), 3},
		{"many words in a paragraph", "<p>" + text(60, ""), 3},
		{"words and a link in a paragraph", "<p>So it is <a href=x>so</a>", shortLine},
		{"an item", "<ul><li>word", 1}, {"an item with a link", "<ul><li>So it is <a href=x>so</a>", 0},
		{"a cell with a link", "<table><tr><td>So it is <a href=x>so</a>", 0},
		{"a term with a link", "<dl><dt>So it is <a href=x>so</a>", shortLine},
		{"a term", "<dl><dt>So it is", 2},
		{"in a menu", "<nav>" + text(90, "") + "</nav>" + strings.Repeat("<p>"+text(80, "")+"</p>", 3), 0},
	} {
		p := newTestPage(t, testURL, tt.page)
		if got := p.score(&p.tree.Lines()[0]); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	broken := newTestPage(t, testURL, "<div>a<br>So it is<br>So it <a href=x>is</a>")
	for k, want := range []int{shortLine, 8, shortLine} {
		if got := broken.score(&broken.tree.Lines()[k]); got != want {
			t.Errorf("line %d of a broken block: %d, want %d", k, got, want)
		}
	}
}

// TestBestCandidate takes the innermost element with the highest score.
func TestBestCandidate(t *testing.T) {
	long := "<p>" + text(80, ".") + "</p>"
	for _, tt := range []struct {
		name, page, want string
	}{
		{"two paragraphs", "<div id=a><div id=b>" + long + long + "</div></div>", "b"},
		{"a line beside them", "<div id=a><div id=b>" + long + long + "</div><p>So it is.</p></div>", "a"},
		{
			"links beside them",
			"<div id=a><div id=b>" + long + long + "</div><div><a href=x>So it is</a></div></div>", "b",
		},
		{
			"named",
			"<div id=a><div id=b class=article-body>" + long + long + "</div>" + text(39, "") + long[:30] + "</div>",
			"b",
		},
		{"nothing", "<div id=a>word</div>", ""},
		{"a sentence", "<div id=a><p id=b>" + text(24, ".") + "</p></div>", "b"},
		{"a shorter sentence", "<div id=a><p id=b>" + text(23, ".") + "</p></div>", ""},
	} {
		p := newTestPage(t, testURL, tt.page)
		h := p.tree.Find(atom.H1, 0, p.tree.Len())
		got := p.bestCandidate(h)
		if tt.want == "" && got != -1 || tt.want != "" && got != p.node(t, tt.want) {
			t.Errorf("%s: node %d, want %q", tt.name, got, tt.want)
		}
	}
	p := newTestPage(t, testURL, `<div id=a class=story-body><div id=b itemprop=articleBody></div></div><p id=c>x</p><h1 id=h>T</h1><div id=main-text></div><section><p id=d>x</p></section>`)
	h := p.node(t, "h")
	for id, want := range map[string]float64{
		"a": namedBody * aboveHeading, "b": namedBody * aboveHeading, "c": aboveHeading, "h": 1,
		"main-text": namedBody,
	} {
		if got := p.bodyFactor(p.node(t, id), h); got != want {
			t.Errorf("factor of %s: %v, want %v", id, got, want)
		}
		if got := p.bodyFactor(p.node(t, id), -1); got != max(want, min(1, want/aboveHeading)) && got != namedBody {
			t.Errorf("factor of %s without a heading: %v", id, got)
		}
	}
	if got := p.widen(p.node(t, "c")); got != p.node(t, "c") {
		t.Errorf("a paragraph in the body is widened to %d", got)
	}
	if got := p.widen(p.node(t, "d")); p.tree.Atoms[got] != atom.Section {
		t.Errorf("a paragraph in a section is widened to %d", got)
	}
	if got := p.widen(p.node(t, "a")); got != p.node(t, "a") {
		t.Errorf("a div is widened to %d", got)
	}
}

// TestRefusals holds the bounds of pages that are no article.
func TestRefusals(t *testing.T) {
	article := func(title string, paragraphs ...string) *Article {
		return &Article{Title: title, Paragraphs: paragraphs}
	}
	for _, tt := range []struct {
		name, url, page string
		a               *Article
		headlines       int
		want            string
	}{
		{"no title", testURL, "<p>x", article("", text(140, "")), 0, "no title"},
		{"an article", testURL, "<p>x", article("Port reopens again", text(140, "")), 0, ""},
		{
			"an error page", testURL, "<p>x", article("Page not found!", text(900, "")), 0,
			`an error page, titled "Page not found!"`,
		},
		{"a long text under such a title", testURL, "<p>x", article("Page not found!", text(901, "")), 0, ""},
		{
			"an error in a title of seven words", testURL, "<p>x",
			article("Sorry that page not found by us", text(140, "")), 0,
			`an error page, titled "Sorry that page not found by us"`,
		},
		{
			"an error in a longer title", testURL, "<p>x",
			article("Sorry but that page not found by us", text(140, "")), 0, "",
		},
		{
			"an error in the page's title", testURL, "<title>Access denied</title><p>x",
			article("Port reopens again", text(140, "")), 0, `an error page, titled "Access denied"`,
		},
		{
			"a declared article", testURL, `<meta property="og:type" content="article"><p>x`,
			article("Port reopens again"), 7, "",
		},
		{
			"a declared article without a text beside headlines", testURL,
			`<meta property="og:type" content="article"><p>x`, article("Port reopens again"), 8,
			"no text beside 8 headlines: a listing",
		},
		{
			"a declared article beside headlines", testURL, `<meta property="og:type" content="article"><p>x`,
			article("Port reopens again", text(140, "")), 8, "",
		},
		{
			"a declared front page", "https://www.news.example/",
			`<meta property="og:type" content="article"><p>x`, article("Port reopens again", text(140, "")), 8,
			"a site's front page, whatever it declares",
		},
		{
			"no text beside headlines", testURL, "<p>x", article("Port reopens again"), 3,
			"no text beside 3 headlines: a listing",
		},
		{
			"no text beside two headlines", testURL, "<p>x", article("Port reopens again"), 2,
			"no text that reads like one",
		},
		{
			"about the site", testURL, "<p>x", article("Kontakt", text(2000, "")), 0,
			`a page about the site, titled "Kontakt"`,
		},
		{
			"gone", testURL, "<p>x", article("Port reopens", "The page you requested is gone.", text(62, "")),
			0, `an error page, which says "The page you requested is gone."`,
		},
		{
			"gone, a remark", testURL, "<p>x",
			article("Port reopens", "The page you requested is gone.", text(63, "")), 0, "",
		},
		{
			"the front page", "https://www.news.example/index.html", "<p>x",
			article("Port reopens again", text(140, "")), 1, "a site's front page",
		},
		{
			"the front page without headlines", "https://www.news.example/", "<p>x",
			article("Port reopens again", text(140, "")), 0, "",
		},
		{
			"the front page with a query", "https://www.news.example/?id=3", "<p>x",
			article("Port reopens again", text(140, "")), 1, "",
		},
		{"a file", "file:///", "<p>x", article("Port reopens again", text(140, "")), 1, ""},
	} {
		p := newTestPage(t, tt.url, tt.page)
		p.result.Headlines = make([]Headline, tt.headlines)
		if got := p.refusal(tt.a); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestSections knows the pages of sections by their headlines, title and path.
func TestSections(t *testing.T) {
	const page = "<div id=b><p>" + "Some words about the section, which tell what it is about and for whom.</p></div>"
	for _, tt := range []struct {
		name, url, page, title string
		headlines              int
		want                   bool
	}{
		{"short title, many headlines", testURL, page, "Port and sea", 8, true},
		{"longer title", testURL, page, "Port and the sea", 8, false},
		{"fewer headlines", testURL, page, "Port and sea", 7, false},
		{"by path", "https://news.example/tag/port", page, "Port and the sea", 3, true},
		{"by path, two headlines", "https://news.example/tag/port", page, "Port and the sea", 2, false},
		{"dated", testURL, "<p>13 July 2023</p>" + page + "<p>13 July 2023</p>", "Port and sea", 8, false},
		{
			"declared date", testURL, `<meta property="article:published_time" content="2023-07-13">` + page,
			"Port and sea", 8, false,
		},
	} {
		p := newTestPage(t, tt.url, tt.page)
		p.bodyFound = []dom.Paragraph{p.para(t, "b")}
		p.result.Headlines = make([]Headline, tt.headlines)
		if got := p.section(&Article{Title: tt.title}); (got != "") != tt.want {
			t.Errorf("%s: %q, want a section: %v", tt.name, got, tt.want)
		}
	}
}

// TestDatedPicture takes films and photos with a date below the title.
func TestDatedPicture(t *testing.T) {
	const dated = "<p>13 July 2023, 14:05</p>"
	for _, tt := range []struct {
		name, url, page string
		headlines       int
		want            bool
	}{
		{"a film", testURL, "<h1>T</h1>" + dated + "<video></video>", 0, true},
		{"a photo", testURL, "<h1>T</h1>" + dated + "<figure></figure>", 7, true},
		{"many headlines", testURL, "<h1>T</h1>" + dated + "<figure></figure>", 8, false},
		{"no date", testURL, "<h1>T</h1><video></video>", 0, false},
		{
			"a declared date", testURL,
			`<meta property="article:published_time" content="2023-07-13"><h1>T</h1><video></video>`, 0, true,
		},
		{"of another heading", testURL, "<h1>T</h1>" + dated + "<h2>U</h2><video></video>", 0, false},
		{"above the title", testURL, "<video></video><h1>T</h1>" + dated, 0, false},
		{"no title", testURL, dated + "<video></video>", 0, false},
		{"the front page", "https://news.example/", "<h1>T</h1>" + dated + "<video></video>", 0, false},
		{"in a footer", testURL, "<h1>T</h1>" + dated + "<footer><video></video></footer>", 0, false},
	} {
		p := newTestPage(t, tt.url, tt.page)
		p.heading = p.tree.Find(atom.H1, 0, p.tree.Len())
		if got := p.datedPicture(tt.headlines); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestMoreLinks counts links with one text and several targets.
func TestMoreLinks(t *testing.T) {
	entry := func(href, text string) string {
		return `<p>So it is.</p><div><a href="` + href + `">` + text + `</a></div>`
	}
	for _, tt := range []struct {
		name, page string
		want       int
	}{
		{"three", entry("/1", "More") + entry("/2", "More") + entry("/3", "More"), 3},
		{"one target", entry("/1", "More") + entry("/1", "More") + entry("/1", "More"), 1},
		{"two texts", entry("/1", "More") + entry("/2", "On") + entry("/3", "More"), 2},
		{"elsewhere", entry("https://o.example/", "More") + entry("/2", "On") + entry("/3", "More"), 1},
		{"long texts", entry("/1", text(61, "")) + entry("/2", text(61, "")) + entry("/3", text(61, "")), 0},
		{"shorter texts", entry("/1", text(60, "")) + entry("/2", text(60, "")) + entry("/3", text(60, "")), 3},
		{"words beside", strings.Repeat(`<p>So it is.</p><div>or <a href="/1">More</a></div>`, 3), 0},
		{"two paragraphs", entry("/1", "More") + entry("/2", "More"), 0},
	} {
		p := newTestPage(t, testURL, "<div>"+tt.page+"</div>")
		for _, q := range dom.Paragraphs(p.tree.Lines()) {
			if strings.HasPrefix(q.Text, "So") {
				p.bodyFound = append(p.bodyFound, q)
			}
		}
		if got, _ := p.moreLinks(); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestTeaserParagraphs counts paragraphs below linked titles.
func TestTeaserParagraphs(t *testing.T) {
	title, long := `<h3><a href="/b/2">Council votes on the new bridge</a></h3>`, "<p>"+text(60, ".")+"</p>"
	for _, tt := range []struct {
		name, page string
		n, of      int
	}{
		{"below a title", title + long, 1, 1},
		{"below no title", "<h3>Council votes on the new bridge</h3>" + long, 0, 1},
		{"no heading", `<p><a href="/b/2">Council votes on the new bridge</a></p>` + long, 0, 1},
		{"three lines below", title + "<p>a</p><p>b</p>" + long, 1, 1},
		{"four lines below", title + "<p>a</p><p>b</p><p>c</p>" + long, 0, 1},
		{"running text between", title + "<p>" + text(80, ".") + "</p>" + long, 1, 2},
		{"short lines", title + "<p>" + text(39, ".") + "</p>", 0, 0},
		{"lines of 40 bytes", title + "<p>" + text(40, ".") + "</p>", 1, 1},
		{"a part of a link", `<h3>On: <a href="/b/2">Council votes on the new bridge</a> again</h3>` + long, 0, 1},
	} {
		p := newTestPage(t, testURL, "<div>"+tt.page+"</div>")
		for _, q := range dom.Paragraphs(p.tree.Lines()) {
			if p.tree.HeadingIn(p.tree.Parent[q.First]) < 0 {
				p.bodyFound = append(p.bodyFound, q)
			}
		}
		if n, of := p.teasers(); n != tt.n || of != tt.of {
			t.Errorf("%s: %d of %d, want %d of %d", tt.name, n, of, tt.n, tt.of)
		}
	}
}

// TestStandFirsts knows standfirsts by their name, their place and what they repeat.
func TestStandFirsts(t *testing.T) {
	far := "<p>" + strings.Repeat("word ", 150) + "</p>"
	lead := text(60, ".")
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"beside the heading", "<div><h1>T</h1><div id=x>" + lead + "</div></div>", true},
		{
			"beside the heading in a large element",
			"<div><h1>T</h1><div id=x>" + lead + "</div>" + far + "</div>", false,
		},
		{"named", "<div><h1>T</h1><div id=x class=article-lead>" + lead + "</div>" + far + "</div>", true},
		{"a subheading", "<div><h1>T</h1><h2 id=x>" + lead + "</h2>" + far + "</div>", true},
		{
			"named close around",
			"<div><h1>T</h1><div class=lead><div><div id=x>" + lead + "</div></div></div>" + far + "</div>",
			true,
		},
		{
			"named further around",
			"<div><h1>T</h1><div class=lead><div><div><div id=x>" + lead + "</div></div></div></div>" + far + "</div>",
			false,
		},
		{"no sentence", "<div><h1>T</h1><div id=x>" + text(60, "") + "</div></div>", false},
		{"a short sentence", "<div><h1>T</h1><div id=x>" + text(39, ".") + "</div></div>", false},
		{"a link", "<div><h1>T</h1><div id=x><a href=x>" + lead + "</a></div></div>", false},
		{"long", "<div><h1>T</h1><div id=x class=lead>" + text(801, ".") + "</div></div>", false},
		{"less long", "<div><h1>T</h1><div id=x class=lead>" + text(800, ".") + "</div></div>", true},
		{
			"the description",
			`<meta name=description content="The council of Marlow sold the harbour quay."><div><h1>T</h1>` + far + `<p id=x>The council of Marlow sold the harbour quay</p></div>`,
			true,
		},
		{
			"a part of it",
			`<meta name=description content="The council of Marlow sold the harbour quay on Thursday"><div><h1>T</h1>` + far + `<p id=x>The council of Marlow sold the harbour quay</p></div>`,
			true,
		},
		{
			"little of it",
			`<meta name=description content="The council of Eastport sold all its boats to fishermen"><div><h1>T</h1>` + far + `<p id=x>The council of Marlow sold the harbour quay</p></div>`,
			false,
		},
		{
			"a short description",
			`<meta name=description content="The council of Mar"><div><h1>T</h1>` + far + `<p id=x>The council of Marlow sold the harbour quay</p></div>`,
			false,
		},
		{
			"a date",
			"<div><h1>T</h1><div id=x class=lead>13 July 2023, 14:05 " + text(22, ".") + "</div></div>", false,
		},
		{"an offer", "<div><h1>T</h1><div id=x class=lead>Sign up for " + text(60, ".") + "</div></div>", false},
		{"in a menu", "<div><h1>T</h1><nav><div id=x class=lead>" + lead + "</div></nav></div>" + far, false},
	} {
		p := newTestPage(t, testURL, tt.page)
		h, x := p.tree.Find(atom.H1, 0, p.tree.Len()), p.node(t, "x")
		if got := p.isStandFirst(&p.tree.Lines()[p.tree.LineFrom(x)], "T", h); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	second, long := strings.Repeat("y", 50)+".", strings.Repeat("z", 100)+"."
	p := newTestPage(t, testURL, "<div><h1>T</h1><p class=lead>"+lead+"</p><p>"+second+"</p><p id=x>"+long+"</p></div>")
	h := p.tree.Find(atom.H1, 0, p.tree.Len())
	if got := dom.Texts(p.withStandFirst([]dom.Paragraph{p.para(t, "x")}, "T", h)); !slices.Equal(got, []string{lead, second, long}) || p.leads != 2 {
		t.Errorf("with standfirsts: %q, %d", got, p.leads)
	}
	repeats := []dom.Paragraph{{Text: "So: " + lead, First: p.node(t, "x") + 1}}
	if got := p.withStandFirst(repeats, "T", h); len(got) != 1 {
		t.Errorf("a text that repeats the standfirst: %d paragraphs", len(got))
	}
	if got := p.withStandFirst(repeats, "T", -1); len(got) != 1 {
		t.Errorf("without a heading: %d paragraphs", len(got))
	}
}

// TestHeadingDates reads dates near heading and text, as far as they may stand.
func TestHeadingDates(t *testing.T) {
	const day, text = "13 July 2023", "<p id=b>Some words of the text.</p>"
	lines := func(n int) string { return strings.Repeat("<p>word</p>", n) }
	for _, tt := range []struct {
		name, page, want string
	}{
		{"below the heading", "<h1>T</h1><p>" + day + "</p>" + text, nearHeadingRule},
		{"eleven lines between", "<h1>T</h1>" + lines(11) + "<p>" + day + "</p>" + text, nearHeadingRule},
		{"twelve lines between", "<h1>T</h1>" + lines(12) + "<p>" + day + "</p>" + text, ""},
		{"above the heading", "<div><p>" + day + "</p><h1>T</h1>" + text + "</div>", nearHeadingRule},
		{"two lines between", "<div><p>" + day + "</p>" + lines(2) + "<h1>T</h1>" + text + "</div>", nearHeadingRule},
		{"three lines between", "<div><p>" + day + "</p>" + lines(3) + "<h1>T</h1>" + text + "</div>", ""},
		{"above another heading", "<div><p>" + day + "</p><h2>U</h2><h1>T</h1>" + text + "</div>", ""},
		{"above, in no element with the text", "<p>" + day + "</p><h1>T</h1>" + text, ""},
		{"above, outside the article", "<p>" + day + "</p><article><h1>T</h1>" + text + "</article>", ""},
		{"below the text", "<h1>T</h1>" + text + "<p>" + day + "</p>", belowBodyRule},
		{"five lines below", "<h1>T</h1>" + lines(11) + text + lines(5) + "<p>" + day + "</p>", belowBodyRule},
		{"six lines below", "<h1>T</h1>" + lines(11) + text + lines(6) + "<p>" + day + "</p>", ""},
		{"a long line", "<h1>T</h1><p>" + day + strings.Repeat(" w", 65) + "</p>" + text, ""},
		{
			"a line of 60 bytes more", "<h1>T</h1><p>" + day + strings.Repeat(" w", 30) + "</p>" + text,
			nearHeadingRule,
		},
		{"a line of more", "<h1>T</h1><p>" + day + strings.Repeat(" w", 31) + "</p>" + text, ""},
		{"a link", "<h1>T</h1><p><a href=x>" + day + "</a></p>" + text, ""},
		{"a part of it a link", "<h1>T</h1><p><a href=x>" + day + "</a> x</p>" + text, nearHeadingRule},
		{"a copyright", "<h1>T</h1><p>© " + day + "</p>" + text, ""},
		{"in comments", "<h1>T</h1><div class=comments><p>" + day + "</p></div>" + text, ""},
		{
			"beside a number of comments", "<h1>T</h1><div class=comment-count><p>" + day + "</p></div>" + text,
			nearHeadingRule,
		},
		{"in the page's footer", "<h1>T</h1>" + text + "<footer><p>" + day + "</p></footer>", ""},
		{
			"in the article's footer",
			"<article><h1>T</h1>" + text + "<footer><p>" + day + "</p></footer></article>", belowBodyRule,
		},
		{"in an aside", "<h1>T</h1><aside><p>" + day + "</p></aside>" + text, ""},
		{"a change", "<h1>T</h1><p>Updated " + day + "</p>" + text, changeRule},
		{"a change, the label above", "<h1>T</h1><p>Updated</p><p>" + day + "</p>" + text, changeRule},
		{
			"a change and a date", "<h1>T</h1><p>Updated 14 July 2023</p><p>word</p><p>" + day + "</p>" + text,
			nearHeadingRule,
		},
		{"both on a line", "<h1>T</h1><p>Updated 14 July 2023, published " + day + "</p>" + text, nearHeadingRule},
		{"a time element", "<h1>T</h1><p><time datetime=2023-07-13>today</time></p>" + text, nearHeadingRule},
		{
			"a time element of a change",
			"<h1>T</h1><p><time class=updated datetime=2023-07-13>today</time></p>" + text, changeRule,
		},
		{
			"a time element of both",
			"<h1>T</h1><p><time class='published updated' datetime=2023-07-13>today</time></p>" + text,
			nearHeadingRule,
		},
		{
			"a time element further off",
			"<h1>T</h1>" + lines(11) + text + lines(9) + "<time datetime=2023-07-13>today</time>",
			"time[datetime]",
		},
		{
			"of a change, further off",
			"<h1>T</h1>" + lines(11) + text + lines(9) + "<time class=modified datetime=2023-07-13>today</time>",
			"",
		},
	} {
		p := newTestPage(t, testURL, tt.page)
		q := p.para(t, "b")
		d, rule := p.dateNear(spot{p.tree.Find(atom.H1, 0, p.tree.Len()), q.First, q.Last})
		if rule != tt.want || rule != "" && d.String()[:10] != "2023-07-13" {
			t.Errorf("%s: %s by %q, want %q", tt.name, d, rule, tt.want)
		}
	}
}

// TestTitleRules compares headings with what pages declare.
func TestTitleRules(t *testing.T) {
	site := `<meta property="og:site_name" content="Bay Courier">`
	for _, tt := range []struct {
		name, url, page, title, rule string
	}{
		{
			"agrees", testURL,
			site + "<meta property=og:title content='Timber quay reopens again'><h1>Timber quay reopens again</h1>",
			"Timber quay reopens again", "og, h1",
		},
		{
			"the second h1 agrees", testURL,
			"<meta property=og:title content='Timber quay reopens again'><h1>Weather in Ostrel today</h1><h1>Timber quay reopens again</h1>",
			"Timber quay reopens again", "og, h1",
		},
		{
			"an h2 agrees", testURL,
			"<meta property=og:title content='Timber quay reopens again'><h1>Weather in Ostrel today</h1><h2>Timber quay reopens again</h2>",
			"Timber quay reopens again", "og, h2",
		},
		{
			"half of the words", testURL,
			"<meta property=og:title content='Timber quay opens today'><h1>Timber quay reopens again</h1>",
			"Timber quay reopens again", "h1",
		},
		{
			"fewer of them, one h1", testURL,
			"<meta property=og:title content='Timber harbour opens today'><h1>Timber quay reopens again</h1>",
			"Timber quay reopens again", "h1",
		},
		{
			"fewer of them, two h1", testURL,
			"<meta property=og:title content='Timber harbour opens today'><h1>Timber quay reopens again</h1><h1>Another one of them</h1>",
			"Timber harbour opens today", "og",
		},
		{
			"a short h1 that disagrees", testURL,
			"<meta property=og:title content='Timber harbour opens today'><h1>Timber quay</h1>",
			"Timber harbour opens today", "og",
		},
		{
			"the site's name", testURL, site + "<h1>Bay Courier</h1><h2>Timber quay reopens again</h2>",
			"Timber quay reopens again", "h2",
		},
		{"in a menu", testURL, "<nav><h1>Timber quay</h1></nav><h1>Another quay</h1>", "Another quay", "h1"},
		{"in a footer", testURL, "<footer><h1>Timber quay</h1></footer><h1>Another quay</h1>", "Another quay", "h1"},
		{
			"the title element", testURL, site + "<title>Timber quay reopens again | Bay Courier</title><p>x",
			"Timber quay reopens again", "title element",
		},
		{
			"an h2 beside it", testURL,
			site + "<title>Timber quay reopens again | Bay Courier</title><h2>More on it all</h2>",
			"Timber quay reopens again", "title element",
		},
		{"the site's name in it", testURL, site + "<title>Bay Courier</title><p>x", "", ""},
		{"nothing", testURL, "<p>x", "", ""},
		{
			"a kicker", testURL,
			"<meta property=og:title content='Timber quay reopens'><h1><span>Ostrel</span> <b>Timber quay reopens</b></h1>",
			"Timber quay reopens", "og within h1",
		},
		{
			"a kicker in the same text", testURL,
			"<meta property=og:title content='Timber quay reopens'><h1>Ostrel Timber quay reopens</h1>",
			"Ostrel Timber quay reopens", "h1",
		},
		{
			"as in the URL", "https://news.example/timber-quay-reopens-after-storm",
			"<meta property=og:title content='Timber quay reopens after storm'><h1>Timber quay open after long storm</h1>",
			"Timber quay reopens after storm", "og, as in the url",
		},
		{
			"elements that touch", testURL,
			"<h1><span class=a>Ostrel</span><span class=b>Timber quay</span></h1>", "Ostrel Timber quay", "h1",
		},
		{
			"of one class", testURL, "<h1><span class=a>Ostrel</span><span class=a>Timber quay</span></h1>",
			"Ostrel Timber quay", "h1",
		},
		{
			"a letter set apart", testURL, "<h1><span class=a>T</span><span class=b>imber quay</span></h1>",
			"Timber quay", "h1",
		},
		{
			"text between", testURL, "<h1><span class=a>Ostrel</span>, <span class=b>Timber</span></h1>",
			"Ostrel, Timber", "h1",
		},
		{"a long h1", testURL, "<h1>" + text(401, "") + "</h1><h1>Timber quay</h1>", "Timber quay", "h1"},
		{"an h1 of 400 bytes", testURL, "<h1>" + text(400, "") + "</h1><h1>Timber quay</h1>", text(400, ""), "h1"},
	} {
		p := newTestPage(t, tt.url, tt.page)
		title, _, rule := p.title()
		if title != tt.title || rule != tt.rule {
			t.Errorf("%s: %q by %q, want %q by %q", tt.name, title, rule, tt.title, tt.rule)
		}
	}
}

func TestTitleParts(t *testing.T) {
	p := newTestPage(t, testURL, `<meta property="og:site_name" content="Bay Courier"><p>x`)
	for s, want := range map[string]string{
		"Timber quay reopens | Bay Courier": "Timber quay reopens",
		"Timber quay | Bay Courier":         "Timber quay | Bay Courier", "Timber quay reopens": "Timber quay reopens",
		"Timber quay reopens again - News":                              "Timber quay reopens again",
		"Timber quay opens - News of the day":                           "Timber quay opens - News of the day",
		"Timber quay reopens it - One two three":                        "Timber quay reopens it",
		"Timber quay reopens at Ostrel - One two three four":            "Timber quay reopens at Ostrel",
		"Timber quay reopens at Ostrel today - One two three four five": "Timber quay reopens at Ostrel today - One two three four five",
		"A quay - News": "A quay - News", "Bay Courier": "Bay Courier",
		"Timber quay at BBay Courier": "Timber quay at BBay Courier", "제목은 여기 있다-정치ㅣBay Courier": "제목은 여기 있다",
	} {
		if got := p.withoutSite(s); got != want {
			t.Errorf("withoutSite(%q) = %q, want %q", s, got, want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want float64
	}{{"a-b", "a-b", 1}, {"a-b", "a-c", 0.5}, {"a-b-c-d", "a", 0.25}, {"a", "b", 0}, {strings.Repeat("a-", 59) + "a", "a", 1}, {strings.Repeat("a-", 60) + "a", "a", 0}, {"a", strings.Repeat("a-", 60) + "a", 0}} {
		if got := overlap(tt.a, tt.b); got != tt.want {
			t.Errorf("overlap(%.20q, %.20q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
	for url, want := range map[string][]string{
		"https://n.example/": nil, "https://n.example/news/timber-quay-4711.html": {"timber", "quay"},
		"https://n.example/a-bc_de+fg.hi/timber":    {"bc", "de", "fg", "hi"},
		"https://n.example/one/two-three/four-five": {"two", "three"},
		"https://n.example/hafen-größe.htm":         {"hafen", "groesse"},
	} {
		if got := newTestPage(t, url, "<p>x").urlName(); !slices.Equal(got, want) {
			t.Errorf("urlName of %s: %q, want %q", url, got, want)
		}
	}
	for title, want := range map[string]float64{
		"Timber quay": 1, "Timber": 0.5, "Timber quay at 4": 2. / 3, "": 0, "The old timber quay": 0.5,
		"a Timber quay": 1,
	} {
		if got := inName(title, []string{"timber", "quay"}); got != want {
			t.Errorf("inName(%q) = %v, want %v", title, got, want)
		}
	}
	d := newTestPage(t, testURL, "<meta property=og:title content='Timber quay reopens'><title>Timber quay reopens today</title><p>x")
	for s, want := range map[string]float64{
		"Timber quay reopens": 1, "timber": 0.5 + 0.5*6/19, "quay": 0, "Timber quay closes": 2. / 3,
		"Timber quay reopens today": 0.95, "Other": 0,
	} {
		if got := d.agreement(s); fmt.Sprintf("%.4f", got) != fmt.Sprintf("%.4f", want) {
			t.Errorf("agreement(%q) = %v, want %v", s, got, want)
		}
	}
}
