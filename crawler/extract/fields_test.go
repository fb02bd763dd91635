package extract

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFields reads the pages of testdata/fields/*.txt. Each begins with a line
// "== kind: form, language", then "> field value" for each field that is compared, and
// the page, in which words in braces are filled in as in TestKinds: {text} is a text of
// three paragraphs. A page without a title of its own gets one above it. "> url" is the
// URL of the page. "> kind" listing has a page of headlines, of which a part in [[ and ]]
// is repeated for each of entries: with {t}, {s}, {k}, {n} and {d} for its title, teaser,
// kicker, number and day. "> headlines" is "plain" for these with their URLs /n/{n}, "dated"
// for those with their days, too.
func TestFields(t *testing.T) {
	files, err := filepath.Glob("testdata/fields/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split("\n"+string(b), "\n== ")[1:] {
			c := readFieldCase(block)
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+c.name, func(t *testing.T) { c.test(t) })
		}
	}
}

// fieldCase is a page and the values of some of its fields.
type fieldCase struct {
	name, lang, url, page string
	kind                  Kind
	want                  map[string]string // by field
}

func readFieldCase(block string) fieldCase {
	name, rest, _ := strings.Cut(block, "\n")
	c := fieldCase{name: name, lang: "en", url: "https://ostrel.example/news/timber-quay-4711.html", want: map[string]string{}}
	if i := strings.LastIndex(name, ", "); i >= 0 {
		c.lang = name[i+2:]
	}
	for strings.HasPrefix(rest, "> ") {
		var line string
		line, rest, _ = strings.Cut(rest[2:], "\n")
		field, value, _ := strings.Cut(line, " ")
		switch field {
		case "url":
			c.url = value
		case "kind":
			c.kind = ListingPage
		default:
			c.want[field] = fill(value, c.words())
		}
	}
	body := repeated(rest, c.words())
	if !strings.Contains(body, "<h1") && !strings.Contains(body, "<html") {
		body = "<main><article><h1>{title}</h1>" + body + "</article></main>"
	}
	if !strings.Contains(body, "<html") {
		body = `<!doctype html><html lang="` + c.lang + `"><head><title>{title}</title><meta property="og:type" content="article"></head><body>` + body + `</body></html>`
	}
	c.page = fill(strings.ReplaceAll(body, "{text}", `<div class="text"><p>{p1}</p><p>{p2}</p><p>{p3}</p></div>`), c.words())
	return c
}

// words returns the language that the braces of the page are filled in.
func (c *fieldCase) words() string {
	if words[c.lang] == nil {
		return "en"
	}
	return c.lang
}

func (c *fieldCase) test(t *testing.T) {
	r, err := Extract(Page{URL: c.url, Body: []byte(c.page), FetchedAt: fetchedAt(t), Kind: c.kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if form := c.want["headlines"]; form != "" {
		c.headlines(t, r, form == "dated")
		return
	}
	a := r.Article
	if a == nil {
		t.Fatalf("no article: %q", r.Notes)
	}
	got := map[string]string{"title": a.Title, "date": a.DatePublished.String(), "modified": a.DateModified.String()}
	var names []string
	for _, one := range a.Authors {
		names = append(names, one.Name)
	}
	got["authors"] = strings.Join(names, "; ")
	for field, want := range c.want {
		if got[field] != want {
			t.Errorf("%s: got %q, want %q; by %q, notes %q", field, got[field], want, r.Rules[field], r.Notes)
		}
	}
}

// headlines compares the headlines with the entries.
func (c *fieldCase) headlines(t *testing.T, r *Result, dated bool) {
	var got, want []string
	for _, h := range r.Headlines {
		line := h.Title + " " + strings.TrimPrefix(h.URL, "https://ostrel.example")
		if dated {
			line += " " + h.Date.Day()
		}
		got = append(got, line)
	}
	for k, e := range entries[c.words()] {
		line := e[0] + " /n/" + strconv.Itoa(k+1)
		if dated {
			line += " " + dayOf(k)
		}
		want = append(want, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headlines (-want +got):\n%s", diff)
		t.Logf("first got %d %q", len(got), got[:min(2, len(got))])
	}
}

// dayOf returns the day of an entry.
func dayOf(k int) string { return "2024-03-" + strconv.Itoa(28-2*k) }

// repeated repeats the part of a page in [[ and ]] for each of the entries.
func repeated(page, lang string) string {
	for {
		before, rest, ok := strings.Cut(page, "[[")
		if !ok {
			return page
		}
		part, after, _ := strings.Cut(rest, "]]")
		for k, e := range entries[lang] {
			n := strconv.Itoa(k + 1)
			before += strings.NewReplacer("{t}", e[0], "{t20}", string([]rune(e[0])[:min(20, len([]rune(e[0])))]), "{s}", e[1], "{k}", e[2], "{n}", n,
				"{d}", dayOf(k), "{d.}", dayOf(k)[8:]+".03.2024", "{m}", strconv.Itoa(59-7*k)).Replace(part)
		}
		page = before + after
	}
}

// entries are the titles, teasers and kickers of the headlines of a listing.
var entries = map[string][][3]string{
	"en": {
		{"Museum of glass in Velden closes for the winter", "The roof leaks, and the heating has not worked since March.", "Culture"},
		{"Second ferry to the outer islands from May", "It carries forty cars and runs at weekends as well.", "Transport"},
		{"Council turns down the plan for a new market hall", "Eleven members voted against it, nine were in favour.", "Town"},
		{"Herring catch smaller than in any year since 1998", "Fishermen blame the warm water in the outer bay.", "Economy"},
		{"School at the old lighthouse gets a library", "Parents collected nine thousand books in one summer.", "Schools"},
	},
	"ru": {
		{"Музей стекла в Вельдене закрывается на зиму", "Крыша протекает, а отопление не работает с марта.", "Культура"},
		{"Второй паром к дальним островам пойдёт с мая", "Он берёт сорок машин и ходит и по выходным.", "Транспорт"},
		{"Совет отклонил план нового крытого рынка", "Против голосовали одиннадцать человек, за девять.", "Город"},
		{"Улов сельди меньше, чем в любой год с 1998", "Рыбаки винят тёплую воду во внешнем заливе.", "Экономика"},
		{"Школа у старого маяка получает библиотеку", "Родители за лето собрали девять тысяч книг.", "Школы"},
	},
	"ja": {
		{"ヴェルデンの硝子博物館、冬の間休館へ", "屋根が雨漏りし、暖房も三月から動いていない。", "文化"},
		{"外の島々への二隻目の渡し船、五月から運航", "車四十台を載せ、週末も運航する予定である。", "交通"},
		{"町議会、新しい市場の計画を否決する", "反対は十一人、賛成は九人にとどまったという。", "町政"},
		{"鰊の水揚げ、一九九八年以来の少なさに", "漁師たちは湾の外の海水が温かいためだと話す。", "経済"},
		{"古い灯台の隣の学校に図書館ができる", "保護者が一夏で九千冊の本を集めたのである。", "学校"},
	},
}
