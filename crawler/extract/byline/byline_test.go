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
	for in, want := range map[string]string{
		"Ann Lee":                              "Ann Lee",
		"Ann Lee, Baku":                        "Ann Lee",
		"Ann Lee, TPN":                         "Ann Lee|TPN",
		"Lee, Baku":                            "Lee|Baku",
		"Ann Lee, Photo":                       "Ann Lee",
		"Ann Lee on 13 July 2023":              "Ann Lee",
		"Ann Lee 5 min":                        "Ann Lee",
		"Ann Lee ann@news.example":             "Ann Lee",
		"Ann Lee (TPN)":                        "Ann Lee",
		"Ann Lee（TPN）":                         "Ann Lee",
		"Ann Lee (TPN":                         "Ann Lee",
		"TPN, in News":                         "TPN",
		"Ann Lee Published":                    "Ann Lee",
		"Ann Lee, Bay Courier News":            "Ann Lee",
		"Ann Lee in Baku and Bo Chen in Ganja": "Ann Lee|Bo Chen",
		"Ann Lee, Chief Reporter, and Bo Chen": "Ann Lee|Bo Chen",
		"Staff writer Ann Lee":                 "Ann Lee",
		"Ann Lee Staff Writer":                 "Ann Lee",
		"Lee Reporter":                         "",
		"Ludwig van der Berg":                  "Ludwig van der Berg",
		"van der Berg":                         "van der Berg",
		"Ann Lee van":                          "Ann Lee",
		"the port of the capital":              "",
		"Ann Lee tells how the port reopened":  "Ann Lee",
		"Tuesday the port reopened":            "",
		"One Two Three Four Five":              "One Two Three Four Five",
		"One Two Three Four Five Six":          "",
		"Wolfeschlegelsteinhausen Bergerdorffenbergerlangen":  "Wolfeschlegelsteinhausen Bergerdorffenbergerlangen",
		"Wolfeschlegelsteinhausens Bergerdorffenbergerlangen": "",
		"周禾、李明远":               "周禾|李明远",
		"周禾李明远周禾":              "",
		"周禾李明远禾":               "周禾李明远禾",
		"김하늘 기자":               "김하늘",
		"ליאה ברג ודן הולם":    "ליאה ברג ודן הולם",
		"ليلى حداد وسامي نجار": "ليلى حداد|سامي نجار",
		"":                     "",
	} {
		if got := strings.Join(Read(in), "|"); got != want {
			t.Errorf("Read(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestLabel: the kind of each label, and what is left without it.
func TestLabel(t *testing.T) {
	for in, want := range map[string]struct {
		rest string
		kind labelKind
	}{
		"By Ann Lee": {"Ann Lee", ofAuthor}, "By: Ann Lee": {"Ann Lee", ofAuthor}, "Von : Anna Berg": {"Anna Berg", ofAuthor},
		"BY ANN LEE": {"ANN LEE", ofAuthor}, "by": {"", ofAuthor}, "Byron Lee": {"Byron Lee", noLabel},
		"Posted by Ann Lee": {"Ann Lee", ofAuthor}, "Posted Ann Lee": {"Posted Ann Lee", noLabel}, "Posted: Ann Lee": {"Ann Lee", ofAuthor},
		"Text: Anna": {"Anna", ofAuthor}, "Text Anna": {"Anna", ofAuthor}, "Text anna": {"Text anna", noLabel}, "Text und Fotos: Anna": {"Anna", ofAuthor},
		"Text and Anna": {"Text and Anna", noLabel}, "Author of the article: Ann": {"Ann", ofAuthor}, "Autorin/Autor Anna Berg": {"Anna Berg", ofAuthor},
		"Words and pictures by Ann": {"Ann", ofAuthor}, "Story by: Ann": {"Ann", ofAuthor}, "Pictures by Ann": {"Ann", ofOthers}, "Edited by: Ann": {"Ann", ofOthers},
		"Photo of the quay": {"Photo of the quay", noLabel}, "Author": {"", ofAuthor}, "Authors": {"", ofAuthor},
		"作者：周禾": {"周禾", ofAuthor}, "（记者 周禾）": {"周禾", ofAuthor}, "责任编辑：李明": {"李明", ofOthers}, "文科": {"文科", noLabel}, "文/周禾": {"周禾", ofAuthor},
		"글 김하늘": {"김하늘", ofAuthor}, "Автор: Анна": {"Анна", ofAuthor}, "Опубликовано Анна Берг": {"Анна Берг", ofAuthor},
		"Опубликовано: Анна": {"Анна", ofAuthor}, "Γράφει η Μαρία": {"Μαρία", ofAuthor}, "A cura di Anna Berti": {"Anna Berti", ofAuthor},
		"Publicado por Ana": {"Ana", ofAuthor}, "Scritto da Anna": {"Anna", ofAuthor}, "Da Anna": {"Da Anna", noLabel}, "": {"", noLabel},
	} {
		if rest, kind := cutLabel(in); rest != want.rest || kind != want.kind {
			t.Errorf("cutLabel(%q) = %q, %d, want %q, %d", in, rest, kind, want.rest, want.kind)
		}
	}
	for in, want := range map[string]bool{"By Ann Lee": true, "by": false, "Von Anna Berg": true, "Автор: Анна": false, "Photo by Ann": false} {
		if HasLabel(in) != want {
			t.Errorf("HasLabel(%q) = %v", in, !want)
		}
	}
}

// TestWithin: prepositions that name the author after what he wrote.
func TestWithin(t *testing.T) {
	for in, want := range map[string]string{
		"Ein Kommentar von Anna Berg": "Anna Berg", "An analysis by Ann Lee": "Ann Lee", "A letter that came by Ann Lee": "Ann Lee",
		"A letter that came here by Ann Lee": "-", "A visit by Lee": "-", "A pier by the sea": "-", "Alle Bilder von Anna Berg": "-", "Ein Artikel von": "",
		"Ann Lee": "-", " by Ann Lee": "-",
	} {
		got, ok := cutWithin(in)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("cutWithin(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestPerson: which declared names may be persons.
func TestPerson(t *testing.T) {
	for in, want := range map[string]bool{
		"Ann Lee": true, "annlee": true, "Ludwig van der Berg": true, "Juan de la Cruz Pérez y Olmo": true, "周禾": true,
		"Bay Courier Staff": false, "Deutsche Presse-Agentur": false, "One Two Three Four": true, "One Two Three Four Five": false,
		"Bay | Courier": false, "Bay - Courier": false, "Bay-Courier": true, "bay.example": false, "C. Lee": true, "J.R. Lee": true,
	} {
		if got := IsPerson(in); got != want {
			t.Errorf("IsPerson(%q) = %v", in, got)
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
		"Ann Lee · 5 min read":                        "Ann Lee|5 min read",
		"Anna Berg – Lesezeit: 4 Minuten":             "Anna Berg|Lesezeit: 4 Minuten",
		"Ann Lee / Example Staff Writer":              "Ann Lee / Example Staff Writer",
		"Ann Lee ~ Baku":                              "Ann Lee|Baku",
		"August 27, 2018 10:05 am PDT by Ann Lee":     "by Ann Lee",
		"Posted by Ann Lee on March 14, 2024 in Town": "Posted by Ann Lee|in Town",
		"来源：晚报 作者：周禾 责任编辑：李明":                         "来源：晚报|作者：周禾|责任编辑：李明",
		"記者周禾／臨江報導":                                   "記者周禾|臨江報導",
		"김하늘·이바다":                                     "김하늘,이바다",
		"安娜·贝里":                                       "安娜·贝里",
		"Text: Anna Berg Foto: Jan Holm":              "Text: Anna Berg|Foto: Jan Holm",
		"Text und Fotos: Anna Berg":                   "Text und Fotos: Anna Berg",
		"by Ann Berger. Filed under: Town":            "by Ann Berger|Filed under: Town",
		"by J. Berger":                                "by J. Berger",
		"by Ann Lee. Town":                            "by Ann Lee. Town",
		"":                                            "",
	} {
		if got := strings.Join(Parts(in, dates), "|"); got != want {
			t.Errorf("Parts(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIsDesk(t *testing.T) {
	for in, want := range map[string]bool{
		"Bay Courier News": true, "News Desk": true, "Bay Courier Evening News": true,
		"News": false, "news desk": false, "The Bay Courier Evening News": false, "Ann Lee": false,
		"News Desk.": false, "News, Desk": false, "": false,
	} {
		if got := isDesk(in); got != want {
			t.Errorf("%q: got %v, want %v", in, got, want)
		}
	}
}
