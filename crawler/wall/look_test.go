package wall

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// prose is the beginning of an article.
const prose = "The harbour board of Ostrel voted on Tuesday night to reopen the old timber quay, eleven years after a storm tore out its last forty metres."

const buttons = `<button>Yes</button><button>No</button>`

// TestLook pins each rule down by what it must let pass beside what it finds.
func TestLook(t *testing.T) {
	for _, c := range []struct {
		name string
		page Page
		body string
		want Kind
		sure bool
	}{
		// Vendors.
		{"Cloudflare's script on an ordinary page",
			Page{Title: "Timber quay to reopen", LinkTitle: "Timber quay to reopen", Paragraphs: []string{prose, prose}},
			`<script>window.__CF$cv$params={};a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>`, None, false},
		{"a vendor's CAPTCHA in an article that agrees with its link",
			Page{Title: "Timber quay to reopen", LinkTitle: "Timber quay to reopen", Paragraphs: []string{prose, prose}},
			`<div id="px-captcha"></div>`, None, false},
		{"a vendor's CAPTCHA and nothing else", Page{}, `<div id="px-captcha"></div>`, Challenge, true},
		{"a header alone", Page{Title: "T", Paragraphs: []string{prose}, Header: http.Header{"Cf-Mitigated": {"challenge"}}}, prose, Challenge, true},
		{"a link to a vendor", Page{}, `<p>` + prose + `</p><a href="https://captcha-delivery.com/">x</a>`, None, false},

		// Form.
		{"a cookie, a reload, no text", Page{}, `<script>document.cookie="a=1";location.reload()</script>`, Challenge, true},
		{"a cookie and no reload", Page{}, `<script>document.cookie="a=1"</script>`, None, false},
		{"a cookie and a reload beside a text", Page{}, `<script>document.cookie="a=1";location.reload()</script><p>` + prose + prose + `</p>`, None, false},
		{"a cookie and a reload beside a menu", Page{}, `<script>document.cookie="a=1";location.reload()</script>` + strings.Repeat(`<a href="/x">Sea</a>`, 6), None, false},
		{"a script and nothing else", Page{}, `<meta name=robots content=noindex><script src="/_r?1"></script>`, Challenge, true},
		{"a script and nothing else, indexed", Page{}, `<script src="/_r?1"></script>`, None, false},
		{"a CAPTCHA and a word on robots", Page{}, `<h1>Are you a robot?</h1><div class="h-captcha"></div>`, Challenge, true},
		{"a CAPTCHA in a form for comments", Page{}, `<h1>Comments</h1><div class="h-captcha"></div>`, None, false},
		{"a form to sign in", Page{LinkTitle: "Timber quay to reopen"}, `<title>Sign in</title><input type=password>`, Login, true},
		{"a form to sign in, as the link promised", Page{LinkTitle: "Sign in to your account"}, `<title>Sign in to your account</title><input type=password>`, None, false},
		{"a form to sign in within the menu of an article", Page{Title: "Timber quay to reopen", Paragraphs: []string{prose[:80]}},
			`<h1>Log in</h1><input type=password>`, None, false},

		// Traces of programs.
		{"a trace", Page{LinkTitle: "Timber quay to reopen"}, `<h1>Error</h1><pre>Fatal error: Uncaught E in /srv/a.php:12</pre>`, Broken, true},
		{"an article on a trace", Page{LinkTitle: "Fatal error in old scripts", Title: "Fatal error in old scripts", Paragraphs: []string{prose, "Fatal error: Uncaught E in /srv/a.php:12"}},
			`<p>Fatal error: Uncaught E in /srv/a.php:12</p>`, None, false},

		// Vocabulary.
		{"news on cookies", Page{Title: "Parliament votes on cookie consent", LinkTitle: "Parliament votes on cookie consent", HasDate: true,
			Paragraphs: []string{"The parliament voted on new rules for cookies and consent to tracking.", prose}}, "", None, false},
		{"news on cookies with a slug", Page{Title: "Parliament votes on cookie consent", URL: "https://news.example/parliament-votes-on-cookie-consent",
			Paragraphs: []string{"The parliament voted on new rules for cookies and consent to tracking.", prose}}, "", None, false},
		{"news on an outage", Page{Title: "Database error takes bank offline", LinkTitle: "Database error takes bank offline",
			Paragraphs: []string{"A database error took the bank's servers offline.", prose}}, "", None, false},
		{"one word is not enough", Page{Title: "Note", LinkTitle: "Timber quay to reopen", Paragraphs: []string{"The cookie is baked at noon."}}, "", None, false},
		{"consent under another title", Page{Title: "Before you read on", LinkTitle: "Timber quay to reopen",
			Paragraphs: []string{"We and our partners use cookies and process personal data with your consent."}}, "", Consent, true},
		{"consent under the article's title", Page{Title: "Timber quay to reopen", LinkTitle: "Timber quay to reopen", HasDate: true,
			Paragraphs: []string{"We and our partners use cookies and process personal data with your consent, as our privacy policy says."}}, buttons, Consent, false},
		{"consent of an unknown link, dated", Page{Title: "Your privacy choices", HasDate: true,
			Paragraphs: []string{"We and our partners use cookies and process personal data with your consent."}}, buttons, Consent, false},
		{"consent of an unknown link, undated", Page{Title: "Your privacy choices",
			Paragraphs: []string{"We and our partners use cookies and process personal data with your consent."}}, buttons, Consent, true},
		{"a teaser before a prompt", Page{Title: "Timber quay to reopen", LinkTitle: "Timber quay to reopen",
			Paragraphs: []string{prose[:90], "Subscribe to continue reading. Already a subscriber? Log in. Cancel any time."}}, "", None, false},
		{"a teaser before a prompt, link unknown", Page{Title: "Timber quay to reopen",
			Paragraphs: []string{prose[:90], "Subscribe to continue reading. Already a subscriber? Log in. Cancel any time."}}, buttons, None, false},
		{"a prompt and no teaser", Page{Title: "Timber quay to reopen", LinkTitle: "Timber quay to reopen",
			Paragraphs: []string{"Subscribe to continue reading. Already a subscriber? Log in. Cancel any time."}}, buttons, Paywall, false},
		{"a long text on errors", Page{Title: "Notes", LinkTitle: "Timber quay to reopen",
			Paragraphs: []string{strings.Repeat("The server error came from the database server and its connection. ", 30)}}, "", None, false},
		{"a long text on consent", Page{Title: "Notes", LinkTitle: "Timber quay to reopen",
			Paragraphs: []string{strings.Repeat("We and our partners use cookies with your consent. ", 40)}}, "", Consent, true},
		{"a very long text on consent", Page{Title: "Notes", LinkTitle: "Timber quay to reopen",
			Paragraphs: []string{strings.Repeat("We and our partners use cookies with your consent. ", 200)}}, "", None, false},

		{"a remark beside consent, link unknown", Page{Title: "Ostrel Gazette", HasDate: true,
			Paragraphs: []string{strings.Repeat("We and our partners use cookies with your consent, as our privacy policy says. ", 4), prose[:90]}}, buttons, Consent, false},
		{"more than a remark beside consent", Page{Title: "Ostrel Gazette", HasDate: true,
			Paragraphs: []string{"We and our partners use cookies with your consent, as our privacy policy says.", prose[:60] + "."}}, buttons, None, false},
		{"a title that says it all", Page{Title: "Server error 500", LinkTitle: "Timber quay to reopen", Paragraphs: []string{"The page that you wanted was not read, and nothing else happened here today."}}, "", Broken, true},
		{"a title that says it all, above a longer text", Page{Title: "Server error 500", LinkTitle: "Timber quay to reopen", Paragraphs: []string{prose, prose, prose, prose, prose, prose, prose}}, "", None, false},

		// Weak signs.
		{"four weak signs", Page{Title: "Qabel tkompli", LinkTitle: "Timber quay to reopen", SiteHasDates: true, SiteHasAuthors: true,
			Paragraphs: []string{"Tista' tibdel il-fehma tiegħek meta trid."}}, strings.Repeat(`<a href="/x">Sea</a>`, 6) + buttons, Consent, false},
		{"three weak signs", Page{Title: "Qabel tkompli", LinkTitle: "Timber quay to reopen", SiteHasDates: true, SiteHasAuthors: true,
			Paragraphs: []string{"Tista' tibdel il-fehma tiegħek meta trid."}}, strings.Repeat(`<a href="/x">Sea</a>`, 6), None, false},
		{"three weak signs and noindex", Page{Title: "Qabel tkompli", LinkTitle: "Timber quay to reopen", SiteHasDates: true, SiteHasAuthors: true,
			Header:     http.Header{"X-Robots-Tag": {"noindex"}},
			Paragraphs: []string{"Tista' tibdel il-fehma tiegħek meta trid."}}, strings.Repeat(`<a href="/x">Sea</a>`, 6), Broken, false},
		{"three weak signs and a reload", Page{Title: "Qabel tkompli", LinkTitle: "Timber quay to reopen", SiteHasDates: true, SiteHasAuthors: true,
			Paragraphs: []string{"Tista' tibdel il-fehma tiegħek meta trid."}}, `<meta http-equiv=refresh content=5>` + strings.Repeat(`<a href="/x">Sea</a>`, 6), Broken, false},
		{"a reload after minutes is none", Page{Title: "Qabel tkompli", LinkTitle: "Timber quay to reopen", SiteHasDates: true, SiteHasAuthors: true,
			Paragraphs: []string{"Tista' tibdel il-fehma tiegħek meta trid."}}, `<meta http-equiv=refresh content=900>` + strings.Repeat(`<a href="/x">Sea</a>`, 6), None, false},
		{"weak signs beside a title that agrees", Page{Title: "Timber quay to reopen", LinkTitle: "Timber quay to reopen", SiteHasDates: true, SiteHasAuthors: true,
			Paragraphs: []string{prose[:80]}}, `<meta name=robots content=noindex>` + buttons, None, false},
		{"weak signs beside a long text", Page{Title: "Other", LinkTitle: "Timber quay to reopen", SiteHasDates: true, SiteHasAuthors: true,
			Paragraphs: []string{strings.Repeat(prose+" ", 7)}}, `<meta name=robots content=noindex>` + buttons, None, false},

		{"nothing at all", Page{}, "", None, false},
		{"a listing", Page{}, `<title>Sea</title>` + strings.Repeat(`<h2><a href="/sea/x">Timber quay to reopen after years</a></h2>`, 20), None, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := html.Parse(strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			c.page.Doc = func() *html.Node { return doc }
			v := Look(c.page)
			if v.Kind != c.want || v.Sure != c.sure || (v.Kind != None) != (v.Reason != "") {
				t.Errorf("%+v, want %v, sure %v", v, c.want, c.sure)
			}
			if !v.Sure && v.Kind != None && v.Weak == 0 {
				t.Errorf("suspected without a sign: %+v", v)
			}
		})
	}
}

// Without a page the headers alone are judged.
func TestLookWithoutPage(t *testing.T) {
	if v := Look(Page{Title: "Just a moment", LinkTitle: "Timber quay to reopen"}); v != (Verdict{}) {
		t.Errorf("%+v of no page", v)
	}
}

// The reason names the signs and what the reader can do.
func TestReasons(t *testing.T) {
	doc, err := html.Parse(strings.NewReader(`<meta name=robots content=noindex>` + buttons))
	if err != nil {
		t.Fatal(err)
	}
	v := Look(Page{Doc: func() *html.Node { return doc }, Title: "Qabel tkompli", LinkTitle: "Timber quay to reopen", SiteHasDates: true,
		Paragraphs: []string{"Tista' tibdel il-fehma tiegħek meta trid."}})
	for _, want := range []string{"perhaps ", "noindex", "a title unlike the link's", "no date", "buttons"} {
		if !strings.Contains(v.Reason, want) {
			t.Errorf("%q, want %q in it", v.Reason, want)
		}
	}
	if v := (&evidence{p: Page{Header: http.Header{"Server": {"cloudflare"}}}}).sure(Challenge, ""); !strings.HasPrefix(v.Reason, "a bot challenge of Cloudflare;") {
		t.Errorf("%q, want the vendor in it", v.Reason)
	}
	if v := LookHeader(http.Header{"X-Amzn-Waf-Action": {"captcha"}}); !strings.Contains(v.Reason, "AWS WAF") || !strings.Contains(v.Reason, "newsonce runs no JavaScript") {
		t.Errorf("%q", v.Reason)
	}
}
