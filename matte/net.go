package matte

import (
	"context"
	"fmt"
	"image"
	"math"
)

// Inferer runs one network. Infer is called by several goroutines at once and
// waits for a free session; it returns a map as large as the tensor, with the
// network's own values (Spec.Activation not yet applied). It gives up with the
// context's error when that ends first.
type Inferer interface {
	Spec() Spec
	Infer(ctx context.Context, in *Tensor) (*Map, error)
}

// Tensor is a network's input: three planes (R, G, B) of Height x Width values.
type Tensor struct {
	Width, Height int
	Data          []float32 // 3*Height*Width
}

// glance is a small sRGB copy of a box of the picture.
type glance struct {
	width, height int
	rgb           []uint8
}

// look makes the copy of the box r that a net of the spec wants to see.
func look(p *Picture, r image.Rectangle, s Spec) (*glance, error) {
	w, h := s.fit(r.Dx(), r.Dy())
	rgb, err := p.sample(r, w, h)
	if err != nil {
		return nil, fmt.Errorf("sampling %d x %d for %s: %w", w, h, s.Name, err)
	}
	return &glance{width: w, height: h, rgb: rgb}, nil
}

// shrink makes the smaller copy that a net of the spec wants out of a copy that
// another net has already seen, when both see the whole box stretched.
func (g *glance) shrink(s Spec) *glance {
	return &glance{
		width: s.Size, height: s.Size,
		rgb: resample(g.rgb, g.width, image.Rect(0, 0, g.width, g.height), s.Size, s.Size, 1),
	}
}

// mirrored returns g flipped left to right.
func (g *glance) mirrored() *glance {
	out := &glance{width: g.width, height: g.height, rgb: make([]uint8, len(g.rgb))}
	for y := range g.height {
		src, dst := g.rgb[y*g.width*3:], out.rgb[y*g.width*3:]
		for x := range g.width {
			copy(dst[x*3:x*3+3], src[(g.width-1-x)*3:])
		}
	}
	return out
}

func (m *Map) mirror() {
	for y := range m.Height {
		row := m.row(y)
		for i, j := 0, len(row)-1; i < j; i, j = i+1, j-1 {
			row[i], row[j] = row[j], row[i]
		}
	}
}

// fit returns the size at which a box of w x h is shown to the net, without the
// padding of Letterbox.
func (s Spec) fit(w, h int) (int, int) {
	long, short := max(w, h), min(w, h)
	scaled := func(n, of int) int { return max(1, int(math.Round(float64(n)*float64(s.Size)/float64(of)))) }
	switch s.Resize {
	case Letterbox:
		return scaled(w, long), scaled(h, long)
	case Aspect:
		m := max(s.Multiple, 1)
		up := func(n int) int { return max(m, (scaled(n, short)+m/2)/m*m) }
		return up(w), up(h)
	default:
		return s.Size, s.Size
	}
}

// infer shows g to the net and returns its alpha 0..1, as large as g.
func infer(ctx context.Context, net Inferer, g *glance) (*Map, error) {
	s := net.Spec()
	m, err := net.Infer(ctx, s.tensor(g))
	if err != nil {
		return nil, fmt.Errorf("running %s: %w", s.Name, err)
	}
	if s.Resize == Letterbox {
		x, y := (s.Size-g.width)/2, (s.Size-g.height)/2
		m = m.scaleBox(image.Rect(x, y, x+g.width, y+g.height), g.width, g.height)
	}
	s.Activation.apply(m.Pix)
	return m, nil
}

// tensor normalises g as the spec says, padding a letterbox with mid grey.
func (s Spec) tensor(g *glance) *Tensor {
	w, h, x0, y0 := g.width, g.height, 0, 0
	if s.Resize == Letterbox {
		w, h = s.Size, s.Size
		x0, y0 = (w-g.width)/2, (h-g.height)/2
	}
	t := &Tensor{Width: w, Height: h, Data: make([]float32, 3*w*h)}
	lut := s.normaliser(g.rgb)
	for c := range 3 {
		plane := t.Data[c*w*h : (c+1)*w*h]
		if w != g.width || h != g.height {
			for i := range plane {
				plane[i] = lut[c][128]
			}
		}
		for y := range g.height {
			dst, src := plane[(y+y0)*w+x0:][:g.width], g.rgb[y*g.width*3:][:g.width*3]
			for x := range dst {
				dst[x] = lut[c][src[x*3+c]]
			}
		}
	}
	return t
}

// normaliser tabulates (x/Divisor - Mean) / Std for every byte x.
func (s Spec) normaliser(rgb []uint8) *[3][256]float32 {
	div := s.Divisor
	if div == 0 {
		var top uint8
		for _, v := range rgb {
			top = max(top, v)
		}
		div = max(float32(top), 1)
	}
	var lut [3][256]float32
	for c := range 3 {
		for x := range 256 {
			lut[c][x] = (float32(x)/div - s.Mean[c]) / s.Std[c]
		}
	}
	return &lut
}

// minMaxSubject is the highest value that a map must reach before MinMax
// stretches it: below it the net saw no subject, and stretching would turn its
// noise into one.
const minMaxSubject = 0.5

// minMaxSpread is the least difference between a map's values for MinMax to
// stretch it: a subject that fills the frame leaves a flat map, high throughout.
const minMaxSpread = 0.1

func (a Activation) apply(pix []float32) {
	switch a {
	case Sigmoid:
		for i, v := range pix {
			pix[i] = float32(1 / (1 + math.Exp(-float64(v))))
		}
	case MinMax:
		lo, hi := pix[0], pix[0]
		for _, v := range pix {
			lo, hi = min(lo, v), max(hi, v)
		}
		if hi < minMaxSubject || hi-lo < minMaxSpread {
			return
		}
		for i, v := range pix {
			pix[i] = (v - lo) / (hi - lo)
		}
	}
}
