package matte

import (
	"context"
	"fmt"
	"image"
)

// Look shows the box r of the picture to the net at width x height and returns
// its alpha 0..1 at that size, with nothing done to it. Who looks at many pictures
// of one thing, as at the frames of a clip, decides for himself how large and
// which part. width and height must be what the net takes: multiples of its
// Spec.Multiple, and Spec.Size where that is 0.
func Look(ctx context.Context, net Inferer, p *Picture, r image.Rectangle, width, height int) (*Map, error) {
	g, err := glanceAt(net.Spec(), p, r, width, height)
	if err != nil {
		return nil, err
	}
	return g.show(ctx, net)
}

// LookBoth is Look at the box and at its mirror image, and the mean of both. What a
// net says for one of them only is mostly its mistake, and small nets make many.
func LookBoth(ctx context.Context, net Inferer, p *Picture, r image.Rectangle, width, height int) (*Map, error) {
	g, err := glanceAt(net.Spec(), p, r, width, height)
	if err != nil {
		return nil, err
	}
	m, err := g.show(ctx, net)
	if err != nil {
		return nil, err
	}
	other, err := g.mirrored().show(ctx, net)
	if err != nil {
		return nil, err
	}
	other.mirror()
	for i, v := range other.Pix {
		m.Pix[i] = (m.Pix[i] + v) / 2
	}
	return m, nil
}

// glanceAt makes the copy of a box that a net sees at a size of the caller's choice.
func glanceAt(s Spec, p *Picture, r image.Rectangle, width, height int) (*glance, error) {
	if s.Multiple == 0 && (width != s.Size || height != s.Size) || s.Multiple > 0 && (width%s.Multiple != 0 || height%s.Multiple != 0) {
		return nil, fmt.Errorf("%s does not take %d x %d", s.Name, width, height)
	}
	rgb, err := p.sample(r, width, height)
	if err != nil {
		return nil, fmt.Errorf("sampling %d x %d for %s: %w", width, height, s.Name, err)
	}
	return &glance{width: width, height: height, rgb: rgb}, nil
}

// show returns what the net says of g, as large as g whatever the net's own Resize.
func (g *glance) show(ctx context.Context, net Inferer) (*Map, error) {
	s := net.Spec()
	s.Resize = Stretch // the caller has chosen the size: no padding
	m, err := net.Infer(ctx, s.tensor(g))
	if err != nil {
		return nil, fmt.Errorf("running %s: %w", s.Name, err)
	}
	s.Activation.apply(m.Pix)
	return m, nil
}

// Resize returns m at width x height: bilinear when growing, triangle-filtered
// when shrinking. It returns m itself when the size fits.
func (m *Map) Resize(width, height int) *Map { return m.scaleTo(width, height) }

// Sharpen fits alpha, a map of the whole picture, to the picture's own edges and
// returns it at the picture's size: the guided filter, and after it so many steps of
// the closed form where alpha is unsure (0: none). alpha stays as it is.
func Sharpen(p *Picture, alpha *Map, steps int) []uint8 {
	c := newCanvas(p)
	start := alpha.scaleTo(c.width, c.height)
	fit := guide(c, start, false)
	if steps > 0 {
		solveClosedForm(c, start, fit.alpha, steps)
	}
	if c.width != p.Width || c.height != p.Height {
		fit = guide(c, fit.alpha, true)
	}
	return fit.fullSize(p)
}
