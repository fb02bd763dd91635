package dedupe

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite the normal forms in testdata/normal.json")

// vector is a text whose normal form anybody can compute again.
type vector struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Normal string `json:"normal"`
	Words  int    `json:"words"`
	SHA256 string `json:"sha256"`
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/normal.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNormalForm(t *testing.T) {
	all := readVectors(t)
	for i, v := range all {
		f := Sum("", v.Text)
		got := vector{v.Name, v.Text, Normalize(v.Text), f.Words, hex.EncodeToString(f.Hash[:])}
		if *update {
			all[i] = got
			continue
		}
		if got != v {
			t.Errorf("%s: %q\n got %+v\nwant %+v", v.Name, v.Text, got, v)
		}
	}
	if *update {
		f, err := os.Create("testdata/normal.json")
		if err != nil {
			t.Fatal(err)
		}
		enc := json.NewEncoder(f)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(all); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSameText lists what must not make a difference.
func TestSameText(t *testing.T) {
	const text = "The council's \"new\" plan - the third - was adopted.\n\nWork on the cafe starts in May."
	for name, other := range map[string]string{
		"case":             strings.ToUpper(text),
		"line breaks":      "The council's \"new\" plan - the third -\r\nwas adopted.\u2028Work on the cafe starts in May.",
		"more line breaks": "The council's \"new\" plan - the third -\rwas adopted.\vWork\fon\u0085the\u2029cafe starts in May.",
		"white space":      " The\u00a0council's  \"new\" plan\t- the third - was adopted.\n\n \n\nWork on the cafe starts\u3000in May. ",
		"quotes":           "The council’s «new» plan - the third - was adopted.\nWork on the cafe starts in May.",
		"dashes":           "The council's \"new\" plan — the third -- was adopted.\nWork on the cafe starts in May.",
		"diacritics":       "The council's \"new\" plan - the third - was adopted.\nWork on the café starts in May.",
		"decomposed":       "The council's \"new\" plan - the third - was adopted.\nWork on the cafe\u0301 starts in May.",
		"zero width":       "\ufeffThe coun\u00adcil's \"new\" plan - the third - was adop\u200bted.\nWork on the cafe starts in May.",
		"compatibility":    "The council's \"new\" plan - the third - was adopted.\nWork on the ｃａｆｅ starts in May.",
		"source line":      text + "\n\nSource - Turan.az",
		"source and date":  text + "\n\nSource: Turan.az\n\n13 July 2023 / 13:31",
		"date above":       "13 July 2023, 13:31\n" + text,
		"update line":      "Updated at 14:05\n" + text,
		"agency dateline":  "BAKU, July 13 (Reuters) — " + text,
		"agency and date":  "13.07.2023\nBAKU (AFP) - " + text + "\nQuelle: dpa",
		"control letters":  "The coun\x00cil's \"new\" plan - the third - was adopted.\x0c\nWork on the cafe starts in May.",
		"spaced line ends": "The council's \"new\" plan - the third - was adopted.   \n   Work on the cafe starts in May.",
	} {
		if got, want := Normalize(other), Normalize(text); got != want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	}
}

// TestOtherText lists what must stay a difference.
func TestOtherText(t *testing.T) {
	const text = "The plan was adopted by 12 votes to 3.\nWork starts in May."
	for name, other := range map[string]string{
		"a number":               "The plan was adopted by 12 votes to 4.\nWork starts in May.",
		"a sentence":             text + "\nThe mayor did not vote.",
		"a source that speaks":   text + "\nSource: he said that the plan was never read by anybody.",
		"a date with a word":     text + "\nMeeting on 13 July 2023",
		"a month":                text + "\nJuly 2023",
		"a figure that looks so": text + "\n12 13 2023",
		"a score":                text + "\n3:1",
		"a date in the middle":   "The plan was adopted by 12 votes to 3.\n13 July 2023\nWork starts in May.",
		"an unknown dateline":    "BAKU (Spokesman) - " + text,
		"brackets in a sentence": "He told us (Reuters) that - " + text,
	} {
		if got := Normalize(other); got == Normalize(text) {
			t.Errorf("%s: %q is taken for the same text", name, other)
		}
	}
}

func TestAsides(t *testing.T) {
	asides := []string{
		"Source - Turan.az", "Source: Reuters", "Sources: AP, AFP", "Via: The Daily Post", "Quelle: dpa/AFP", "Fuente: EFE", "Источник: Интерфакс",
		"Источник — РИА Новости", "Mənbə: Turan", "Kaynak: AA", "Джерело: УНІАН", "来源：新华社", "出典: 共同通信", "출처: 연합뉴스", "المصدر: وكالات", "Źródło: PAP",
		"13 July 2023 / 13:31", "July 13, 2023", "Thursday, 13 July 2023, 13:31 GMT", "13.07.2023 13:31", "2023-07-13", "2023-07-13T13:31:00+04:00", "7/13/2023 1:31 PM",
		"13 июля 2023 г., 13:31", "13 juillet 2023 à 14h30", "1er mai 2023", "13. Juli 2023, 13:31 Uhr", "13 de julio de 2023", "13 Temmuz 2023 Perşembe 13:31", "2023年7月13日 13:31", "2023년 7월 13일",
		"(Reporting by A. Smith; Editing by B. Jones)", "(Additional reporting by A. Smith)", "© AFP. All rights reserved.", "Copyright 2023 The Associated Press. All rights reserved. This material may not be published, broadcast, rewritten or redistributed.",
		"Copyright (c) 2023 CCBS", "© 2023 CCBS", "(Reuters)", "AFP/dpa", "Reuters, AP", "[AFP]", "(新华社)", "رويترز", "Published 7:14 | Last updated 20 Sept. 2023 | Reading time 7 min",
		"13. července 2023", "2023. július 13.", "13 ιουλίου 2023, 13:31", "Ενημέρωση: 13/07/2023, στις 13:31", "13 юли 2023 г.", "13 ліпеня 2023", "13 يوليو 2023", "آخر تحديث: ١٣ يوليو ٢٠٢٣ ١٣:٣١", "۱۳ تیر ۱۴۰۲ ۱۳:۳۱ 13.07.2023",
		"13 ביולי 2023", "עודכן: 13.7.2023 13:31", "13 जुलाई 2023, 13:31", "अपडेटेड 13 जुलाई 2023", "13 กรกฎาคม 2023", "发布时间：2023-07-13 13:31", "更新于2023年7月13日 13时31分", "2023年7月13日(木) 13時31分", "입력 2023.07.13. 13:31", "수정 2023년 7월 13일 13시 31분",
		"13 Tháng 7, 2023 Cập nhật 13:31", "Diperbarui 13 Juli 2023 pukul 13:31 WIB", "Publisert 13. juli 2023 kl. 13:31", "Julkaistu 13.7.2023 klo 13:31", "Opublikowano: 13 lipca 2023, godz. 13:31", "Publicat: 13 iulie 2023",
		"Updated at 14:05", "Last updated: 13 July 2023, 2:05 p.m. EDT", "Published on July 13, 2023", "Stand: 13.07.2023, 14:05 Uhr", "Обновлено 13 июля в 14:05", "Mis à jour le 13 juillet 2023 à 14:05", "Güncelleme: 14:05",
	}
	for _, line := range asides {
		if !isAside(TitleKey(line)) {
			t.Errorf("%q is not left out", line)
		}
	}
	for _, line := range []string{
		"Source", "Source:", "Source close to the talks", "Source: officials said. They left.", "Source: 12", "Resource - Turan.az", "Sources say: it is over, and nobody knows what comes next",
		"13", "2023", "13:31", "July 2023", "13 July", "May", "12-10", "13 July 2023: the plan", "Updated", "Updated daily", "Updated 2023", "Stand 5", "10/20/30/2023 5% 7", "1.2.3.4.5.6.7.8.2023", "",
		"Copyright", "Copyright is a matter that the court has not yet decided upon.", "Copyrights of the song were sold", "Copyright law changes", "(He was reporting by telephone)", "(Reporting by A. Smith) and more",
		"Call 050-123-45-67 at 13:31", "Reuters said", "AP and more", "2023年7月13日の会議", "会议13时31分开始",
	} {
		if isAside(TitleKey(line)) {
			t.Errorf("%q is left out", line)
		}
	}
	for word := range stampWords {
		if TitleKey(word) != word {
			t.Errorf("stamp word %q is not folded: no line can match it", word)
		}
	}
	for name := range strings.SplitSeq(agencies, "|") {
		if TitleKey(name) != name {
			t.Errorf("agency %q is not folded: no dateline can match it", name)
		}
	}
}

func TestDatelines(t *testing.T) {
	for text, want := range map[string]string{
		"LONDON (Reuters) - Shares rose.":                          "shares rose.",
		"LONDON, July 13 (Reuters) — Shares rose.":                 "shares rose.",
		"PARIS, 13 juil 2023 (AFP) - Les actions.":                 "les actions.",
		"(AP) — Shares rose.":                                      "shares rose.",
		"МОСКВА, 13 июля. /ТАСС/. Акции выросли.":                  "акции выросли.",
		"МОСКВА, 13 июл — РИА Новости. Акции выросли.":             "акции выросли.",
		"LONDON (Reuters) - BAKU (AFP) - Shares rose.":             "shares rose.",
		"BAKU. July 13. Turan: Prices rose.":                       "prices rose.",
		"He asked one thing. Who is AP: a person?":                 "he asked one thing. who is ap: a person?",
		"新华社北京7月13日电 会议召开。":                                        "会议召开。",
		"（新华社北京7月13日电）会议召开。":                                       "会议召开。",
		"【ロンドン共同】会議が開かれた。":                                         "会議が開かれた。",
		"(서울=연합뉴스) 홍길동 기자 = 회의가 열렸다.":                              "회의가 열렸다.",
		"القاهرة (رويترز) - ارتفعت الأسهم.":                        "ارتفعت الاسهم.",
		"新华社记者表示，电力充足。":                                            "新华社记者表示,电力充足。",
		"LONDON (Reuters) -":                                       "london (reuters) -",
		"Shares of the maker of (Reuters) terminals rose.":         "shares of the maker of (reuters) terminals rose.",
		"London and its markets have today seen (AP) - Shares.":    "london and its markets have today seen (ap) - shares.",
		"Either/or: a question of and/or - ap. It is asked again.": "either/or: a question of and/or - ap. it is asked again.",
	} {
		if got := Normalize(text); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTitleKey(t *testing.T) {
	for title, want := range map[string]string{
		"  Council\nAdopts “Plan” — Again ": `council adopts "plan" - again`,
		"Straße":          "strasse",
		"Source: Reuters": "source: reuters",
		"\u200b":          "",
	} {
		if got := TitleKey(title); got != want {
			t.Errorf("TitleKey(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestFingerprint(t *testing.T) {
	long := strings.Repeat("word ", ShortWords)
	tests := []struct {
		name             string
		title, text      string
		title2, text2    string
		same, comparable bool
	}{
		{"long text, other title", "A", long, "B", long, true, true},
		{"long text, no title", "", long, "", long, true, true},
		{"long text, another", "A", long, "A", long + "x", false, true},
		{"short text, same title", "A b", "Video", "a B", "VIDEO", true, true},
		{"short text, other title", "A", "Video", "B", "Video", false, true},
		{"short text, no title", "", "Video", "", "Video", false, false},
		{"one word too short", "A", long[5:], "B", long[5:], false, true},
		{"no text", "A", "", "A", " \n", false, false},
		{"no word", "A", "- ...", "A", "- ...", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, g := Sum(tt.title, tt.text), Sum(tt.title2, tt.text2)
			if f.Same(g) != tt.same || g.Same(f) != tt.same {
				t.Errorf("Same: %v, want %v: %+v %+v", f.Same(g), tt.same, f, g)
			}
			if (f.Key() != 0) != tt.comparable {
				t.Errorf("Key: %x, want comparable %v", f.Key(), tt.comparable)
			}
			if tt.comparable && (f.Key() == g.Key()) != tt.same {
				t.Errorf("Keys %x and %x, want equal: %v", f.Key(), g.Key(), tt.same)
			}
		})
	}
}

func TestCountWords(t *testing.T) {
	for normal, want := range map[string]int{
		"":                      0,
		"- ... 'a' b-c 1,5 % x": 4,
		"два слова é":           3,
		"東京で会議 2023":            4,
		"ภาษาไทย":               2,
		"서울 회의":                 2,
		"iphone発売":              2,
		"\ufffd":                0,
		"a 0 9 z":               4,
	} {
		if got := CountWords(normal); got != want {
			t.Errorf("CountWords(%q) = %d, want %d", normal, got, want)
		}
	}
}

var seeds = []string{
	"London\n(Reuters) - Source: x\n\n13 July 2023", "Source: a\nSource - (ap) - b", "ﬁne ½ ẞ İ ŉ ΐ ͅ", "a -\n- b -- c", "が か\u3099 각 ㄱ\u200b가", "é\u0301\u0327", "\xff\xfea", "a\u2028b\u0085c",
	"שָׁלוֹם عَرَبِيّ", "﷽", "( \ufeff(AP) - (AP) - ", "Ͻ Ꭰ ꭰ 𐐀", "\u1ffd\u00b4`",
}

// FuzzNormalize checks that a normal form is one already, is valid UTF-8, and
// has no white space but single spaces within.
func FuzzNormalize(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		normal := Normalize(text)
		if again := Normalize(normal); again != normal {
			t.Fatalf("%q: normal form %q becomes %q", text, normal, again)
		}
		if !utf8.ValidString(normal) || strings.Join(strings.Fields(normal), " ") != normal {
			t.Fatalf("%q: normal form %q", text, normal)
		}
		if key := TitleKey(text); TitleKey(key) != key {
			t.Fatalf("title %q: key %q becomes %q", text, key, TitleKey(key))
		}
		if f := Sum(text, text); !f.Same(f) && f.Key() != 0 {
			t.Fatalf("%q is not the same as itself", text)
		}
	})
}

// FuzzFold checks that folding rune by rune gives what folding the whole line
// gives.
func FuzzFold(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\v\f\r\u0085\u2028\u2029") {
			return
		}
		var want []byte
		for _, c := range []byte(foldAny(text)) {
			want = appendByte(want, 0, c)
		}
		if got := string(appendFolded(nil, text, nil)); got != strings.TrimSuffix(string(want), " ") {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

// TestFoldedAlone folds random neighbours from the ranges that fold rune by
// rune, and each rune by itself, and compares with folding the whole.
func TestFoldedAlone(t *testing.T) {
	var runes []rune
	for _, a := range aloneRanges {
		for r := a.from; r < a.to; r++ {
			if !strings.ContainsRune("\n\v\f\r\u0085\u2028\u2029", r) {
				runes = append(runes, r)
			}
		}
	}
	for r := rune(0x4e00); r < 0xd7a4; r += 97 {
		if foldsToItself(r) {
			runes = append(runes, r)
		}
	}
	check := func(line string) {
		var want []byte
		for _, c := range []byte(foldAny(line)) {
			want = appendByte(want, 0, c)
		}
		if got := string(appendFolded(nil, line, nil)); got != strings.TrimSuffix(string(want), " ") {
			t.Fatalf("%+q: got %+q, want %+q", line, got, want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, r := range runes {
		check(string(r))
		check(string([]rune{r, runes[random.IntN(len(runes))], runes[random.IntN(len(runes))], r, 'a'}))
	}
}

// TestFoldTwice folds every rune of the first three planes twice.
func TestFoldTwice(t *testing.T) {
	for r := rune(0); r < 0x30000; r++ {
		if once := TitleKey(string(r)); TitleKey(once) != once {
			t.Errorf("%U: %+q becomes %+q", r, once, TitleKey(once))
		}
	}
}

// BenchmarkSum makes the fingerprint of a text of 4 KB.
func BenchmarkSum(b *testing.B) {
	for _, bm := range []struct{ name, paragraph string }{
		{"ascii", "The council's plan, adopted on Thursday by 12 votes to 3, will cost 4.5 million. "},
		{"quotes", "The council’s plan – adopted on Thursday by 12 votes to 3 – will cost “4.5 million”. "},
		{"cyrillic", "План совета, принятый в четверг 12 голосами против 3, обойдётся в 4,5 миллиона. "},
		{"chinese", "市议会周四以十二票对三票通过了这项计划，耗资四百五十万。"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			paragraph := strings.Repeat(bm.paragraph, 4) + "\n\n"
			text := strings.Repeat(paragraph, 4096/len(paragraph)) + "Source - Turan.az\n\n13 July 2023 / 13:31"
			want := Sum("A title", text)
			if !strings.HasSuffix(Normalize(text), TitleKey(bm.paragraph)) {
				b.Fatalf("the normal form ends in %q", Normalize(text)[len(text)/2:])
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if got := Sum("A title", text); got != want {
					b.Fatalf("got %+v, want %+v", got, want)
				}
			}
		})
	}
}

func ExampleSum() {
	text := "The council adopted the plan on Thursday."
	f := Sum("Council adopts plan", text)
	g := Sum("COUNCIL ADOPTS PLAN", "BAKU (Reuters) — The council adopted the plan\non Thursday.\n\nSource - Turan.az")
	fmt.Println(f.Words, f.Same(g), f.Key() == g.Key())
	fmt.Printf("%x\n", f.Hash[:4])
	// Output:
	// 7 true true
	// 1479a244
}

func ExampleNormalize() {
	fmt.Println(Normalize("LONDON (Reuters) — The “Café” plan…\n\nSource: AFP\n13 July 2023 / 13:31"))
	// Output: the "cafe" plan...
}

func ExampleTitleKey() {
	fmt.Println(TitleKey(" Council  adopts «Plan»\u00a0– again"))
	// Output: council adopts "plan" - again
}
