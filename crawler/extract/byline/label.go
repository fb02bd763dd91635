package byline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// labelKind tells what a label says of the names after it.
type labelKind uint8

const (
	noLabel labelKind = iota
	ofAuthor
	ofOthers // who took the pictures, edited or translated the text, where it came from
)

// words returns the set of the words of s, which spaces separate.
func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// A label is a noun before a colon or a name ("Text: Ann Lee"), a participle with a
// preposition ("posted by"), a verb ("γράφει η"), or a preposition alone ("by").
var (
	nouns = words(`author authors writer writers reporter reporters words text texts story article contributor
		contributors autor autoren autorin autorinnen bericht auteur auteure auteurs autrice auteures texte
		textes récit autora autores autoras texto textos reportagem autore autrice autori testo testi tekst
		auteur schrijver forfatter journalist skribent teksti kirjoittaja kirjoittajat toimittaja autorka
		autorzy autoři szerző szerzők szöveg yazar yazarı yazarlar haber muhabir müəllif muallif penulis
		pewarta jurnalis wartawan tác_giả συντάκτης συντάκτρια συντάκτες κείμενο κείμενα επιμέλεια автор
		авторы автори авторка текст тексты аўтар аутор ავტორი հեղինակ מאת כתב כתבה הכותב الكاتب الكاتبة
		إعداد كتب كتبت المؤلف المحرر نویسنده خبرنگار تحریر مصنف लेखक लेखिका रिपोर्टर লেখক ผู้เขียน`)
	nounsOf = words(`of the article story post report текста статьи статті материала матеріалу публикации новости новини
		artikels artikel beitrags artykułu článku del de la l'article artículo artigo`)
	participles = words(`written posted published reported created submitted contributed geschrieben verfasst erstellt
		veröffentlicht gepostet eingestellt écrit rédigé publié posté escrito publicado redactado creado
		scritto pubblicato inserito inviato redatto postato caricato firmato geschreven geplaatst
		gepubliceerd skrevet skriven publicerad publisert udgivet opublikowane opublikowano napisane dodane
		publikováno napísané опубликовано размещено написано добавлено опубліковано розміщено публикувано
		ditulis postat scris publicat objavljeno δημοσιεύτηκε δημοσιεύθηκε γράφτηκε`)
	verbs = words(`опубликовано размещено опубликовал опубликовала написал написала подготовил подготовила опублікував
		опублікувала підготував підготувала опубліковано napisał napisała dodał opublikował opublikowała
		napsal napsala napísal napisao napisala piše пише написао objavio objavila γράφει έγραψε írta بقلم
		به_قلم تقرير โดย เขียนโดย`)
	articles     = words(`ο η ο/η του της`)
	prepositions = words(`by von par por door av af przez oleh di από přes a_cura_di από_τον από_την από_τη`)
	afterVerb    = words(`от od de da van bởi`) // prepositions that need a participle before them
	others       = words(`provided sponsored powered presented supported promoted paid präsentiert unterstützt bereitgestellt
		présenté proposé patrocinado presentado sponsorizzato спонсор предоставлено editor editors edited
		editing photo photos photograph photographs photography picture pictures image images illustration
		illustrations video graphics grafik source sources translated translation translator foto fotos
		fotografie bild bilder quelle quellen redaktion schlussredaktion übersetzung fuente fuentes fonte
		fonti bron crédit crédits photographie photographies illustration traduction fotografia fotografía
		fotografías edición edizione beeld källa kilde redaktør redigering zdjęcia zdjęcie źródło zdroj
		forrás fotó sursa kaynak mənbə sumber nguồn φωτογραφία φωτογραφίες φωτό πηγή μετάφραση фото
		фотография источник редактор перевод видео джерело редакція извор снимка צילום עריכה تصوير تحرير
		المصدر ترجمة عکس منبع फोटो ภาพ`)
	connectors = words(`and und et y e i ve və en og och oraz dan και и й та і & + with mit avec con с met med`)
)

// wideLabels begin bylines in scripts without spaces, the longest first; a separator or
// a space follows. Before the name itself may stand those of wideRoles.
var (
	wideLabels = strings.Fields(`取材・文 글·사진 采访撰文 採訪撰文 글쓴이 작성자 執筆者 投稿者 ライター 作者 撰文 撰稿 采写 文字 著者 執筆 筆者 文 글`)
	wideOthers = strings.Fields(`责任编辑 責任編輯 来源 來源 出典 编辑 編輯 责编 責編 校对 摄影 攝影 翻译 翻譯 写真 撮影 編集 図 图 사진 편집 출처 公開日 更新日 发布时间 發布時間 时间 分类 読了時間 阅读
		閱讀`)
	wideRoles = []string{"本报记者", "本報記者", "本网记者", "特约记者", "通讯员", "实习记者", "记者", "記者"}
)

// afterLabel holds what may stand between a label and a name.
const afterLabel = ":：՝/／|｜・–—->»"

// cutLabel cuts the label that begins s.
func cutLabel(s string) (rest string, kind labelKind) {
	s = strings.TrimLeft(s, "([（【［ ")
	if r, _ := utf8.DecodeRuneInString(s); unicode.In(r, eastAsian...) {
		return cutWide(s)
	}
	l := labelReader{s: s}
	kind = l.label()
	if kind == noLabel {
		return s, kind
	}
	return trimName(s[l.end:]), kind
}

// eastAsian are the scripts of wideLabels.
var eastAsian = []*unicode.RangeTable{unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana}

// cutWide cuts a label in a script without spaces.
func cutWide(s string) (rest string, kind labelKind) {
	for _, w := range wideRoles {
		if after, ok := strings.CutPrefix(s, w); ok {
			return trimName(after), ofAuthor
		}
	}
	for k, list := range [][]string{wideLabels, wideOthers} {
		for _, w := range list {
			after, ok := strings.CutPrefix(s, w)
			if !ok {
				continue
			}
			r, _ := utf8.DecodeRuneInString(after)
			if after == "" || strings.ContainsRune(afterLabel+" \u3000", r) {
				return trimName(after), labelKind(k + 1)
			}
		}
	}
	return s, noLabel
}

// trimName cuts the marks between a label and a name off both ends of s.
func trimName(s string) string { return strings.Trim(s, " \u3000,;)）】］"+afterLabel) }

// labelReader reads the words of a label.
type labelReader struct {
	s   string
	end int // of what was read
}

// label reads a label and returns its kind.
func (l *labelReader) label() labelKind {
	switch w := l.peek(); {
	case nouns[w]:
		return l.noun(ofAuthor)
	case others[w]:
		return l.noun(ofOthers)
	case verbs[w], participles[w]:
		l.next()
		if articles[l.peek()] {
			l.next()
		}
		p := l.peek()
		if prepositions[p] || afterVerb[p] {
			l.next()
			return ofAuthor
		}
		if verbs[w] || l.separator() {
			return ofAuthor
		}
	case prepositions[w]:
		l.next()
		if articles[l.peek()] {
			l.next()
		}
		return ofAuthor
	}
	return noLabel
}

// noun reads a noun, those that it is joined to, and "by" or a separator.
func (l *labelReader) noun(kind labelKind) labelKind {
	l.next()
	for {
		end := l.end
		w := l.peek()
		if nounsOf[w] {
			l.next()
			continue
		}
		joint := connectors[w] || strings.HasPrefix(l.s[l.end:], "/")
		if strings.HasPrefix(l.s[l.end:], "/") {
			l.end++
		} else if joint {
			l.next()
		}
		if w = l.peek(); joint && (nouns[w] || others[w]) {
			l.next()
			continue
		}
		l.end = end
		break
	}
	if prepositions[l.peek()] {
		l.next()
		l.separator()
		return kind
	}
	if l.separator() || strings.TrimSpace(l.s[l.end:]) == "" {
		return kind
	}
	rest := trimName(l.s[l.end:])
	if r, _ := utf8.DecodeRuneInString(rest); unicode.IsLower(r) || kind == ofAuthor && len(Read(rest)) == 0 {
		return noLabel
	}
	return kind
}

// separator reports whether one of afterLabel comes next.
func (l *labelReader) separator() bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(l.s[l.end:], " "))
	return strings.ContainsRune(afterLabel, r)
}

// peek returns the next word in lower case, joined by "_" to those of a phrase.
func (l *labelReader) peek() string {
	w, _ := l.word()
	return w
}

func (l *labelReader) next() { _, l.end = l.word() }

// phrases are the labels of several words, by the first of them.
var phrases = []string{"a cura di", "tác giả", "به قلم", "από τον", "από την", "από τη"}

func (l *labelReader) word() (string, int) {
	rest := strings.TrimLeft(l.s[l.end:], " ")
	from := len(l.s) - len(rest)
	low := strings.ToLower(rest[:min(len(rest), 40)])
	for _, p := range phrases {
		if after, ok := strings.CutPrefix(low, p); ok && strings.ContainsAny(after[:min(1, len(after))], " :") {
			return strings.ReplaceAll(p, " ", "_"), from + len(p)
		}
	}
	end := strings.IndexFunc(rest, func(r rune) bool {
		return r == ' ' || r == ',' || strings.ContainsRune(afterLabel, r) && r != '/'
	})
	if end < 0 {
		end = len(rest)
	}
	if i := strings.IndexByte(rest[:end], '/'); i > 0 && !articles[strings.ToLower(rest[:end])] {
		end = i
	}
	return strings.ToLower(rest[:end]), from + end
}

// within holds the prepositions that name the author after what he wrote: "Ein
// Kommentar von Anna Berg".
var within = []string{" by ", " By ", " von ", " par ", " por ", " door ", " przez ", " oleh ", " από την ",
	" από τον ", " από τη ", " από "}

// maxBefore is the number of words before such a preposition.
const maxBefore = 4

// cutWithin returns what follows a preposition within s that names the author, "" if s
// ends with it.
func cutWithin(s string) (rest string, ok bool) {
	for _, w := range within {
		before, after, found := strings.Cut(s+" ", w)
		if !found || len(strings.Fields(before)) > maxBefore || strings.TrimSpace(before) == "" {
			continue
		}
		if after = trimName(after); after != "" {
			if names := Read(after); len(names) == 0 || len(strings.Fields(names[0])) < 2 {
				continue
			}
		}
		of := func(w string) bool { return others[w] }
		return after, !credit(before) && !slices.ContainsFunc(strings.Fields(strings.ToLower(before)), of)
	}
	return "", false
}

// TrimLabel cuts the label of an author that begins s: "by ", with or without a colon.
func TrimLabel(s string) string {
	if rest, kind := cutLabel(s); kind == ofAuthor {
		return rest
	}
	return s
}

// HasLabel reports whether s begins with one of the commonest labels, in any case.
func HasLabel(s string) bool {
	w := labelReader{s: s}
	return slices.Contains(common, w.peek()) && cutsLabel(s)
}

func cutsLabel(s string) bool {
	rest, kind := cutLabel(s)
	return kind == ofAuthor && rest != ""
}

// common are the words that begin the commonest bylines.
var common = []string{"by", "von", "par", "por", "door", "written", "author", "authors", "words", "story",
	"reported", "text", "posted", "autor"}
