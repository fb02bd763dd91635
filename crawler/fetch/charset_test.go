package fetch

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// encode writes text in a charset.
func encode(t testing.TB, label, text string) []byte {
	t.Helper()
	e, _ := charset.Lookup(label)
	if e == nil {
		t.Fatalf("no charset %q", label)
	}
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// texts are some sentences of news, as many as the detection needs.
var texts = map[string]string{
	"ru": "Президент подписал указ о создании новой комиссии. Комиссия будет заниматься вопросами развития регионов и представит доклад в конце месяца, сообщила пресс-служба правительства. ",
	"ja": "政府は新しい経済対策を閣議決定した。対策は来年度予算に盛り込まれる見通しで、首相は記者会見で国民生活を守ると述べた。野党は財源が不明だと批判している。",
	"zh": "国务院今天召开常务会议，研究部署进一步促进经济增长的措施。会议指出，要加快落实各项政策，保障和改善民生，推动高质量发展取得新成效。",
	"tw": "行政院今天召開會議，討論進一步促進經濟成長的措施。會議指出，要加快落實各項政策，保障民眾生活，推動產業發展取得新的成果。",
	"ko": "정부는 오늘 국무회의를 열고 새로운 경제 대책을 확정했다. 대통령은 국민 생활을 지키기 위해 모든 수단을 동원하겠다고 밝혔다. 야당은 재원이 불분명하다고 비판했다.",
	"fr": "Le président a annoncé vendredi la création d'une commission chargée d'étudier les problèmes liés à la réforme de la sécurité sociale, après des mois de débats très animés à l'Assemblée. ",
	"pl": "Prezydent podpisał w piątek ustawę o utworzeniu nowej komisji, która będzie zajmować się sprawami rozwoju regionów i przedstawi raport pod koniec miesiąca — źródła rządowe. ",
	"el": "Ο πρόεδρος ανακοίνωσε την Παρασκευή τη δημιουργία νέας επιτροπής που θα ασχοληθεί με τα προβλήματα της ανάπτυξης των περιφερειών και θα παρουσιάσει έκθεση στο τέλος του μήνα. ",
}

func inPage(head, text string) string {
	return "<!DOCTYPE html><html><head>" + head + "<title>News</title></head><body><p>" + strings.Repeat(text, 3) + "</p></body></html>"
}

func TestDecodeHTML(t *testing.T) {
	meta := func(label string) string { return `<meta charset="` + label + `">` }
	ru, ja, fr := texts["ru"], texts["ja"], texts["fr"]
	tests := []struct {
		name, in, contentType string
		label                 string
		want                  string
	}{
		{"ascii", inPage("", "Plain text."), "text/html", "utf-8", inPage("", "Plain text.")},
		{"utf-8 without a label", inPage("", ru), "text/html", "utf-8", inPage("", ru)},
		{"utf-8 under a wrong header", inPage("", ru), "text/html; charset=iso-8859-1", "utf-8", inPage("", ru)},
		{"utf-8 under a wrong meta", inPage(meta("windows-1251"), ru), "", "utf-8", inPage(meta("windows-1251"), ru)},
		{"utf-8 with a mark", "\xef\xbb\xbf" + inPage("", ru), "", "utf-8", inPage("", ru)},
		{"utf-8 cut in a letter, wrong header", inPage("", ru) + "\xd0", "text/html; charset=windows-1252", "utf-8", inPage("", ru)},
		{"utf-8 with a broken byte, labelled", strings.Repeat("Plain text. ", 100) + "\x92", "text/html; charset=utf-8", "utf-8", strings.Repeat("Plain text. ", 100) + "\uFFFD"},
		{"utf-16le with a mark", "\xff\xfe" + string(encode(t, "utf-16le", inPage("", ru))), "text/html; charset=utf-8", "utf-16le", inPage("", ru)},
		{"utf-16be with a mark", "\xfe\xff" + string(encode(t, "utf-16be", inPage("", ru))), "", "utf-16be", inPage("", ru)},
		{"utf-16le without a mark", string(encode(t, "utf-16le", inPage("", ja))), "text/html", "utf-16le", inPage("", ja)},
		{"utf-16be, header", string(encode(t, "utf-16be", inPage("", "Plain"))), "text/html; charset=utf-16be", "utf-16be", inPage("", "Plain")},
		{"utf-16 in name only", inPage(meta("utf-16"), ru), "text/html; charset=utf-16", "utf-8", inPage(meta("utf-16"), ru)},
		{"windows-1251, header", string(encode(t, "windows-1251", inPage("", ru))), "text/html; charset=windows-1251", "windows-1251", inPage("", ru)},
		{"windows-1251, odd header", string(encode(t, "windows-1251", inPage("", ru))), `text/html;;Charset = "CP1251" ; x`, "windows-1251", inPage("", ru)},
		{"windows-1251, meta", string(encode(t, "windows-1251", inPage(meta("windows-1251"), ru))), "text/html", "windows-1251", inPage(meta("windows-1251"), ru)},
		{"windows-1251, header says utf-8", string(encode(t, "windows-1251", inPage(meta("windows-1251"), ru))), "text/html; charset=utf-8", "windows-1251", inPage(meta("windows-1251"), ru)},
		{"windows-1251, header unknown", string(encode(t, "windows-1251", inPage(meta("windows-1251"), ru))), "text/html; charset=none", "windows-1251", inPage(meta("windows-1251"), ru)},
		{"header before meta", string(encode(t, "koi8-r", inPage(meta("windows-1251"), ru))), "text/html; charset=koi8-r", "koi8-r", inPage(meta("windows-1251"), ru)},
		{"iso-8859-1 is windows-1252", "<p>\x93na\xefve\x94</p>", "text/html; charset=ISO-8859-1", "windows-1252", "<p>“naïve”</p>"},
		{"iso-2022-jp, header", string(encode(t, "iso-2022-jp", inPage("", ja))), "text/html; charset=iso-2022-jp", "iso-2022-jp", inPage("", ja)},
		{"iso-2022-jp without a label", string(encode(t, "iso-2022-jp", inPage("", ja))), "text/html", "iso-2022-jp", inPage("", ja)},
		{"shift_jis, xml declaration", `<?xml version="1.0" encoding="Shift_JIS"?>` + string(encode(t, "shift_jis", inPage("", ja))), "", "shift_jis", `<?xml version="1.0" encoding="Shift_JIS"?>` + inPage("", ja)},
		{"detected windows-1251", string(encode(t, "windows-1251", inPage("", ru))), "text/html", "windows-1251", inPage("", ru)},
		{"detected windows-1251, labelled utf-8", string(encode(t, "windows-1251", inPage(meta("utf-8"), ru))), "text/html; charset=utf-8", "windows-1251", inPage(meta("utf-8"), ru)},
		{"detected koi8-r", string(encode(t, "koi8-r", inPage("", ru))), "", "koi8-r", inPage("", ru)},
		{"detected shift_jis", string(encode(t, "shift_jis", inPage("", ja))), "", "shift_jis", inPage("", ja)},
		{"detected euc-jp", string(encode(t, "euc-jp", inPage("", ja))), "", "euc-jp", inPage("", ja)},
		{"detected gbk", string(encode(t, "gbk", inPage("", texts["zh"]))), "", "gbk", inPage("", texts["zh"])},
		{"detected big5", string(encode(t, "big5", inPage("", texts["tw"]))), "", "big5", inPage("", texts["tw"])},
		{"detected euc-kr", string(encode(t, "euc-kr", inPage("", texts["ko"]))), "", "euc-kr", inPage("", texts["ko"])},
		{"detected windows-1252", string(encode(t, "windows-1252", inPage("", fr))), "", "windows-1252", inPage("", fr)},
		{"detected iso-8859-7", string(encode(t, "iso-8859-7", inPage("", texts["el"]))), "", "iso-8859-7", inPage("", texts["el"])},
		{"empty", "", "", "utf-8", ""},

		{"utf-8 with stray bytes, header", inPage("", fr) + "caf\xe9, M\xfcller", "text/html; charset=utf-8", "utf-8", inPage("", fr) + "caf\uFFFD, M\uFFFDller"},
		{"utf-8 with stray bytes, meta", inPage(meta("utf-8"), fr) + "caf\xe9.", "", "utf-8", inPage(meta("utf-8"), fr) + "caf\uFFFD."},
		{"utf-8 with as many stray bytes as letters", inPage(meta("utf-8"), "© “Ostrel” ") + "\xe9 \xfc \xdf \xe8", "", "utf-8", inPage(meta("utf-8"), "© “Ostrel” ") + strings.Repeat("\uFFFD ", 3)},
		{"utf-8 with stray bytes, no label", inPage("", ru) + "\xe9.", "", "utf-8", inPage("", ru) + "\uFFFD."},
		{"utf-8 with stray bytes, labelled iso-8859-1", inPage("", "Åsa’s “été” ") + "\xe9.", "text/html; charset=iso-8859-1", "utf-8", inPage("", "Åsa’s “été” ") + "\uFFFD."},
		{"utf-8 with a mark and stray bytes", "\xef\xbb\xbf" + inPage("", "Åsa’s “été” ") + "\xe9.", "text/html; charset=windows-1252", "utf-8", inPage("", "Åsa’s “été” ") + "\uFFFD."},
		{"windows-1252 labelled utf-8", string(encode(t, "windows-1252", inPage(meta("utf-8"), fr))), "text/html; charset=utf-8", "windows-1252", inPage(meta("utf-8"), fr)},
		{"shift_jis labelled utf-8", string(encode(t, "shift_jis", inPage(meta("utf-8"), ja))), "text/html; charset=utf-8", "shift_jis", inPage(meta("utf-8"), ja)},
		{"gbk labelled gb2312", string(encode(t, "gbk", inPage(meta("gb2312"), texts["zh"]+"\u9555"))), "", "gbk", inPage(meta("gb2312"), texts["zh"]+"\u9555")},
		{"gbk with a stray byte", string(encode(t, "gbk", inPage(meta("gb2312"), texts["zh"]))) + "<p>\xff", "", "gbk", inPage(meta("gb2312"), texts["zh"]) + "<p>\uFFFD"},
		{"meta after 1024 bytes", string(encode(t, "windows-1251", inPage("<style>"+strings.Repeat("p{} ", 500)+"</style>"+meta("windows-1251"), ru))), "", "windows-1251", inPage("<style>"+strings.Repeat("p{} ", 500)+"</style>"+meta("windows-1251"), ru)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, label, err := DecodeHTML([]byte(tt.in), tt.contentType)
			if err != nil || label != tt.label || string(got) != tt.want {
				t.Errorf("got %s, %v\n%.300q\nwant %s\n%.300q", label, err, got, tt.label, tt.want)
			}
		})
	}
}

func TestUndecodable(t *testing.T) {
	ru := texts["ru"]
	tests := map[string]struct {
		in          []byte
		contentType string
		label       string
	}{
		"noise":                      {bytes.Repeat([]byte("\x81\xff\x00\x9d\xfe\x80\x03\xf5\xa0"), 300), "text/html", ""},
		"noise, labelled utf-8":      {bytes.Repeat([]byte("\x81\xff\x00\x9d\xfe\x80\x03\xf5\xa0"), 300), "text/html; charset=utf-8", "utf-8"},
		"mark and noise":             {append([]byte("\xef\xbb\xbf"), encode(t, "windows-1251", ru)...), "", "utf-8"},
		"utf-16 cut and swapped":     {append([]byte("\xff\xfe"), bytes.Repeat([]byte("\x00\xd8"), 50)...), "", "utf-16le"},
		"what browsers do not read":  {append([]byte("\x1b$)C"), encode(t, "euc-kr", strings.Repeat("<p>", 3))...), "text/html; charset=iso-2022-kr", "replacement"},
		"a picture":                  {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xd9\x80\x81\x82\x83\x90\x91"), "text/html", ""},
		"hz":                         {[]byte("<meta charset=hz-gb-2312>~{<:Ky~}"), "", "replacement"},
		"windows-1253 with its gaps": {bytes.Repeat([]byte("\xd2\xaa\xff"), 40), "text/html; charset=windows-1253", "windows-1253"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, label, err := DecodeHTML(tt.in, tt.contentType)
			var refusal ErrCharset
			if !errors.As(err, &refusal) || refusal.Label != tt.label || refusal.Reason == "" || got != nil {
				t.Errorf("got %.60q as %q, %#v", got, label, err)
			}
		})
	}
}

func TestReplacedAreCounted(t *testing.T) {
	for name, tt := range map[string]struct {
		broken, size int
		class        Class
	}{
		"none":              {0, 5000, OK},
		"some":              {5, 5000, OK},
		"one in a thousand": {1, 1000, OK},
		"too many":          {6, 5000, Refused},
		"one of few":        {1, 999, Refused},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Repeat("x", tt.size-2*tt.broken) + strings.Repeat("\xf5 ", tt.broken)
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { html(w, text) })
			r := c.Get(t.Context(), Request{URL: url})
			// Detection may find another charset; then nothing is replaced.
			if r.Class == OK && r.Charset == "utf-8" && (r.Replaced != tt.broken || bytes.Count(r.Body, replacement) != tt.broken) {
				t.Errorf("got %d replaced, want %d", r.Replaced, tt.broken)
			}
			if tt.class == OK && (r.Class != OK || r.Charset != "utf-8") {
				t.Errorf("got %v as %q, %v", r.Class, r.Charset, r.Err)
			}
			if tt.class == Refused && (r.Class == OK && r.Replaced > 0) {
				t.Errorf("%d of %d bytes were replaced", r.Replaced, tt.size)
			}
		})
	}
}

func TestValidUTF8IsNotCopied(t *testing.T) {
	in := []byte(inPage("", texts["ru"]))
	got, _, err := DecodeHTML(in, "text/html; charset=windows-1251")
	if err != nil || &got[0] != &in[0] {
		t.Errorf("the page was copied (%v)", err)
	}
}

func TestPrescanMeta(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"charset", `<meta charset=koi8-r>`, "koi8-r"},
		{"pragma", `<meta http-equiv=Content-Type content="text/html; charset=big5">`, "big5"},
		{"pragma, other order", `<META CONTENT='text/html;charset = "EUC-KR"' HTTP-EQUIV="content-type"/>`, "euc-kr"},
		{"content without pragma", `<meta content="text/html; charset=big5">`, ""},
		{"other pragma", `<meta http-equiv=refresh content="0; url=?charset=big5">`, ""},
		{"charset before content", `<meta charset=koi8-r http-equiv=content-type content="text/html; charset=big5">`, "koi8-r"},
		{"repeated attribute", `<meta charset=koi8-r charset=big5>`, "koi8-r"},
		{"two words", `<meta http-equiv=content-type content="charset charset=big5">`, "big5"},
		{"unclosed label", `<meta http-equiv=content-type content="charset='big5">`, ""},
		{"utf-16 cannot be", `<meta charset=utf-16>`, "utf-8"},
		{"x-user-defined", `<meta charset=x-user-defined>`, "windows-1252"},
		{"in a comment", `<!-- <meta charset=koi8-r> --><meta charset=big5>`, "big5"},
		{"short comment", `<!--><meta charset=big5>`, "big5"},
		{"in an attribute", `<p title="<meta charset=koi8-r>"><meta charset=big5>`, "big5"},
		{"declaration", `<!DOCTYPE html "><meta charset=big5>`, "big5"},
		{"after an end tag", `</p a=b><meta charset=big5>`, "big5"},
		{"metaphor", `<metaphor charset=koi8-r>`, ""},
		{"slashes", `<meta/charset=big5>`, "big5"},
		{"cut off", `<meta charset="big5"`, ""},
		{"late", "<script>" + strings.Repeat("x", 5000) + "</script><meta charset=big5>", "big5"},
		{"too late", strings.Repeat(" ", prescanBytes) + "<meta charset=big5>", ""},
		{"unknown, then known", `<meta charset=bogus><meta charset=big5>`, "big5"},
		{"xml", `<?xml version='1.0' encoding='EUC-JP' ?><html>`, "euc-jp"},
		{"xml and meta", `<?xml version="1.0" encoding="EUC-JP"?><meta charset=big5>`, "big5"},
		{"xml without encoding", `<?xml version="1.0"?>`, ""},
		{"nothing", ``, ""},
		{"bracket at the end", `<`, ""},
		{"slash at the end", `</`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := PrescanMeta([]byte(tt.in)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPrescanVectors(t *testing.T) {
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is unset: no prescan vectors")
	}
	data, err := os.ReadFile(filepath.Join(dir, "vectors", "charset_prescan.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	for line := range bytes.Lines(data) {
		var v struct {
			ID       string `json:"id"`
			Bytes    []byte `json:"b64"`
			Encoding string `json:"encoding"`
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		got := PrescanMeta(v.Bytes)
		switch {
		case bytes.HasPrefix(v.Bytes, bomUTF8):
			got = "utf-8"
		case got == "":
			got = "windows-1252" // what the vectors call a page without a label
		}
		all++
		if got == canonical(v.Encoding) {
			right++
		} else {
			t.Logf("%s: got %s, want %s", v.ID, got, v.Encoding)
		}
	}
	t.Logf("%d of %d right", right, all)
	if float64(right) < 0.97*float64(all) {
		t.Errorf("%d of %d right, want 97 %%", right, all)
	}
}

func FuzzPrescan(f *testing.F) {
	for _, s := range []string{`<meta charset=koi8-r>`, `<!--`, `<a b='`, `</`, `<?xml encoding="`, `<meta http-equiv=content-type content="charset`, "<\x00?\x00x\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := PrescanMeta(b)
		if got != "" && canonical(got) != got {
			t.Errorf("%q is not the name of a charset", got)
		}
		// What stands in a comment before a page names nothing.
		if !bytes.Contains(b, []byte("-->")) && !bytes.HasPrefix(b, []byte(">")) && !bytes.HasPrefix(b, []byte("->")) && len(b) < prescanBytes-10 {
			if got := PrescanMeta(append([]byte("<!--"), b...)); got != "" {
				t.Errorf("a comment named %q", got)
			}
		}
	})
}

func FuzzDecodeHTML(f *testing.F) {
	f.Add([]byte(page), "text/html")
	f.Add([]byte("\xff\xfe<\x00p\x00"), "")
	f.Add([]byte("<meta charset=shift_jis>\x82\xa0\x82"), "text/html; charset=gb18030")
	f.Add([]byte("\x1b$B%K%e\x1b(B"), "text/html; charset=iso-2022-jp")
	f.Add([]byte("caf\xe9."), "charset=utf-8")
	f.Fuzz(func(t *testing.T, b []byte, contentType string) {
		before := bytes.Clone(b)
		d, err := decodeHTML(b, contentType)
		if !bytes.Equal(b, before) {
			t.Fatal("the body was changed")
		}
		if err != nil {
			if !errors.As(err, new(ErrCharset)) || d.text != nil {
				t.Fatalf("got %q with %v", d.text, err)
			}
			return
		}
		if !utf8.Valid(d.text) {
			t.Fatalf("%s gave bytes that are not UTF-8", d.label)
		}
		if letters, _ := multibyte(d.text); d.replaced*brokenIn > len(b) && d.replaced > brokenPerLetter*(letters-d.replaced) {
			t.Fatalf("%d of %d bytes were replaced", d.replaced, len(b))
		}
		if canonical(d.label) != d.label {
			t.Fatalf("%q is not the name of a charset", d.label)
		}
		if bytes.Contains(d.text[:min(len(d.text), 1024)], []byte{0}) || bytes.IndexByte(d.text, 0x1b) >= 0 || bytes.HasPrefix(d.text, bomUTF8) {
			return // may look like something else the second time
		}
		again, err := decodeHTML(d.text, contentType)
		if err != nil || !bytes.Equal(again.text, d.text) {
			t.Fatalf("decoding twice gave %q, %v, once %q", again.text, err, d.text)
		}
	})
}

func BenchmarkDecodeHTML(b *testing.B) {
	ru := strings.Repeat(inPage(`<meta charset="windows-1251">`, texts["ru"]), 30)
	for _, bb := range []struct {
		name, contentType string
		body              []byte
	}{
		{"utf-8", "text/html; charset=utf-8", []byte(ru)},
		{"windows-1251", "text/html; charset=windows-1251", encode(b, "windows-1251", ru)},
		{"detected", "text/html", encode(b, "windows-1251", strings.ReplaceAll(ru, "windows-1251", "x"))},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.body)))
			b.ReportAllocs()
			for b.Loop() {
				if got, _, err := DecodeHTML(bb.body, bb.contentType); err != nil || !bytes.Contains(got, []byte("Президент")) {
					b.Fatal(err)
				}
			}
		})
	}
}
