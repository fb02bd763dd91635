package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestSaveWakeups: the kernel has taken the slack for every thread there was.
func TestSaveWakeups(t *testing.T) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	switch err := saveWakeups(); {
	case errors.Is(err, fs.ErrPermission): // also of root, in most containers
		t.Skip("needs CAP_SYS_NICE:", err)
	case err != nil:
		t.Fatal(err)
	}
	checked := 0
	for _, thread := range threads {
		got, err := os.ReadFile("/proc/" + thread.Name() + "/timerslack_ns")
		if err != nil {
			continue // it has ended
		}
		checked++
		if want := fmt.Sprint(slack.Nanoseconds()); strings.TrimSpace(string(got)) != want {
			t.Errorf("thread %s: slack %s ns, want %s", thread.Name(), strings.TrimSpace(string(got)), want)
		}
	}
	if checked == 0 {
		t.Skip("the kernel tells no timer slack")
	}
}
