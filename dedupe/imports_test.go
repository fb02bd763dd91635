package dedupe

import (
	"os/exec"
	"strings"
	"testing"
)

// TestStandsAlone keeps the packages useful to somebody who never crawls: they
// import nothing of this module but each other.
func TestStandsAlone(t *testing.T) {
	const module = "github.com/newsonce/newsonce"
	out, err := exec.Command("go", "list", "-deps", "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list -deps ./...: %v\n%s", err, out)
	}
	listed := 0
	for path := range strings.FieldsSeq(string(out)) {
		switch path {
		case module + "/dedupe", module + "/dedupe/urlkey":
			listed++
		default:
			if path == module || strings.HasPrefix(path, module+"/") {
				t.Errorf("dedupe depends on %s", path)
			}
		}
	}
	if listed != 2 {
		t.Errorf("go list names %d of the 2 packages", listed)
	}
}
