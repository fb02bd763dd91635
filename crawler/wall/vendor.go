package wall

import "strings"

// mark is what a vendor's page holds in its scripts, frames, forms, identifiers or
// standard text, and an ordinary page behind the same vendor does not. It is
// looked for on pages with little text only.
type mark struct {
	kind Kind
	name string
	all  []string // each of them occurs
}

// marks are tried in order. The name behind each is that of the documentation that
// describes it; where a vendor has none, that of the program whose source shows it.
var marks = []mark{
	// Cloudflare docs, "Challenge pages". Ordinary pages carry /cdn-cgi/challenge-platform/
	// as well (docs, "JavaScript detections"), so that path alone decides nothing.
	{Challenge, "Cloudflare", []string{"_cf_chl_opt"}},
	{Challenge, "Cloudflare", []string{"/cdn-cgi/challenge-platform/", "/orchestrate/"}},
	{Challenge, "Cloudflare", []string{"cf-browser-verification"}},
	// Cloudflare docs, "Custom error pages": 1020 and other blocks, 5xx of the origin.
	{Broken, "Cloudflare", []string{"cf-error-details", "cf-error-5"}},
	{Challenge, "Cloudflare", []string{"cf-error-details"}},
	{SlowDown, "Cloudflare", []string{"/cdn-cgi/waitingroom"}}, // Cloudflare docs, "Waiting Room"
	// AWS WAF Developer Guide, "CAPTCHA and Challenge in AWS WAF".
	{Challenge, "AWS WAF", []string{"gokuProps"}},
	{Challenge, "AWS WAF", []string{"awsWafCookieDomainList"}},
	{Challenge, "AWS WAF", []string{".captcha.awswaf.com"}},
	{Challenge, "AWS WAF", []string{".token.awswaf.com", "AwsWafIntegration.saveReferrer"}},
	// DataDome docs, "Content-Security-Policy": the host of its device check and CAPTCHA.
	{Challenge, "DataDome", []string{"captcha-delivery.com"}},
	// HUMAN docs, "Bot Defender: customize the challenge page".
	{Challenge, "HUMAN", []string{"px-captcha"}},
	{Challenge, "HUMAN", []string{"captcha.px-cdn.net"}},
	{Challenge, "HUMAN", []string{"captcha.px-cloud.net"}},
	// Imperva docs, "Cloud WAF error pages and codes" and "Advanced Bot Protection".
	{Challenge, "Imperva", []string{"/_Incapsula_Resource", "main-iframe"}},
	{Challenge, "Imperva", []string{"/_Incapsula_Resource?SWUDNSAI"}},
	{Challenge, "Imperva", []string{"onProtectionInitialized"}},
	{Challenge, "Imperva", []string{"distil_r_captcha"}},
	{Challenge, "Imperva", []string{"reeseSkipExpirationCheck"}},
	{Challenge, "Imperva", []string{"Incapsula incident ID"}},
	{Challenge, "Imperva", []string{"Pardon Our Interruption"}},
	// Akamai techdocs, "Bot Manager: challenge actions".
	{Challenge, "Akamai", []string{"/_sec/cp_challenge/"}},
	{Challenge, "Akamai", []string{"sec-if-cpt-container"}},
	{Challenge, "Akamai", []string{"bm-verify="}},
	{Challenge, "Akamai", []string{"/_sec/verify?provider="}},
	// Akamai techdocs, "Reference error strings".
	{Challenge, "Akamai", []string{"errors.edgesuite.net"}},
	// Kasada docs, "Client SDK".
	{Challenge, "Kasada", []string{"KPSDK"}},
	// Sucuri docs, "Website Firewall: troubleshooting".
	{Challenge, "Sucuri", []string{"sucuri_cloudproxy"}},
	{Challenge, "Sucuri", []string{"Sucuri WebSite Firewall"}},
	// Anubis (github.com/TecharoHQ/anubis), "Known instances and static paths".
	{Challenge, "Anubis", []string{"/.within.website/x/cmd/anubis/"}},
	{Challenge, "Anubis", []string{"anubis_challenge"}},
	// go-away (git.gammaspectra.live/git/go-away).
	{Challenge, "go-away", []string{"/.well-known/.git.gammaspectra.live/git/go-away/"}},
	// DDoS-Guard knowledge base, "Checking your browser".
	{Challenge, "DDoS-Guard", []string{"/.well-known/ddos-guard/js-challenge"}},
	{Challenge, "DDoS-Guard", []string{"check.ddos-guard.net"}},
	// Vercel docs, "Attack Challenge Mode".
	{Challenge, "Vercel", []string{"/.well-known/vercel/security/"}},
	// SiteGround knowledge base, "Anti-bot system".
	{Challenge, "SiteGround", []string{"/.well-known/sgcaptcha"}},
	{Challenge, "SiteGround", []string{"/.well-known/captcha/?r="}},
	// Fastly docs, "Client challenges".
	{Challenge, "Fastly", []string{"/_fs-ch-"}},
	// F5 docs, "BIG-IP ASM: client-side challenges" (K-articles on TSPD).
	{Challenge, "F5", []string{"/TSPD/"}},
	{Challenge, "F5", []string{"/TSbd/"}},
	{Challenge, "F5", []string{"Your support ID is"}},
	// Radware docs, "Bot Manager: CAPTCHA page".
	{Challenge, "Radware", []string{"validate.perfdrive.com"}},
	// Microsoft Learn, "Azure Web Application Firewall JavaScript challenge".
	{Challenge, "Azure WAF", []string{"afd_azwaf_jsclearance"}},
	{Challenge, "Azure WAF", []string{"/.azwaf/"}},
	// Alibaba Cloud docs, "WAF: JavaScript validation".
	{Challenge, "Alibaba Cloud WAF", []string{"acw_sc__v2"}},
	{Challenge, "Alibaba Cloud WAF", []string{"aliyun_waf_"}},
	// Yandex Cloud docs, "SmartCaptcha"; the check of its services is /showcaptcha.
	{Challenge, "Yandex SmartCaptcha", []string{"/checkcaptcha"}},
	// Google Search help, "Unusual traffic from your computer network".
	{Challenge, "Google", []string{"/sorry/index"}},
	// LiteSpeed docs, "reCAPTCHA".
	{Challenge, "LiteSpeed", []string{"/.lsrecap/recaptcha"}},
	// CrowdSec docs, "Remediation: captcha".
	{Challenge, "CrowdSec", []string{"CrowdSec Captcha"}},
	// Wordfence help, "Blocking: your access to this site has been limited".
	{Challenge, "Wordfence", []string{"Generated by Wordfence"}},
	// testcookie-nginx-module (github.com/kyprizel): a cookie that a script decrypts.
	{Challenge, "testcookie", []string{"toNumbers(", "slowAES.decrypt"}},
	// Queue-it developer docs, "Client-side integration".
	{SlowDown, "Queue-it", []string{"queue-it.net", "queueit"}},

	// The scripts of companies that park domains, as their help pages show them.
	{Broken, "Sedo parking", []string{"sedoparking.com"}},
	{Broken, "ParkingCrew", []string{"parkingcrew.net"}},
	{Broken, "Bodis parking", []string{"bodis.com"}},
	{Broken, "GoDaddy parking", []string{"/parking-lander/"}},
	// cPanel docs, "Default website page" and "Account suspension".
	{Broken, "cPanel", []string{"/cgi-sys/"}},
}

// widgets are the checks for people that any page may embed in a form, after the
// documentation of each: "reCAPTCHA v2", "hCaptcha", "Turnstile", "Friendly
// Captcha", "GeeTest", "Arkose Labs", "ALTCHA", "mCaptcha".
var widgets = []string{
	"g-recaptcha", "recaptcha/api.js", "recaptcha/enterprise", "h-captcha", "hcaptcha.com", "cf-turnstile", "challenges.cloudflare.com",
	"frc-captcha", "friendlycaptcha", "geetest", "arkoselabs.com", "funcaptcha", "altcha", "mcaptcha",
	"smartcaptcha", "captcha",
}

// vendor finds the mark of a vendor in mark-up.
func vendor(markup string) *mark {
next:
	for i := range marks {
		for _, s := range marks[i].all {
			if !strings.Contains(markup, s) {
				continue next
			}
		}
		return &marks[i]
	}
	return nil
}

func hasWidget(markup string) bool {
	low := strings.ToLower(markup)
	for _, s := range widgets {
		if strings.Contains(low, s) {
			return true
		}
	}
	return false
}
