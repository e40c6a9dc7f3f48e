package imaging

import (
	"context"
	"io"
)

// thumbnailQuality is that of an opaque thumbnail's JPEG.
const thumbnailQuality = 85

// WriteThumbnail writes a small copy of a picture to w, its longer side at most so
// many pixels and never longer than p's own: in sRGB, 8 bits deep, without metadata;
// a JPEG when nothing of p is transparent, else a PNG. p is not changed. Errors are
// those of Encode.
func WriteThumbnail(ctx context.Context, w io.Writer, p *Picture, side int) (Format, error) {
	width, height := p.Width, p.Height
	if long := max(width, height); long > side {
		width, height = within(width, side, long), within(height, side, long)
	}
	small, err := shrink(ctx, p, width, height)
	if err != nil {
		return "", err
	}
	if small, err = Convert(ctx, small, nil, false); err != nil {
		return "", err
	}
	small.Meta = Meta{}
	o := EncodeOptions{Format: PNG}
	if small.opaque() {
		small.Alpha = nil
		o = EncodeOptions{Format: JPEG, Quality: thumbnailQuality}
	}
	return o.Format, Encode(ctx, w, small, o)
}

// within returns a side of a picture whose longer side becomes limit, to the
// nearest pixel.
func within(side, limit, long int) int {
	return max(1, (2*side*limit+long)/(2*long))
}

func (p *Picture) opaque() bool {
	for _, a := range p.Alpha {
		if a < 255 {
			return false
		}
	}
	return true
}

// shrink scales a picture down in two steps, of which the first, over nearly all the
// pixels, costs a fraction of a proper kernel: means of whole pixels, as large as
// leave the second step leastRest to do, which hides that they are blocks.
func shrink(ctx context.Context, p *Picture, width, height int) (*Picture, error) {
	if by := int(float64(max(p.Width, p.Height)) / (leastRest * float64(max(width, height)))); by > 1 {
		var err error
		if p, err = resample(ctx, p, max(width, p.Width/by), max(height, p.Height/by), blocks); err != nil {
			return nil, err
		}
	}
	return ResizeLinear(ctx, p, width, height)
}

// leastRest is how many pixels of the first step become one of a thumbnail, in each
// direction.
const leastRest = 1.5

// blocks is a kernel that means each input into exactly one of out outputs.
func blocks(in, out int) kernel {
	k := kernel{taps: (in + out - 1) / out, start: make([]int, out)}
	k.weights = make([]float32, out*k.taps)
	for o := range out {
		from, to := o*in/out, (o+1)*in/out
		k.start[o] = min(from, in-k.taps)
		for i := from; i < to; i++ {
			k.weights[o*k.taps+i-k.start[o]] = 1 / float32(to-from)
		}
	}
	return k
}
