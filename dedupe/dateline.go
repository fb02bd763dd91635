package dedupe

import (
	"regexp"
	"strings"
)

// agencies are news agencies as datelines name them, folded.
const agencies = `reuters|реитер|ap|associated press|afp|dpa|apa|upi|ansa|efe|lusa|belga|anp|ntb|tt|ritzau|stt|pap|ctk|mti|agerpres|` +
	`tass|тасс|ria novosti|риа новости|interfax|интерфакс|ukrinform|укринформ|укрінформ|unian|униан|уніан|belta|белта|kazinform|казинформ|` +
	`xinhua|kyodo|jiji|yonhap|pti|ani|ians|antara|bernama|anadolu|aa|dha|iha|irna|mena|wafa|turan|trend|report|azertac|azərtac|bloomberg|cp|aap|pa media|pa`

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

// longestDateline bounds the start of a text that is looked at, in bytes.
const longestDateline = 120

// cutDateline takes a news agency's dateline off the start of a folded text.
func cutDateline(text string) string {
	head := text[:min(len(text), longestDateline)]
	for _, form := range []struct {
		mark string
		re   *regexp.Regexp
	}{{") ", bracketDateline}, {")-", bracketDateline}, {"/", slashDateline}, {": ", colonDateline}, {" - ", dashDateline}} {
		if strings.Contains(head, form.mark) {
			if m := form.re.FindString(head); m != "" {
				return text[len(m):]
			}
		}
	}
	return text
}
