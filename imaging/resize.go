package imaging

import (
	"context"
	"fmt"
	"math"
	"sync"
)

// ResizeLinear scales a picture to exactly width x height pixels: samples are
// taken to linear light by the sRGB curve, weighted by alpha, filtered with
// Lanczos3 (widened when shrinking, so that it averages), divided by alpha and
// taken back to their depth. Alpha goes through the same kernel. The sRGB curve
// serves every profile: the working spaces' own curves are near enough to it
// that only the kernel's weights shift a little, and a flat colour stays exact.
//
// The result shares Meta with p, and is p itself when p has that size already.
// Besides the result it holds some rows per core. Errors: a side below 1, or
// ctx's own.
func ResizeLinear(ctx context.Context, p *Picture, width, height int) (*Picture, error) {
	return resample(ctx, p, width, height, lanczos3)
}

// resample is ResizeLinear with a kernel of the caller's choice.
func resample(ctx context.Context, p *Picture, width, height int, filter func(in, out int) kernel) (*Picture, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	if width < 1 || height < 1 {
		return nil, fmt.Errorf("resize to %dx%d pixels: a side is below 1", width, height)
	}
	if width == p.Width && height == p.Height {
		return p, ctx.Err()
	}
	out := &Picture{Width: width, Height: height, Meta: p.Meta}
	if p.Deep() {
		out.Pix16 = make([]uint16, 3*width*height)
	} else {
		out.Pix = make([]uint8, 3*width*height)
	}
	if p.Alpha != nil {
		out.Alpha = make([]uint8, width*height)
	}
	across, down := filter(p.Width, width), filter(p.Height, height)
	parallelRows(height, func(from, to int) {
		r := newResizer(p, out, across, down)
		for y := from; y < to && ctx.Err() == nil; y++ {
			r.makeRow(y)
		}
	})
	return out, ctx.Err()
}

// kernel says of which inputs each output along one axis is made: taps weights
// from index start on, which sum up to 1.
type kernel struct {
	taps    int
	start   []int
	weights []float32 // taps for each output
}

// lanczos3 samples the kernel sinc(x)*sinc(x/3), |x| < 3, at the centres of in
// inputs for each of out outputs. Inputs beyond the edge are left out and the
// rest weigh more.
func lanczos3(in, out int) kernel {
	scale := float64(in) / float64(out)
	stretch := max(1, scale)
	k := kernel{taps: min(in, int(math.Ceil(3*stretch))*2+1)}
	k.start = make([]int, out)
	k.weights = make([]float32, out*k.taps)
	raw := make([]float64, k.taps)
	for o := range out {
		centre := (float64(o)+0.5)*scale - 0.5
		start := min(max(0, int(math.Round(centre))-k.taps/2), in-k.taps)
		sum := 0.0
		for i := range raw {
			raw[i] = lanczos((float64(start+i) - centre) / stretch)
			sum += raw[i]
		}
		k.start[o] = start
		for i, v := range raw {
			k.weights[o*k.taps+i] = float32(v / sum)
		}
	}
	return k
}

func lanczos(x float64) float64 {
	x = math.Abs(x)
	if x < 1e-9 {
		return 1
	}
	if x >= 3 {
		return 0
	}
	return 3 * math.Sin(math.Pi*x) * math.Sin(math.Pi*x/3) / (math.Pi * math.Pi * x * x)
}

// of returns the weights of output o.
func (k kernel) of(o int) []float32 { return k.weights[o*k.taps : (o+1)*k.taps] }

// resizer makes rows of the result from top to bottom. It reduces each row of the
// source across once and keeps as many as the kernel reaches down.
type resizer struct {
	in, out      *Picture
	across, down kernel
	channels     int
	linear       []float32 // a row of the source in linear light, times alpha
	ring         [][]float32
	next         int // the first source row not reduced yet
	sum          []float32
	toLinear     []float32
	fromLinear   []float32
}

func newResizer(in, out *Picture, across, down kernel) *resizer {
	r := &resizer{in: in, out: out, across: across, down: down, channels: 3, toLinear: linear8(), fromLinear: gamma()}
	if in.Deep() {
		r.toLinear = linear16()
	}
	if in.Alpha != nil {
		r.channels = 4
	}
	r.linear = make([]float32, in.Width*r.channels)
	r.sum = make([]float32, out.Width*r.channels)
	r.ring = make([][]float32, down.taps)
	for i := range r.ring {
		r.ring[i] = make([]float32, out.Width*r.channels)
	}
	return r
}

func (r *resizer) makeRow(y int) {
	start := r.down.start[y]
	for r.next = max(r.next, start); r.next < start+r.down.taps; r.next++ {
		r.linearise(r.next)
		r.reduce(r.ring[r.next%len(r.ring)])
	}
	sum := r.sum
	clear(sum)
	for i, w := range r.down.of(y) {
		if w == 0 {
			continue
		}
		row := r.ring[(start+i)%len(r.ring)]
		row = row[:len(sum)]
		for x, v := range row {
			sum[x] += w * v
		}
	}
	r.store(y)
}

// reduce applies the kernel across.
func (r *resizer) reduce(dst []float32) {
	if r.channels == 3 {
		r.reduce3(dst)
		return
	}
	for x, start := range r.across.start {
		src := r.linear[4*start:]
		var s0, s1, s2, s3 float32
		for i, w := range r.across.of(x) {
			p := src[4*i : 4*i+4 : 4*i+4]
			s0 += w * p[0]
			s1 += w * p[1]
			s2 += w * p[2]
			s3 += w * p[3]
		}
		d := dst[4*x : 4*x+4 : 4*x+4]
		d[0], d[1], d[2], d[3] = s0, s1, s2, s3
	}
}

func (r *resizer) reduce3(dst []float32) {
	for x, start := range r.across.start {
		src := r.linear[3*start:]
		var s0, s1, s2 float32
		for i, w := range r.across.of(x) {
			p := src[3*i : 3*i+3 : 3*i+3]
			s0 += w * p[0]
			s1 += w * p[1]
			s2 += w * p[2]
		}
		d := dst[3*x : 3*x+3 : 3*x+3]
		d[0], d[1], d[2] = s0, s1, s2
	}
}

// linear8 and linear16 map samples to linear light 0..1; gamma is the way back, a
// table over 0..1 to read between its entries, good to 0.005 of a 16-bit step.
var (
	linear8  = sync.OnceValue(func() []float32 { return linearTable(255) })
	linear16 = sync.OnceValue(func() []float32 { return linearTable(65535) })
	gamma    = sync.OnceValue(func() []float32 {
		t := make([]float32, gammaSteps+2)
		for i := range t {
			t[i] = float32(srgbFromLinear(float64(i) / gammaSteps))
		}
		return t
	})
)

const gammaSteps = 1 << 16

func linearTable(top int) []float32 {
	t := make([]float32, top+1)
	for i := range t {
		t[i] = float32(linearFromSRGB(float64(i) / float64(top)))
	}
	return t
}
