package video

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// packer puts the PNG files of a stream into a zip, one behind the other. They are
// packed already, so the zip stores them.
type packer struct {
	from  *os.File
	done  chan error
	times []Span // of the frames; complete before wait is called
	file  *os.File
	zip   *zip.Writer
	once  bool
	err   error
}

// timesEntry is where a segment keeps its frames' times.
const timesEntry = "times.json"

// newPacker starts one that makes the file at path of what is written to the pipe
// it returns.
func newPacker(path string) (*packer, *os.File, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, nil, fmt.Errorf("making a segment: %w", err)
	}
	from, to, err := widePipe()
	if err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("making a pipe: %w", err)
	}
	k := &packer{from: from, done: make(chan error, 1), file: file, zip: zip.NewWriter(file)}
	go func() { k.done <- k.pack() }()
	return k, to, nil
}

func (k *packer) pack() error {
	defer k.from.Close()
	r := bufio.NewReaderSize(k.from, pipeSize)
	for n := 1; ; n++ {
		if _, err := r.Peek(1); err == io.EOF {
			return nil
		}
		w, err := stored(k.zip, frameName(n))
		if err != nil {
			return err
		}
		if err := copyPNG(w, r); err != nil {
			return fmt.Errorf("reading frame %d as PNG: %w", n, err)
		}
	}
}

// frameName returns the n-th frame's name, counted from 1.
func frameName(n int) string { return fmt.Sprintf("frame_%06d.png", n) }

// stored begins an entry that is not packed, with the time that every entry of
// every zip of ours has: equal frames give equal bytes.
func stored(z *zip.Writer, name string) (io.Writer, error) {
	return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// copyPNG copies one PNG file: the signature, then chunks up to IEND (RFC 2083).
func copyPNG(w io.Writer, r io.Reader) error {
	if _, err := io.CopyN(w, r, 8); err != nil {
		return err
	}
	var head [8]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err
		}
		if _, err := w.Write(head[:]); err != nil {
			return err
		}
		if _, err := io.CopyN(w, r, int64(binary.BigEndian.Uint32(head[:]))+4); err != nil {
			return err
		}
		if string(head[4:]) == "IEND" {
			return nil
		}
	}
}

// wait returns when the stream has ended and the zip is complete.
func (k *packer) wait() error {
	if k.once {
		return k.err
	}
	k.once = true
	k.err = <-k.done
	if k.err == nil {
		k.err = k.writeTimes()
	}
	k.err = errors.Join(k.err, k.zip.Close(), k.file.Close())
	return k.err
}

func (k *packer) writeTimes() error {
	w, err := stored(k.zip, timesEntry)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(k.times)
}
