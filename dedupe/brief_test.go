package dedupe

import (
	"strings"
	"testing"
	"time"
)

// A brief of each language, with a name, numbers and a title whose words it has.
var briefs = map[string][2]string{
	"en": {"Council of Marlow sells harbour quay for $40 million",
		"The council of Marlow sold the harbour quay for $40 million on Thursday. The buyer, Eastport Holding, will move its 28 boats in April, Mayor Anna Lindholm said after a vote of 12 to 3."},
	"de": {"Marlow verkauft Hafenkai für 40 Millionen Euro",
		"Die Stadt Marlow verkauft den Hafenkai für 40 Millionen Euro an die Reederei Norrhamn. Das teilte Bürgermeisterin Anna Lindholm am Donnerstag mit. Die 28 Boote der Fischer müssen bis zum 30. Juni umziehen, hieß es nach der Sitzung."},
	"fr": {"Marlow vend le quai du port pour 40 millions d'euros",
		"La ville de Marlow a vendu jeudi le quai du port pour 40 millions d'euros à l'armateur Norrhamn. Les 28 bateaux des pêcheurs partiront avant le 30 juin, a annoncé la maire Anna Lindholm après un vote de 12 voix contre 3."},
	"ru": {"Марлов продал причал порта за 40 млн крон",
		"Совет города Марлов продал причал порта за 40 млн крон судоходной компании Норхамн, сообщила в четверг мэр Анна Линдхольм. Рыбаки должны увести 28 лодок до 30 июня, решение принято 12 голосами против 3, передаёт местная газета."},
	"el": {"Το Μάρλοου πουλά την προβλήτα για 40 εκατ. ευρώ",
		"Το Μάρλοου πουλά την προβλήτα του λιμανιού για 40 εκατ. ευρώ στην εταιρεία Νόρχαμν, είπε την Πέμπτη η δήμαρχος Άννα Λίντχολμ. Τα 28 σκάφη των ψαράδων πρέπει να φύγουν έως τις 30 Ιουνίου, μετά από ψηφοφορία 12 προς 3."},
	"ar": {"مارلو تبيع رصيف الميناء مقابل 40 مليون كرونة",
		"قالت رئيسة بلدية مارلو آنا ليندهولم يوم الخميس إن المدينة تبيع رصيف الميناء مقابل 40 مليون كرونة لشركة نورهامن. وعلى الصيادين نقل 28 قاربا قبل 30 يونيو بعد تصويت المجلس بأغلبية 12 صوتا مقابل 3 في جلسة مساء أمس."},
	"hi": {"मार्लो ने बंदरगाह का घाट 40 लाख में बेचा",
		"मार्लो नगर परिषद ने बंदरगाह का घाट 40 लाख में नोरहाम्न कंपनी को बेचा है। महापौर अन्ना लिंडहोम ने गुरुवार को बताया कि मछुआरों की 28 नावें 30 जून तक हटेंगी। प्रस्ताव के पक्ष में 12 और विरोध में 3 वोट पड़े।"},
	"ko": {"말로시 항구 부두 40만 크로나에 매각",
		"말로시 의회는 목요일 항구 부두 매각 안건을 찬성 12표 반대 3표로 통과시켰다. 매각 대금은 40만 크로나이며 노르함 해운이 산다. 안나 린드홀름 시장은 어민들의 배 28척이 6월 30일까지 자리를 옮겨야 한다고 말했다. 새 주인은 내년 봄부터 부두를 넓히는 공사를 시작할 계획이다."},
	"zh": {"马洛市出售港口码头换得四千万克朗",
		"马洛市议会周四以12票对3票通过决定，出售港口码头换得四千万克朗，买方为北港航运公司。市长安娜表示，渔民的28艘船须在6月30日前迁走。"},
	"ja": {"マーロー市、港の岸壁を40億円で売却",
		"マーロー市議会は木曜日、港の岸壁を40億円で海運会社に売却する案を賛成12、反対3で可決した。アンナ市長によると、漁船28隻は6月30日までに移る必要がある。"},
}

// TestBriefs judges short texts under titles that are not equal.
func TestBriefs(t *testing.T) {
	// A paywall shows the same on every page.
	stub := "This article is for subscribers of the Marlow Gazette. Log in or choose a plan to go on reading; the first month is free, then it costs $4 a month."
	title, text := briefs["en"][0], briefs["en"][1]
	other := "The council of Osk sold the harbour quay for $40 million on Thursday. The buyer, Westport Holding, will move its 28 boats in April, Mayor Jon Brekke said after a vote of 12 to 3."
	tests := []struct {
		name          string
		title1, text1 string
		title2, text2 string
		want          Reason
		sameSite      bool
	}{
		{"a prefix", title, text, "UPDATE 1-" + title, text, Similar, false},
		{
			"versions of an agency", "UPDATE 1-" + title, text, "UPDATE 2-" + title, text + " It is so.",
			Similar, false,
		},
		{
			"another prefix, a dateline and a credit", title, text, "Report: " + title,
			"MARLOW (Reuters) - " + text + "\n\n(Reporting by A. Smith)", Similar, false,
		},
		{"the name of the paper", title, text, title + " - The Gazette", text, Similar, false},
		{"the names of two papers", title + " | Observer", text, title + " - The Gazette", text, Similar, false},
		{"order", title, text, "For $40 million: Council of Marlow sells harbour quay", text, Similar, false},
		{
			"capitals", title, text, "COUNCIL OF MARLOW SELLS HARBOUR QUAY FOR $40 MILLION",
			text + " It is so.", Similar, false,
		},
		{"a word dropped", title, text, "Council of Marlow sells quay for $40 million", text, Similar, false},
		{
			"$40m", title, text, "Council of Marlow sells harbour quay for $40m",
			"The council of Marlow sold the harbour quay for $40m" + text[57:], Similar, false,
		},
		{"no word of the titles in the texts", "Trials are under way at last", text, "Report: Trials are under way at last", text, Similar, false},
		{"the start of a long text", title, text + "\n\n" + flood, "Report: " + title, text, Similar, false},
		{
			"a few words, equal texts", "Marlow sells quay | Gazette", "Marlow sells its quay for 4.5 million.",
			"Marlow sells quay", "Marlow sells its quay for 4.5 million.", Similar, false,
		},
		{
			"a few words, texts alike", "Marlow sells quay | Gazette", "Marlow sells its quay for 4.5 million.",
			"Marlow sells quay", "Marlow sells its quay for 4.5 million now.", Short, false,
		},

		{"another title", title, text, "Fishermen of Eastport must leave by April", text, Short, false},
		{"another place", title, text, "Council of Osk sells harbour quay for $40 million", other, Short, false},
		{
			"another place, one title without it", title, text, "Council sells harbour quay for $40 million",
			other, Short, false,
		},
		{
			"another number in the titles", "Council of Marlow sells quay, part 1", text,
			"Council of Marlow sells quay, part 2", text, Short, false,
		},
		{
			"other numbers", "Council of Marlow sells quay", text, "Report: Council of Marlow sells quay",
			"The council of Marlow sold the harbour quay for $71 million on Thursday. The buyer, Eastport Holding, will move its 36 boats in April, Mayor Anna Lindholm said after a vote of 8 to 7.",
			Short, false,
		},
		{
			"a stub, titles alike", "Storm in Marlow: what we know so far", stub,
			"Storm in Osk: what we know so far", stub, Short, true,
		},
		{"a stub, one title longer", "Storm in Aldersund", stub, "Storm in Aldersund kills sheep", stub, Short, true},
		{
			"a film, titles alike", "Storm hits Marlow harbour", "Video", "Storm hits Osk harbour", "Video",
			TooDifferent, true,
		},
		{
			"a film, words of the player", "Video: storm hits Marlow",
			"Watch the video again. Click to play the video with sound.", "Video: storm hits Osk",
			"Watch the video again. Click to play the video with sound.", Short, true,
		},
	}
	for lang, b := range briefs {
		tests = append(tests, struct {
			name          string
			title1, text1 string
			title2, text2 string
			want          Reason
			sameSite      bool
		}{lang, b[0], b[1], "UPDATE: " + b[0] + " | Gazette", b[1] + " ©", Similar, false})
	}
	o := Options{Threshold: DefaultThreshold, Window: DefaultWindow}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, a := Read(tt.title1, tt.text1)
			_, b := Read(tt.title2, tt.text2)
			if min(a.Words, b.Words) >= ShortWords {
				t.Fatalf("texts of %d and %d words, want a short one", a.Words, b.Words)
			}
			x, y := Doc{ID: 1, Sketch: a, When: time.Unix(1e9, 0), Site: "a"}, Doc{ID: 2, Sketch: b, When: time.Unix(1e9+7200, 0), Site: "b"}
			if tt.sameSite {
				y.Site = "a"
			}
			for _, e := range []Explanation{Explain(x, y, o), Explain(y, x, o)} {
				if e.Reason != tt.want && (tt.want != Similar || e.Reason != SameText) {
					t.Errorf("got %v (%+v), want %v", e.Reason, e, tt.want)
				}
			}
		})
	}
}

// TestNamesInTitles keeps texts apart that are alike but for the name in their
// titles.
func TestNamesInTitles(t *testing.T) {
	// Each holds the name in title and text.
	frames := []struct{ lang, title, text, one, two string }{
		{"en", "%s named head of the port authority", "The port authority has named %s as its new head. The board voted without dissent, a spokesman said. In the past years the authority had struggled with debts and with the silting of the fairway. " +
			"The staff welcomed the choice. We trust that %s will listen to us, said the union. The new head begins in spring and is to present a plan by summer.", "Karl Berg", "Rosa Lund"},
		{"el", "Ο %s νέος διευθυντής του λιμανιού", "Το διοικητικό συμβούλιο του λιμανιού όρισε τον %s νέο διευθυντή, όπως ανακοίνωσε εκπρόσωπος. Τα τελευταία χρόνια το λιμάνι είχε χρέη και προβλήματα με τον βυθό. " +
			"Οι εργαζόμενοι χαιρέτισαν την επιλογή. Πιστεύουμε ότι ο %s θα μας ακούσει, είπε το σωματείο. Ο νέος διευθυντής αρχίζει την άνοιξη και θα παρουσιάσει σχέδιο έως το καλοκαίρι.", "Πέτρος", "Νίκος"},
		{"he", "%s מונה לראש רשות הנמל", "דירקטוריון רשות הנמל בחר אתמול ללא התנגדות ביושב ראש חדש. %s מונה לתפקיד, מסר דובר הרשות. בשנים האחרונות נאבקה הרשות בחובות. העובדים בירכו על הבחירה. " +
			"אנו מאמינים כי %s יקשיב לנו, אמר הוועד.", "אבנר", "יורם"},
	}
	o := Options{Threshold: DefaultThreshold, Window: DefaultWindow}
	for _, f := range frames {
		doc := func(id uint64, name string) Doc {
			fill := func(s string) string { return strings.ReplaceAll(s, "%s", name) }
			_, s := Read(fill(f.title), fill(f.text))
			return Doc{ID: id, Sketch: s, When: time.Unix(1e9, 0)}
		}
		if e := Explain(doc(1, f.one), doc(2, f.two), o); e.Duplicate || !e.TitleApart {
			t.Errorf("%s: %v, titles apart %v, want two stories apart by their titles: %+v", f.lang, e.Reason, e.TitleApart, e)
		}
	}
}
