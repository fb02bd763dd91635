package extract

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// moment is a date with its time in UTC.
func moment(s string) item.Date {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return item.Date{Time: t, Precision: item.Second, Zoned: true, Raw: s}
}

// day is a date without a time.
func day(s string) item.Date {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return item.Date{Time: t, Precision: item.Day, Raw: s}
}

func TestDoubt(t *testing.T) {
	letters := func(d item.Date) item.Date { d.Raw = "5 March 2023"; return d }
	none := item.Date{}
	for _, tt := range []struct {
		name                 string
		stated, shown, inURL item.Date
		want                 string
	}{
		{"nothing stated", none, day("2023-07-13"), none, ""},
		{"nothing shown", day("2023-07-13"), none, none, ""},
		{"the same", day("2023-07-13"), day("2023-07-13"), day("2023-07-13"), ""},
		{"other than both", day("2023-07-20"), day("2023-07-13"), day("2023-07-13"), "the URL agrees with the page"},
		{"as in the URL", day("2023-07-20"), day("2023-07-13"), day("2023-07-20"), ""},
		{"as shown", day("2023-07-13"), day("2023-07-13"), day("2023-07-20"), ""},
		{"all differ", day("2023-07-20"), day("2023-07-13"), day("2023-07-01"), ""},
		{"no URL", day("2023-07-20"), day("2023-07-13"), none, ""},
		{
			"the fetch, two days later", moment("2024-01-01 12:00"), day("2023-12-30"), none,
			"it is the time of the fetch",
		},
		{"the fetch, a day later", moment("2024-01-01 12:00"), day("2023-12-31"), none, ""},
		{"a day before the fetch", moment("2023-12-31 12:00"), day("2023-12-29"), none, ""},
		{"swapped", day("2023-03-05"), letters(day("2023-05-03")), none, "day and month are swapped"},
		{"swapped, in digits", day("2023-03-05"), day("2023-05-03"), none, ""},
		{"another year", day("2022-03-05"), letters(day("2023-05-03")), none, ""},
		{"another day", day("2023-03-06"), letters(day("2023-05-03")), none, ""},
		{"another month", day("2023-04-05"), letters(day("2023-05-03")), none, ""},
		{"the same number", day("2023-05-05"), letters(day("2023-05-05")), none, ""},
	} {
		p := newTestPage(t, testURL, "<p>x")
		if got := p.doubt(tt.stated, tt.shown, tt.inURL); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestLocal reads moments in UTC as the clocks of the site show them.
func TestLocal(t *testing.T) {
	shownTime := func(s string) item.Date { d := moment(s); d.Zoned = false; return d }
	zoned := func(s string, hours int) item.Date {
		d := moment(s)
		d.Time = d.Time.In(time.FixedZone("", hours*3600))
		return d
	}
	none := item.Date{}
	for _, tt := range []struct {
		name, url string
		d, shown  item.Date
		want      string
	}{
		{"a day", testURL, day("2023-07-13"), none, "2023-07-13 r"},
		{"a moment", testURL, moment("2023-07-13 22:00"), none, "2023-07-13T22:00:00+00:00 r"},
		{"with an offset", "https://news.de/1", zoned("2023-07-13 22:00", 5), none, "2023-07-14T03:00:00+05:00 r"},
		{
			"by the domain", "https://news.de/1", moment("2023-07-13 22:30"), none,
			"2023-07-14T00:30:00+02:00 r, zone of .de",
		},
		{
			"by the domain, its day shown", "https://news.de/1", moment("2023-07-13 22:30"), day("2023-07-14"),
			"2023-07-14T00:30:00+02:00 r, zone of .de",
		},
		{
			"by the domain, the day in UTC shown", "https://news.de/1", moment("2023-07-13 22:30"),
			day("2023-07-13"), "2023-07-13T22:30:00+00:00 r",
		},
		{
			"by the domain, another day shown", "https://news.de/1", moment("2023-07-13 22:30"),
			day("2023-07-20"), "2023-07-14T00:30:00+02:00 r, zone of .de",
		},
		{
			"the time shown", testURL, moment("2023-07-13 22:30"), shownTime("2023-07-14 02:30"),
			"2023-07-14T02:30:00+04:00 r, zone as shown",
		},
		{
			"half an hour off", testURL, moment("2023-07-13 22:30"), shownTime("2023-07-14 04:00"),
			"2023-07-14T04:00:00+05:30 r, zone as shown",
		},
		{
			"a quarter of an hour off", testURL, moment("2023-07-13 12:30"), shownTime("2023-07-13 12:45"),
			"2023-07-13T12:30:00+00:00 r",
		},
		{
			"fourteen hours off", testURL, moment("2023-07-13 06:30"), shownTime("2023-07-13 20:30"),
			"2023-07-13T20:30:00+14:00 r, zone as shown",
		},
		{"more", testURL, moment("2023-07-13 06:30"), shownTime("2023-07-13 21:00"), "2023-07-13T06:30:00+00:00 r"},
		{"the next day shown", testURL, moment("2023-07-13 10:00"), day("2023-07-14"), "2023-07-14 r, day as shown"},
		{
			"the next day shown, in the morning", testURL, moment("2023-07-13 09:59"), day("2023-07-14"),
			"2023-07-13T09:59:00+00:00 r",
		},
		{
			"the day before shown", testURL, moment("2023-07-13 13:59"), day("2023-07-12"),
			"2023-07-12 r, day as shown",
		},
		{
			"the day before shown, in the afternoon", testURL, moment("2023-07-13 14:00"), day("2023-07-12"),
			"2023-07-13T14:00:00+00:00 r",
		},
		{
			"two days later shown", testURL, moment("2023-07-13 12:00"), day("2023-07-15"),
			"2023-07-13T12:00:00+00:00 r",
		},
	} {
		p := newTestPage(t, tt.url, "<p>x")
		d, rule := p.local(tt.d, tt.shown, "r")
		if got := d.String() + " " + rule; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestPublishedBounds weighs what is declared, what is shown and what the URL says.
func TestPublishedBounds(t *testing.T) {
	declare := func(s string) string { return `<meta property="article:published_time" content="` + s + `">` }
	page := func(s string) string { return "<h1>T</h1><p>" + s + "</p><p id=b>Some words of the text.</p>" }
	for _, tt := range []struct{ name, url, page, want string }{
		{"declared", testURL, declare("2023-07-13") + page("word"), "2023-07-13 by meta"},
		{
			"declared, the time shown", testURL, declare("2023-07-13") + page("13 July 2023, 14:05"),
			"2023-07-13T14:05:00 by " + nearHeadingRule,
		},
		{
			"declared, another day shown with its time", testURL,
			declare("2023-07-13") + page("14 July 2023, 14:05"), "2023-07-13 by meta",
		},
		{
			"declared, the day shown", testURL, declare("2023-07-13T14:05:00") + page("13 July 2023"),
			"2023-07-13T14:05:00 by meta",
		},
		{
			"declared, a change shown", testURL, declare("2023-07-13") + page("Updated 14 July 2023, 14:05"),
			"2023-07-13 by meta",
		},
		{"shown", testURL, page("13 July 2023"), "2023-07-13 by " + nearHeadingRule},
		{"in the URL", "https://news.example/2023/07/13/a", page("word"), "2023-07-13 by url"},
		{
			"shown three days after that in the URL", "https://news.example/2023/07/13/a", page("16 July 2023"),
			"2023-07-13 by url",
		},
		{
			"shown two days after it", "https://news.example/2023/07/13/a", page("15 July 2023"),
			"2023-07-15 by " + nearHeadingRule,
		},
		{"a change alone", testURL, page("Updated 14 July 2023"), "2023-07-14 by " + changeRule},
		{"nothing", testURL, page("word"), " by "},
	} {
		p := newTestPage(t, tt.url, tt.page)
		q := p.para(t, "b")
		d, rule := p.published(spot{p.tree.Find(atom.H1, 0, p.tree.Len()), q.First, q.Last})
		got := d.String() + " by " + rule
		if strings.HasPrefix(rule, "meta") || rule == "article:published_time" || rule == "og" {
			got = d.String() + " by meta"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestChangedLater(t *testing.T) {
	for _, tt := range []struct {
		name          string
		change, first item.Date
		rule          string
		want          bool
	}{
		{"later", day("2023-07-14"), day("2023-07-13"), "", true},
		{"the same day", moment("2023-07-13 01:00"), moment("2023-07-13 14:00"), "", true},
		{"earlier", day("2023-07-12"), day("2023-07-13"), "", false},
		{"none", item.Date{}, day("2023-07-13"), "", false},
		{"the only date", day("2023-07-14"), day("2023-07-14"), changeRule, false},
	} {
		p := newTestPage(t, testURL, "<p>x")
		p.lastChange, p.result.Rules["date_published"] = tt.change, tt.rule
		if got := p.changedLater(tt.first); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestLanguageTag(t *testing.T) {
	for s, want := range map[string]string{
		"en": "en", "en_US": "en-US", " az ": "az", "de,en": "de", "en-US.UTF-8": "en-US", "fil": "fil",
		"e": "", "engl": "", "zh-Hans-CN": "zh-Hans-CN", "zh-Hant-HK-x-longer": "zh-Hant-HK-x-longer",
		"zh-Hant-HK-x-longerer": "", "e!": "", "es-419": "es-419", "en-@": "", "en-[": "", "": "",
		"zz-AZ09": "zz-AZ09", "en-/": "", "en-:": "",
	} {
		if got := languageTag(s); got != want {
			t.Errorf("languageTag(%q) = %q, want %q", s, got, want)
		}
	}
	for page, want := range map[string]string{
		"<html lang=de>": "de", "<html xml:lang=de>": "de", "<html lang=fr xml:lang=de>": "fr", "<p>": "",
		strings.Repeat("<!-- -->", 20) + "<html lang=de>": "de",
	} {
		if got := newTestPage(t, testURL, page).htmlLanguage(); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
}

// TestSlogans compares descriptions with articles by their longer words.
func TestSlogans(t *testing.T) {
	stems := func(s string) (list []string) {
		eachStem(s, func(stem string) bool { list = append(list, stem); return true })
		return list
	}
	for s, want := range map[string][]string{
		"": nil, "four five words": {"words"}, "The HARBOUR, harbours": {"harbo", "harbo"}, "größer": {"größe"},
		"abcde": {"abcde"}, "abcd": nil, "abcde fg": {"abcde"}, "12345 x": {"12345"},
	} {
		if got := stems(s); !slices.Equal(got, want) {
			t.Errorf("stems of %q: %q, want %q", s, got, want)
		}
	}
	if eachStem("harbour council", func(string) bool { return false }) || !eachStem("a b", func(string) bool { return false }) {
		t.Error("eachStem does not say that it was stopped")
	}
	words := func(from, n int) string {
		var list []string
		for i := range n {
			list = append(list, strings.Repeat(string(rune('a'+from+i)), 6))
		}
		return strings.Join(list, " ")
	}
	for _, tt := range []struct {
		name, s     string
		title, text string
		want        bool
	}{
		{"no word in common", words(0, 3), "", words(10, 10), true},
		{"few words in the article", words(0, 3), "", words(10, 9), false},
		{"the same words again", words(0, 3), "", words(10, 9) + " " + words(10, 9), false},
		{"few words in the description", words(0, 2), "", words(10, 10), false},
		{"a word of the title", words(0, 3), words(2, 1), words(10, 10), false},
		{"a word of the text", words(0, 3), "", words(10, 10) + " " + words(2, 1), false},
		{"a wide script", "会议 " + words(0, 3), "", words(10, 10), false},
	} {
		if got := slogan(tt.s, &Article{Title: tt.title, Paragraphs: []string{tt.text}}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestPartialBounds compares a text with what the page shows.
func TestPartialBounds(t *testing.T) {
	lines := func(n int, tag string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "<%s>%s%03d</%s>", tag, text(97, ""), i, tag)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, page string
		shown      int
	}{
		{"paragraphs", "<div>" + lines(3, "p") + "</div>", 300},
		{"two of them", "<div>" + lines(2, "p") + "</div>", 0},
		{
			"in blocks of their own",
			"<div><p>" + strings.Repeat("x", 90) + "</p></div><div><p>" + strings.Repeat("y", 90) + "</p></div><div><p>" + strings.Repeat("z", 90) + "</p></div>",
			0,
		},
		{"the same line again", "<div>" + strings.Repeat("<p>"+text(100, "")+"</p>", 5) + "</div>", 0},
		{"in a menu", "<nav>" + lines(3, "p") + "</nav>", 0},
		{"comments", "<div id=comments>" + lines(3, "p") + "</div>", 0},
		{"comments by class", "<div class=comments>" + lines(3, "p") + "</div>", 0},
		{"items", "<ul>" + lines(3, "li") + "</ul>", 0},
		{
			"a third of it links",
			"<div>" + strings.ReplaceAll(lines(3, "p"), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0", "<a href=y>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</a>0") + "</div>",
			300,
		},
		{
			"more of it links",
			"<div>" + strings.ReplaceAll(lines(3, "p"), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0", "<a href=y>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</a>0") + "</div>",
			0,
		},
	} {
		if got := newTestPage(t, testURL, tt.page).shownText(); got != tt.shown {
			t.Errorf("%s: %d bytes are shown, want %d", tt.name, got, tt.shown)
		}
	}
	for _, tt := range []struct {
		n    int // of 1,000 bytes
		want bool
	}{{500, true}, {501, false}, {100, true}} {
		p := newTestPage(t, testURL, "<div>"+lines(10, "p")+"</div>")
		if got := p.partial([]dom.Paragraph{{Text: text(tt.n, "")}}); got != tt.want {
			t.Errorf("%d of 1,000 bytes: partial %v", tt.n, got)
		}
	}
	small := newTestPage(t, testURL, "<div>"+lines(4, "p")+"</div>")
	if small.partial([]dom.Paragraph{{Text: text(10, "")}}) {
		t.Error("400 bytes shown, 10 found: partial, want at least 500 missing")
	}
	chosen := newTestPage(t, testURL, "<div>"+lines(10, "p")+"</div>")
	if chosen.result.Rules["content_text"] = "selector p"; chosen.partial(nil) {
		t.Error("a text by selectors is partial")
	}
}

// TestAttributeScore weighs dates in attributes by their name and place.
func TestAttributeScore(t *testing.T) {
	at := spot{heading: 10, bodyFirst: 20, bodyLast: 30}
	for _, tt := range []struct {
		i     int32
		name  string
		at    spot
		score int
		above bool
	}{
		{9, "title", at, 2, true}, {10, "title", at, 3, false}, {30, "title", at, 3, false},
		{31, "title", at, 1, false}, {31, "data-published", at, 5, false},
		{15, "title", spot{-1, 20, 30}, 2, true}, {20, "title", spot{-1, 20, 30}, 3, false},
	} {
		if score, above := attributeScore(tt.i, tt.name, tt.at); score != tt.score || above != tt.above {
			t.Errorf("%s of node %d: %d, %v, want %d, %v", tt.name, tt.i, score, above, tt.score, tt.above)
		}
	}
}

// TestTraces finds dates where none is declared or shown.
func TestTraces(t *testing.T) {
	line := text(80, ".")
	for _, tt := range []struct{ name, page, want string }{
		{
			"an attribute", "<h1>T</h1><i data-published='2023-07-13'>x</i><p id=b>" + line,
			"2023-07-13 by i[data-published]",
		},
		{"in a link", "<h1>T</h1><a href=x><i data-published='2023-07-13'>x</i></a><p id=b>" + line, " by "},
		{
			"in an anchor", "<h1>T</h1><a name=x><i data-published='2023-07-13'>x</i></a><p id=b>" + line,
			"2023-07-13 by i[data-published]",
		},
		{
			"in comments",
			"<h1>T</h1><div class=comments><i data-published='2023-07-13'>x</i></div><p id=b>" + line, " by ",
		},
		{
			"one between, one below",
			"<h1>T</h1><p id=b>" + line + "<i data-date='2023-07-12'>x</i></p><p>word</p><i data-date='2023-07-13'>x</i>",
			"2023-07-12 by i[data-date]",
		},
		{
			"named for publication",
			"<h1>T</h1><i data-date='2023-07-12'>x</i><p id=b>" + line + "</p><p>word</p><i data-published='2023-07-13'>x</i>",
			"2023-07-13 by i[data-published]",
		},
		{"a dateline", "<h1>T</h1><p id=b>Berlin, 13 July 2023 - " + line, "2023-07-13 by dateline of the text"},
		{"four words before it", "<h1>T</h1><p id=b>From one to four, 13 July 2023 - " + line, " by "},
		{"a short text", "<h1>T</h1><p id=b>Berlin, 13 July 2023 - So.", " by "},
		{
			"forty bytes before it", "<h1>T</h1><p id=b>" + text(39, "") + " 13 July 2023 - " + line,
			"2023-07-13 by dateline of the text",
		},
		{"more before it", "<h1>T</h1><p id=b>" + text(40, "") + " 13 July 2023 - " + line, " by "},
		{"some hours ago", "<h1>T</h1><p>2 hours ago</p><p id=b>" + line, "2024-01-01 by relative to the fetch"},
		{"changed some hours ago", "<h1>T</h1><p>Updated 2 hours ago</p><p id=b>" + line, " by "},
		{"some hours ago, below", "<h1>T</h1><p id=b>" + line + "</p><p>2 hours ago", " by "},
		{"far below", "<h1>T</h1>" + strings.Repeat("<p>word</p>", 12) + "<p>2 hours ago</p><p id=b>" + line, " by "},
		{
			"less far below",
			"<h1>T</h1>" + strings.Repeat("<p>word</p>", 11) + "<p>2 hours ago</p><p id=b>" + line,
			"2024-01-01 by relative to the fetch",
		},
		{
			"written by a script", "<h1>T</h1><script>show('2023-07-13 01:43')</script><p id=b>" + line,
			"2023-07-13 by script beside the text",
		},
		{
			"by two before the text's end",
			"<h1>T</h1><script>show('2023-07-12 01:43')</script><script>show('2023-07-13 01:43')</script><p id=b>" + line,
			"2023-07-13 by script beside the text",
		},
		{
			"by two after it",
			"<h1>T</h1><p id=b>" + line + "</p><script>show('2023-07-13 01:43')</script><script>show('2023-07-12 01:43')</script>",
			"2023-07-13 by script beside the text",
		},
		{
			"before and after",
			"<h1>T</h1><script>show('2023-07-13 01:43')</script><p id=b>" + line + "</p><script>show('2023-07-12 01:43')</script>",
			"2023-07-13 by script beside the text",
		},
		{"in the head", "<head><script>show('2023-07-13 01:43')</script></head><h1>T</h1><p id=b>" + line, " by "},
		{
			"by a long script",
			"<h1>T</h1><script>show('2023-07-13 01:43')" + strings.Repeat(";", 577) + "</script><p id=b>" + line,
			" by ",
		},
		{
			"by a shorter one",
			"<h1>T</h1><script>show('2023-07-13 01:43')" + strings.Repeat(";", 576) + "</script><p id=b>" + line,
			"2023-07-13 by script beside the text",
		},
		{
			"far off",
			"<h1>T</h1><p id=b>" + line + "</p>" + strings.Repeat("<i>x</i>", 130) + "<script>show('2023-07-13 01:43')</script>",
			"2023-07-13 by script beside the text",
		},
		{
			"far off, on two days",
			"<h1>T</h1><p id=b>" + line + "</p>" + strings.Repeat("<i>x</i>", 130) + "<script>show('2023-07-13 01:43')</script><script>show('2023-07-12 01:43')</script>",
			" by ",
		},
	} {
		p := newTestPage(t, testURL, tt.page)
		q := p.para(t, "b")
		d, rule := p.traced(spot{p.tree.Find(atom.H1, 0, p.tree.Len()), q.First, q.Last}, item.Date{})
		got := " by " + rule
		if !d.IsZero() {
			got = d.String()[:10] + got
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	p := newTestPage(t, testURL, "<p>x")
	for _, tt := range []struct {
		dates []declared.Statement
		want  string
	}{
		{
			[]declared.Statement{{Value: "2023-07-12", Rule: "created"}, {Value: "2023-07-13", Rule: "published"}},
			"2023-07-13",
		},
		{
			[]declared.Statement{{Value: "2023-07-12", Rule: "lastpublished"}, {Value: "2023-07-13", Rule: "date"}},
			"2023-07-13",
		},
		{[]declared.Statement{{Value: "soon", Rule: "published"}}, ""}, {nil, ""},
	} {
		p.stateDates = tt.dates
		if d, ok := p.stateDate(); ok != (tt.want != "") || ok && d.String() != tt.want {
			t.Errorf("%v: %s, %v, want %q", tt.dates, d, ok, tt.want)
		}
	}
}

// TestIsSite knows the names of the site.
func TestIsSite(t *testing.T) {
	p := newTestPage(t, "https://www.bay-courier.example/1", `<meta property="og:site_name" content="The Bay"><p>x`)
	checkYes(t, "isSite", p.isSite, []yes{
		{"The Bay", true}, {"the-bay", true}, {"Bay Courier", true}, {"Courier", true}, {"Bay", false},
		{"Ann Lee", false}, {"", false}, {"Redaktion", true}, {"admin", true}, {"cou", false}, {"cour", true},
	})
}

// TestBylines reads authors in lines near the heading and the text, and in elements
// named for them.
func TestBylines(t *testing.T) {
	lines := func(n int) string { return strings.Repeat("<p>word</p>", n) }
	body := "<p id=b>" + text(90, ".") + "</p>"
	for _, tt := range []struct{ name, page, want string }{
		{"below the heading", "<h1>T</h1><p>By Ann Lee</p>" + body, "Ann Lee by byline"},
		{
			"thirteen lines between", "<h1>T</h1>" + lines(13) + "<p>By Ann Lee</p>" + lines(5) + body,
			"Ann Lee by byline",
		},
		{"fourteen lines between", "<h1>T</h1>" + lines(14) + "<p>By Ann Lee</p>" + lines(5) + body, ""},
		{"three lines above", "<p>By Ann Lee</p>" + lines(3) + "<h1>T</h1>" + lines(20) + body, "Ann Lee by byline"},
		{"four lines above", "<p>By Ann Lee</p>" + lines(4) + "<h1>T</h1>" + lines(20) + body, ""},
		{"above the text", "<h1>T</h1>" + lines(20) + "<p>By Ann Lee</p>" + lines(3) + body, "Ann Lee by byline"},
		{"further above it", "<h1>T</h1>" + lines(20) + "<p>By Ann Lee</p>" + lines(4) + body, ""},
		{"below the text", "<h1>T</h1>" + lines(20) + body + lines(2) + "<p>By Ann Lee</p>", "Ann Lee by byline"},
		{"further below it", "<h1>T</h1>" + lines(20) + body + lines(3) + "<p>By Ann Lee</p>", ""},
		{"an element", "<h1>T</h1><p class=author>Ann Lee</p>" + body, "Ann Lee by author element"},
		{
			"an element and a line", "<h1>T</h1><p class=author>Bo Chen</p><p>By Ann Lee</p>" + body,
			"Ann Lee by byline",
		},
		{
			"two elements", "<h1>T</h1><p class=author>Ann Lee</p><p class=author>Bo Chen</p>" + body,
			"Ann Lee by author element",
		},
		{
			"three elements around", "<h1>T</h1><div class=author><p><b><i>Ann Lee</i></b></p></div>" + body,
			"Ann Lee by author element",
		},
		{"four elements around", "<h1>T</h1><div class=author><p><b><i><u>Ann Lee</u></i></b></p></div>" + body, "Ann Lee by author element"},
		{"in a menu", "<h1>T</h1><nav><p class=author>Ann Lee</p></nav>" + body, ""},
		{
			"by rel", "<h1>T</h1><p><a rel=author href=/ann>Ann Lee</a></p>" + body,
			"Ann Lee https://www.news.example/ann by author element",
		},
		{"one word", "<h1>T</h1><p class=author>Ann</p>" + body, ""},
		{
			"the site",
			"<meta property=og:site_name content='Bay Courier'><h1>T</h1><p class=author>Bay Courier</p>" + body,
			"Bay Courier by author element",
		},
		{
			"a link in a line", "<h1>T</h1><p>By <a href=/ann>Ann Lee</a></p>" + body,
			"Ann Lee https://www.news.example/ann by byline",
		},
		{
			"a long line",
			"<h1>T</h1><p>By Ann Lee" + strings.Repeat(" ", 1) + strings.Repeat("| x ", 34) + "</p>" + body, "",
		},
	} {
		p := newTestPage(t, testURL, tt.page)
		q := p.para(t, "b")
		found, rule := p.bylines(spot{p.tree.Find(atom.H1, 0, p.tree.Len()), q.First, q.Last}, false, false)
		var got string
		for _, a := range found {
			got += strings.TrimSpace(a.Name+" "+a.URL) + " by " + rule
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestBoxes tells boxes between the paragraphs from the text.
func TestBoxes(t *testing.T) {
	long := func(n int) string { return strings.Repeat("<p>"+text(100, ".")+"</p>", n) }
	for _, tt := range []struct {
		name, box string
		kept      bool
	}{
		{"a caption", "<div id=x><img>" + text(90, ".") + "</div>", false},
		{"running text", "<div id=x>" + text(90, ".") + "</div>", true},
		{"a label", "<div id=x>Some words</div>", false},
		{"a heading", "<div id=x><h3>Some words</h3></div>", true},
		{"a linked heading", "<div id=x><h3><a href=/b>Some words</a></h3></div>", false},
		{"two headings", "<div id=x><h3>Some words</h3><h4>Others</h4></div>", true},
		{"sixty percent running text", "<div id=x>" + text(90, ".") + "<div>" + text(60, "") + "</div></div>", true},
		{"less running text", "<div id=x>" + text(90, ".") + "<div>" + text(61, "") + "</div></div>", false},
		{
			"a long text with a picture",
			"<div id=x><img><div>" + text(150, ".") + "</div><div>" + text(150, ".") + "</div></div>", true,
		},
		{
			"a shorter one",
			"<div id=x><img><div>" + text(150, ".") + "</div><div>" + text(149, ".") + "</div></div>", false,
		},
		{"an offer", "<div id=x>Sign up for " + text(90, ".") + "</div>", false},
		{"a player", "<div id=x><video></video>" + text(90, ".") + "</div>", false},
		{"a form", "<div id=x>" + text(90, ".") + "<input></div>", false},
		{"a list", "<ul id=x><li>Some words</li></ul>", true},
		{"a table", "<table id=x><tr><td>Some words</td></tr></table>", true},
	} {
		p := newTestPage(t, testURL, "<div id=root>"+long(10)+tt.box+long(10)+"</div>")
		root, x := p.node(t, "root"), p.node(t, "x")
		kept := false
		for _, l := range p.dropBoxes(root, p.tree.LinesIn(root, nil)) {
			kept = kept || p.tree.Within(l.First, x)
		}
		if kept != tt.kept {
			t.Errorf("%s: kept %v, want %v", tt.name, kept, tt.kept)
		}
	}
	for _, tt := range []struct {
		name string
		n    int // boxes beside 600 bytes of text
		want int // lines
	}{{"few boxes", 4, 6}, {"as many boxes as text allows", 8, 6}, {"more boxes", 9, 15}} {
		p := newTestPage(t, testURL, "<div id=root>"+long(6)+strings.Repeat("<div class=c>"+text(50, "")+"</div>", tt.n)+"</div>")
		root := p.node(t, "root")
		if got := p.dropBoxes(root, p.tree.LinesIn(root, nil)); len(got) != tt.want {
			t.Errorf("%s: %d lines are kept, want %d", tt.name, len(got), tt.want)
		}
	}
}

func TestStatedTitle(t *testing.T) {
	for title, want := range map[string]string{
		"Port &amp; sea": "Port & sea", "<b>Port</b> &amp;amp; sea": "Port & sea", "": "",
		text(400, ""): text(400, ""), text(401, ""): "",
	} {
		p := newTestPage(t, testURL, "<p>x")
		p.in.Stated.Title, p.in.Stated.By = title, "feed"
		var a Article
		if got := p.statedTitle(&a); got != want || (a.Provenance["title"] == "feed") != (want != "") {
			t.Errorf("%.30q: %.30q of %v, want %.30q", title, got, a.Provenance, want)
		}
	}
}

// TestReferences reads the URLs of selected elements and of print pages.
func TestReferences(t *testing.T) {
	p := newTestPage(t, testURL, `<a id=own href=/1>x</a><p id=in><a name=y>x</a><a href=/2>x</a></p><a href=/3><b id=around>x</b></a><p id=none>x</p><i id=attr data-to=/4>x</i>`)
	for id, want := range map[string]string{"own": "/1", "in": "/2", "around": "/3", "none": ""} {
		if got := reference(p.tree, p.node(t, id), Selector{}); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if got := reference(p.tree, p.node(t, "attr"), Selector{Attr: "data-to"}); got != "/4" {
		t.Errorf("an attribute: %q", got)
	}
	for link, want := range map[string]string{
		"<link rel=alternate media=print href=/p>":              "https://www.news.example/p",
		"<link rel='alternate stylesheet' media=print href=/p>": "",
		"<link rel=alternate media=screen href=/p>":             "", "<link rel=x media=print href=/p>": "",
		"<link rel=x href=/q><link rel=alternate media=' Print ' href=/p>": "https://www.news.example/p",
	} {
		if got := newTestPage(t, testURL, link).printPage(); got != want {
			t.Errorf("%s: %q, want %q", link, got, want)
		}
	}
}

// TestURLTitles prefers the declared title that the URL was made from.
func TestURLTitles(t *testing.T) {
	for _, tt := range []struct{ name, url, declared, shown, want string }{
		{
			"five of five words", "timber-quay-reopens-after-storm", "Timber quay reopens after storm",
			"Timber quay open after long storm", "Timber quay reopens after storm",
		},
		{
			"the heading agrees", "timber-quay-reopens-after-storm", "Timber quay reopens after storm",
			"Timber quay reopens after the storm", "",
		},
		{
			"seven of ten words", "a1-ab-bb-cb-db-eb-fb-gb-hb-ib-jb", "ab bb cb db eb fb gb hb ib jb",
			"ab bb cb db eb fb gb xx yy zz", "",
		},
		{
			"six of ten words", "a1-ab-bb-cb-db-eb-fb-gb-hb-ib-jb", "ab bb cb db eb fb gb hb ib jb",
			"ab bb cb db eb fb ww xx yy zz", "ab bb cb db eb fb gb hb ib jb",
		},
		{
			"eight of ten declared", "a1-ab-bb-cb-db-eb-fb-gb-hb-ib-jb", "ab bb cb db eb fb gb hb xx yy",
			"ab bb cb db eb uu ww xx yy zz", "ab bb cb db eb fb gb hb xx yy",
		},
		{
			"seven of ten declared", "a1-ab-bb-cb-db-eb-fb-gb-hb-ib-jb", "ab bb cb db eb fb gb uu xx yy",
			"ab bb cb db uu vv ww xx yy zz", "",
		},
		{
			"three words in the URL", "timber-quay-reopens", "Timber quay reopens today",
			"Something else in the heading", "",
		},
		{
			"three declared words", "timber-quay-reopens-now", "Timber quay reopens",
			"Something else in the heading", "",
		},
	} {
		p := newTestPage(t, "https://news.example/"+tt.url, `<meta property="og:title" content="`+tt.declared+`"><p>x`)
		if got, _ := p.asInURL(tt.shown); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
