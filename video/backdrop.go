package video

import (
	"context"
	"errors"
	"io"
	"time"

	"mattebox"
)

// Backdrop is a clip that plays behind another, over and over, filling a size. It
// is not for use by several goroutines at once.
type Backdrop struct {
	ctx           context.Context
	path          string
	info          *Info
	width, height int
	reader        *Reader
	round         time.Duration // when the reader's pass through the clip began
	shown, next   *Frame
}

// NewBackdrop returns the clip at path as a backdrop. Nothing is decoded until the
// first At. A Backdrop must be closed.
func NewBackdrop(ctx context.Context, path string, info *Info, width, height int) *Backdrop {
	return &Backdrop{ctx: ctx, path: path, info: info, width: width, height: height}
}

// length is how long one pass takes.
func (b *Backdrop) length() time.Duration {
	return max(b.info.Duration-b.info.First, b.info.Rate.Frame(), time.Millisecond)
}

// At returns the frame that is shown at t, which must not lie before that of the
// call before. The frame is the Backdrop's, and good until the next call.
func (b *Backdrop) At(t time.Duration) (*Frame, error) {
	t = max(t, 0)
	if t >= b.round+b.length() || b.shown == nil && b.next == nil {
		if err := b.open(t); err != nil {
			return nil, err
		}
	}
	within := t - b.round + b.info.First
	for b.next != nil && (b.shown == nil || b.next.At <= within) {
		b.drop(b.shown)
		b.shown = b.next
		if err := b.read(); err != nil {
			return nil, err
		}
	}
	return b.shown, nil
}

// open begins the pass in which t lies, at t.
func (b *Backdrop) open(t time.Duration) error {
	b.round = t / b.length() * b.length()
	from := t - b.round + b.info.First
	// The frame that is shown at a time begins before it.
	from = max(from-b.info.Rate.Frame(), 0)
	err := b.begin(from)
	var e *mattebox.Error
	if from > 0 && errors.As(err, &e) && e.Code == mattebox.CodeInvalid {
		err = b.begin(0) // nothing begins in the rest of it: a last frame that is shown for long
	}
	return err
}

func (b *Backdrop) begin(from time.Duration) (err error) {
	b.Close()
	b.reader, err = NewReader(b.ctx, b.path, b.info, ReadOptions{From: from, Width: b.width, Height: b.height, Cover: true})
	if err != nil {
		return err
	}
	return b.read()
}

// read fetches the next frame; at the end there is none.
func (b *Backdrop) read() error {
	b.next = nil
	f, err := b.reader.Next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	b.next = f
	return err
}

func (b *Backdrop) drop(f *Frame) {
	if f != nil {
		f.Release()
	}
}

// Close ends decoding.
func (b *Backdrop) Close() error {
	b.drop(b.shown)
	b.drop(b.next)
	b.shown, b.next = nil, nil
	if b.reader == nil {
		return nil
	}
	r := b.reader
	b.reader = nil
	return r.Close()
}
