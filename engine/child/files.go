package child

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/imaging"
)

// read returns the bytes of the sources, as many as the limits allow.
func (s *server) read(paths []string) ([][]byte, error) {
	if len(paths) == 0 || len(paths) > mattebox.MaxSources {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "%d source pictures are given; use 1 to %d", len(paths), mattebox.MaxSources)
	}
	limit := s.config.Limits.Bytes
	if limit <= 0 {
		limit = imaging.DefaultLimits().Bytes
	}
	var sources [][]byte
	for _, path := range paths {
		data, err := readFile(path, limit)
		if err != nil {
			return nil, err
		}
		sources = append(sources, data)
	}
	return sources, nil
}

// readFile reads a regular file of at most so many bytes.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(path + " is not a regular file")
	}
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInternal, err, "a source picture cannot be read")
	}
	if n := info.Size(); n > limit {
		return nil, mattebox.Errorf(mattebox.CodeTooLarge, "picture refused: %v", &imaging.LimitError{What: "bytes", Got: n, Max: limit})
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInternal, err, "a source picture cannot be read")
	}
	return data, nil
}

// readMattes reads what measure wrote; nil stands for a matte that is not there.
func readMattes(paths []string) ([][]byte, error) {
	var mattes [][]byte
	for _, path := range paths {
		var data []byte
		if path != "" {
			var err error
			if data, err = os.ReadFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, mattebox.Wrap(mattebox.CodeInternal, err, "a matte cannot be read")
			}
		}
		if len(data) == 0 {
			data = nil
		}
		mattes = append(mattes, data)
	}
	return mattes, nil
}

// outFile is a file on its way. It has another name beside the one it is to get,
// which is always the same, so that the pool can remove it after a kill. One
// without a path takes nothing.
type outFile struct {
	path  string
	file  *os.File
	w     *bufio.Writer
	bytes int64
	err   error // of the first write that failed: the disk's, not the picture's
}

func newOutFile(path string) (*outFile, error) {
	if path == "" {
		return &outFile{}, nil
	}
	part := path + pool.PartSuffix
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, notWritten(err)
	}
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, notWritten(err)
	}
	return &outFile{path: path, file: f, w: bufio.NewWriterSize(f, 1<<18)}, nil
}

func notWritten(err error) error {
	return mattebox.Wrap(mattebox.CodeUnavailable, err, "a result cannot be written")
}

// Write counts the bytes and keeps the first error.
func (f *outFile) Write(data []byte) (int, error) {
	if f.w == nil {
		return 0, io.ErrClosedPipe
	}
	n, err := f.w.Write(data)
	f.bytes += int64(n)
	if err != nil && f.err == nil {
		f.err = notWritten(err)
	}
	return n, err
}

// publish gives the file its name.
func (f *outFile) publish() error {
	if f.file == nil {
		return nil
	}
	err := firstError(f.w.Flush(), f.file.Close())
	if err == nil {
		err = os.Rename(f.file.Name(), f.path)
	}
	if err != nil {
		return notWritten(err)
	}
	f.file = nil
	return nil
}

// discard removes what was not published.
func (f *outFile) discard() {
	if f.file != nil {
		f.file.Close()
		os.Remove(f.file.Name())
	}
}
