package state

import "testing"

func TestStateNames(t *testing.T) {
	want := []string{"queued", "done", "alias", "gone", "refused", "failed"}
	for i, name := range want {
		if got := URLState(i).String(); got != name {
			t.Errorf("state %d is %q, want %q", i, got, name)
		}
	}
}
