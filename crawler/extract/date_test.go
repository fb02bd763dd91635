package extract

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"
)

func TestReadDate(t *testing.T) {
	fetched := time.Date(2024, 6, 13, 9, 19, 0, 0, time.UTC)
	for _, c := range []struct{ name, lang, in, want string }{
		{"seed", "en", "13 July 2023 / 13:31", "2023-07-13T13:31:00"},
		{"month first", "en", "July 13, 2023 1:31 pm", "2023-07-13T13:31:00"},
		{"noon and midnight", "en", "July 13, 2023 12:05 a.m.", "2023-07-13T00:05:00"},
		{"dots", "ru", "13.07.2023 13:31", "2023-07-13T13:31:00"},
		{"dots, two-digit year", "ru", "13.07.23, 13:31", "2023-07-13T13:31:00"},
		{"iso without seconds", "", "2023-07-13T13:31", "2023-07-13T13:31:00"},
		{"iso with zone", "", "2023-07-13T13:31:05.250+04:00", "2023-07-13T13:31:05+04:00"},
		{"iso utc", "", "2023-07-13T13:31:00Z", "2023-07-13T13:31:00+00:00"},
		{"iso compact offset", "", "2023-07-13 13:31:00 +0400", "2023-07-13T13:31:00+04:00"},
		{"basic format", "", "20230713T133100Z", "2023-07-13T13:31:00+00:00"},
		{"rfc 1123", "", "Thu, 13 Jul 2023 13:31:00 GMT", "2023-07-13T13:31:00+00:00"},
		{"go form", "", "Thu Jul 13 2023 13:31:00 GMT+0400 (GST)", "2023-07-13T13:31:00+04:00"},
		{"day only", "en", "13 July 2023", "2023-07-13"},
		{"short month and year", "en", "13-Jul-23", "2023-07-13"},
		{"ordinal", "en", "Thursday, 13th of July, 2023", "2023-07-13"},
		{"american", "en-US", "07/13/2023", "2023-07-13"},
		{"american, ambiguous", "en-US", "07/08/2023", "2023-07-08"},
		{"british, ambiguous", "en-GB", "07/08/2023", "2023-08-07"},
		{"slashes elsewhere", "fr", "07/08/2023 à 13h31", "2023-08-07T13:31:00"},
		{"label and place", "en", "Published: 13 July 2023 / 13:31 | Baku", "2023-07-13T13:31:00"},
		{"place between", "en", "13 July 2023, Baku, 13:31", "2023-07-13T13:31:00"},
		{"zone by name", "en", "July 13, 2023 at 1:31 p.m. EDT", "2023-07-13T13:31:00-04:00"},
		{"first of a month, spanish", "es", "1º de mayo de 2023", "2023-05-01"},
		{"first of a month, french", "fr", "1er mai 2023", "2023-05-01"},
		{"time behind a label", "tr", "13 Temmuz 2023 Perşembe - Saat: 13:31", "2023-07-13T13:31:00"},
		{"time behind a label of its own", "es", "Fecha: 13/07/2023 Hora: 13:31", "2023-07-13T13:31:00"},
		{"british time with a dot", "en", "Thu 13 Jul 2023 13.31 BST", "2023-07-13T13:31:00"},
		{"finnish time with a dot", "fi", "13.7.2023 13.31", "2023-07-13T13:31:00"},
		{"a price behind a day", "en", "13 July 2023 13.50", "2023-07-13"},
		{"american time in summer", "en", "Jul 13, 2023, 13:31 ET", "2023-07-13T13:31:00-04:00"},
		{"american time in winter", "en", "January 13, 2023 1:31 pm PT", "2023-01-13T13:31:00-08:00"},
		{"a word that is no zone elsewhere", "fr", "13/07/2023 13:31 et plus", "2023-07-13T13:31:00"},
		{"update is another date", "en", "13 July 2023 | Updated 14 July 2023 10:00", "2023-07-13"},
		{"time before", "en", "13:31 - 13 July 2023", "2023-07-13T13:31:00"},
		{"german", "de", "13. Juli 2023 um 13.31 Uhr", "2023-07-13T13:31:00"},
		{"turkish capitals", "tr", "30 KASIM 2023 10:42", "2023-11-30T10:42:00"},
		{"polish and croatian november and october", "hr", "30. listopada 2023.", "2023-10-30"},
		{"polish", "pl", "30 listopada 2023", "2023-11-30"},
		{"portuguese", "pt", "13 de julho de 2023 às 13h31", "2023-07-13T13:31:00"},
		{"hungarian", "hu", "2023. július 13. 13:31", "2023-07-13T13:31:00"},
		{"lithuanian", "lt", "2023 m. liepos 13 d. 13:31", "2023-07-13T13:31:00"},
		{"japanese", "ja", "2023年7月13日 13時31分", "2023-07-13T13:31:00"},
		{"korean", "ko", "2023년 7월 13일 13:31", "2023-07-13T13:31:00"},
		{"arabic digits", "ar", "١٣ يوليو ٢٠٢٣", "2023-07-13"},
		{"levantine", "ar", "13 تشرين الثاني 2023", "2023-11-13"},
		{"a month named twice", "ar", "الجمعة 24 نيسان / أبريل 2020 09:22 مساءً", "2020-04-24T21:22:00"},
		{"iranian calendar", "fa", "۲۲ تیر ۱۴۰۲ ۱۳:۳۱", "2023-07-13T13:31:00"},
		{"iranian calendar in figures", "fa", "۱۴۰۲/۰۴/۲۲ - ۱۳:۳۱", "2023-07-13T13:31:00"},
		{"iranian calendar, day first", "fa", "22/04/1402", "2023-07-13"},
		{"a year of 1402 that is none", "en", "1402/04/22", ""},
		{"thai era", "th", "13 กรกฎาคม 2566", "2023-07-13"},
		{"thai short month", "th", "13 ก.ค. 2566 13:31", "2023-07-13T13:31:00"},
		{"thai short month and year", "th", "13 ก.ค. 66", "2023-07-13"},
		{"japanese era", "ja", "令和5年7月13日", "2023-07-13"},
		{"first year of an era", "ja", "令和元年7月13日", "2019-07-13"},
		{"year of the republic", "zh", "民國112年7月13日", "2023-07-13"},
		{"year of the republic alone", "zh", "112年7月13日", "2023-07-13"},
		{"year of the republic in figures", "zh-TW", "112/07/13 13:31", "2023-07-13T13:31:00"},
		{"figures that are no year of the republic", "en", "112/07/13", ""},
		{"korean afternoon", "ko", "2023.07.13. 오후 1:31", "2023-07-13T13:31:00"},
		{"chinese morning", "zh", "2023年7月13日 上午 9:05", "2023-07-13T09:05:00"},
		{"java", "", "Thu Jul 13 13:31:00 EDT 2023", "2023-07-13T13:31:00-04:00"},
		{"offset before the year", "", "Thu Jul 13 13:31:00 +0000 2023", "2023-07-13T13:31:00+00:00"},
		{"asctime", "", "Thu Jul 13 13:31:00 2023", "2023-07-13T13:31:00"},
		{"american with dashes", "en", "06-17-2023", "2023-06-17"},
		{"danish", "da", "13. marts 2023", "2023-03-13"},
		{"marathi", "mr", "१३ जुलै २०२३", "2023-07-13"},
		{"bengali with a suffix", "bn", "২৫শে মার্চ ২০২৩", "2023-03-25"},
		{"bengali, dot below as a rune of its own", "bn", "১৯ ফেব্রুয\u09bcারী ২০২৩", "2023-02-19"},
		{"tamil", "ta", "13 ஜூலை 2023", "2023-07-13"},
		{"burmese digits", "my", "၁၃ ဇူလိုင် ၂၀၂၃", "2023-07-13"},
		{"khmer", "km", "១៣ កក្កដា ២០២៣", "2023-07-13"},
		{"levantine without articles", "ar", "13 تشرين ثاني 2023", "2023-11-13"},
		{"after the fetch", "en", "13 July 2024 / 13:31", ""},
		{"tomorrow", "en", "14 June 2024 / 09:00", "2024-06-14T09:00:00"},
		{"no such day", "en", "31 June 2023", ""},
		{"no year", "en", "13 July", ""},
		{"a score", "en", "The match ended 13:31", ""},
		{"a phone number", "en", "Call 012 345 67 89", ""},
		{"a version", "en", "Release 10.42.30", ""},
		{"empty", "en", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newDateReader(Page{FetchedAt: fetched}, c.lang)
			got, _ := r.read(c.in)
			if got.String() != c.want {
				t.Errorf("read(%q) = %q, want %q", c.in, got.String(), c.want)
			}
		})
	}
}

func TestDayFirstByDomain(t *testing.T) {
	for url, want := range map[string]string{
		"https://news.example/1":  "2023-07-08",
		"https://news.co.uk/1":    "2023-08-07",
		"https://news.in:8080/1":  "2023-08-07",
		"https://news.com.ph/1":   "2023-07-08",
		"https://news.example/uk": "2023-07-08",
	} {
		if got, _ := newDateReader(Page{URL: url}, "en-US").read("07/08/2023"); got.String() != want {
			t.Errorf("on %s: %q, want %q", url, got, want)
		}
	}
}

func TestDateInSiteZone(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Tbilisi")
	if err != nil {
		t.Fatal(err)
	}
	r := newDateReader(Page{Zone: zone}, "en")
	for in, want := range map[string]string{
		"13 July 2023 / 13:31":   "2023-07-13T13:31:00+04:00",
		"2023-07-13T13:31:00Z":   "2023-07-13T13:31:00+00:00",
		"13 July 2023":           "2023-07-13",
		"July 13, 2023 1:31 PDT": "2023-07-13T01:31:00-07:00",
	} {
		if got, _ := r.read(in); got.String() != want {
			t.Errorf("read(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLayout(t *testing.T) {
	fetched := time.Date(2024, 6, 13, 9, 19, 0, 0, time.UTC)
	for _, c := range []struct{ name, lang, layout, in, want, raw string }{
		{"whole", "en", "2 January 2006 / 15:04", "13 July 2023 / 13:31", "2023-07-13T13:31:00", "13 July 2023 / 13:31"},
		{"part", "en", "2 January 2006 / 15:04", "Published: 13 July 2023 / 13:31 | Baku", "2023-07-13T13:31:00", "13 July 2023 / 13:31"},
		{"day", "en", "02.01.2006", "13.07.2023", "2023-07-13", "13.07.2023"},
		{"day of more", "en", "02.01.2006", "on 13.07.2023, by us", "2023-07-13", "13.07.2023"},
		{"site's language", "az", "2 January 2006, 15:04", "30 noyabr 2023, 10:42", "2023-11-30T10:42:00", "30 noyabr 2023, 10:42"},
		{"short month of the language", "ru", "2 Jan 2006 15:04", "30 нояб. 2023 10:42", "2023-11-30T10:42:00", "30 нояб. 2023 10:42"},
		{"weekday of the language", "de", "Monday, 2. January 2006", "Donnerstag, 13. Juli 2023", "2023-07-13", "13. Juli 2023"},
		{"other digits", "ar", "2 January 2006", "١٣ يوليو ٢٠٢٣", "2023-07-13", "١٣ يوليو ٢٠٢٣"},
		{"offset", "en", "2006-01-02 15:04 -0700", "2023-07-13 13:31 +0400", "2023-07-13T13:31:00+04:00", "2023-07-13 13:31 +0400"},
		{"zone by name", "en", "2006-01-02 15:04 MST", "2023-07-13 13:31 EDT", "2023-07-13T13:31:00-04:00", "2023-07-13 13:31 EDT"},
		{"no year, this year", "en", "2 January, 15:04", "12 June, 10:42", "2024-06-12T10:42:00", "12 June, 10:42"},
		{"no year, last year", "en", "2 January, 15:04", "30 November, 10:42", "2023-11-30T10:42:00", "30 November, 10:42"},
		{"american half of the day", "en", "January 2, 2006 3:04 PM", "July 13, 2023 1:31 PM", "2023-07-13T13:31:00", "July 13, 2023 1:31 PM"},
		{"other form", "en", "2006-01-02", "13 July 2023", "", ""},
		{"after the fetch", "en", "2006-01-02", "2024-07-13", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newDateReader(Page{FetchedAt: fetched}, c.lang)
			got, _ := r.layout(c.in, []string{c.layout})
			if got.String() != c.want || got.Raw != c.raw {
				t.Errorf("layout(%q, %q) = %q from %q, want %q from %q", c.in, c.layout, got, got.Raw, c.want, c.raw)
			}
		})
	}
}

// TestDateVectors reads the absolute dates of testdata/dates.jsonl: one day in
// the common forms of many languages.
func TestDateVectors(t *testing.T) {
	f, err := os.Open("testdata/dates.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, right := 0, 0
	for s := bufio.NewScanner(f); s.Scan(); {
		var v struct{ ID, Lang, Text, Kind, Want string }
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Kind != "abs" {
			continue
		}
		all++
		r := newDateReader(Page{}, v.Lang)
		d, _ := r.read(v.Text)
		if d.Time.Format("2006-01-02T15:04:05") == v.Want {
			right++
		} else {
			t.Logf("%s: read(%q) = %q, want %q", v.ID, v.Text, d, v.Want)
		}
	}
	if right*100 < all*98 {
		t.Errorf("%d of %d absolute dates are right, want 98 %%", right, all)
	}
	t.Logf("%d of %d", right, all)
}

// TestRelativeVectors reads the relative dates of testdata/dates.jsonl.
func TestRelativeVectors(t *testing.T) {
	f, err := os.Open("testdata/dates.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var v struct {
			ID, Lang, Text, Kind, Now string
			Ago                       struct{ Hours int }
		}
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Kind != "rel" {
			continue
		}
		now, err := time.Parse("2006-01-02T15:04:05", v.Now)
		if err != nil {
			t.Fatal(err)
		}
		r := newDateReader(Page{FetchedAt: now}, v.Lang)
		if d, _ := r.relative(v.Text); !d.Time.Equal(now.Add(-time.Duration(v.Ago.Hours) * time.Hour)) {
			t.Errorf("%s: relative(%q) = %q, want %d hours before %s", v.ID, v.Text, d, v.Ago.Hours, v.Now)
		}
	}
}

func TestRelativeDate(t *testing.T) {
	zone := time.FixedZone("", 4*3600)
	fetched := time.Date(2024, 6, 13, 21, 19, 30, 0, time.UTC) // the 14th in the zone
	for _, c := range []struct {
		name, in string
		zone     *time.Location
		want     string
	}{
		{"minutes", "5 minutes ago", nil, "2024-06-13T21:14:00+00:00"},
		{"hours in the site's zone", "vor 2 Stunden", zone, "2024-06-13T23:19:00+04:00"},
		{"one hour without a number", "час назад", nil, "2024-06-13T20:19:00+00:00"},
		{"an hour", "an hour ago", nil, "2024-06-13T20:19:00+00:00"},
		{"days are days", "il y a 3 jours", nil, "2024-06-10"},
		{"weeks", "2 weeks ago", nil, "2024-05-30"},
		{"yesterday in the site's zone", "Yesterday, 13:31", zone, "2024-06-13T13:31:00+04:00"},
		{"today", "Сегодня 13:31", nil, "2024-06-13T13:31:00"},
		{"yesterday alone", "Gestern", nil, "2024-06-12"},
		{"the day before, in two words", "i går, 13:31", nil, "2024-06-12T13:31:00"},
		{"some hours before, by a preposition", "преди 2 часа", nil, "2024-06-13T19:19:00+00:00"},
		{"a word between", "vor etwa 2 Stunden", nil, "2024-06-13T19:19:00+00:00"},
		{"il y a", "il y a 2 heures", nil, "2024-06-13T19:19:00+00:00"},
		{"a unit that says ago", "2 órája", nil, "2024-06-13T19:19:00+00:00"},
		{"hebrew", "לפני 2 שעות", nil, "2024-06-13T19:19:00+00:00"},
		{"hours of a day", "Open 24 hours a day", nil, ""},
		{"a span that lasts", "Held for 2 hours", nil, ""},
		{"yesterday in a sentence", "Yesterday the port of the capital opened", nil, ""},
		{"an hour that is no span", "Open 24 hours", nil, ""},
		{"a span without its unit", "3 ago", nil, ""},
		{"empty", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newDateReader(Page{FetchedAt: fetched, Zone: c.zone}, "")
			if got, _ := r.relative(c.in); got.String() != c.want {
				t.Errorf("relative(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
	if d, ok := newDateReader(Page{}, "en").relative("2 hours ago"); ok {
		t.Errorf("relative without a time of fetch = %v", d)
	}
}

// TestDateWhereTheSiteIs turns dates declared in UTC into what they are there.
func TestDateWhereTheSiteIs(t *testing.T) {
	text := "<p>The port of the capital reopened on Monday, two days after the storm had passed over the bay.</p><p>Ships may enter again, the harbour master said, and thanked the crews who had cleared it.</p>"
	page := func(lang, declared, shown string) string {
		return `<html lang="` + lang + `"><head><meta property="og:type" content="article"><meta property="article:published_time" content="` + declared + `"></head><body><div><h1>Port reopens after the storm</h1><div>` + shown + `</div>` + text + `</div></body></html>`
	}
	for _, c := range []struct{ name, url, lang, declared, shown, want string }{
		{"by the domain", "https://news.de/1", "", "2023-07-13T22:31:00Z", "", "2023-07-14T00:31:00+02:00"},
		{"by the region", "https://news.example/1", "fr-CA", "2023-07-14T00:31:00Z", "", "2023-07-13T20:31:00-04:00"},
		{"by the time shown", "https://news.example/1", "", "2023-07-14T00:31:00Z", "July 13, 2023 5:31 pm", "2023-07-13T17:31:00-07:00"},
		{"by the day shown", "https://news.example/1", "", "2023-07-14T00:31:00Z", "July 13, 2023", "2023-07-13"},
		{"a later day shown", "https://news.example/1", "", "2023-07-13T08:31:00Z", "July 14, 2023", "2023-07-13T08:31:00+00:00"},
		{"the domain disagrees with the day shown", "https://news.de/1", "", "2023-07-13T22:31:00Z", "July 13, 2023", "2023-07-13T22:31:00+00:00"},
		{"an offset is kept", "https://news.de/1", "", "2023-07-13T22:31:00+04:00", "", "2023-07-13T22:31:00+04:00"},
		{"by the language", "https://news.example/1", "tr", "2023-07-13T22:31:00+00:00", "", "2023-07-14T01:31:00+03:00"},
		{"by a zone in a script", "https://news.example/1", "en", "2023-07-14T00:31:00Z", `<script>{"timezone":{"short":"CT","long":"America\/Chicago"}}</script>`, "2023-07-13T19:31:00-05:00"},
		{"two zones in scripts", "https://news.example/1", "en", "2023-07-14T00:31:00Z", `<script>{"timezone":"America/Chicago","tz":"Europe/Paris"}</script>`, "2023-07-14T00:31:00+00:00"},
		{"a zone that is no setting", "https://news.example/1", "en", "2023-07-14T00:31:00Z", `<script>["America/Chicago"]</script>`, "2023-07-14T00:31:00+00:00"},
		{"the region that systems put there, by a script", "https://news.example/1", "en-US", "2023-07-14T00:31:00.000Z", "", "2023-07-13T20:31:00-04:00"},
		{"the region that systems put there", "https://news.example/1", "en-US", "2023-07-14T00:31:00+00:00", "", "2023-07-14T00:31:00+00:00"},
		{"spain that may be anywhere", "https://news.example/1", "es-ES", "2023-07-13T22:31:00Z", "", "2023-07-13T22:31:00+00:00"},
		{"nothing is known", "https://news.example/1", "en", "2023-07-13T22:31:00Z", "", "2023-07-13T22:31:00+00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Extract(Page{URL: c.url, Body: []byte(page(c.lang, c.declared, c.shown))}, nil)
			if err != nil || r.Article == nil {
				t.Fatal(err, r)
			}
			if got := r.Article.DatePublished.String(); got != c.want {
				t.Errorf("%q, want %q; by %s", got, c.want, r.Rules["date_published"])
			}
		})
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"13 July 2023 / 13:31", "2023-07-13T13:31:00+04:00", "30 KASIM 2023", "1402 تیر 22", "2023年7月13日", "9.9.99 9:9"} {
		f.Add(s, "2 January 2006 15:04")
	}
	latest := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s, layout string) {
		r := newDateReader(Page{FetchedAt: latest}, "en")
		if got, ok := r.find(s); ok {
			if got.pos < 0 || got.end > len(s) || got.pos >= got.end || got.date.Raw != s[got.pos:got.end] {
				t.Fatalf("find(%q) reads [%d,%d) %q", s, got.pos, got.end, got.date.Raw)
			}
			if got.date.Time.After(latest.Add(24*time.Hour)) || got.date.Time.Year() < 1899 {
				t.Fatalf("find(%q) = %v, out of bounds", s, got.date)
			}
		}
		r.layout(s, []string{layout})
		if d, ok := r.relative(s); ok && d.Time.After(latest.Add(24*time.Hour)) {
			t.Fatalf("relative(%q) = %v, after the fetch", s, d)
		}
	})
}
