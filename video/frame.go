package video

import (
	"sync"
	"time"
)

// Frame is one picture of a clip.
type Frame struct {
	Width, Height int
	Pix           []byte        // red, green, blue, alpha, row by row; colours are not multiplied by alpha
	At            time.Duration // when it is shown
	pool          *sync.Pool
}

// NewFrame returns a frame of that size, transparent black, that belongs to no
// pool.
func NewFrame(width, height int) *Frame {
	return &Frame{Width: width, Height: height, Pix: make([]byte, 4*width*height)}
}

// Release gives the frame back to the Reader that it came from, after which
// nobody may use it. Frames that are not released are left to the garbage
// collector.
func (f *Frame) Release() {
	if f.pool != nil {
		f.pool.Put(f)
	}
}

// framePool returns a pool of frames of one size.
func framePool(width, height int) *sync.Pool {
	p := &sync.Pool{}
	p.New = func() any {
		f := NewFrame(width, height)
		f.pool = p
		return f
	}
	return p
}
