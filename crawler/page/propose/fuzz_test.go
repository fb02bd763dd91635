package propose

import (
	"regexp"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// FuzzAppend: taking the block out again gives the old text, but for a line
// end that its last line lacked.
func FuzzAppend(f *testing.F) {
	for _, s := range []string{"sites:\n  - name: a\n", "sites:\n- name: a\nworkers: 4", "a: b\nsites: # here\n\n\n# end\n", "sites:\r\n  - name: a\r\n", "sites: [a]\n"} {
		f.Add(s)
	}
	const mark = "  - name: added-by-the-test\n"
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Append(text, mark)
		if err != nil || strings.Contains(text, "added-by-the-test") {
			return
		}
		at := strings.Index(got, "- name: added-by-the-test")
		if at < 0 {
			t.Fatalf("%q: the block is not in %q", text, got)
		}
		before := got[:strings.LastIndexByte(got[:at], '\n')+1]
		_, after, _ := strings.Cut(got[at:], "\n")
		if back := before + after; back != text && back != text+"\n" {
			t.Errorf("%q gave %q", text, got)
		}
	})
}

// FuzzArticlePattern: a pattern compiles, and matches the article that it was
// made for.
func FuzzArticlePattern(f *testing.F) {
	f.Add("https://a.example/en/article/7228/", "https://a.example/en/article/7229/")
	f.Add("https://a.example/2023/07/13/a-b-c.html", "https://a.example/2023/7/1/d-e-f.html")
	f.Add("https://a.example/x.php?id=100&a=(", "https://a.example/x.php?id=200")
	f.Add("https://a.example/en/artic|e/7", "https://a.example/en/a[c]le/7229/")
	f.Fuzz(func(t *testing.T, own, other string) {
		for _, u := range []*string{&own, &other} {
			parsed, err := urlkey.Parse(*u)
			if err != nil {
				return
			}
			*u = parsed.Href
		}
		samples := []sample{newSample(own, "a", ownWeight), newSample(other, "a", 1), newSample(other, "a", 1)}
		pattern := articlePattern(samples, own)
		re, err := regexp.Compile(pattern)
		if err != nil {
			t.Fatalf("articlePattern(%q, %q) = %q: %v", own, other, pattern, err)
		}
		if len(pattern) > maxPattern || pattern != "" && !re.MatchString(own) {
			t.Errorf("articlePattern(%q, %q) = %q does not match the first", own, other, pattern)
		}
	})
}
