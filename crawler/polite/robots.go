package polite

import (
	"strings"
	"time"
)

// MaxRobots is the size up to which a robots.txt is read, in bytes: the minimum of
// RFC 9309 section 2.5.
const MaxRobots = 500 << 10

// Robots is a parsed robots.txt. It is immutable and safe for concurrent use.
type Robots struct {
	// Sitemaps are the values of the Sitemap lines, as written and in order.
	// They belong to no group (RFC 9309 section 2.2.4).
	Sitemaps []string

	groups []group // in order
	delays []delay // in order
	agents map[string]*membership
}

// membership lists the indexes in Robots.groups and Robots.delays that name a
// product token, in lower case, or "*"; both ascending.
type membership struct{ groups, delays []int }

// group holds the rules below consecutive user-agent lines, in order of
// precedence: longest first, then allow, then by line.
type group []rule

// delay is the Crawl-delay of consecutive user-agent lines; set tells 0 from none.
type delay struct {
	pause time.Duration
	set   bool
}

// rule is one allow or disallow line.
type rule struct {
	pattern pattern
	allow   bool
	line    int
	text    string
}

// Decision says whether a URL may be fetched, and which line decides that.
type Decision struct {
	Allow bool
	Line  int    // 1-based line of the deciding rule; 0 when no rule matched
	Rule  string // that line as written, without surrounding white space
}

// Decide reports whether agent may fetch rawURL.
//
// agent is a product token as ProductToken returns it. It is compared as a whole
// and without regard to case; a version after a slash is ignored. All groups that
// name it apply together, and those of "*" only if there are none (RFC 9309
// section 2.2.1). The longest matching rule decides, allow on equal length.
// Without a matching rule the URL is allowed (section 2.2.2).
//
// rawURL is the absolute URL to be fetched, or its "/path?query".
func (r *Robots) Decide(agent, rawURL string) Decision {
	target := pathOf(rawURL)
	if target == "/robots.txt" { // RFC 9309 section 2.2.2: implicitly allowed
		return Decision{Allow: true}
	}
	path := newPath(target)
	var best *rule
	for _, g := range r.membership(agent).groups {
		rules := r.groups[g]
		for i := range rules {
			if best != nil && !rules[i].before(best) {
				break
			}
			if rules[i].pattern.match(path) {
				best = &rules[i]
				break
			}
		}
	}
	if best == nil {
		return Decision{Allow: true}
	}
	return Decision{Allow: best.allow, Line: best.line, Rule: best.text}
}

// CrawlDelay returns the Crawl-delay of agent, the longest if it has several. It
// may exceed MaxCrawlDelay, which Pace applies. ok is false when there is none;
// that of "*" does not apply to an agent with groups of its own. Crawl-delay is
// not part of RFC 9309; its value is seconds, with or without a fraction.
func (r *Robots) CrawlDelay(agent string) (pause time.Duration, ok bool) {
	for _, i := range r.membership(agent).delays {
		if d := r.delays[i]; d.set {
			pause, ok = max(pause, d.pause), true
		}
	}
	return pause, ok
}

// membership returns the groups and delays that apply to agent.
func (r *Robots) membership(agent string) membership {
	agent, _, _ = strings.Cut(agent, "/")
	if own := r.agents[strings.ToLower(agent)]; own != nil {
		return *own
	}
	if all := r.agents["*"]; all != nil {
		return *all
	}
	return membership{}
}

// before reports whether a takes precedence over b.
func (a *rule) before(b *rule) bool {
	switch {
	case a.pattern.octets != b.pattern.octets:
		return a.pattern.octets > b.pattern.octets
	case a.allow != b.allow:
		return a.allow
	default:
		return a.line < b.line
	}
}

// pathOf returns the path and query of a URL without its fragment, at least "/".
func pathOf(rawURL string) string {
	rest, _, _ := strings.Cut(rawURL, "#")
	if before, after, ok := strings.Cut(rest, "//"); ok && !strings.ContainsAny(before, "/?") {
		rest = after
	}
	i := strings.IndexAny(rest, "/?")
	if i < 0 {
		return "/"
	}
	if rest[i] == '?' {
		return "/" + rest[i:]
	}
	return rest[i:]
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
