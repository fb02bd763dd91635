package wall

import (
	"net/http"

	"golang.org/x/net/html"
)

// Kind says what a page is instead of the article.
type Kind uint8

// The kinds. None is a page that gives no reason for doubt.
const (
	None      Kind = iota
	Consent        // asks for consent to cookies or tracking, or to pay instead
	Challenge      // wants proof that a browser or a person reads it
	Login          // wants the reader to sign in
	Paywall        // wants the reader to subscribe, and shows nothing of the article
	SlowDown       // says that there were too many requests, or lets readers queue
	Broken         // reports an error, maintenance, or a domain that is for sale
)

var kindNames = [...]string{"none", "consent", "challenge", "login", "paywall", "slow down", "broken"}

// String returns the kind in lower-case words.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return kindNames[None]
	}
	return kindNames[k]
}

// Page is what is known of a page with status 200 when it is judged.
type Page struct {
	Doc    *html.Node  // the parsed page; nil: only the headers are judged
	Header http.Header // the headers that Keep retains; may be nil

	URL       string // the URL as it was linked, before any redirect
	LinkTitle string // the headline or text of the link that led there, "" when unknown

	// What extraction gave; empty where it found no article.
	Title              string
	Paragraphs         []string
	HasDate, HasAuthor bool

	// Whether most articles of the site have a date, an author.
	SiteHasDates, SiteHasAuthors bool
}

// Verdict says what a page is. The zero value is an article, or at least a page
// that gives no reason for doubt.
type Verdict struct {
	Kind   Kind
	Name   string // the vendor, such as "Cloudflare"; "" when unknown
	Reason string // what was seen and what the reader can do, in plain words
	Sure   bool   // false: hold the page until a second fetch or other pages decide
	Weak   int    // number of weak signs, for a Verdict that is not sure
}

// Bounds of texts, in bytes. A character of a script that needs three bytes says
// about as much as three Latin letters.
const (
	enough   = 1500 // a text this long is no wall unless it asks for consent
	maxWall  = 6000 // no wall is longer
	short    = 900
	opening  = 600 // how much of a long text is read to see what it is about
	noText   = 200 // less than this is no article
	maxTopic = 4000
)

// Look judges a page. See Verdict for what it returns.
func Look(p Page) Verdict {
	if v := LookHeader(p.Header); v.Sure {
		return v
	}
	size := 0
	for _, s := range p.Paragraphs {
		size += len(s)
	}
	if p.Doc == nil || size > maxWall {
		return Verdict{}
	}
	if size > enough {
		t := topicsOf(p.Paragraphs, opening)
		if 2*t.on[Consent] < t.size {
			return Verdict{}
		}
	}
	e := examine(p)
	if v := e.byMark(); v.Kind != None {
		return v
	}
	if v := e.byForm(); v.Kind != None {
		return v
	}
	if v := e.byTopic(); v.Kind != None {
		return v
	}
	return e.byWeakSigns()
}

// evidence is what speaks for and against a wall.
type evidence struct {
	p             Page
	v             *view
	text          []string // what would be written, or else what the page shows
	size          int      // of text, in bytes
	topics        topics   // of text
	heading       topics   // of title, first heading, and buttons
	agrees, known bool     // see SameTitle
	noindex       bool
	widget        bool
}

func examine(p Page) *evidence {
	e := &evidence{p: p, v: look(p.Doc), text: p.Paragraphs}
	if len(e.text) == 0 {
		e.text = e.v.lines
	}
	for _, s := range e.text {
		e.size += len(s)
	}
	e.topics = topicsOf(e.text, maxTopic)
	e.heading = topicsOf(append([]string{p.Title, e.v.h1, e.v.title}, e.v.labels...), maxTopic)
	slug := Slug(p.URL)
	for _, title := range []string{p.Title, e.v.h1, e.v.title} {
		agrees, known := SameTitle(p.LinkTitle, title, slug)
		e.agrees, e.known = e.agrees || agrees, e.known || known
		if title == p.Title && title != "" {
			break // what would be written counts
		}
	}
	e.noindex = e.v.noindex || noindex(p.Header.Get("X-Robots-Tag"))
	e.widget = hasWidget(e.v.markup.String())
	return e
}

// isArticle reports whether extraction found one.
func (e *evidence) isArticle() bool { return len(e.p.Paragraphs) > 0 }

// byMark recognises the page of a vendor by its mark-up, where there is no text of
// an article beside it.
func (e *evidence) byMark() Verdict {
	if e.size > enough || e.size > noText && e.agrees && e.topics.share() < 50 {
		return Verdict{}
	}
	m := vendor(e.v.markup.String())
	switch {
	case m == nil:
		return Verdict{}
	case m.kind == Challenge:
		return challenge(m.name, "its script or form is all that the page holds")
	}
	return Verdict{Kind: m.kind, Name: m.name, Sure: true, Reason: "a page of " + m.name + remedies[m.kind]}
}

// byForm recognises pages without text of their own by what they do instead.
func (e *evidence) byForm() Verdict {
	if e.isArticle() && (e.size > noText || e.agrees) {
		return Verdict{}
	}
	switch {
	case e.size > noText:
		return Verdict{}
	case e.v.cookieLoop && e.v.links < 5:
		return e.sure(Challenge, "a script sets a cookie and loads the page again")
	case e.widget && e.v.links < 10 && e.heading.distinct[Challenge]+e.topics.distinct[Challenge] > 0:
		return e.sure(Challenge, "a CAPTCHA and no text")
	case e.v.passwords > 0 && e.heading.on[Login] > 0 && !e.agrees:
		return e.sure(Login, "a form with a password and no text")
	}
	return Verdict{}
}

// byTopic recognises a page whose text is about consent, access or errors, where
// the link that led there promised something else.
func (e *evidence) byTopic() Verdict {
	t := &e.topics
	kind := t.main()
	if kind == None {
		kind = e.heading.main()
	}
	if kind == None {
		return Verdict{}
	}
	share := t.share()
	distinct := t.distinct[kind] + e.heading.distinct[kind]
	dated := e.p.HasDate || e.p.HasAuthor
	weak := e.weak()
	if e.size < noText && e.heading.on[kind] > 0 {
		share = max(share, 60)
	}
	switch {
	case share < 60 || distinct < 2 || kind != Consent && e.size > enough:
		return Verdict{}
	case e.known && !e.agrees && weak >= 2,
		!e.known && !dated && weak >= 1 && distinct >= 3,
		!e.isArticle() && !e.agrees && distinct >= 3 && e.size < short:
		return e.sure(kind, "")
	case !e.isArticle(), distinct < 3, e.agrees && (share < 80 || weak == 0):
		return Verdict{}
	}
	return e.suspect(kind, weak+1)
}

// minWeak is how many weak signs make a suspect.
const minWeak = 4

// byWeakSigns holds back what may be a wall in words that the vocabulary does not
// have.
func (e *evidence) byWeakSigns() Verdict {
	if !e.isArticle() || e.agrees || e.size > short {
		return Verdict{}
	}
	if n := e.weak(); n >= minWeak {
		kind := e.heading.main()
		if kind == None {
			kind = Challenge
		}
		return e.suspect(kind, n)
	}
	return Verdict{}
}

// weak counts the weak signs.
func (e *evidence) weak() int {
	n := 0
	for _, sign := range []bool{
		e.noindex,
		e.known && !e.agrees,
		e.p.SiteHasDates && !e.p.HasDate,
		e.p.SiteHasAuthors && !e.p.HasAuthor,
		e.widget || e.v.passwords > 0 || len(e.v.labels) >= 2 && e.size < short,
		e.v.refresh != "",
		e.v.links < 5,
		2*e.topics.share() >= 100,
	} {
		if sign {
			n++
		}
	}
	return n
}

func (e *evidence) sure(kind Kind, seen string) Verdict {
	v := Verdict{Kind: kind, Sure: true}
	if kind == Challenge {
		v.Name = vendorBehind(e.p.Header)
	}
	v.Reason = reason(v, seen)
	return v
}

func (e *evidence) suspect(kind Kind, weak int) Verdict {
	v := Verdict{Kind: kind, Weak: weak}
	v.Reason = "may be no article: " + reason(v, "")
	return v
}

func reason(v Verdict, seen string) string {
	s := described[v.Kind]
	if v.Name != "" {
		s += " of " + v.Name
	}
	if seen != "" {
		s += " (" + seen + ")"
	}
	return s + remedies[v.Kind]
}

// described says what a page is.
var described = [kinds]string{
	Consent:   "a page that asks for consent",
	Challenge: "a page that wants a browser",
	Login:     "a page to sign in",
	Paywall:   "a page to subscribe",
	SlowDown:  "a page that asks to slow down",
	Broken:    "an error page",
}

// remedies say what the reader can do.
var remedies = [kinds]string{
	Consent:   "; set the cookie of the choice under headers, or cookies: true",
	Challenge: noScript,
	Login:     "; set the session cookie under headers if you have an account",
	Paywall:   "; set the session cookie under headers if you subscribe",
	SlowDown:  "; set a longer delay",
	Broken:    "; it is fetched again later",
}
