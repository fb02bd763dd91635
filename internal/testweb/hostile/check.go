package hostile

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// spaced returns c with a pause between any two requests.
func (c Case) spaced(pause time.Duration) Case {
	c.Want.Check = func(s *Server, _ []map[string]any) (wrong []string) {
		log := s.Log()
		for i := 1; i < len(log); i++ {
			if gap := log[i].At.Sub(log[i-1].At); gap < pause-5*time.Millisecond {
				wrong = append(wrong, fmt.Sprintf("%s was requested %v after %s", log[i].Path, gap, log[i-1].Path))
			}
		}
		return wrong
	}
	return c
}

// pausedFor checks that no request came within a pause after the first one for
// /news/bad.
func pausedFor(pause time.Duration) func(*Server, []map[string]any) []string {
	return func(s *Server, _ []map[string]any) []string {
		var from time.Time
		for _, r := range s.Log() {
			switch {
			case from.IsZero() && r.Path == "/news/bad":
				from = r.At
			case !from.IsZero() && r.At.Sub(from) < pause:
				return []string{r.Path + " was requested " + r.At.Sub(from).String() + " although the server asked for " + pause.String()}
			}
		}
		return nil
	}
}

// neverSent checks that no request carries a header.
func neverSent(name string) func(*Server, []map[string]any) []string {
	return func(s *Server, _ []map[string]any) []string {
		for _, r := range s.Log() {
			if r.Header.Get(name) != "" {
				return []string{fmt.Sprintf("%s%s was requested with %s: %s", r.Host, r.Path, name, r.Header.Get(name))}
			}
		}
		return nil
	}
}

// secretsStay checks that only the first host gets the headers of the site.
func secretsStay(s *Server, _ []map[string]any) (wrong []string) {
	own := false
	for _, r := range s.Log() {
		sent := r.Header.Get("X-Api-Key") + r.Header.Get("Authorization") + r.Header.Get("Cookie")
		if r.Host == s.Friend && sent != "" {
			wrong = append(wrong, fmt.Sprintf("%s%s was sent %q", r.Host, r.Path, sent))
		}
		own = own || r.Host == s.Host && strings.Contains(sent, "secretword")
	}
	if !own {
		wrong = append(wrong, "the site itself was never sent its headers")
	}
	return wrong
}

// secretOverTLS checks that the headers and cookies of the site went to the
// secure host, and to no other.
func secretOverTLS(s *Server, _ []map[string]any) (wrong []string) {
	own := false
	for _, r := range s.Log() {
		sent := r.Header.Get("Authorization") + r.Header.Get("Cookie")
		if r.Host != s.Secure[0] && sent != "" {
			wrong = append(wrong, r.Host+r.Path+" was sent "+sent+" in the clear")
		}
		own = own || r.Host == s.Secure[0] && strings.Contains(sent, "secretword")
	}
	if !own {
		wrong = append(wrong, "the site itself was never sent its headers")
	}
	return wrong
}

// onlyHost checks that the friend received no request.
func onlyHost(s *Server, _ []map[string]any) (wrong []string) {
	for _, r := range s.Log() {
		if r.Host != s.Host {
			wrong = append(wrong, r.Host+r.Path+" was requested")
		}
	}
	return wrong
}

// shortCookies checks the length of the cookies sent.
func shortCookies(s *Server, _ []map[string]any) (wrong []string) {
	sent := false
	for _, r := range s.Log() {
		n := len(strings.Join(r.Header["Cookie"], ""))
		if sent = sent || n > 0; n > 8<<10 {
			wrong = append(wrong, fmt.Sprintf("%s was requested with %d bytes of cookies", r.Path, n))
		}
	}
	if !sent {
		wrong = append(wrong, "no cookie was sent")
	}
	return wrong
}

// ownURL checks that every item has a URL of the site.
func ownURL(s *Server, items []map[string]any) (wrong []string) {
	for _, it := range items {
		for _, key := range []string{"url", "canonical_url"} {
			if u, _ := it[key].(string); u != "" && !strings.HasPrefix(u, "http://"+s.Host+"/") {
				wrong = append(wrong, fmt.Sprintf("%s is %s", key, u))
			}
		}
	}
	return wrong
}

// noBroken checks that no article but the sound ones holds a replacement
// character.
func noBroken(_ *Server, items []map[string]any) (wrong []string) {
	for _, it := range items {
		if text := fmt.Sprint(it["title"], it["content_text"]); it["type"] == "article" && strings.Contains(text, "\ufffd") {
			wrong = append(wrong, fmt.Sprintf("an article with U+FFFD was written: %.80q", text))
		}
	}
	return wrong
}

// noControls checks that no string of an item holds a control character.
func noControls(_ *Server, items []map[string]any) (wrong []string) {
	for _, it := range items {
		for key, value := range it {
			if text, ok := value.(string); ok && strings.ContainsFunc(text, isControl) {
				wrong = append(wrong, key+" of "+strconv.Quote(it["url"].(string))+" holds control characters: "+strconv.Quote(text[:min(len(text),
					80)]))
			}
		}
	}
	return wrong
}

func isControl(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 }

// titlesUnder checks the length of written titles.
func titlesUnder(n int) func(*Server, []map[string]any) []string {
	return func(_ *Server, items []map[string]any) (wrong []string) {
		for _, it := range items {
			if title, _ := it["title"].(string); len(title) > n {
				wrong = append(wrong, fmt.Sprintf("a title of %d bytes was written", len(title)))
			}
		}
		return wrong
	}
}

// noPassword checks that no string of an item holds the password.
func noPassword(_ *Server, items []map[string]any) (wrong []string) {
	for _, it := range items {
		if text := fmt.Sprint(it); strings.Contains(text, "secretword") {
			wrong = append(wrong, fmt.Sprintf("an item holds the password: %.200s", text))
		}
	}
	return wrong
}
