package dedupe

import (
	"os/exec"
	"strings"
	"testing"
)

// TestStandsAlone keeps the packages useful without a crawl: they import nothing
// of this module but each other.
func TestStandsAlone(t *testing.T) {
	const module = "github.com/newsonce/newsonce"
	out, err := exec.Command("go", "list", "-deps", "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list -deps ./...: %v\n%s", err, out)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(path, module+"/") && !strings.HasPrefix(path+"/", module+"/dedupe/") {
			t.Errorf("dedupe depends on %s", path)
		}
	}
	if !strings.Contains(string(out), module+"/dedupe/urlkey") {
		t.Errorf("go list does not name dedupe/urlkey:\n%s", out)
	}
}
