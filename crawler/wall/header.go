package wall

import (
	"net/http"
	"strings"
)

// kept are the response headers that tell of a challenge or its vendor, in
// canonical form.
var kept = []string{
	"Cf-Mitigated", "X-Amzn-Waf-Action", "X-Vercel-Mitigated", "Sg-Captcha", "X-Sucuri-Block",
	"X-Datadome", "X-Dd-B", "X-Kpsdk-Ct", "X-Iinfo", "X-Sucuri-Id", "Server",
	"X-Robots-Tag", "Refresh",
}

// Keep returns the headers of an answer that Look and Refresh read. Of
// Set-Cookie it keeps the names alone. It returns nil when there are none.
func Keep(h http.Header) http.Header {
	var out http.Header
	set := func(name string, values []string) {
		if out == nil {
			out = make(http.Header, 2)
		}
		out[name] = values
	}
	for _, name := range kept {
		if v := h[name]; len(v) > 0 {
			set(name, v)
		}
	}
	var names []string
	for _, c := range h["Set-Cookie"] {
		name, _, _ := strings.Cut(c, "=")
		names = append(names, strings.TrimSpace(name))
	}
	if names != nil {
		set("Set-Cookie", names)
	}
	return out
}

// decisive are headers that a vendor sends with a challenge and with nothing
// else.
var decisive = []struct{ header, prefix, name string }{
	// Cloudflare docs, "Detect a Challenge Page response".
	{"Cf-Mitigated", "challenge", "Cloudflare"},
	// AWS WAF Developer Guide, "How the AWS WAF CAPTCHA and Challenge rule actions
	// work": the value is "challenge" (status 202) or "captcha" (status 405).
	{"X-Amzn-Waf-Action", "challenge", "AWS WAF"},
	{"X-Amzn-Waf-Action", "captcha", "AWS WAF"},
	// Vercel docs, "Attack Challenge Mode" and "Response headers"; "deny" blocks.
	{"X-Vercel-Mitigated", "challenge", "Vercel"},
	{"X-Vercel-Mitigated", "deny", "Vercel"},
	// DataDome docs, "Validate request": 1 is a device check, 2 a CAPTCHA.
	{"X-Dd-B", "1", "DataDome"},
	{"X-Dd-B", "2", "DataDome"},
	// SiteGround knowledge base, "Anti-bot system".
	{"Sg-Captcha", "challenge", "SiteGround"},
	// Sucuri docs, "Website Firewall: block reasons".
	{"X-Sucuri-Block", "", "Sucuri"},
}

// LookHeader judges an answer of any status by its headers alone. The zero
// Verdict means that they say nothing.
func LookHeader(h http.Header) Verdict {
	for _, d := range decisive {
		if v := h.Get(d.header); v != "" && strings.HasPrefix(strings.ToLower(v), d.prefix) {
			return challenge(d.name, "header "+strings.ToLower(d.header)+": "+v)
		}
	}
	return Verdict{}
}

// behind are headers and cookies that show which vendor stands before a site. They
// come with ordinary pages too, so they only name a challenge that was recognised
// otherwise.
var behind = []struct{ header, part, name string }{
	{"X-Datadome", "", "DataDome"},          // DataDome docs, "Response headers"
	{"X-Kpsdk-Ct", "", "Kasada"},            // Kasada docs, "Client SDK"
	{"X-Iinfo", "", "Imperva"},              // Imperva docs, "Cloud WAF response headers"
	{"X-Sucuri-Id", "", "Sucuri"},           // Sucuri docs, "Website Firewall: response headers"
	{"Set-Cookie", "datadome", "DataDome"},  // DataDome docs, "Cookies"
	{"Set-Cookie", "_px", "HUMAN"},          // HUMAN docs, "Cookies and web storage"
	{"Set-Cookie", "incap_ses_", "Imperva"}, // Imperva docs, "Cookies set by Cloud WAF"
	{"Set-Cookie", "visid_incap_", "Imperva"},
	{"Set-Cookie", "reese84", "Imperva"},
	{"Set-Cookie", "_abck", "Akamai"}, // Akamai docs, "Bot Manager cookies"
	{"Set-Cookie", "ak_bmsc", "Akamai"},
	{"Set-Cookie", "aws-waf-token", "AWS WAF"}, // AWS WAF Developer Guide, "AWS WAF tokens"
	{"Set-Cookie", "techaro.lol-anubis", "Anubis"},
	{"Set-Cookie", "__ddg", "DDoS-Guard"},
	{"Server", "cloudflare", "Cloudflare"}, // Cloudflare docs, "HTTP headers"
	{"Server", "AkamaiGHost", "Akamai"},
	{"Server", "ddos-guard", "DDoS-Guard"},
	{"Server", "QRATOR", "Qrator"},
}

// vendorBehind names the vendor whose headers or cookies came with a page.
func vendorBehind(h http.Header) string {
	for _, b := range behind {
		for _, v := range h[b.header] {
			if strings.HasPrefix(v, b.part) {
				return b.name
			}
		}
	}
	return ""
}

// challenge is the sure verdict on a challenge of a vendor.
func challenge(name, seen string) Verdict {
	v := Verdict{Kind: Challenge, Name: name, Sure: true}
	v.Reason = reason(v, seen)
	return v
}

// noScript is the remedy for a challenge.
const noScript = "; newsonce runs no JavaScript: ask the operator to admit your user agent, " +
	"or read a feed or sitemap of the site"
