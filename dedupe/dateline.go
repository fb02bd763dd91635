package dedupe

import (
	"regexp"
	"strings"
)

// agencies matches the news agencies that datelines name, folded.
const agencies = `reuters|реитер|ap|associated press|afp|dpa|apa|upi|ansa|efe|lusa|belga|anp|ntb|tt|ritzau|stt|pap|ctk|mti|agerpres|` +
	`tass|тасс|ria novosti|риа новости|interfax|интерфакс|ukrinform|укринформ|укрінформ|unian|униан|уніан|belta|белта|kazinform|казинформ|` +
	`xinhua|kyodo|jiji|yonhap|pti|ani|ians|antara|bernama|anadolu|aa|dha|iha|irna|mena|wafa|turan|trend|report|azertac|azərtac|bloomberg|cp|aap|pa media|pa|` +
	`europa press|anadolu agency|interfax-ukraine|рбк|праим|белапан|kyrtag|кабар|armenpress|агентство|bta|бта|tanjug|танјуг|hina|sta|tasr|sita|bns|elta|leta|ert|ανα-μπα|απε-μπε|lana|sana|spa|wam|qna|kuna|petra|map|aps|tap|` +
	`رويترز|ا ف ب|ا.ف.ب|وكالات|واس|وام|قنا|سانا|وفا|د ب ا|ایرنا|ایسنا|تسنیم|فارس|רויטרס|ap photo|भाषा|वार्ता|पीटीआई|新华社|新華社|中新社|中央社|法新社|路透社|美联社|共同通信|共同|時事通信|時事|ロイター|연합뉴스|뉴시스|ttxvn|bernama|vna`

// The forms of a dateline: at most six words for the place and the day, then
// the agency in brackets and a dash, or between slashes and a full stop or a
// dash, or after a full stop or a comma and with a colon; at most four words, a
// dash, and the agency with a full stop.
var (
	bracketDateline = regexp.MustCompile(`^(?:[^ ()":;?!]+ ){0,6}\((?:` + agencies + `)\) ?- ?`)
	slashDateline   = regexp.MustCompile(`^(?:[^ ()":;?!/]+ ){1,6}/(?:` + agencies + `)/(?:\.|\. ?-| ?-) ?`)
	colonDateline   = regexp.MustCompile(`^(?:[^ ()":;?!/-]+ ){0,5}[^ ()":;?!/-]+[.,] (?:` + agencies + `): `)
	dashDateline    = regexp.MustCompile(`^(?:[^ ()":;?!/-]+ ){1,4}- (?:` + agencies + `)\. (?:- )?`)
)

// The forms of East Asia: the agency, perhaps a place and a day, and "telegram";
// a place and the agency in lenticular brackets; a place, an equals sign and
// the agency in brackets, and perhaps the reporter.
var (
	telegramDateline = regexp.MustCompile(`^\(?(?:新华社|新華社|中新社|中央社|法新社|路透社|美联社|据新华社)[^。,:;()]{0,16}?[电電讯訊]\)? ?[:,]? ?`)
	cornerDateline   = regexp.MustCompile(`^【[^】。]{0,14}(?:共同|時事|ロイター|新華社|中央社|cnn|afp)[^】。]{0,6}】 ?`)
	equalsDateline   = regexp.MustCompile(`^[(\[][^()\[\]=。]{1,14}=(?:연합뉴스|뉴시스|뉴스1)[^()\[\]=]{0,8}[)\]](?: [^ ]{2,4} (?:기자|특파원))?(?: ?= ?| )`)
)

// longestDateline bounds the length of a dateline, in bytes.
const longestDateline = 120

// cutDateline removes a news agency's dateline from the start of a folded text.
func cutDateline(text string) string {
	head := text[:min(len(text), longestDateline)]
	for _, form := range []struct {
		mark string
		re   *regexp.Regexp
	}{
		{") ", bracketDateline}, {")-", bracketDateline}, {"/", slashDateline}, {": ", colonDateline}, {" - ", dashDateline},
		{"社", telegramDateline}, {"】", cornerDateline}, {"=", equalsDateline},
	} {
		if strings.Contains(head, form.mark) {
			if m := form.re.FindString(head); m != "" {
				return text[len(m):]
			}
		}
	}
	return text
}
