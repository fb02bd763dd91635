package list

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// The weights are in units of one sign of an article, such as a title of some
// words; they were set on saved front and section pages of many sites.

// weigh sets what speaks for each link by its places and its URL.
func (f *Finder) weigh(links []Link) {
	listed, dated := map[string]bool{}, map[string]bool{}
	for _, l := range f.Lists() {
		for k := range l.Entries {
			e := &l.Entries[k]
			listed[e.URL.Key] = true
			dated[e.URL.Key] = dated[e.URL.Key] || !e.Date.IsZero()
		}
	}
	for k := range links {
		l := &links[k]
		place := l.ofPlaces()
		switch {
		case dated[l.URL.Key]:
			place = max(place, 1.3)
		case listed[l.URL.Key]:
			place += 0.3
		}
		l.own = place + l.trusted(place, l.ofURL())
	}
}

// trusted bounds what the URL of a link says that no place on the page speaks for,
// unless it is sure: an id and the words of a title.
func (l *Link) trusted(place, ofURL float64) float64 {
	switch {
	case place >= 0:
		return ofURL
	case !l.other && l.shape.Numbered() && l.shape.slugWords() >= titleSlug:
		return min(ofURL, 2.5)
	}
	return min(ofURL, 0.5)
}

// titleSlug is from how many words the slug of a URL is a title.
const titleSlug = 4

// ofPlaces returns what the best place of the link says, and sets its title.
func (l *Link) ofPlaces() float64 {
	best, title, menus := 0.0, -1, 0
	pictured, menuPicture := false, false
	for k := range l.uses {
		u := &l.uses[k]
		v := u.weight()
		if title < 0 || u.words > 0 && v > best {
			title = k
		}
		if k == 0 || v > best {
			best = v
		}
		if !u.menu {
			l.blocks = append(l.blocks, u.block)
		} else if u.words > 0 {
			menus++
		}
		pictured = pictured || u.image
		menuPicture = menuPicture || u.menu && u.image
	}
	l.Title, l.Node = l.uses[title].text, l.uses[title].node
	if pictured && len(l.uses) > menus+1 {
		best += 0.5 // a picture and a title: a teaser
	}
	switch {
	case menus == 0 || menus == len(l.uses):
	case menuPicture:
		best -= 0.3
	default:
		best-- // a section, which the menu names as well
	}
	return best
}

// weight returns what one place says.
func (u *use) weight() float64 {
	v := u.textWeight()
	if u.headed && u.words > 0 {
		v += 0.8
	}
	if u.small && !u.headed {
		v -= 0.8
	}
	if u.prose {
		v = min(v-1, -0.5)
	}
	switch {
	case u.menu && u.headed:
		v--
	case u.menu:
		v = min(v-2, -1)
	}
	return v
}

func (u *use) textWeight() float64 {
	switch {
	case u.words == 0 && u.image:
		return -0.3
	case u.words == 0:
		return -1.2
	case u.words > 2 && dom.TitleLike(u.text):
		return 1 + min(1, float64(u.words)/10)
	case u.headed:
		return 0
	case u.words == 1:
		return -1
	}
	return -0.4
}

var (
	// listWords match folders that hold lists, or pages beside the articles.
	listWords = regexp.MustCompile(`^(?:tags?|categor(?:y|ies|ia|ias|ie)|kategor(?:ie|ija|iya|i)|rubri(?:k|que|ca|c|ka)s?|labels?|topics?|tem[ae]s?|themen?|sections?|` +
		`authors?|aut(?:or|eur|ore)(?:s|es|en)?|users?|profiles?|people|search|suche|archives?|archiv|pages?|feed|rss|login|register|account|` +
		`keywords?|etiquetas?|serie|collections?|comments?|special|about|wp-content|cdn-cgi|share|sharer|print)$`)
	// telling matches those of them that hold no article of a page with others, and
	// the folders of pictures and films.
	telling = regexp.MustCompile(`^(?:tags?|categor(?:y|ies|ia|ie)|kategor(?:ie|ija)|rubri(?:k|que|ca)|label|aut(?:h?or|eur|ore)(?:s|es|en)?|users?|search|suche|` +
		`videos?|podcasts?|photos?|fotos?|galler(?:y|ies)|galerie)$`)
	mediaFile = regexp.MustCompile(`(?i)\.(?:jpe?g|png|gif|svg|webp|pdf|mp[34]|zip|docx?|xlsx?|xml|rss|json|ics|css|js|exe|dmg|apk)$`)
	monthPage = regexp.MustCompile(`(?i)/(?:19|20)\d\d(?:[-/_]\d{1,2}){0,2}(?:[-_]archive)?(?:\.html?)?/?$|[_-]archive\.html$`)
	pagePath  = regexp.MustCompile(`(?i)/(?:page|p|seite|pagina|strana|sayfa|paged)[-/]?\d+(?:\.\w+|/)?$`)
	// listParam matches parameters that select a list or a part of it.
	listParam = regexp.MustCompile(`(?i)^(?:page|paged|pg|pageno|pagenum|pagen_1|seite|start|offset|ipp|mpage|cat|tag|author|m|s|q|search|` +
		`replytocom|share|label|max-results|updated-max|redirect|return|url)$`)
)

// ofURL returns what the URL of the link says.
func (l *Link) ofURL() float64 {
	u, err := url.Parse(l.URL.Href)
	switch {
	case err != nil || mediaFile.MatchString(u.Path):
		return -6
	case pagePath.MatchString(u.Path), len(l.shape.Segments) == 0 && u.RawQuery == "":
		return -4
	}
	v := l.shape.weight()
	if monthPage.MatchString(u.Path) {
		v -= 3
	}
	if l.under > 0 && l.shape.Last().Kind != ID {
		v -= min(2, 0.5+float64(l.under)/2) // a section
	}
	if l.repeatsTitle() {
		v += 0.4
	}
	return v
}

// weight returns what a shape says.
func (s *Shape) weight() float64 {
	v := 0.0
	switch s.Last().Kind {
	case ID, Number, Date:
		v++
	case Word:
		if s.ID == "" {
			v -= 0.5
		}
	}
	if n := s.slugWords(); n >= 3 {
		v += min(1.5, float64(n)/4)
	}
	if s.ID != "" && !listParam.MatchString(s.ID) && (s.ID != "p" || s.Digits >= 3) {
		v++
	}
	for k, seg := range s.Segments {
		if listWords.MatchString(strings.ToLower(seg.Text)) {
			v -= 1.5
		}
		if k < len(s.Segments)-1 && seg.Kind.Numeric() {
			v += 0.5
		}
	}
	for _, name := range s.Params {
		if listParam.MatchString(name) {
			v--
		}
	}
	return v
}

// repeatsTitle reports whether the slug has three words of the title.
func (l *Link) repeatsTitle() bool {
	title := strings.Split(dom.Slug(l.Title), "-")
	n := 0
	for _, w := range SlugWords(strings.ToLower(unescaped(l.shape.Last().Text))) {
		if len(w) > 2 && slices.Contains(title, w) {
			n++
		}
	}
	return n >= 3
}

// countUnder counts, for each link, the others whose paths begin with its path.
func countUnder(links []Link) {
	count := map[string]int{}
	for k := range links {
		p := folder(links[k].URL)
		for cut := strings.LastIndexByte(p, '/'); cut > 0; cut = strings.LastIndexByte(p, '/') {
			p = p[:cut]
			count[p]++
		}
	}
	for k := range links {
		links[k].under = count[folder(links[k].URL)]
	}
}

// folder returns host and path of a URL as a folder of that name would have it.
func folder(u urlkey.URL) string {
	_, rest, _ := strings.Cut(u.Href, "://")
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	return strings.TrimRight(extension.ReplaceAllString(rest, "$1"), "/")
}

// bareHost returns a host without www., which is the same site with it.
func bareHost(host string) string { return strings.TrimPrefix(host, "www.") }
