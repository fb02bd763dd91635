package date

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
		{"iso offset of hours", "", "2023-07-13T13:31:00+04", "2023-07-13T13:31:00+04:00"},
		{"iso offset of hours, west", "", "2023-07-13 13:31:05-08", "2023-07-13T13:31:05-08:00"},
		{"iso offset of hours after a fraction", "", "2023-07-13T13:31:05.250-03", "2023-07-13T13:31:05-03:00"},
		{"iso offset of hours without seconds", "", "2023-07-13T13:31+04", "2023-07-13T13:31:00+04:00"},
		{"iso offset of hours without seconds, west", "", "2023-07-13T13:31-04", "2023-07-13T13:31:00-04:00"},
		{"offset of hours after a space", "", "Thu, 13 Jul 2023 13:31:05 +04", "2023-07-13T13:31:05+04:00"},
		{"west after a space", "", "2023-07-13 13:31:05 -08", "2023-07-13T13:31:05-08:00"},
		{"a span after a space", "de", "13.07.2023 10:00 - 12 Uhr", "2023-07-13T10:00:00"},
		{"the first day of databases", "", "1900-01-01T00:00:00", ""},
		{"a span of hours", "de", "13.07.2023 10:00-12 Uhr", "2023-07-13T10:00:00"},
		{"the epoch", "", "1970-01-01T00:00:00+00:00", ""},
		{"the epoch in the east", "", "1970-01-01T08:00:00+08:00", ""},
		{"the first day of 1970", "", "1970-01-01", ""},
		{"a day after it", "", "1970-01-02", "1970-01-02"},
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
		{"time after a label", "tr", "13 Temmuz 2023 Perşembe - Saat: 13:31", "2023-07-13T13:31:00"},
		{"time after a label of its own", "es", "Fecha: 13/07/2023 Hora: 13:31", "2023-07-13T13:31:00"},
		{"british time with a dot", "en", "Thu 13 Jul 2023 13.31 BST", "2023-07-13T13:31:00"},
		{"finnish time with a dot", "fi", "13.7.2023 13.31", "2023-07-13T13:31:00"},
		{"a price after a day", "en", "13 July 2023 13.50", "2023-07-13"},
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
			r := New(Options{FetchedAt: fetched, Language: c.lang})
			got, _ := r.Read(c.in)
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
		if got, _ := New(Options{URL: url, Language: "en-US"}).Read("07/08/2023"); got.String() != want {
			t.Errorf("on %s: %q, want %q", url, got, want)
		}
	}
}

func TestDateInSiteZone(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Tbilisi")
	if err != nil {
		t.Fatal(err)
	}
	r := New(Options{Zone: zone, Language: "en"})
	for in, want := range map[string]string{
		"13 July 2023 / 13:31":   "2023-07-13T13:31:00+04:00",
		"2023-07-13T13:31:00Z":   "2023-07-13T13:31:00+00:00",
		"13 July 2023":           "2023-07-13",
		"July 13, 2023 1:31 PDT": "2023-07-13T01:31:00-07:00",
	} {
		if got, _ := r.Read(in); got.String() != want {
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
			r := New(Options{FetchedAt: fetched, Language: c.lang})
			got, _ := r.Layout(c.in, []string{c.layout})
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
		r := New(Options{Language: v.Lang})
		d, _ := r.Read(v.Text)
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

func FuzzDate(f *testing.F) {
	for _, s := range []string{"13 July 2023 / 13:31", "2023-07-13T13:31:00+04:00", "30 KASIM 2023", "1402 تیر 22", "2023年7月13日", "9.9.99 9:9"} {
		f.Add(s, "2 January 2006 15:04")
	}
	latest := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s, layout string) {
		r := New(Options{FetchedAt: latest, Language: "en"})
		if got, ok := r.Find(s); ok {
			if got.Pos < 0 || got.End > len(s) || got.Pos >= got.End || got.Date.Raw != s[got.Pos:got.End] {
				t.Fatalf("find(%q) reads [%d,%d) %q", s, got.Pos, got.End, got.Date.Raw)
			}
			if got.Date.Time.After(latest.Add(24*time.Hour)) || got.Date.Time.Year() < 1899 {
				t.Fatalf("find(%q) = %v, out of bounds", s, got.Date)
			}
		}
		r.Layout(s, []string{layout})
		if d, ok := r.Relative(s); ok && d.Time.After(latest.Add(24*time.Hour)) {
			t.Fatalf("relative(%q) = %v, after the fetch", s, d)
		}
	})
}
