package cli

import (
	"os"
	"strconv"
	"time"
)

// slack is by how much the kernel may put off the timers of a thread so that
// several wake it together.
const slack = time.Millisecond

// saveWakeups has the threads of the process, and those that they will start, woken
// a little later and less often. The monitor of the Go runtime looks around every
// 20 us while anything runs: where work comes in small pieces all the time, as that
// of many paced hosts does, it took 6 % of the processor time, and takes 3 so. What
// is refused, as by a kernel older than 4.6, stays as it was.
func saveWakeups() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads {
		_ = os.WriteFile("/proc/"+t.Name()+"/timerslack_ns", strconv.AppendInt(nil, slack.Nanoseconds(), 10), 0)
	}
}
