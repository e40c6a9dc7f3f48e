package compose

import (
	"context"
	"image"
	"math"

	"mattebox"
)

// shadow puts the subject's shadow below it: each photograph's own, or one made
// from the alpha mattes of all. A kept background has its shadows already, and without a
// subject there is nothing to cast one.
func shadow(ctx context.Context, j *job) error {
	t := j.template
	if t.Shadow == mattebox.ShadowNone || t.Background == mattebox.BackgroundKeep {
		return nil
	}
	casting := j.casting()
	if len(casting) == 0 {
		return nil
	}
	if t.Shadow == mattebox.ShadowDrop {
		mask, err := dropShadow(ctx, j.layout, casting)
		j.addShadow("Shadow", mask)
		return err
	}
	for _, p := range casting {
		mask, err := keptShadow(ctx, j.layout.of(p), p)
		if err != nil {
			return err
		}
		j.addShadow(p.name("Shadow", "shadow"), mask)
	}
	return nil
}

// casting returns the pieces that have a subject cut out.
func (j *job) casting() []piece {
	var out []piece
	for _, p := range j.pieces {
		if !p.Box.Empty() && p.Subject.Alpha != nil {
			out = append(out, p)
		}
	}
	return out
}

// addShadow adds a layer of black through a mask, none for nil.
func (j *job) addShadow(name string, mask *image.Alpha) {
	if mask != nil {
		j.canvas.add(Layer{Name: name, Role: RoleShadow, Fill: &Fill{Height: j.canvas.Height}, Mask: mask, Blend: Multiply})
	}
}

// matte is an alpha plane and its size.
type matte struct {
	alpha         []uint8
	width, height int
}

// coverage returns the mean alpha, 0..1, of a matte on the photograph's grid under
// each cell of a grid over the canvas.
func coverage(ctx context.Context, l layout, m matte, g grid) (*plane, error) {
	out := newPlane(g.w, g.h)
	to := l.toPhoto()
	err := rows(ctx, g.h, func(first, last int) {
		for y := first; y < last; y++ {
			top := to.offset[1] + to.scale[1]*(g.origin[1]+float64(y)*g.step)
			for x := range out.row(y) {
				left := to.offset[0] + to.scale[0]*(g.origin[0]+float64(x)*g.step)
				out.v[y*g.w+x] = m.mean(left, top, g.step*to.scale[0], g.step*to.scale[1])
			}
		}
	})
	return out, err
}

// mean returns the mean of a 4 x 4 raster of samples in a rectangle; beyond the
// picture alpha is 0.
func (m matte) mean(x, y, w, h float64) float32 {
	const n = 4
	sum := 0
	for i := range n {
		py := int(math.Floor(y + h*(float64(i)+.5)/n))
		if py < 0 || py >= m.height {
			continue
		}
		for k := range n {
			if px := int(math.Floor(x + w*(float64(k)+.5)/n)); px >= 0 && px < m.width {
				sum += int(m.alpha[py*m.width+px])
			}
		}
	}
	return float32(sum) / (255 * n * n)
}
