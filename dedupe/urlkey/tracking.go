package urlkey

// tracked holds query parameters that tell where a reader came from and never
// select the page, in lower case, each with the product that adds it. Ambiguous
// ones (ref, source, from, cid, spm, trk, ...) are not included, since each of them
// selects the content on some site.
var tracked = map[string]string{
	"gclid":                "Google Ads",
	"gclsrc":               "Google Ads",
	"dclid":                "Google Display & Video 360",
	"gbraid":               "Google Ads, iOS",
	"wbraid":               "Google Ads, iOS",
	"gad_source":           "Google Ads",
	"gad_campaignid":       "Google Ads",
	"srsltid":              "Google Merchant Center",
	"_ga":                  "Google Analytics linker",
	"_gl":                  "Google Analytics linker",
	"fbclid":               "Facebook",
	"fb_action_ids":        "Facebook",
	"fb_action_types":      "Facebook",
	"fb_ref":               "Facebook",
	"fb_source":            "Facebook",
	"igsh":                 "Instagram",
	"igshid":               "Instagram",
	"twclid":               "X Ads",
	"ref_src":              "X embedded posts",
	"__twitter_impression": "X, AMP pages",
	"msclkid":              "Microsoft Advertising",
	"ttclid":               "TikTok Ads",
	"li_fat_id":            "LinkedIn Ads",
	"rdt_cid":              "Reddit Ads",
	"sccid":                "Snapchat Ads",
	"yclid":                "Yandex Direct",
	"ysclid":               "Yandex Search",
	"ymclid":               "Yandex Market",
	"_openstat":            "Openstat",
	"pk_campaign":          "Matomo, once Piwik",
	"pk_kwd":               "Matomo, once Piwik",
	"pk_source":            "Matomo, once Piwik",
	"pk_medium":            "Matomo, once Piwik",
	"mc_cid":               "Mailchimp",
	"mc_eid":               "Mailchimp",
	"mkt_tok":              "Adobe Marketo",
	"s_kwcid":              "Adobe Advertising",
	"ef_id":                "Adobe Advertising",
	"_hsenc":               "HubSpot",
	"_hsmi":                "HubSpot",
	"__hstc":               "HubSpot",
	"__hssc":               "HubSpot",
	"__hsfp":               "HubSpot",
	"hsctatracking":        "HubSpot",
	"_branch_match_id":     "Branch",
	"_branch_referrer":     "Branch",
	"vero_id":              "Vero",
	"oly_anon_id":          "Omeda",
	"oly_enc_id":           "Omeda",
	"_kx":                  "Klaviyo",
	"dicbo":                "Outbrain",
	"tblci":                "Taboola",
	"xtor":                 "AT Internet, now Piano",
	"wt_mc":                "Mapp, once Webtrekk",
	"wt_zmc":               "Mapp, once Webtrekk",
	"ns_mchannel":          "Comscore",
	"ns_source":            "Comscore",
	"ns_campaign":          "Comscore",
	"ns_linkname":          "Comscore",
	"guccounter":           "Yahoo consent page",
	"guce_referrer":        "Yahoo consent page",
	"guce_referrer_sig":    "Yahoo consent page",
	// Sessions belong to the reader, not to the page.
	"phpsessid":  "PHP session",
	"jsessionid": "Servlet session",
}

// trackedPrefixes are prefixes of names that belong to one product.
var trackedPrefixes = [...]struct{ prefix, product string }{
	{"utm_", "Google Analytics campaigns"},
	{"mtm_", "Matomo campaigns"},
	{"hsa_", "HubSpot Ads"},
	{"at_campaign", "AT Internet, now Piano"},
	{"at_medium", "AT Internet, now Piano"},
}

// longestTracked bounds the length of names in the two tables.
const longestTracked = 24

// isTracking reports whether the key omits the parameter of this normalised name.
func isTracking(name []byte) bool {
	if len(name) < 3 {
		return false
	}
	var lower [longestTracked]byte
	n := copy(lower[:], name)
	for i, c := range lower[:n] {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	for _, p := range trackedPrefixes {
		if n >= len(p.prefix) && string(lower[:len(p.prefix)]) == p.prefix {
			return true
		}
	}
	if len(name) > longestTracked {
		return false
	}
	_, ok := tracked[string(lower[:n])]
	return ok
}
