package source

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Files returns the files that patterns name: paths, patterns of filepath.Match, or
// "-" for standard input. Each file is returned once, sorted, "-" last. A pattern that
// names no file is an error; directories are left out.
func Files(patterns []string) ([]string, error) {
	var files []string
	var errs []error
	stdin := false
	for _, pattern := range patterns {
		if pattern == "-" {
			stdin = true
			continue
		}
		found, err := match(pattern)
		if err != nil {
			errs = append(errs, err)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	if stdin {
		files = append(files, "-")
	}
	return files, errors.Join(errs...)
}

// match returns the files of one pattern.
func match(pattern string) ([]string, error) {
	if info, err := os.Stat(pattern); err == nil && !info.IsDir() {
		return []string{pattern}, nil
	}
	found, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("file pattern %q: %w", pattern, err)
	}
	found = slices.DeleteFunc(found, func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || info.IsDir()
	})
	if len(found) == 0 {
		return nil, fmt.Errorf("no file matches %s", pattern)
	}
	return found, nil
}
