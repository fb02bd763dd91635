package output

import (
	"os"

	"golang.org/x/sys/unix"
)

// datasync makes f's bytes and length durable. The modification time may be
// lost, which saves a journal write a commit.
func datasync(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if err != unix.EINTR {
			return err
		}
	}
}
