package output

import (
	"fmt"
	"os"
)

// disk is what changes files. Its functions are those of the system; tests
// have them fail.
type disk struct {
	write    func(f *os.File, b []byte, at int64) error
	truncate func(f *os.File, size int64) error
	sync     func(f *os.File) error // bytes and length
	rename   func(from, to string) error
	syncDir  func(dir string) error // names
}

var system = disk{
	write: func(f *os.File, b []byte, at int64) error {
		_, err := f.WriteAt(b, at)
		return err
	},
	truncate: (*os.File).Truncate,
	sync:     datasync,
	rename:   os.Rename,
	syncDir:  syncDir,
}

// syncDir makes a new name in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder %s: %w", dir, plain(err))
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, plain(err))
	}
	return nil
}
