package output

import (
	"errors"
	"os"
	"path/filepath"
)

// disk changes files and reports free space by the functions of the system, in
// place of which tests put failing ones.
type disk struct {
	write    func(f *os.File, b []byte, at int64) error
	truncate func(f *os.File, size int64) error
	sync     func(f *os.File) error // bytes and length
	rename   func(from, to string) error
	syncDir  func(dir string) error // names
	free     func(dir string) (bytes int64, ok bool)
}

// makeDir makes dir and its parents, durably.
func (d disk) makeDir(dir string) error {
	err := os.Mkdir(dir, 0o755)
	if errors.Is(err, os.ErrNotExist) {
		if err := d.makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o755)
	}
	if err == nil {
		return d.syncDir(filepath.Dir(dir))
	}
	if info, statErr := os.Stat(dir); statErr == nil && info.IsDir() {
		return nil
	}
	return err
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
	free:     FreeSpace,
}
