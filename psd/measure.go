package psd

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// stripBytes is how much unpacked data one goroutine takes at a time: enough to
// make hand-overs cheap, little enough that a few per processor are no memory.
const stripBytes = 256 << 10

// strip is rows first..last-1 of a picture, its index-th.
type strip struct {
	of                 *picture
	index, first, last int
}

// strips cuts a picture into strips of about stripBytes a channel.
func (p *picture) strips() []strip {
	rows := stripBytes / p.rowBytes() // four at least: no row has more than 60000 bytes
	var out []strip
	for y := 0; y < p.height; y += rows {
		out = append(out, strip{p, len(out), y, min(y+rows, p.height)})
	}
	return out
}

// rawBytes is the length of the strip's unpacked data in one channel.
func (t *strip) rawBytes() int64 { return int64(t.of.rowBytes()) * int64(t.last-t.first) }

// measure learns the packed lengths of all channels of all pictures and settles
// how each channel is compressed.
func measure(ctx context.Context, pictures []*picture) error {
	var strips []strip
	for _, p := range pictures {
		if p.method == compressionRaw {
			continue
		}
		own := p.strips()
		for i := range p.channels {
			p.channels[i].prepare(p, len(own))
		}
		strips = append(strips, own...)
	}
	if err := measureStrips(ctx, strips); err != nil {
		return err
	}
	for _, p := range pictures {
		p.settle()
	}
	return nil
}

// prepare makes room for what measuring finds out.
func (c *channel) prepare(p *picture, strips int) {
	if p.method == compressionZip {
		c.zips = make([]zipSize, strips)
		return
	}
	c.counts = make([]uint16, p.height)
}

// measureStrips shares the strips among all processors and returns the first
// error that a row source or the context gave.
func measureStrips(ctx context.Context, strips []strip) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(strips)) {
		wg.Go(func() {
			var s scratch
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(strips) {
					return
				}
				if err := strips[i].measure(&s); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (t *strip) measure(s *scratch) error {
	if t.of.method == compressionZip {
		return t.measureZip(s)
	}
	for y := t.first; y < t.last; y++ {
		for i := range t.of.channels {
			c := &t.of.channels[i]
			row, err := t.of.row(c.id, y, s)
			if err != nil {
				return err
			}
			c.counts[y] = uint16(packBitsLen(row))
		}
	}
	return nil
}

func (t *strip) measureZip(s *scratch) error {
	for i := range t.of.channels {
		c := &t.of.channels[i]
		b, size, err := t.appendZip(s.trial[:0], c.id, s)
		if err != nil {
			return err
		}
		s.trial, c.zips[t.index] = b, size
	}
	return nil
}

// settle adds up what was measured and leaves unpacked what packing would not
// make smaller. The channels of the composite share one compression code.
func (p *picture) settle() {
	smaller, sum := make([]bool, len(p.channels)), int64(0)
	for i := range p.channels {
		c := &p.channels[i]
		c.compression = p.method
		c.packed = c.total()
		smaller[i] = c.packed < p.rawBytes()
		sum += c.packed
	}
	if p.method != compressionPackBits {
		return
	}
	for i := range p.channels {
		if p.composite {
			smaller[i] = sum < p.rawBytes()*int64(len(p.channels))
		}
		if !smaller[i] {
			p.channels[i].compression = compressionRaw
		}
	}
}

// total is the packed length of the channel with all that unpacking it needs.
func (c *channel) total() int64 {
	n := int64(0)
	if c.zips != nil {
		n = int64(zlibFrame)
	}
	for _, z := range c.zips {
		n += int64(z.bytes)
	}
	for _, count := range c.counts {
		n += 2 + int64(count)
	}
	return n
}
