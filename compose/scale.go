package compose

import (
	"context"
	"image"
	"math"

	"mattebox/imaging"
)

// support is how far the resampling kernel reaches, in pixels of the coarser
// grid: 3 for Lanczos3, and one for rounding.
const support = 4

// lay returns p, a picture of the photograph's grid of which only the rectangle
// used matters, as it lies on the canvas, and where. A picture that is only
// moved is returned as it is; one that is scaled is first cropped to what the
// canvas can show of it. It returns nil when that is nothing. The photograph's own
// bounds are frame: where p is only a part of it, what lies around p is clear.
func lay(ctx context.Context, l layout, p *imaging.Picture, frame, used image.Rectangle) (*imaging.Picture, image.Point, error) {
	if l.unscaled() {
		return p, l.offset(), nil
	}
	sx, sy := l.scale()
	reach := image.Pt(support+int(support/sx), support+int(support/sy))
	seen := grow(l.onPhoto(l.bounds()), reach)
	r := grow(used, reach).Intersect(seen).Intersect(frame)
	if used.Intersect(seen).Empty() || r.Empty() {
		return nil, image.Point{}, nil
	}
	r = l.snapped(r, frame)
	part, err := crop(ctx, p, r)
	if err != nil {
		return nil, image.Point{}, err
	}
	at := l.onCanvas(r)
	out, err := imaging.ResizeLinear(ctx, part, at.Dx(), at.Dy())
	return out, at.Min, err
}

// snapped returns r with each side moved outwards, by less than 16 pixels and
// not beyond within, to where it lands nearest to a whole pixel of the canvas:
// the scaled crop can only start at one, and what lies in it moves by the
// difference.
func (l layout) snapped(r, within image.Rectangle) image.Rectangle {
	sx, sy := l.scale()
	best := func(from, step, limit int, s float64, origin int) int {
		at, least := from, 1.
		for v, n := from, 0; n < 16 && (limit-v)*step >= 0; v, n = v+step, n+1 {
			place := float64(v-origin) * s
			if d := math.Abs(place - math.Round(place)); d < least-.01 {
				at, least = v, d
			}
		}
		return at
	}
	return image.Rect(
		best(r.Min.X, -1, within.Min.X, sx, l.content.Min.X), best(r.Min.Y, -1, within.Min.Y, sy, l.content.Min.Y),
		best(r.Max.X, 1, within.Max.X, sx, l.content.Min.X), best(r.Max.Y, 1, within.Max.Y, sy, l.content.Min.Y))
}

// grow returns r with each side moved outwards.
func grow(r image.Rectangle, by image.Point) image.Rectangle {
	return image.Rectangle{Min: r.Min.Sub(by), Max: r.Max.Add(by)}
}
