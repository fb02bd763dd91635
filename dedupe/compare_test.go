package dedupe

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const ferryTitle = "Council adopts plan for the harbour ferry"

const ferry = `The council of Marlow adopted a plan for the harbour ferry on Thursday by 12 votes to 3, after a debate that lasted until midnight.

The ferry will run every 20 minutes from April and cost 4.5 million crowns a year, said Mayor Anna Lindholm. Tickets stay at 2.80 crowns for adults; children under 14 travel free.

Opponents from the Harbour List called the plan a gamble. Their speaker Peter Oduya said that the old boat had carried 310,000 passengers last year, a fifth fewer than before.

The shipyard at Eastport has until 30 June to deliver the second boat. If it is late, the council may hire one from Norrhamn, as it did in 2019.`

const cyrillic = `Совет города Марлова в четверг 12 голосами против 3 принял план работы паромной переправы после споров, которые длились до полуночи.

Паром будет ходить каждые 20 минут с апреля и обойдётся бюджету в 4,5 миллиона крон в год, сообщила мэр Анна Линдхольм. Билет для взрослых останется по 2,80 кроны, дети до 14 лет ездят бесплатно.

Противники плана назвали его азартной игрой. По словам депутата Петра Одуя, старое судно перевезло за год 310 тысяч пассажиров, на пятую часть меньше, чем прежде.

Верфь в Истпорте должна сдать второе судно до 30 июня. Если она опоздает, совет наймёт паром в Норрхамне, как в 2019 году.`

const chinese = `马洛市议会周四以12票对3票通过港口渡轮计划，辩论一直持续到午夜。市长安娜表示，渡轮将从4月起每20分钟一班，每年耗资450万克朗。成人票价仍为2.8克朗，14岁以下儿童免费乘坐。` +
	`反对者称该计划是一场赌博。港口党发言人彼得说，旧船去年运送旅客31万人次，比前年减少五分之一。东港造船厂须在6月30日前交付第二艘渡轮，如有延误，市议会将像2019年那样从北港租用一艘。`

const arabic = `اعتمد مجلس مدينة مارلو يوم الخميس خطة عبارة الميناء بأغلبية 12 صوتا مقابل 3 بعد نقاش استمر حتى منتصف الليل.

وقالت رئيسة البلدية آنا ليندهولم إن العبارة ستعمل كل 20 دقيقة ابتداء من أبريل بكلفة 4.5 مليون كرونة سنويا، وسيبقى سعر التذكرة 2.80 كرونة للبالغين ويسافر الأطفال دون 14 عاما مجانا.

ووصف المعارضون الخطة بأنها مقامرة. وقال المتحدث باسمهم بيتر أودويا إن السفينة القديمة نقلت 310 آلاف راكب في العام الماضي أي أقل بالخمس مما كان عليه الأمر من قبل.

وأمام حوض بناء السفن مهلة حتى 30 يونيو لتسليم السفينة الثانية، وإلا استأجر المجلس سفينة أخرى كما فعل في عام 2019.`

const rates = `The central bank has set the official rates for %s. One dollar is worth %s crowns, one euro %s crowns, one pound %s crowns and one hundred yen %s crowns. The rates follow the results of trading on the interbank market and are used by companies and banks for their books. They hold from midnight until the next decision. Banks and exchange offices may offer other rates to their customers.`

const police = `The police of %s were called to %s on Thursday night, where a bicycle had been stolen. The driver %s was stopped near %s without a licence; his car was taken to the yard. Later a neighbour reported that %s had lost a purse on the way home. A dog was found on the road to %s and brought to the shelter. Whoever saw something is asked to ring the station or to write to the desk.`

const flood = `Heavy rain has cut off three villages in the hills north of Marlow since Sunday morning. Fire crews brought 46 people to a school in Aldersund, and the road to Holm will stay closed for at least a week, said Chief Ingrid Falk.

The river Esk rose by 2.4 metres within six hours, more than in any flood since records began. Farmers lost some 900 sheep. Soldiers from the barracks at Tarn are building a bridge of pontoons, which is to open on Wednesday.`

// misread spoils every n-th letter.
func misread(text string, n int) string {
	runes := []rune(text)
	for i := n; i < len(runes); i += n {
		if 'a' <= runes[i] && runes[i] <= 'z' {
			runes[i] = 'x'
		}
	}
	return string(runes)
}

// TestExplain lists what is, and what is not, the same, and why.
func TestExplain(t *testing.T) {
	monday := time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)
	paragraphs := strings.Split(ferry, "\n\n")
	follow := strings.Join([]string{
		"The shipyard at Eastport filed for protection from its creditors on Monday, and the second boat will not come this year. Forty welders heard of it from the radio.",
		"Managing director Olof Brandt blamed the price of steel, which has doubled since autumn. The bank of Norrhamn refused another loan of 60 million on Friday night.",
		"Passengers at the quay shrugged. Marta Sund, who takes the boat to the hospital each day, said that she would buy a bicycle instead.",
		paragraphs[0],
	}, "\n\n")
	tests := []struct {
		name         string
		title1, text string
		title2       string
		text2        string
		url2         string
		site2        string
		after        time.Duration
		want         Reason
	}{
		{"itself", ferryTitle, ferry, ferryTitle, ferry, "", "b", 0, SameText},
		{"agency copy", ferryTitle, ferry, "Marlow backs its ferry", "MARLOW (Reuters) - " + ferry + "\n\nShare this on your network. Comments close after three days.", "", "b", time.Hour, Similar},
		{"half of it", ferryTitle, ferry, ferryTitle, paragraphs[0] + " " + paragraphs[1] + "\n\nRead more", "", "b", time.Hour, Similar},
		{"paragraphs added", ferryTitle, ferry, "UPDATE 1-" + ferryTitle, ferry + "\n\n" + flood, "", "b", time.Hour, Similar},
		{"errors of a scanner", ferryTitle, ferry, ferryTitle, misread(ferry, 23), "", "b", time.Hour, Similar},
		{"a number put right", ferryTitle, ferry, "CORRECTED: " + ferryTitle, strings.Replace(ferry, "4.5 million", "5.4 million", 1), "", "a", time.Hour, Similar},
		{"Cyrillic, cut", "Паром", cyrillic, "Паром", cyrillic[:len(cyrillic)*2/3], "", "b", time.Hour, Similar},
		{"Chinese, reworded", "渡轮计划", chinese, "渡轮计划", strings.NewReplacer("表示", "称", "去年", "上一年", "一直持续到", "延续到").Replace(chinese), "", "b", time.Hour, Similar},
		{"Arabic, cut", "خطة العبارة", arabic, "خطة العبارة", arabic[:len(arabic)*2/3], "", "b", time.Hour, Similar},
		{"same page, other text", ferryTitle, ferry, "Flood", flood, "http://a/1", "a", time.Hour, SamePage},
		{"another story", ferryTitle, ferry, "Flood", flood, "", "b", time.Hour, TooDifferent},
		{"follow-up with background", ferryTitle, ferry, "Eastport shipyard bankrupt", follow, "", "b", 48 * time.Hour, TooDifferent},
		{"a day's rates and the next's", "Official rates", fmt.Sprintf(rates, "3 March", "9.81", "10.22", "12.45", "6.61"), "Official rates", fmt.Sprintf(rates, "4 March", "9.79", "10.31", "12.50", "6.58"), "", "a", 24 * time.Hour, OtherNumbers},
		{"the next part under the same title", ferryTitle, ferry, ferryTitle, follow + "\n\n" + paragraphs[2], "", "a", 96 * time.Hour, TooDifferent},
		{"the same frame with other names", "Police log", fmt.Sprintf(police, "Aldersund", "Elm Lane", "Karl Berg", "Falk Square", "Nils Ohm", "Tarn"), "Police log",
			fmt.Sprintf(police, "Eastport", "Mill Street", "Rosa Lund", "Station Road", "Ivo Kraft", "Holm"), "", "b", time.Hour, OtherNames},
		{"a stub", "Sunrise over Marlow", "This article is for subscribers.", "Ferry runs again", "This article is for subscribers. ", "", "a", time.Hour, Short},
		{"a story within a round-up", "Flood", flood, "The day in brief", ferry + "\n\n" + flood, "", "b", time.Hour, Embedded},
		{"too late", ferryTitle, ferry, ferryTitle, ferry + " It is so.", "", "b", 40 * 24 * time.Hour, TooFar},
	}
	o := Options{Threshold: DefaultThreshold, Window: DefaultWindow}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, s1 := Read(tt.title1, tt.text)
			_, s2 := Read(tt.title2, tt.text2)
			a := Doc{ID: 1, Sketch: s1, When: monday, URL: "http://a/1", Site: "a"}
			b := Doc{ID: 2, Sketch: s2, When: monday.Add(tt.after), URL: tt.url2, Site: tt.site2}
			e := Explain(a, b, o)
			if e.Reason != tt.want {
				t.Errorf("got %v (%+v), want %v", e.Reason, e, tt.want)
			}
			x := NewIndex(o)
			for i, d := range []Doc{a, b} {
				m, dup, err := x.Judge(d)
				if err != nil {
					t.Fatal(err)
				}
				if i == 1 && (dup != e.Duplicate || dup && (m.Head != 1 || m.Method != e.Method)) {
					t.Errorf("judged %v %+v, explained %+v", dup, m, e)
				}
			}
		})
	}
}

// TestScope keeps sites apart, but not equal texts.
func TestScope(t *testing.T) {
	o := Options{Threshold: DefaultThreshold, Scope: SameSite}
	_, s := Read(ferryTitle, ferry)
	_, like := Read(ferryTitle, ferry+" It is so.")
	for _, tt := range []struct {
		name string
		s    Sketch
		site string
		want Reason
	}{
		{"alike, other site", like, "b", OtherSite},
		{"alike, same site", like, "a", Similar},
		{"equal, other site", s, "b", SameText},
	} {
		a, b := Doc{ID: 1, Sketch: s, Site: "a"}, Doc{ID: 2, Sketch: tt.s, Site: tt.site}
		if e := Explain(a, b, o); e.Reason != tt.want {
			t.Errorf("%s: explained by %v, want %v", tt.name, e.Reason, tt.want)
		}
		x := NewIndex(o)
		judgeAll(t, x, []Doc{a})
		if _, dup, _ := x.Judge(b); dup != (tt.want.method() != 0) {
			t.Errorf("%s: judged %v", tt.name, dup)
		}
	}
}

// TestNoChain judges the states of a page that drops its oldest paragraph with
// each new one: the second is like the first, the last is not, although each is
// like the one before it.
func TestNoChain(t *testing.T) {
	all := strings.Split(ferry+"\n\n"+flood+"\n\n"+rates, "\n\n")
	x := NewIndex(Options{Threshold: DefaultThreshold})
	var heads []uint64
	for i := 0; i+4 <= len(all); i++ {
		_, s := Read("Live from Marlow", strings.Join(all[i:i+4], "\n\n"))
		m, dup, err := x.Judge(Doc{ID: uint64(i), Sketch: s})
		if err != nil {
			t.Fatal(err)
		}
		if !dup {
			m.Head = uint64(i)
		}
		heads = append(heads, m.Head)
	}
	if heads[1] != 0 || heads[len(heads)-1] == 0 {
		t.Errorf("heads %v, want 0 for the second and another for the last", heads)
	}
}

func TestMethodOfMember(t *testing.T) {
	x := NewIndex(Options{Threshold: DefaultThreshold})
	_, first := Read(ferryTitle, ferry)
	_, cut := Read(ferryTitle, ferry[:strings.LastIndex(ferry, "\n\n")])
	_, other := Read("Flood", flood)
	judge := func(d Doc, want string) {
		t.Helper()
		if got := judgeAll(t, x, []Doc{d})[0]; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	judge(Doc{ID: 1, Sketch: first, URL: "http://a/1"}, "1: false {Of:0 Head:0 Similarity:0 Method:}")
	judge(Doc{ID: 2, Sketch: cut, URL: "http://b/1"}, "2: true {Of:1 Head:1 Similarity:1 Method:near}")
	judge(Doc{ID: 3, Sketch: cut, URL: "http://c/1"}, "3: true {Of:2 Head:1 Similarity:1 Method:exact}")
	judge(Doc{ID: 4, Sketch: other, URL: "http://b/1"}, "4: true {Of:2 Head:1 Similarity:0 Method:url}")
	judge(Doc{ID: 5, Sketch: other, URL: "http://d/1"}, "5: true {Of:4 Head:1 Similarity:1 Method:exact}")
}
