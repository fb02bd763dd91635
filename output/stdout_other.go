//go:build !unix

package output

import (
	"io"
	"os"
)

// closed reports whether w is a file that was closed.
func closed(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := f.Stat()
	return err != nil
}
