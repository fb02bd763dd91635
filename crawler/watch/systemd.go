package watch

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// systemd tells the service manager how the daemon is, as sd_notify(3) does. The zero
// value tells nobody.
type systemd struct {
	socket string
	every  time.Duration // half of WatchdogSec; 0: there is no watchdog
	last   *time.Time    // when the watchdog heard last
}

// newSystemd reads the variables that systemd sets for a service.
func newSystemd(getenv func(string) string) systemd {
	s := systemd{socket: getenv("NOTIFY_SOCKET"), last: new(time.Time)}
	pid := getenv("WATCHDOG_PID")
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err == nil && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		s.every = time.Duration(usec) * time.Microsecond / 2
	}
	return s
}

// tell sends a message. Nobody is told when it cannot be sent: a service manager that
// needs it acts by itself.
func (s systemd) tell(message string) {
	if s.socket == "" {
		return
	}
	c, err := net.Dial("unixgram", s.socket)
	if err != nil {
		return
	}
	defer c.Close()
	c.Write([]byte(message))
}

// reloading says that the configuration is being reloaded. READY=1 ends that.
func (s systemd) reloading() {
	message := "RELOADING=1"
	if usec, ok := monotonic(); ok {
		message += fmt.Sprintf("\nMONOTONIC_USEC=%d", usec)
	}
	s.tell(message)
}

// alive keeps the watchdog quiet. Its caller serialises the calls.
func (s systemd) alive(now time.Time) {
	if s.every > 0 && now.Sub(*s.last) >= s.every/2 {
		*s.last = now
		s.tell("WATCHDOG=1")
	}
}
