package settle

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestNamesBeyondMemory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var n names
	var numbers []uint64
	name := func(i int) string { return fmt.Sprintf("%d%s", i, strings.Repeat("x", i%300)) }
	for i := 0; n.written < 2*namesTail; i++ {
		numbers = append(numbers, n.next())
		if err := n.add([]byte(name(i))); err != nil {
			t.Fatal(err)
		}
	}
	for i, number := range numbers {
		if got, err := n.get(number); string(got) != name(i) || err != nil {
			t.Fatalf("name %d, number %d: %.20q, %v; want %.20q", i, number, got, err, name(i))
		}
	}
	if err := n.close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
