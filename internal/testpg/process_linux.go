package testpg

import "syscall"

// attributes starts a process as a user, nil for that of this one, in a group of its own: a
// signal to the test's group would stop the server too late for its clean end.
func attributes(u *account) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if u != nil {
		a.Credential = &syscall.Credential{Uid: u.Uid, Gid: u.Gid}
	}
	return a
}
