package wall

import (
	"net/http"
	"testing"
)

func TestLookHeader(t *testing.T) {
	for _, c := range []struct{ name, header, value, want string }{
		{"Cloudflare", "Cf-Mitigated", "challenge", "Cloudflare"},
		{"AWS challenge", "X-Amzn-Waf-Action", "challenge", "AWS WAF"},
		{"AWS captcha", "X-Amzn-Waf-Action", "CAPTCHA", "AWS WAF"},
		{"Vercel", "X-Vercel-Mitigated", "challenge", "Vercel"},
		{"SiteGround", "Sg-Captcha", "challenge", "SiteGround"},
		{"Sucuri block", "X-Sucuri-Block", "GEO02", "Sucuri"},
		{"served by Cloudflare", "Server", "cloudflare", ""},
		{"protected by DataDome", "X-Datadome", "protected", ""},
		{"another mitigation", "Cf-Mitigated", "none", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := LookHeader(http.Header{c.header: {c.value}})
			if v.Name != c.want || v.Sure != (c.want != "") || (v.Kind == Challenge) != (c.want != "") {
				t.Errorf("%+v, want the name %q", v, c.want)
			}
		})
	}
}

// What is kept holds no value of a cookie: it may be a session.
func TestKeepDropsCookieValues(t *testing.T) {
	h := Keep(http.Header{"Set-Cookie": {"datadome=secret; Path=/", "sid=abc"}, "Server": {"nginx"}, "Date": {"x"}})
	want := http.Header{"Set-Cookie": {"datadome", "sid"}, "Server": {"nginx"}}
	if len(h) != len(want) || h["Set-Cookie"][0] != "datadome" || h["Set-Cookie"][1] != "sid" || h.Get("Server") != "nginx" {
		t.Errorf("kept %v, want %v", h, want)
	}
	if h := Keep(http.Header{"Date": {"x"}}); h != nil {
		t.Errorf("kept %v of nothing", h)
	}
	if got := vendorBehind(h); got != "DataDome" {
		t.Errorf("vendor %q, want DataDome", got)
	}
}
