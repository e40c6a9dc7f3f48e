package work

import (
	"fmt"
	"os"
	"path/filepath"
)

// scratch is a folder for the files of one job. It goes with the job.
type scratch string

func newScratch(temp, kind string) (scratch, error) {
	dir, err := os.MkdirTemp(temp, kind+"-*")
	if err != nil {
		return "", fmt.Errorf("making a folder for the job's files: %w", err)
	}
	return scratch(dir), nil
}

func (s scratch) file(format string, args ...any) string {
	return filepath.Join(string(s), fmt.Sprintf(format, args...))
}

// remove takes the folder away. What cannot be removed now goes with EmptyTemp.
func (s scratch) remove() { _ = os.RemoveAll(string(s)) }

// EmptyTemp makes the folder for the jobs' files, or removes what a crash left in
// it. It is called at start, by the one process that uses the folder.
func EmptyTemp(dir string) error {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("preparing the folder for temporary files: %w", err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("emptying the folder for temporary files: %w", err)
		}
	}
	return nil
}
