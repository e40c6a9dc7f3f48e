package weights

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"mattebox"
)

// State is how an entry's file is found.
type State string

// The states.
const (
	Ready   State = "ready"
	Missing State = "missing"
	Damaged State = "damaged" // not the bytes that the manifest names: broken off, altered, or of another version
)

// Status is what is known of an entry's file.
type Status struct {
	Entry Entry
	Path  string // where the file is or would be
	State State
	Mend  string // the command that brings it to Ready; empty when it is
}

// stamp remembers a check, so that a start need not read 176 MB again. It is
// kept beside the file and trusted only for the very size and time it names.
type stamp struct {
	Size    int64  `json:"size"`
	ModTime int64  `json:"mod_time"` // nanoseconds since 1970
	SHA256  string `json:"sha256"`
}

// Status says how the file of the entry of that name is. The file is read only
// when its stamp is missing or older than it; otherwise its size and time
// stand for its bytes (Verify reads them).
func (s *Store) Status(name string) (Status, error) {
	e, err := s.Entry(name)
	if err != nil {
		return Status{}, err
	}
	return s.examine(context.Background(), e, false)
}

// Verify says how the file of the entry of that name is, after reading all of it.
func (s *Store) Verify(ctx context.Context, name string) (Status, error) {
	e, err := s.Entry(name)
	if err != nil {
		return Status{}, err
	}
	return s.examine(ctx, e, true)
}

func (s *Store) examine(ctx context.Context, e Entry, whole bool) (Status, error) {
	status := Status{Entry: e, Path: s.path(e), State: Missing, Mend: mend(e)}
	want, known := e.Installed()
	if !known {
		return status, nil
	}
	info, err := os.Stat(status.Path)
	if isMissing(err) {
		return status, nil
	}
	if err != nil {
		return Status{}, mattebox.Wrap(mattebox.CodeUnavailable, err, "looking at %s", status.Path)
	}
	status.State = Damaged
	if info.Size() != want.Size || !info.Mode().IsRegular() {
		return status, nil
	}
	if whole || !stamped(status.Path, info, want) {
		got, err := sumFile(ctx, status.Path)
		if err != nil {
			return Status{}, err
		}
		if got != want {
			return status, nil
		}
		// A store that cannot be written is still good to read: the next start
		// checks again.
		_ = writeStamp(status.Path, want)
	}
	status.State, status.Mend = Ready, ""
	return status, nil
}

// mend returns the command that installs the entry.
func mend(e Entry) string {
	if e.Package == "" {
		return fmt.Sprintf("mattebox model install %s --from PATH|URL", e.Name)
	}
	return "mattebox model install " + e.Name
}

func stamped(path string, info os.FileInfo, want Sum) bool {
	data, err := os.ReadFile(stampPath(path))
	if err != nil {
		return false
	}
	var st stamp
	if json.Unmarshal(data, &st) != nil {
		return false
	}
	return st == stampOf(info, want)
}

func stampOf(info os.FileInfo, sum Sum) stamp {
	return stamp{Size: info.Size(), ModTime: info.ModTime().UnixNano(), SHA256: sum.SHA256}
}

func stampPath(path string) string { return path + ".stamp" }

// writeStamp records that the file at path was read and found to be sum.
func writeStamp(path string, sum Sum) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	data, err := json.Marshal(stampOf(info, sum))
	if err != nil {
		return err
	}
	return writeAtomically(stampPath(path), data)
}

// sumFile reads the file and returns its size and SHA-256.
func sumFile(ctx context.Context, path string) (Sum, error) {
	f, err := os.Open(path)
	if err != nil {
		return Sum{}, mattebox.Wrap(mattebox.CodeUnavailable, err, "checking %s", path)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, contextReader{ctx, f})
	if err != nil {
		return Sum{}, mattebox.Wrap(mattebox.CodeUnavailable, err, "checking %s", path)
	}
	return Sum{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

// contextReader ends a long read with the context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
