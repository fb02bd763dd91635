package polite

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// vector is one line of vectors/robots_*.jsonl.
type vector struct {
	ID         string `json:"id"`
	GoogleOnly bool   `json:"google_only"`
	Robots     string `json:"robots"`
	Agent      string `json:"agent"`
	URL        string `json:"url"`
	Allow      bool   `json:"allow"`
}

func readVectors(t *testing.T, name string) []vector {
	t.Helper()
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is not set: it names the folder of measuring data")
	}
	f, err := os.Open(filepath.Join(dir, "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("%s line %d: %v", name, len(all)+1, err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%s: %d vectors, error %v", name, len(all), err)
	}
	return all
}

func TestGoogleVectors(t *testing.T) {
	var rfc, google int
	for _, v := range readVectors(t, "robots_google.jsonl") {
		if v.GoogleOnly {
			google++
		} else {
			rfc++
		}
		d := ParseRobots([]byte(v.Robots)).Decide(v.Agent, v.URL)
		if d.Allow != v.Allow {
			t.Errorf("%s: Decide(%q, %q) = %+v, want allow %v\n%s", v.ID, v.Agent, v.URL, d, v.Allow, v.Robots)
		}
	}
	t.Logf("%d RFC cases, %d Google-only cases", rfc, google)
}

func TestCrawlerCommonsVectors(t *testing.T) {
	// Vectors with a different decision, and the reason.
	differ := map[string]string{
		"cc/testUnicodeUnescapedPaths/7": "the original gives the file as ISO-8859-1, where ü is %FC; as UTF-8 text it is %C3%BC, which matches",
		"cc/testMultiWordAgentName/1":    "a product token has no space (RFC 9309 section 2.2.1); google/GoogleOnly_AcceptUserAgentUpToFirstSpace/2 wants the opposite",
	}
	all := readVectors(t, "robots_cc.jsonl")
	wrong := 0
	for _, v := range all {
		d := ParseRobots([]byte(v.Robots)).Decide(v.Agent, v.URL)
		if d.Allow == v.Allow {
			continue
		}
		wrong++
		if differ[v.ID] == "" {
			t.Errorf("%s: Decide(%q, %q) = %+v, want allow %v\n%s", v.ID, v.Agent, v.URL, d, v.Allow, v.Robots)
		}
	}
	t.Logf("%d of %d agree", len(all)-wrong, len(all))
	if wrong*20 > len(all) {
		t.Errorf("%d of %d differ, want at most 5 %%", wrong, len(all))
	}
}
