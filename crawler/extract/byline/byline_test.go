package byline

import (
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/item"
)

func joined(authors []item.Author) string {
	var names []string
	for _, a := range authors {
		names = append(names, a.Name)
	}
	return strings.Join(names, "|")
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"By Ann Lee and Bo Chen, Reuters":       "Ann Lee|Bo Chen|Reuters",
		"Von Anna Berg und Jan Holm":            "Anna Berg|Jan Holm",
		"Ann Lee y Bo Chen":                     "Ann Lee|Bo Chen",
		"Santiago Ramón y Cajal":                "Santiago Ramón y Cajal",
		"Ann Lee (al), senior editor":           "Ann Lee",
		"Editor":                                "Editor",
		"Photo: Bo Chen":                        "",
		"Bo Chen/Getty":                         "",
		"@annlee":                               "annlee",
		"김철수 기자":                                "김철수",
		"https://news.example/authors/1":        "",
		"www.news.example":                      "",
		"123":                                   "",
		"":                                      "",
		strings.Repeat("longname", 15):          "",
		strings.Repeat("Ann Lee, ", 40):         "",
		"Bo Chen; Ann Lee & Cy Day | Dee Evans": "Bo Chen|Ann Lee|Cy Day|Dee Evans",
	} {
		if got := joined(Names(in)); got != want {
			t.Errorf("Names(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	dates := date.New(date.Options{Language: "en"})
	for in, want := range map[string]string{
		"Ann Lee":                             "Ann Lee",
		"Ann Lee, Baku":                       "Ann Lee",
		"Ann Lee, TPN":                        "Ann Lee|TPN",
		"Ann Lee on 13 July 2023":             "Ann Lee",
		"TPN, in News":                        "TPN",
		"Ann Lee - Published":                 "Ann Lee",
		"Ludwig van der Berg":                 "Ludwig van der Berg",
		"the port of the capital":             "",
		"Ann Lee tells how the port reopened": "",
		"Ann Lee.":                            "",
		"One Two Three Four Five Six":         "",
		"":                                    "",
	} {
		if got := joined(Read(in, dates)); got != want {
			t.Errorf("Read(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLabel(t *testing.T) {
	for in, want := range map[string]struct {
		rest   string
		common bool
	}{
		"By Ann Lee": {"Ann Lee", true}, "By: Ann Lee": {"Ann Lee", false}, "Von : Anna Berg": {"Anna Berg", true},
		"Posted by Ann Lee": {"Ann Lee", false}, "作者：周禾": {"周禾", false}, "Text Anna": {"Anna", false}, "文科": {"文科", false},
		"Автор: Анна": {"Анна", false}, "Byron Lee": {"Byron Lee", false}, "by": {"by", false},
	} {
		if rest, common := TrimLabel(in), HasLabel(in); rest != want.rest || common != want.common {
			t.Errorf("%q: TrimLabel %q, HasLabel %v, want %q, %v", in, rest, common, want.rest, want.common)
		}
	}
}

func TestDistinct(t *testing.T) {
	got := Distinct([]item.Author{{Name: "Ann Lee"}, {Name: "Bo Chen", URL: "/bo"}, {Name: "ANN LEE", URL: "/ann"}, {Name: "Bo Chen", URL: "/other"}})
	if len(got) != 2 || got[0] != (item.Author{Name: "Ann Lee", URL: "/ann"}) || got[1] != (item.Author{Name: "Bo Chen", URL: "/bo"}) {
		t.Errorf("Distinct = %v", got)
	}
}

func TestParts(t *testing.T) {
	dates := date.New(date.Options{Language: "en"})
	for in, want := range map[string]string{
		"Ann Lee":                                     "Ann Lee",
		"Ann Lee · 5 min read":                        "Ann Lee",
		"Anna Berg – Lesezeit: 4 Minuten":             "Anna Berg",
		"Ann Lee / Example Staff Writer":              "Ann Lee|Example Staff Writer",
		"Bo Chen/Getty":                               "Bo Chen/Getty",
		"Ann Lee | ann@news.example | Twitter":        "Ann Lee",
		"By @annlee":                                  "By @annlee",
		"August 27, 2018 10:05 am PDT by Ann Lee":     "by Ann Lee",
		"Posted by Ann Lee on March 14, 2024 in Town": "Posted by Ann Lee|in Town",
		"来源：晚报 作者：周禾 责任编辑：李明":                         "来源：晚报|作者：周禾|责任编辑：李明",
		"Text: Anna Berg Foto: Jan Holm":              "Text: Anna Berg|Foto: Jan Holm",
		"Edited by: Ann Lee":                          "Edited by: Ann Lee",
		"12 comments":                                 "",
		"":                                            "",
	} {
		if got := strings.Join(Parts(in, dates), "|"); got != want {
			t.Errorf("Parts(%q) = %q, want %q", in, got, want)
		}
	}
}
