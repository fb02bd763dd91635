//go:build !unix

package output

import (
	"io"
	"os"
)

// lock does nothing where the system has no flock; the lock on the state keeps
// two runs apart.
func lock(*os.File) (bool, error) { return true, nil }

// closed reports whether w is a file that was closed.
func closed(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := f.Stat()
	return err != nil
}

// syncDir does nothing: Windows cannot write a folder to disk. A new name may be lost in a
// power cut.
func syncDir(string) error { return nil }
