package polite

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzRobots checks that any bytes give the same decision twice, explained by a
// line of the file, and that an agent without a group may fetch everything.
func FuzzRobots(f *testing.F) {
	for _, file := range []string{
		"", "\xef\xbb\xbfUser-agent: *\r\nDisallow: /a*b$\r\nAllow: /\r\n",
		"user-agent a\ruser-agent: b/1\rdisallow: /%7e%E3?x=/\rcrawl-delay: 1.5\rsitemap: x",
		"Disallow: /\nUser-agent:\nDisallow:\nUseragent: *\nDissallow: *\n",
	} {
		f.Add([]byte(file), "newsonce", "https://a.example/a/b?c=%2f")
	}
	f.Fuzz(func(t *testing.T, body []byte, agent, url string) {
		r := ParseRobots(body)
		d := r.Decide(agent, url)
		if again := ParseRobots(body).Decide(agent, url); again != d {
			t.Fatalf("Decide = %+v, then %+v", d, again)
		}
		if d.Line == 0 && (!d.Allow || d.Rule != "") {
			t.Fatalf("decision without a line: %+v", d)
		}
		if d.Line > 0 && !strings.Contains(string(body), d.Rule) {
			t.Fatalf("rule is not in the file: %+v", d)
		}
		if delay, ok := r.CrawlDelay(agent); delay < 0 || !ok && delay != 0 {
			t.Fatalf("CrawlDelay = %v, %v", delay, ok)
		}
		// A file for one agent does not restrict the others.
		file := "User-agent: listed\n" + strings.ReplaceAll(string(body), "*", "")
		if r := ParseRobots([]byte(file)); len(r.agents) == 1 {
			if d := r.Decide("unlisted", url); !d.Allow {
				t.Fatalf("Decide of an unlisted agent = %+v\n%q", d, file)
			}
		}
	})
}

// FuzzPattern compares a pattern with an equivalent regular expression. It uses only
// characters that normalisation leaves alone; TestPatterns covers the others.
func FuzzPattern(f *testing.F) {
	f.Add("/a*b$", "/axb")
	f.Add("/*a*a*b", "/aaaab")
	f.Add("*$", "/")
	f.Add("/a$*b", "/a%24b")
	f.Fuzz(func(t *testing.T, pattern, target string) {
		keep := func(c rune) rune {
			if c < 0x80 && (isLetter(byte(c)) || c == '/' || c == '*' || c == '$') {
				return c
			}
			return -1
		}
		pattern = strings.Map(keep, pattern)
		target = "/" + strings.NewReplacer("*", "", "$", "").Replace(strings.Map(keep, target))
		got := newPattern(pattern, true).match(newPath(target))
		if want := reference(pattern).MatchString(target); got != want {
			t.Fatalf("%q matches %q: %v, want %v", pattern, target, got, want)
		}
	})
}

// reference turns a pattern into a regular expression.
func reference(pattern string) *regexp.Regexp {
	text, anchored := strings.CutSuffix(pattern, "$")
	expr := "^" + strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, ".*")
	if anchored {
		expr += "$"
	}
	return regexp.MustCompile(expr)
}

// TestDecideAsTheReference generates files of a few agents and short paths, and
// compares Decide with a loop over all lines.
func TestDecideAsTheReference(t *testing.T) {
	type line struct{ name, value string }
	agents := []string{"*", "a", "b", "A", "ab"}
	lineOf := rapid.Custom(func(t *rapid.T) line {
		name := rapid.SampledFrom([]string{"user-agent", "allow", "disallow", "other"}).Draw(t, "name")
		if name == "user-agent" {
			return line{name, rapid.SampledFrom(agents).Draw(t, "agent")}
		}
		return line{name, rapid.StringMatching(`(/[ab/*]{0,4}\$?)?`).Draw(t, "path")}
	})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(lineOf, 0, 12).Draw(t, "lines")
		agent := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "agent")
		path := rapid.StringMatching(`/[ab/]{0,5}`).Draw(t, "path")
		var file strings.Builder
		for _, l := range lines {
			file.WriteString(l.name + ": " + l.value + "\n")
		}

		// obeyed: which tokens the lines above belong to, read line by line.
		decide := func(token string) (named bool, d Decision) {
			d, longest := Decision{Allow: true}, 0
			mine, row := false, false
			for i, l := range lines {
				switch l.name {
				case "user-agent":
					if !row {
						mine = false
					}
					mine, row = mine || strings.EqualFold(l.value, token), true
					named = named || mine
				case "allow", "disallow":
					row = false
					allow := l.name == "allow"
					if !mine || l.value == "" || !reference(l.value).MatchString(path) {
						continue
					}
					if n := len(l.value); n > longest || n == longest && allow && !d.Allow {
						longest, d = n, Decision{allow, i + 1, l.name + ": " + l.value}
					}
				}
			}
			return named, d
		}
		named, want := decide(agent)
		if !named {
			_, want = decide("*")
		}
		if got := ParseRobots([]byte(file.String())).Decide(agent, "https://a.example"+path); got != want {
			t.Fatalf("Decide(%q, %q) = %+v, want %+v\n%s", agent, path, got, want, file.String())
		}
	})
}
