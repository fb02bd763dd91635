package list

import (
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// titlesOf returns the titles of the headlines of a listing page.
func titlesOf(t *testing.T, body string, listing bool) []string {
	t.Helper()
	tree, err := dom.Parse([]byte("<body>" + body))
	if err != nil {
		t.Fatal(err)
	}
	const url = "https://news.example/"
	f := New(tree, dom.NewResolver(url, tree), date.New(date.Options{}), url, listing)
	var titles []string
	for _, l := range f.Lists() {
		for _, e := range l.Entries {
			titles = append(titles, e.Title)
		}
	}
	return titles
}

var quays = []string{"Timber quay at Ostrel reopens", "Museum of glass in Velden closes", "Second ferry to the outer islands",
	"Council turns down the market hall", "Herring catch smaller than before"}

// items joins the rows for quays, of which {t} and {n} are title and number, {k} a word
// and {s} a sentence, each in its own.
func items(rows ...string) string {
	kickers := []string{"Harbour", "Culture", "Transport", "Town", "Economy"}
	var b strings.Builder
	b.WriteString("<ul>")
	for k, row := range rows {
		b.WriteString("<li>" + strings.NewReplacer("{t}", quays[k], "{n}", string(rune('1'+k)), "{k}", kickers[k],
			"{s}", "It was said on "+kickers[k]+" street today.").Replace(row) + "</li>")
	}
	return b.String() + "</ul>"
}

// TestColumns: parts that nearly all links of one mark-up have are no titles.
func TestColumns(t *testing.T) {
	const kicker = `<a href="/n/{n}"><em>{k}</em> {t}</a>`
	const plain = `<a href="/n/{n}">{t}</a>`
	const teaser = `<a href="/n/{n}"><b>{t}</b><i>{s}</i></a>`
	const word = `<a href="/n/{n}"><em>{k}</em><b>{t}</b></a>`
	for _, c := range []struct {
		name string
		rows []string
		want string // the second title
	}{
		{"three kickers", []string{kicker, kicker, kicker}, quays[1]},
		{"two kickers", []string{kicker, kicker, plain, plain}, "Culture " + quays[1]},
		{"kickers in elements", []string{word, word, word}, quays[1]},
		{"a word with a colon", []string{`<a href="/n/{n}"><em>{k}:</em> {t}</a>`, `<a href="/n/{n}"><em>{k}:</em> {t}</a>`, `<a href="/n/{n}"><em>{k}:</em> {t}</a>`}, "Culture: " + quays[1]},
		{"four words", []string{`<a href="/n/{n}"><em>{k} on the quay</em> {t}</a>`, `<a href="/n/{n}"><em>{k} on the quay</em> {t}</a>`, `<a href="/n/{n}"><em>{k} on the quay</em> {t}</a>`}, "Culture on the quay " + quays[1]},
		{"teasers", []string{teaser, teaser, teaser}, quays[1]},
		{"two teasers", []string{teaser, teaser}, ""},
		{"sentences before the title", []string{`<a href="/n/{n}"><i>{s}</i><b>{t}</b></a>`, `<a href="/n/{n}"><i>{s}</i><b>{t}</b></a>`, `<a href="/n/{n}"><i>{s}</i><b>{t}</b></a>`},
			"It was said on Culture street today. " + quays[1]},
		{"a kicker in half of the links", []string{kicker, kicker, kicker, `<a href="/n/{n}"><em>{t}</em> here</a>`, `<a href="/n/{n}"><em>{t}</em> here</a>`}, "Culture " + quays[1]},
	} {
		titles := titlesOf(t, items(c.rows...), true)
		got := ""
		if len(titles) > 1 {
			got = titles[1]
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestRanks: places in a list are cut where they follow each other.
func TestRanks(t *testing.T) {
	for _, c := range []struct{ name, row, want string }{
		{"full stop", "{n}. {t}", quays[1]},
		{"bracket", "{n}) {t}", quays[1]},
		{"space", "{n} {t}", quays[1]},
		{"sign", "#{n} {t}", quays[1]},
		{"hyphen", "{n}-{t}", "2-" + quays[1]},
		{"the same number", "7 {t}", "7 " + quays[1]},
	} {
		row := `<a href="/n/{n}">` + c.row + `</a>`
		if got := titlesOf(t, items(row, row, row), true); len(got) != 3 || got[1] != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	entries := func(titles ...string) (list []Entry) {
		for _, s := range titles {
			list = append(list, Entry{Title: s})
		}
		return list
	}
	for _, c := range []struct {
		in   []Entry
		want string
	}{
		{entries("4. Quay", "5. Pier", "6. Bay"), "Quay"},
		{entries("4. Quay", "5. Pier"), "4. Quay"},
		{entries("4. Quay", "5. Pier", "7. Bay"), "4. Quay"},
		{entries("4. Quay", "5. Pier", "Bay"), "4. Quay"},
		{entries("4. Quay", "5. Pier", "6. "), "4. Quay"},
		{entries("1998 Quay", "1999 Pier", "2000 Bay"), "1998 Quay"},
	} {
		if cutRanks(c.in); c.in[0].Title != c.want {
			t.Errorf("cutRanks: %q, want %q", c.in[0].Title, c.want)
		}
	}
}

// TestUncut: the whole of a title that ends in an ellipsis.
func TestUncut(t *testing.T) {
	const cut, whole = "Timber quay at Ostrel…", "Timber quay at Ostrel reopens"
	for _, c := range []struct{ name, row, want string }{
		{"title of the link", `<a href="/n/{n}" title="` + whole + `">` + cut + `</a>`, whole},
		{"three full stops", `<a href="/n/{n}" title="` + whole + `">Timber quay at Ostrel ...</a>`, whole},
		{"another text", `<a href="/n/{n}" title="A quay at Ostrel">` + cut + `</a>`, cut},
		{"no ellipsis", `<a href="/n/{n}" title="` + whole + `">Timber quay at Ostrel</a>`, "Timber quay at Ostrel"},
		{"too long", `<a href="/n/{n}" title="` + whole + strings.Repeat(" x", 200) + `">` + cut + `</a>`, cut},
		{"element in the link", `<a href="/n/{n}"><b title="` + whole + `">` + cut + `</b></a>`, whole},
		{"heading around the link", `<h3 title="` + whole + `"><a href="/n/{n}">` + cut + `</a></h3>`, whole},
		{"item around the link", `<div title="` + whole + `"><a href="/n/{n}">` + cut + `</a></div>`, cut},
		{"behind the link", `<a href="/n/{n}">` + cut + `</a><b title="` + whole + `"></b>`, cut},
		{"picture", `<a href="/n/{n}"><img alt="` + whole + `">` + cut + `</a>`, whole},
	} {
		body := "<ul>"
		for _, n := range []string{"1", "2"} {
			body += "<li>" + strings.ReplaceAll(c.row, "{n}", n) + " <i>1" + n + " March 2024</i></li>"
		}
		if got := titlesOf(t, body+"</ul>", true); len(got) != 2 || got[0] != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCopies: a list that one before it holds in the same order counts once.
func TestCopies(t *testing.T) {
	const row = `<a href="/n/{n}">{t}</a>`
	full := items(row, row, row, row)
	swapped := "<ol><li>" + strings.Join([]string{`<a href="/n/2">` + quays[1], `<a href="/n/1">` + quays[0], `<a href="/n/3">` + quays[2]}, "</a></li><li>") + "</a></li></ol>"
	other := `<ol class="x">` + strings.ReplaceAll(items(row, row, row), "/n/", "/m/") + "</ol>"
	for _, c := range []struct {
		name, body string
		want       int
	}{
		{"alone", full, 4},
		{"twice", full + "<hr><section>" + full + "</section>", 4},
		{"a part behind", full + "<hr><section>" + items(row, row, row) + "</section>", 4},
		{"a part before", "<section>" + items(row, row, row) + "</section><hr>" + full, 7},
		{"another order", full + "<hr><section>" + swapped + "</section>", 7},
		{"other links", full + "<hr><section>" + other + "</section>", 7},
	} {
		if got := titlesOf(t, c.body, true); len(got) != c.want {
			t.Errorf("%s: %d headlines, want %d", c.name, len(got), c.want)
		}
	}
}

// TestMoreLinks: cards whose links all say one thing, on listings only.
func TestMoreLinks(t *testing.T) {
	const card = `<div><p class="t">{t}</p><p>{s}</p><a href="/n/{n}">Read more</a></div>`
	long := strings.ReplaceAll(card, "{s}", strings.Repeat("A long summary. ", 50))
	for _, c := range []struct {
		name    string
		rows    []string
		listing bool
		want    int
	}{
		{"listing", []string{card, card, card}, true, 3},
		{"article", []string{card, card, card}, false, 0},
		{"two", []string{card, card}, true, 0},
		{"long", []string{long, long, long}, true, 0},
		{"sentence first", []string{`<div><p>{s}</p><a href="/n/{n}">More</a></div>`, `<div><p>{s}</p><a href="/n/{n}">More</a></div>`, `<div><p>{s}</p><a href="/n/{n}">More</a></div>`}, true, 0},
		{"bold sentence first", []string{`<div><p><b>{s}</b></p><a href="/n/{n}">More</a></div>`, `<div><p><b>{s}</b></p><a href="/n/{n}">More</a></div>`, `<div><p><b>{s}</b></p><a href="/n/{n}">More</a></div>`}, true, 3},
		{"another link first", []string{`<div><a href="/c">{k}</a><p>{t}</p><a href="/n/{n}">More</a></div>`, `<div><a href="/c">{k}</a><p>{t}</p><a href="/n/{n}">More</a></div>`, `<div><a href="/c">{k}</a><p>{t}</p><a href="/n/{n}">More</a></div>`}, true, 0},
	} {
		if got := titlesOf(t, items(c.rows...), c.listing); len(got) != c.want {
			t.Errorf("%s: got %q, want %d", c.name, got, c.want)
		}
	}
}
