package wall

import (
	"net/http"
	"regexp"
	"strings"
	"time"

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
	Age            // wants to know the age of the reader
	Region         // is not shown in the country of the reader
)

var kindNames = [...]string{"none", "consent", "challenge", "login", "paywall", "slow down", "broken", "age", "region"}

// String returns the kind in lower-case words.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return kindNames[None]
	}
	return kindNames[k]
}

// Page is what is known of a page with status 200 when it is judged.
type Page struct {
	Doc    func() *html.Node // returns the parsed page, where it matters; nil: only the headers are judged
	Header http.Header       // the headers that Keep retains; may be nil

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
	Weak   int    // number of weak signs, for a short page and a Verdict that is not sure
}

// Bounds of texts, in bytes. A character of a script that needs three bytes says
// about as much as three Latin letters.
const (
	enough    = 1500 // a text this long is no wall unless it asks for consent
	maxWall   = 6000 // no wall is longer
	short     = 900
	opening   = 600 // how much of a long text is read to see what it is about
	noText    = 200 // less than this is no article
	maxTopic  = 4000
	maxRemark = 60 // what a wall may say beside its subject
)

// maxReload is how soon a wall loads itself again. News pages do so after minutes.
const maxReload = 30 * time.Second

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
	t := topicsOf(p.Paragraphs, opening)
	switch {
	case size > enough && 2*t.on[Consent] < t.size,
		size > short && 2*t.wall < t.size && p.promised():
		return Verdict{}
	}
	e := examine(p)
	if size > noText && 2*t.wall < t.size && p.promised() {
		return Verdict{Weak: e.weak()}
	}
	if v := e.byMark(); v.Kind != None {
		return v
	}
	if v := e.byForm(); v.Kind != None {
		return v
	}
	if v := e.byTrace(); v.Kind != None {
		return v
	}
	if v := e.byTopic(); v.Kind != None {
		return v
	}
	return e.byWeakSigns()
}

// promised reports whether the link that led to the page agrees with its title, or
// else whether it has what an article has.
func (p *Page) promised() bool {
	agrees, known := SameTitle(p.LinkTitle, p.Title, Slug(p.URL))
	return agrees || !known && p.HasDate && p.HasAuthor
}

// evidence is what speaks for and against a wall.
type evidence struct {
	p             Page
	v             *view
	text          []string // what would be written, or else what the page shows
	size          int      // of text, in bytes
	topics        topics   // of text
	titles        topics   // of title or first heading
	heading       topics   // of these and the buttons
	agrees, known bool     // see SameTitle
	noindex       bool
	widget        bool
}

func examine(p Page) *evidence {
	e := &evidence{p: p, v: look(p.Doc()), text: p.Paragraphs}
	if len(e.text) == 0 {
		e.text = e.v.lines
	}
	for _, s := range e.text {
		e.size += len(s)
	}
	e.topics = topicsOf(e.text, maxTopic)
	titles := []string{p.Title, e.v.title}
	if p.Title == "" {
		titles[0] = e.v.h1
	}
	e.titles = topicsOf(titles, maxTopic)
	e.heading = topicsOf(append(titles, e.v.labels...), maxTopic)
	slug := Slug(p.URL)
	for _, title := range titles {
		agrees, known := SameTitle(p.LinkTitle, title, slug)
		e.agrees, e.known = e.agrees || agrees, e.known || known
		if p.Title != "" {
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
	m := vendor(e.v.markup.String() + strings.Join(e.v.opening(), "\n"))
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
	switch {
	case e.size > noText || e.isArticle() && e.agrees:
		return Verdict{}
	case e.v.cookieLoop && e.v.links < 5:
		return e.sure(Challenge, "a script sets a cookie and loads the page again")
	case e.size == 0 && e.noindex && e.v.links == 0 && e.v.markup.Len() > 0:
		return e.sure(Challenge, "a script and nothing else")
	case e.widget && e.v.links < 10 && e.heading.distinct[Challenge]+e.topics.distinct[Challenge] > 0:
		return e.sure(Challenge, "a CAPTCHA and no text")
	case e.v.passwords > 0 && e.titles.on[Login] > 0 && !e.agrees:
		return e.sure(Login, "a form with a password and no text")
	}
	return Verdict{}
}

// traces are what programs print when they fail, in Java and C#, Python, PHP, Ruby
// and Node.js, and databases.
var traces = regexp.MustCompile(`\bat [\w.$<>]+ ?\([^()]*:\d+\)|\bFile "[^"]+", line \d+|\.php(?:\(| on line |:)\d+` +
	`|\.rb:\d+:in |\bat .*\.js:\d+:\d+|SQLSTATE\[|\bORA-\d{5}\b`)

// byTrace recognises the report of a program that failed.
func (e *evidence) byTrace() Verdict {
	if e.agrees || e.size > short || e.heading.on[Broken] == 0 && e.topics.on[Broken] == 0 {
		return Verdict{}
	}
	for _, s := range e.v.opening() {
		if traces.MatchString(s) {
			return e.sure(Broken, "the report of a program that failed")
		}
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
	titled := e.titles.wall > 0
	if titled && e.heading.on[kind] > 0 && (e.size < noText || e.size < short && 2*e.heading.on[kind] >= e.heading.size) {
		share = max(share, 60) // title and buttons say it all
	}
	weak := e.weak()
	switch {
	case share < 60 || distinct < 2 || kind != Consent && e.size > enough:
		return Verdict{}
	case e.known && !e.agrees:
		return e.sure(kind, "")
	case t.size-t.wall > maxRemark && (e.agrees || !titled) && (kind != Consent || share < 75):
		return Verdict{} // the beginning of an article, and a prompt
	case e.agrees && weak == 0 || distinct < 3:
		return Verdict{}
	case !e.agrees && titled && weak >= 1 && !e.p.HasDate && !e.p.HasAuthor,
		!e.agrees && !e.isArticle() && e.size < short:
		return e.sure(kind, "")
	case e.isArticle():
		return e.suspect(kind)
	}
	return Verdict{}
}

// minWeak is how many weak signs make a suspect.
const minWeak = 4

// byWeakSigns holds back what may be a wall in words that the vocabulary does not
// have.
func (e *evidence) byWeakSigns() Verdict {
	weak := e.weak()
	if e.agrees || e.size > short || weak < minWeak {
		return Verdict{Weak: weak}
	}
	kind := e.heading.main()
	switch {
	case kind != None:
	case e.v.passwords > 0:
		kind = Login
	case e.widget:
		kind = Challenge
	case len(e.v.labels) >= 2:
		kind = Consent
	default:
		kind = Broken
	}
	return e.suspect(kind)
}

// signs returns the weak signs in words.
func (e *evidence) signs() []string {
	var found []string
	for _, sign := range []struct {
		is   bool
		text string
	}{
		{e.noindex, "noindex"},
		{e.known && !e.agrees, "a title unlike the link's"},
		{e.p.SiteHasDates && !e.p.HasDate, "no date"},
		{e.p.SiteHasAuthors && !e.p.HasAuthor, "no author"},
		{e.widget || e.v.passwords > 0 || len(e.v.labels) >= 2 && e.size < short, "a CAPTCHA, a password field or buttons"},
		{e.reloads(), "a refresh"},
		{e.v.links < 5, "hardly any links"},
		{e.topics.share() >= 50, "words of access or errors"},
	} {
		if sign.is {
			found = append(found, sign.text)
		}
	}
	return found
}

// reloads reports a page that soon loads another or itself.
func (e *evidence) reloads() bool {
	_, after, ok := parseRefresh(e.v.refresh)
	return ok && after <= maxReload
}

// weak counts the weak signs.
func (e *evidence) weak() int { return len(e.signs()) }

func (e *evidence) sure(kind Kind, seen string) Verdict {
	v := Verdict{Kind: kind, Sure: true}
	if kind == Challenge {
		v.Name = vendorBehind(e.p.Header)
	}
	v.Reason = reason(v, seen)
	return v
}

func (e *evidence) suspect(kind Kind) Verdict {
	signs := e.signs()
	v := Verdict{Kind: kind, Weak: len(signs)}
	v.Reason = "perhaps " + reason(v, strings.Join(signs, ", "))
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
	Challenge: "a bot challenge",
	Login:     "a page to sign in",
	Paywall:   "a page to subscribe",
	SlowDown:  "a page that asks to slow down",
	Broken:    "an error page",
	Age:       "an age check",
	Region:    "a page that is closed to this country",
}

// remedies say what the reader can do.
var remedies = [kinds]string{
	Consent:   "; set the cookie of the choice under headers, or cookies: true",
	Challenge: noScript,
	Login:     "; set the session cookie under headers if you have an account",
	Paywall:   "; set the session cookie under headers if you subscribe",
	SlowDown:  "; set a longer delay",
	Broken:    "; it is fetched again later",
	Age:       "; set the cookie of the choice under headers, or cookies: true",
	Region:    "; set a proxy in another country, or use the site's feed",
}
