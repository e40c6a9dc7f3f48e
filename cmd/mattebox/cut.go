package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"mattebox"
	"mattebox/engine"
	"mattebox/imaging"
)

// outcome is what became of one item.
type outcome struct {
	item
	report  *engine.Report // nil unless done
	skipped bool           // the result was there already
	err     error
	took    time.Duration // from opening the source to naming the result
}

// cutter treats one item after the other, or several at a time.
type cutter struct {
	engine  *engine.Engine // nil when no picture needs one
	workers int            // pictures at a time
	job     engine.Job
	force   bool
	notes   []string // warnings that hold for every picture
	stdin   io.Reader
	stdout  io.Writer
}

func (c *cutter) close() error {
	if c.engine == nil {
		return nil
	}
	return c.engine.Close()
}

// cut makes an item's result.
func (c *cutter) cut(ctx context.Context, it item) outcome {
	start := time.Now()
	out := outcome{item: it}
	out.report, out.err = c.make(ctx, it)
	if errors.Is(out.err, fs.ErrExist) {
		out.skipped, out.err = true, nil
	}
	if out.report != nil {
		out.report.Warnings = append(out.report.Warnings, c.notes...)
	}
	out.took = time.Since(start)
	return out
}

func (c *cutter) make(ctx context.Context, it item) (*engine.Report, error) {
	if it.err != nil {
		return nil, it.err
	}
	if it.exists {
		return nil, fs.ErrExist
	}
	job := c.job
	var err error
	if job.Source, err = c.read(ctx, it.path); err != nil {
		return nil, err
	}
	var report *engine.Report
	remove := func(w io.Writer) (err error) {
		report, err = c.engine.Remove(ctx, job, w)
		return err
	}
	if it.output == standardStream {
		err = writeStream(c.stdout, remove)
	} else {
		err = writeFile(it.output, c.force, remove)
	}
	if err != nil {
		return nil, writeError(it.output, err)
	}
	return report, nil
}

// writeError names the result in an error that names the hidden file it was
// being written to.
func writeError(output string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("cannot write %s: %w", output, p.Err)
	}
	return err
}

// writeStream writes what fill makes once it is complete, so that a picture that
// fails leaves the stream empty.
func writeStream(w io.Writer, fill func(io.Writer) error) error {
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		return err
	}
	_, err := b.WriteTo(w)
	return err
}

// read returns the source's bytes, as many as imaging allows.
func (c *cutter) read(ctx context.Context, path string) ([]byte, error) {
	if path == standardStream {
		return readStream(ctx, c.stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeNotFound, cause(err), "cannot be read")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading: %w", cause(err))
	}
	if limit := imaging.DefaultLimits().Bytes; info.Size() > limit {
		return nil, tooLong(info.Size(), limit)
	}
	return readAll(f, info.Size())
}

// readStream is readAll that an interrupt ends, which leaves a goroutine waiting
// for the stream until the process ends.
func readStream(ctx context.Context, r io.Reader) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := readAll(r, 0)
		done <- result{data, err}
	}()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case got := <-done:
		return got.data, got.err
	}
}

// readAll reads to the end, which must come before the limit; expected is the
// length where it is known.
func readAll(r io.Reader, expected int64) ([]byte, error) {
	limit := imaging.DefaultLimits().Bytes
	b := bytes.NewBuffer(make([]byte, 0, expected+bytes.MinRead))
	n, err := b.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading: %w", cause(err))
	}
	if n > limit {
		return nil, tooLong(n, limit)
	}
	return b.Bytes(), nil
}

func tooLong(n, limit int64) error {
	return mattebox.Wrap(mattebox.CodeTooLarge, &imaging.LimitError{What: "bytes", Got: n, Max: limit}, "picture refused")
}
