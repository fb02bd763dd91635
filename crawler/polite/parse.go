package polite

import (
	"bytes"
	"sort"
	"strconv"
	"strings"
	"time"
)

// maxLine is the length up to which a line is read, in bytes. Google's parser
// allows eight times the longest URL of old browsers, 2083, minus one.
const maxLine = 8*2083 - 1

// fields maps the name of a line, in lower case, to its meaning. It includes the
// misspellings that Google's parser accepts.
var fields = map[string]string{
	"user-agent": "user-agent", "useragent": "user-agent", "user agent": "user-agent",
	"allow":    "allow",
	"disallow": "disallow", "dissallow": "disallow", "dissalow": "disallow",
	"disalow": "disallow", "diasllow": "disallow", "disallaw": "disallow",
	"sitemap": "sitemap", "site-map": "sitemap",
	"crawl-delay": "crawl-delay", "crawldelay": "crawl-delay", "crawl delay": "crawl-delay",
}

// ParseRobots parses the first MaxRobots bytes of a robots.txt. It drops a line cut
// by that limit, since half a rule may disallow a whole site. It never fails:
// unknown lines are skipped, and an empty body allows everything.
func ParseRobots(body []byte) *Robots {
	p := parser{robots: &Robots{agents: map[string]*membership{}}}
	rest := string(withoutBOM(firstLines(body)))
	for rest != "" {
		var line string
		line, rest = nextLine(rest)
		p.line++
		p.read(strings.TrimSpace(line))
	}
	for _, g := range p.robots.groups {
		sort.Slice(g, func(i, j int) bool { return g[i].before(&g[j]) })
	}
	return p.robots
}

// parser holds the state between two lines.
type parser struct {
	robots    *Robots
	line      int
	groupOpen bool // the last group has no rule yet: user-agent lines add to it
	delayOpen bool // the last delay is not set yet: those of its group add to it
}

func (p *parser) read(line string) {
	name, value := splitLine(line)
	switch fields[strings.ToLower(name)] {
	case "user-agent":
		p.userAgent(value)
	case "allow":
		p.rule(value, true, line)
	case "disallow":
		p.rule(value, false, line)
	case "sitemap":
		if value != "" {
			p.robots.Sitemaps = append(p.robots.Sitemaps, value)
		}
	case "crawl-delay":
		p.crawlDelay(value)
	}
}

// userAgent starts a group, or adds to one without rules. A value without a token
// starts a group too, so that the rules below do not join the group above.
func (p *parser) userAgent(value string) {
	r := p.robots
	if !p.groupOpen {
		r.groups = append(r.groups, nil)
	}
	if !p.groupOpen || !p.delayOpen {
		r.delays = append(r.delays, delay{})
	}
	p.groupOpen, p.delayOpen = true, true
	agent := strings.ToLower(leadingToken(value))
	if value == "*" || strings.HasPrefix(value, "* ") || strings.HasPrefix(value, "*\t") {
		agent = "*"
	}
	if agent == "" {
		return
	}
	m := r.agents[agent]
	if m == nil {
		m = new(membership)
		r.agents[agent] = m
	}
	m.groups = appendOnce(m.groups, len(r.groups)-1)
	m.delays = appendOnce(m.delays, len(r.delays)-1)
}

// appendOnce appends to an ascending list without repetitions.
func appendOnce(list []int, i int) []int {
	if len(list) > 0 && list[len(list)-1] == i {
		return list
	}
	return append(list, i)
}

// rule adds a rule to the last group. A rule before the first user-agent line is
// ignored (RFC 9309 section 2.2.1), and one with an empty pattern matches nothing.
func (p *parser) rule(value string, allow bool, line string) {
	p.groupOpen = false
	last := len(p.robots.groups) - 1
	if last < 0 || value == "" {
		return
	}
	add := func(value string) {
		p.robots.groups[last] = append(p.robots.groups[last], rule{newPattern(value, allow), allow, p.line, line})
	}
	add(value)
	// As in Google's parser, allowing the index page allows its folder.
	if i := strings.LastIndexByte(value, '/'); allow && i >= 0 && strings.HasPrefix(value[i:], "/index.htm") {
		add(value[:i+1] + "$")
	}
}

// crawlDelay sets the delay of the user-agent lines above it. Rules below still
// belong to these lines too: by RFC 9309 section 2.2.4 no other record ends a
// group.
func (p *parser) crawlDelay(value string) {
	p.delayOpen = false
	last := len(p.robots.delays) - 1
	pause, ok := parseDelay(value)
	if last < 0 || !ok {
		return
	}
	d := &p.robots.delays[last]
	d.pause, d.set = max(d.pause, pause), true
}

// parseDelay reads seconds such as "10", "0.5" or "2 # two", up to a day.
func parseDelay(value string) (time.Duration, bool) {
	end := strings.IndexFunc(value, func(c rune) bool { return c != '.' && (c < '0' || c > '9') })
	if end < 0 {
		end = len(value)
	}
	seconds, err := strconv.ParseFloat(value[:end], 64)
	if err != nil && seconds == 0 { // out of range gives +Inf, which is a day
		return 0, false
	}
	const day = 24 * time.Hour
	return time.Duration(min(seconds, day.Seconds()) * float64(time.Second)), true
}

// splitLine returns the name and value of "name: value # comment". As in Google's
// parser, the colon may be missing between exactly two words.
func splitLine(line string) (name, value string) {
	line = line[:min(len(line), maxLine)]
	line, _, _ = strings.Cut(line, "#")
	if name, value, ok := strings.Cut(line, ":"); ok {
		return strings.TrimSpace(name), strings.TrimSpace(value)
	}
	if words := strings.Fields(line); len(words) == 2 {
		return words[0], words[1]
	}
	return "", ""
}

// nextLine cuts at the first LF, CR or CRLF.
func nextLine(s string) (line, rest string) {
	i := strings.IndexAny(s, "\r\n")
	if i < 0 {
		return s, ""
	}
	if strings.HasPrefix(s[i:], "\r\n") {
		return s[:i], s[i+2:]
	}
	return s[:i], s[i+1:]
}

// firstLines returns the whole lines among the first MaxRobots bytes.
func firstLines(body []byte) []byte {
	if len(body) <= MaxRobots {
		return body
	}
	return body[:bytes.LastIndexAny(body[:MaxRobots+1], "\r\n")+1]
}

// withoutBOM drops a UTF-8 byte order mark, or the start of a broken one.
func withoutBOM(body []byte) []byte {
	for _, c := range []byte("\xef\xbb\xbf") {
		if len(body) == 0 || body[0] != c {
			break
		}
		body = body[1:]
	}
	return body
}
