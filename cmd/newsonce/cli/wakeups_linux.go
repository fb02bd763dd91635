package cli

import (
	"errors"
	"io/fs"
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
// of many paced hosts does, it took 6 % of the processor time, and takes 3 so. For
// any thread but its own the kernel asks for CAP_SYS_NICE, which root has: with an
// error, other threads stay as they were, the monitor among them.
func saveWakeups() error {
	threads, err := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		e := os.WriteFile("/proc/"+t.Name()+"/timerslack_ns", strconv.AppendInt(nil, slack.Nanoseconds(), 10), 0)
		if !errors.Is(e, fs.ErrNotExist) { // it has ended
			err = errors.Join(err, e)
		}
	}
	return err
}
