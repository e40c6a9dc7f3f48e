package servicetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Root returns the repository: the nearest folder above the working directory
// that holds go.mod.
func Root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		up := filepath.Dir(folder)
		if up == folder {
			return "", errors.New("no go.mod above the working directory: run this in the repository")
		}
		folder = up
	}
}

// Build makes the program from the tree as it is and returns its path, below out
// in the repository. Processes that build at the same time wait for each other;
// one that runs an older build keeps it.
func Build(ctx context.Context) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, "out", "servicetest")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("building the program: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(folder, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", fmt.Errorf("building the program: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("waiting for another build: %w", err)
	}
	fresh, program := filepath.Join(folder, "mattebox.new"), filepath.Join(folder, "mattebox")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", fresh, "./cmd/mattebox")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	if err := os.Rename(fresh, program); err != nil {
		return "", fmt.Errorf("building the program: %w", err)
	}
	return program, nil
}
