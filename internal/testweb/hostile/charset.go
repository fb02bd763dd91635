package hostile

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

const (
	russian       = "Новый паром выйдет в море весной"
	greek         = "Το νέο πλοίο ξεκινά την άνοιξη"
	french        = "L’été à la mer coûte déjà 20 € de plus"
	japaneseTitle = "新しいフェリーは春に出航する予定"
	chinese       = "新渡轮将于春季启航前往群岛"
	koreanTitle   = "새 여객선이 봄에 출항할 예정이다"
)

var letters = map[string][]string{
	russian: {"Порт сообщил в понедельник, что новое судно готово к первому рейсу и примет до трёхсот пассажиров.",
		"Капитан отметил, что испытания прошли спокойно, а команда набрана полностью и прошла обучение зимой.",
		"Жители островов ждали этого события много лет: старый паром ходил только летом и часто ломался.",
		"Билеты поступят в продажу в апреле, цены обещают не повышать до конца года."},
	greek: {"Το λιμάνι ανακοίνωσε τη Δευτέρα ότι το νέο πλοίο είναι έτοιμο για το πρώτο του ταξίδι με τριακόσιους επιβάτες.",
		"Ο καπετάνιος είπε ότι οι δοκιμές έγιναν χωρίς προβλήματα και το πλήρωμα είναι πλέον πλήρες.",
		"Οι κάτοικοι των νησιών το περίμεναν χρόνια, γιατί το παλιό πλοίο έπλεε μόνο το καλοκαίρι."},
	french: {"La région a confirmé lundi que le nouveau ferry, déjà amarré au port, prendra la mer au début de l’été.",
		"Le capitaine a salué une équipe « prête et motivée » après des mois d’essais menés près de la côte.",
		"Les habitants des îles attendaient ce navire depuis des années, l’ancien étant souvent en réparation."},
	japaneseTitle: {"港湾当局は月曜日、新しい船が最初の航海に向けて準備を終え、三百人の乗客を運べると発表した。", "船長によると、試験航海は順調に進み、乗組員の訓練も冬のあいだに完了したという。",
		"島の住民は何年もこの日を待っていた。古い船は夏しか運航せず、故障も多かったためである。"},
	chinese: {"港务局星期一宣布，新船已经做好首航准备，最多可以运送三百名乘客前往各个岛屿。", "船长表示，试航进行得十分顺利，全体船员在冬季完成了培训，随时可以出发。",
		"岛上的居民为此等待了多年，因为旧船只在夏天开行，而且经常发生故障需要修理。"},
	koreanTitle: {"항만 당국은 월요일 새 배가 첫 항해 준비를 마쳤으며 최대 삼백 명의 승객을 태울 수 있다고 밝혔다.",
		"선장은 시험 운항이 순조롭게 진행되었고 승무원 교육도 겨울 동안 모두 끝났다고 설명했다.", "섬 주민들은 여러 해 동안 이날을 기다려 왔다. 낡은 배는 여름에만 다니고 고장도 잦았기 때문이다."},
}

func charsetCases() []Case {
	page := func(title, head string) string { return articleOf(title, letters[title], head) }
	read := func(name, does, contentType, title string, text string) Case {
		return bad("charset/"+name, does, "read the letters right", body(contentType, text), Want{Articles: with(title)})
	}
	// A page that is no text may be refused or give no article; nothing broken is written.
	none := func(name, does, contentType, text string) Case {
		return bad("charset/"+name, does, "write no broken letters", body(contentType, text),
			Want{Exit: []int{0, 3}, Check: noBroken})
	}
	in := func(e encoding.Encoding, title, head string) string {
		b, err := encoding.ReplaceUnsupported(e.NewEncoder()).String(page(title, head))
		if err != nil {
			panic(fmt.Sprintf("encode %q: %v", title, err))
		}
		return b
	}
	meta := func(name string) string { return `<meta charset="` + name + `">` }
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	news := page(russian, "")
	noise := strings.Repeat("<p>\x81\x8d\x8f\x90\x9d \xff\xfe\xfa \xc0\xc1 \xed\xa0\x80 \xf8\x88\x80\x80\x80 text of it</p>\n",
		40)
	return []Case{
		read("latin1 label on UTF-8", "UTF-8, labelled ISO-8859-1", "text/html; charset=iso-8859-1", french,
			page(french, "")),
		read("UTF-8 label on windows-1251", "windows-1251, labelled UTF-8", "text/html; charset=utf-8", russian,
			in(charmap.Windows1251, russian, meta("utf-8"))),
		read("no label, windows-1251", "windows-1251 without any label", "text/html", russian,
			in(charmap.Windows1251, russian, "")),
		read("no label, KOI8-R", "KOI8-R without any label", "text/html", russian, in(charmap.KOI8R, russian, "")),
		read("meta only", "windows-1253, named in meta alone", "text/html", greek,
			in(charmap.Windows1253, greek, meta("windows-1253"))),
		read("meta against header", "windows-1251 in header and text, another in meta", "text/html; charset=windows-1251",
			russian, in(charmap.Windows1251, russian, meta("koi8-r"))),
		read("meta lies of UTF-8", "UTF-8, meta names windows-1251", "text/html", russian,
			page(russian, meta("windows-1251"))),
		read("meta says UTF-16", "UTF-8, meta names UTF-16", "text/html", russian, page(russian, meta("utf-16"))),
		read("unknown label", "UTF-8, the header names x-martian", "text/html; charset=x-martian", russian, news),
		read("quoted label", "windows-1251, the label in quotes and odd case", `text/html; Charset="WINDOWS-1251"`, russian,
			in(charmap.Windows1251, russian, "")),
		read("two labels", "UTF-8, the header names two charsets", "text/html; charset=; charset=utf-8", russian, news),
		read("byte order mark against label", "UTF-8 with its mark, labelled windows-1252",
			"text/html; charset=windows-1252", russian, "\ufeff"+news),
		read("UTF-16LE with mark", "UTF-16 with its mark", "text/html; charset=utf-8", russian,
			"\xff\xfe"+in(le, russian, "")),
		read("UTF-16BE with mark", "UTF-16 with its mark, big end first", "text/html", russian,
			"\xfe\xff"+in(be, russian, "")),
		read("UTF-16LE without mark", "UTF-16 without mark, labelled", "text/html; charset=utf-16le", russian,
			in(le, russian, "")),
		read("UTF-16 unlabelled", "UTF-16 without mark and label", "text/html", russian, in(le, russian, "")),
		read("latin1 that is windows-1252", "windows-1252, labelled ISO-8859-1", "text/html; charset=iso-8859-1", french,
			in(charmap.Windows1252, french, "")),
		read("Shift_JIS", "Shift_JIS, named in the header", "text/html; charset=Shift_JIS", japaneseTitle,
			in(japanese.ShiftJIS, japaneseTitle, "")),
		read("EUC-JP by meta", "EUC-JP, named in an old meta", "text/html", japaneseTitle,
			in(japanese.EUCJP, japaneseTitle, `<meta http-equiv="Content-Type" content="text/html; charset=euc-jp">`)),
		read("ISO-2022-JP", "ISO-2022-JP, named in meta", "text/html", japaneseTitle,
			in(japanese.ISO2022JP, japaneseTitle, meta("iso-2022-jp"))),
		read("GB18030 labelled GB2312", "GB18030, labelled GB2312", "text/html; charset=gb2312", chinese,
			in(simplifiedchinese.GB18030, chinese, "")),
		read("EUC-KR", "EUC-KR, named in meta", "text/html", koreanTitle, in(korean.EUCKR, koreanTitle, meta("euc-kr"))),
		read("one broken byte", "a byte of UTF-8 is broken in a long page", "text/html; charset=utf-8", russian,
			strings.Replace(news, "</body>", strings.Repeat("<!-- filler -->", 200)+"<footer>\xff</footer></body>", 1)),
		none("UTF-32", "UTF-32 with its mark, which browsers do not read", "text/html; charset=utf-32",
			"\xff\xfe\x00\x00"+in(utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), russian, "")),
		none("UTF-32 unlabelled", "UTF-32 without mark and label", "text/html",
			in(utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), russian, "")),
		bad("charset/replacement", "a label that stands for no charset", "write no broken letters",
			body("text/html; charset=replacement", in(charmap.Windows1251, russian, "")),
			Want{AnyOf: sets(Sound, with(russian)), Exit: []int{0, 3}, Check: noBroken}),
		bad("charset/half a letter", "a page of UTF-8 cut within a letter, labelled so", "write no broken letters",
			body("text/html; charset=utf-8", news[:len(news)/2]+"\xd0"),
			Want{AnyOf: sets(Sound, with(russian)), Exit: []int{0, 3}, Check: noBroken}),
		none("noise", "bytes that belong to no charset, labelled UTF-8", "text/html; charset=utf-8",
			"<html><body><article><h1>Noise\xff\xfe\xfa</h1>"+noise+"</article></body></html>"),
		none("overlong", "overlong forms of UTF-8 and surrogates", "text/html; charset=utf-8",
			"<html><body><article><h1>\xc0\xbcscript\xc0\xbe</h1>"+strings.Repeat("<p>\xc0\xaf\xe0\x80\xaf\xed\xa0\x80\xed\xb0\x80 and some words around them</p>",
				40)+"</article></body></html>"),
		none("UTF-7", "script in UTF-7, labelled so", "text/html; charset=utf-7",
			"<html><body><article><h1>+ADw-script+AD4-</h1></article></body></html>"),
		none("ISO-2022-KR", "a charset that browsers refuse", "text/html; charset=iso-2022-kr",
			"<html><body><article><h1>\x1b$)C\x0e;u 9h\x0f</h1>"+strings.Repeat("<p>\x0e\x1b$)C!!!!\x0f</p>",
				40)+"</article></body></html>"),
		none("half of UTF-16", "UTF-16 that ends in the middle of a letter, with half pairs", "text/html; charset=utf-16le",
			"\xff\xfe"+in(le, russian, "")[:1002]+strings.Repeat("\x00\xd8", 300)),
	}
}
