package filter

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/dedupe"
)

func TestIDsBeyondMemory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var n ids
	var numbers []uint64
	id := func(i int) string { return fmt.Sprintf("%d%s", i, strings.Repeat("x", i%300)) }
	for i := 0; n.written < 2*maxTail; i++ {
		numbers = append(numbers, n.next())
		if err := n.add(dedupe.Doc{}, 0, []byte(id(i))); err != nil {
			t.Fatal(err)
		}
	}
	for i, number := range numbers {
		if got, err := n.id(number); string(got) != id(i) || err != nil {
			t.Fatalf("id %d, number %d: %.20q, %v; want %.20q", i, number, got, err, id(i))
		}
	}
	if err := n.close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
