package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestSaveWakeups: the kernel has taken the slack for every thread there is.
func TestSaveWakeups(t *testing.T) {
	if _, err := os.ReadFile("/proc/self/timerslack_ns"); err != nil {
		t.Skip("no timer slack of other threads:", err)
	}
	saveWakeups()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads {
		got, err := os.ReadFile("/proc/" + thread.Name() + "/timerslack_ns")
		if err != nil {
			continue // it has ended
		}
		if want := fmt.Sprint(slack.Nanoseconds()); strings.TrimSpace(string(got)) != want {
			t.Errorf("thread %s: slack %s ns, want %s", thread.Name(), strings.TrimSpace(string(got)), want)
		}
	}
}
