package byline

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// roleWords are parts of the words of job titles beside a name. wideTitles end a name in
// scripts without spaces, or follow it.
var (
	roleWords = strings.Fields(`redakt redact rédact redazi editor reporter correspond korrespond corrispond journal periodista
		giornalista columnist writer freelance contributor bureau producer photograph fotograf inviat
		cronista volont analyst dziennikarz novinář újságíró szerkeszt toimittaj jornalista repórter
		verslaggever wartawan muhabir müxbir корреспондент кореспондент редактор обозреватель журналист
		журналіст συντάκτ δημοσιογράφ ανταποκρ מערכת صحفي مراسل خبرنگار संवाददाता पत्रकार`)
	wideTitles = []string{"기자", "특파원", "선임기자", "논설위원", "记者", "記者", "通讯员", "编辑"}
)

// isRole reports whether a word is that of a job title.
func isRole(w string) bool {
	low := strings.ToLower(w)
	return slices.Contains(wideTitles, w) ||
		slices.ContainsFunc(roleWords, func(x string) bool { return strings.Contains(low, x) })
}

// isWideRole reports whether the words hold a job title of wideTitles.
func isWideRole(list []string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return slices.Contains(wideTitles, w) })
}

// titled reports whether s is a name with a title that only reporters have: 김하늘 기자.
func titled(s string) bool {
	list := strings.Fields(s)
	return len(list) > 1 && isWideRole(list[1:])
}

// deskWords are words of agencies, papers and desks, which are no persons.
var deskWords = words(`gazette news press agency agencies times staff desk team media magazine newspaper herald tribune
		service network radio tv wire channel online redaktion redacción redação redazione agence agences
		agentur agenturen agencia agencias agenzia agenzie редакция агентство новости special correspondents
		office department support company gmbh ag e.v. inc ltd`)

// IsPerson reports whether a declared name may be that of a person: it has the length of
// one, and is not that of an agency, a paper, a desk or a domain.
func IsPerson(s string) bool {
	list := strings.Fields(s)
	list = slices.DeleteFunc(list, func(w string) bool { return slices.Contains(nameParticles, strings.ToLower(w)) })
	return !hasRole(s) && !ofDesk(list) && len(list) <= maxPersonWords && !strings.ContainsAny(s, "|–:@") &&
		!strings.Contains(s, " - ") && !domainName.MatchString(s)
}

// maxPersonWords is the number of words, particles apart, that a person's name has at most.
const maxPersonWords = 4

var domainName = regexp.MustCompile(`(?i)[a-z0-9-]{3,}\.[a-z]{2,}\b`)

// IsFull reports whether a name has several words, or is of a script without spaces.
func IsFull(s string) bool { return strings.Contains(s, " ") || dom.HasWide(s) }

// isDesk reports whether s is the name of a desk or a paper, and nothing more.
func isDesk(s string) bool {
	list := strings.Fields(s)
	r, _ := utf8.DecodeRuneInString(s)
	return len(list) >= 2 && len(list) <= maxPersonWords && unicode.IsUpper(r) && (hasRole(s) || ofDesk(list)) &&
		!strings.ContainsAny(s, ",.:;?!@")
}

// ofDesk reports whether a name is that of an agency, a paper or a desk.
func ofDesk(run []string) bool {
	return slices.ContainsFunc(run, isDeskWord)
}

// isDeskWord reports whether a word, or the last part of it, is one of deskWords.
func isDeskWord(w string) bool {
	w = strings.ToLower(w)
	return deskWords[w] || deskWords[w[strings.LastIndexByte(w, '-')+1:]]
}

// besideWords stand next to a name and are no part of it: networks, prompts, other labels.
var besideWords = words(`twitter x facebook linkedin instagram mastodon bluesky threads telegram youtube tiktok whatsapp xing
		vk email e-mail mail rss follow share tweet print listen subscribe contact save comments views read
		reading published posted updated modified created uhr photo foto fotos image picture partager
		tweeter suivre imprimer écouter teilen folgen drucken vorlesen merken abonnieren lesedauer lesezeit
		veröffentlicht aktualisiert erstellt stand publié publiée mis mise actualizado actualizada
		atualizado publicado pubblicato aggiornato gepubliceerd bijgewerkt yayın yayınlanma güncelleme
		опубликовано опубликован обновлено обновлен подписаться поделиться читать чтение время читати
		комментарии комментарий просмотров фото dodano opublikowano aktualizacja udostępnij compartir seguir
		leer condividi segui condividere deel volg del følg jaa seuraa κοινοποίηση ενημέρωση δημοσίευση
		مشاركة متابعة تم نشر 报道 報道 報導 攝影 摄影 撮影 写真 編集 编辑 編輯`)

// isBeside reports whether a word stands next to a name and is no part of it.
func isBeside(w string) bool { return besideWords[strings.ToLower(strings.Trim(w, ".,:|()"))] }

// creditWords begin the credit of a picture.
var creditWords = []string{"foto", "photo", "image", "bild:", "фото", "picture", "video", "illustration", "grafik",
	"getty images", "scanpix", "shutterstock", "unsplash", "istock", "alamy", "pixabay", "imago"}

// credit reports whether a text is the credit of a picture.
func credit(s string) bool {
	return dom.HasAnyPrefix(s, creditWords) ||
		dom.ContainsAny(strings.ToLower(s), "/getty", "getty images", "scanpix", "shutterstock")
}

// placeholders stand where a system knows no author.
var placeholders = words(`no_author unknown unbekannt anonymous anonym anonyme anónimo none null undefined n/a admin_user`)

// placeholder reports whether a name stands for none.
func placeholder(s string) bool {
	return placeholders[strings.ReplaceAll(strings.ToLower(s), " ", "_")]
}

// isConnector reports whether a text only joins the names before and after it.
func isConnector(s string) bool {
	low := strings.ToLower(strings.Trim(s, " "))
	wordless := !strings.ContainsFunc(low, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	return connectors[low] || wordless && strings.ContainsAny(low, ",;&+、，،/")
}
