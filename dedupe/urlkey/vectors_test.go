package urlkey

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vectors decodes a file of lines below $NEWSONCE_DATA, or skips the test.
func vectors[T any](t *testing.T, name string) []T {
	t.Helper()
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is not set: no vectors to measure against")
	}
	f, err := os.Open(filepath.Join(dir, "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []T
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWebPlatformVectors compares Href with the web platform tests: every case
// whose result is http or https or, if it must fail, whose input or base is.
// Fragments are removed from the expected results.
func TestWebPlatformVectors(t *testing.T) {
	type vector struct {
		ID, Input string
		Base      *string
		Href      *string
	}
	isWeb := func(s string) bool {
		s = strings.ToLower(trim(s))
		return strings.HasPrefix(s, "http:") || strings.HasPrefix(s, "https:")
	}
	total, right := 0, 0
	for _, v := range vectors[vector](t, "url_wpt.jsonl") {
		var base string
		if v.Base != nil {
			base = *v.Base
		}
		if (v.Href != nil && !isWeb(*v.Href)) || (v.Href == nil && !isWeb(v.Input) && !isWeb(base)) {
			// Another scheme is an error of its own.
			if scheme := schemeOf(trim(withoutBreaks(v.Input))); scheme != "" && !isWeb(scheme+":") {
				if _, err := Parse(v.Input); !errors.Is(err, ErrScheme) {
					t.Errorf("%s: Parse(%q) error %v, want ErrScheme", v.ID, v.Input, err)
				}
			}
			continue
		}
		total++
		want := "failure"
		if v.Href != nil {
			want, _, _ = strings.Cut(*v.Href, "#")
		}
		got := "failure"
		u, err := parseWith(base, v.Input)
		if err == nil {
			got = u.Href
		}
		if got == want {
			right++
		} else {
			t.Errorf("%s: %q on %q: got %q (%v), want %q", v.ID, v.Input, base, got, err, want)
		}
	}
	t.Logf("%d of %d (%.1f %%)", right, total, 100*float64(right)/float64(total))
}

func parseWith(base, input string) (URL, error) {
	if base == "" {
		return Parse(input)
	}
	b, err := NewBase(base)
	if errors.Is(err, ErrScheme) {
		return Parse(input) // an http URL does not depend on a base of another scheme
	}
	if err != nil {
		return URL{}, err
	}
	return b.Resolve(input)
}

// otherRules lists vectors where the rules of the other crawler differ, with the
// reason. They do not count.
var otherRules = map[string]string{
	"ccnorm/134": "file: no web page",
	"ccnorm/178": "file: no web page",
	"ccnorm/184": "file: no web page",
	"ccnorm/185": "file: no web page",
	"ccnorm/177": "ftp: no web page",
	"ccnorm/154": "quotes around a URL: a link that starts so is relative to a browser",
	"ccnorm/175": "no scheme: relative to a browser",
	"ccnorm/209": "a parameter without a name is kept: on some servers it chooses the page",
}

// TestCommonCrawlVectors compares Key with the normal forms of another crawler's
// tests. These keep the scheme, which is unified here before comparing.
func TestCommonCrawlVectors(t *testing.T) {
	type vector struct {
		ID, Input string
		Want      *string
	}
	total, right := 0, 0
	for _, v := range vectors[vector](t, "url_norm_cc.jsonl") {
		want := "failure"
		if v.Want != nil {
			want = strings.Replace(*v.Want, "https://", "http://", 1)
		}
		got := "failure"
		u, err := Parse(v.Input)
		if err == nil {
			got = u.Key
		}
		if why := otherRules[v.ID]; why != "" {
			if got == want {
				t.Errorf("%s agrees now: the table says %q", v.ID, why)
			}
			continue
		}
		total++
		if got == want {
			right++
		} else {
			t.Errorf("%s: Key of %q: got %q (%v), want %q", v.ID, v.Input, got, err, want)
		}
	}
	t.Logf("%d of %d (%.1f %%), %d differ by rule", right, total, 100*float64(right)/float64(total), len(otherRules))
}
