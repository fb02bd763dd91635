package polite

import (
	"strings"
	"time"
)

// MaxRobots is how much of a robots.txt is read, in bytes: the least that RFC
// 9309 section 2.5 asks for.
const MaxRobots = 500 << 10

// Robots is a parsed robots.txt. It does not change and may be read by several
// goroutines at once.
type Robots struct {
	// Sitemaps are the values of the Sitemap lines, as written and in order.
	// They belong to no group (RFC 9309 section 2.2.4).
	Sitemaps []string

	groups []group
	agents map[string][]int // lower-case product token or "*" -> groups, ascending
}

// group is a run of user-agent lines with the rules below it.
type group struct {
	rules []rule // what decides first comes first: longest, then allow, then line
	delay time.Duration
	// hasDelay tells "Crawl-delay: 0" from none.
	hasDelay bool
}

// rule is one allow or disallow line.
type rule struct {
	pattern pattern
	allow   bool
	line    int
	text    string
}

// Decision says whether a URL may be fetched, and which line says so.
type Decision struct {
	Allow bool
	Line  int    // 1-based line of the deciding rule; 0 when no rule matched
	Rule  string // that line as written, without the space around it
}

// Decide says whether agent may fetch rawURL.
//
// agent is a product token as ProductToken returns it, compared whole and
// without regard to case; a version after a slash is ignored. Its own groups
// count together; only when it has none do those of "*" (RFC 9309 section
// 2.2.1). The longest matching rule decides, allow on equal length, and no
// matching rule means allow (section 2.2.2).
//
// rawURL is the absolute URL that will be requested; "/path?query" does too.
func (r *Robots) Decide(agent, rawURL string) Decision {
	target := pathOf(rawURL)
	if target == "/robots.txt" { // RFC 9309 section 2.2.2: implicitly allowed
		return Decision{Allow: true}
	}
	path := newPath(target)
	var best *rule
	for _, g := range r.groupsOf(agent) {
		rules := r.groups[g].rules
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

// CrawlDelay returns the longest Crawl-delay of agent's groups, as written: it
// may exceed MaxCrawlDelay, which Pace applies. ok is false when they have
// none. Crawl-delay is no part of RFC 9309; its value is seconds, with or
// without a fraction.
func (r *Robots) CrawlDelay(agent string) (delay time.Duration, ok bool) {
	for _, i := range r.groupsOf(agent) {
		if g := r.groups[i]; g.hasDelay {
			delay, ok = max(delay, g.delay), true
		}
	}
	return delay, ok
}

// groupsOf returns the groups that agent obeys.
func (r *Robots) groupsOf(agent string) []int {
	agent, _, _ = strings.Cut(agent, "/")
	if own, ok := r.agents[strings.ToLower(agent)]; ok {
		return own
	}
	return r.agents["*"]
}

// before reports whether a decides when both a and b match.
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

// pathOf returns path and query of a URL: at least "/", no fragment. What comes
// before the first "/" or "?" is scheme and authority.
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
