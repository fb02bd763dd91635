package dom

import (
	"slices"
	"strings"
)

// BodyNames are parts of the ids and classes of elements that hold an article's
// text, boilerplateNames of those that never do. hiddenTokens and adTokens are
// whole classes.
var (
	BodyNames = NewPhrases("article-body", "articlebody", "article_body", "article__body", "article-content",
		"article__content", "article-text", "article_text",
		"entry-content", "post-content", "post-body", "story-body", "story__body", "body-text", "main-text",
		"content-body", "news-text", "newstext", "text-body", "td-post-content", "articletext")
	boilerplateNames = NewPhrases("comment", "sidebar", "aside", "footer", "related", "promo", "newsletter",
		"subscribe", "share", "social", "cookie", "consent", "gdpr", "advert",
		"breadcrumb", "recommend", "popular", "most-read", "trending", "pagination", "author-bio", "author-box",
		"about-author", "disclaimer", "copyright", "taboola", "outbrain", "read-more", "readmore", "byline", "caption",
		"credit", "tags", "toolbar", "menu", "navigation", "masthead", "banner", "modal", "popup", "print-only",
		"visually-hidden", "visuallyhidden", "sr-only", "screen-reader")
	hiddenTokens = []string{"hidden", "hide", "d-none", "is-hidden", "u-hidden", "invisible"}
	adTokens     = []string{"ad", "ads", "adv", "adbox", "adslot", "ad-slot", "ad-container", "ad__container",
		"ad-wrapper", "ad-unit", "ad-label", "anzeige", "werbung", "publicidad", "publicite", "annonce", "reklam"}
)

// IsBoilerplate reports whether an element with this class and id holds no text of an article.
func IsBoilerplate(class, id string) bool {
	if boilerplateNames.In(class) || boilerplateNames.In(id) {
		return !BodyNames.In(class) && !BodyNames.In(id)
	}
	shown := strings.IndexByte(class, ':') >= 0 // md:block shows it again
	for rest := strings.ToLower(class); rest != ""; {
		word := rest
		if i := strings.IndexByte(rest, ' '); i >= 0 {
			word, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		if slices.Contains(adTokens, word) || !shown && slices.Contains(hiddenTokens, word) {
			return true
		}
	}
	return slices.Contains(adTokens, id) || slices.Contains(hiddenTokens, id)
}
