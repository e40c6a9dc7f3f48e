package compose

import (
	"context"
	"image"
	"math"

	"mattebox/imaging"
)

// spread is how fast the drawn-out edge softens: the half width of its average
// per pixel of distance from the edge.
const spread = 1

// extend adds a layer that draws the photographs' edge out over the rest of the
// canvas; none where they cover it. Each pixel is an average of the edge around its
// nearest point, the wider the farther away: at the edge it continues the
// photograph, further out it becomes a smooth ground without streaks.
func (j *job) extend(ctx context.Context, photos []Layer) error {
	c := j.canvas
	insides, all := j.insides(photos)
	if all.Empty() || covers(insides, j.layout.bounds()) {
		return nil
	}
	out := &imaging.Picture{Width: c.Width, Height: c.Height}
	var err error
	if c.Deep {
		out.Pix16 = make([]uint16, 3*c.Width*c.Height)
		err = surround(ctx, out.Pix16, c, photos, insides, all)
	} else {
		out.Pix = make([]uint8, 3*c.Width*c.Height)
		err = surround(ctx, out.Pix, c, photos, insides, all)
	}
	c.add(Layer{Name: "Extended background", Role: RoleBackground, Picture: out})
	return err
}

// insides returns what each photograph covers of the canvas, and the rectangle
// that holds them all.
func (j *job) insides(photos []Layer) (insides []image.Rectangle, all image.Rectangle) {
	for _, l := range photos {
		r := l.Bounds(j.canvas).Intersect(j.layout.bounds())
		insides = append(insides, r)
		all = all.Union(r)
	}
	return insides, all
}

// covers reports whether rectangles side by side leave nothing of r.
func covers(side []image.Rectangle, r image.Rectangle) bool {
	area := 0
	for _, s := range side {
		area += s.Dx() * s.Dy()
	}
	return area >= r.Dx()*r.Dy()
}

// surround fills what photographs that stand side by side leave of the canvas:
// first above the lower ones, up to the height of the highest, from each one's own
// edge, then around them all.
func surround[T sample](ctx context.Context, pix []T, c *Canvas, photos []Layer, insides []image.Rectangle, all image.Rectangle) error {
	sources := make([]func(x, y int) []T, len(photos))
	for i, l := range photos {
		own := samples[T](l.Picture)
		sources[i] = func(x, y int) []T { return own[3*((y-l.Y)*l.Picture.Width+x-l.X):][:3] }
		r := insides[i]
		above := image.Rect(r.Min.X, all.Min.Y, r.Max.X, r.Min.Y)
		if r.Empty() || above.Empty() {
			continue
		}
		if err := drawOut(ctx, pix, c.Width, above, r, newEdge(r, sources[i])); err != nil {
			return err
		}
	}
	outline := newEdge(all, func(x, y int) []T {
		for i, r := range insides {
			if image.Pt(x, y).In(r) {
				return sources[i](x, y)
			}
		}
		return pix[3*(y*c.Width+x):][:3]
	})
	return drawOut(ctx, pix, c.Width, image.Rect(0, 0, c.Width, c.Height), all, outline)
}

// drawOut fills the pixels of area that are not inside, on a canvas of that width.
func drawOut[T sample](ctx context.Context, pix []T, width int, area, inside image.Rectangle, e *edge) error {
	return rows(ctx, area.Dy(), func(first, last int) {
		for y := area.Min.Y + first; y < area.Min.Y+last; y++ {
			for x := area.Min.X; x < area.Max.X; x++ {
				if x == inside.Min.X && y >= inside.Min.Y && y < inside.Max.Y {
					x = inside.Max.X - 1
					continue
				}
				rgb := e.around(x, y)
				dither(pix[3*(y*width+x):][:3], rgb, x, y)
			}
		}
	})
}

// dither rounds to 8 bits by blue noise, to 16 bits to the nearest.
func dither[T sample](dst []T, v [3]float64, x, y int) {
	part := .5
	if ^T(0) == 255 {
		part = (float64(noise(x, y)) + .5) / 256
	}
	for c := range v {
		dst[c] = T(v[c] + part) // v stays below the top by the average's nature, or meets it exactly
	}
}

// edge is the outline of a rectangle, taken clockwise from the top left corner
// as a function of the way, and its first and second integral: a tent-shaped
// average of any width is a second difference of the latter. The outline is
// stored three times over so that no average has to wrap.
type edge struct {
	r     image.Rectangle
	turn  int // length of the outline
	value [3][]float64
	first [3][]float64
	twice [3][]float64
}

// newEdge reads the outline of r, in canvas coordinates; at returns a pixel.
func newEdge[T sample](r image.Rectangle, at func(x, y int) []T) *edge {
	e := &edge{r: r, turn: 2 * (r.Dx() + r.Dy())}
	for c := range 3 {
		e.value[c] = make([]float64, 3*e.turn)
		e.first[c] = make([]float64, 3*e.turn+1)
		e.twice[c] = make([]float64, 3*e.turn+1)
	}
	for i := range 3 * e.turn {
		p := e.point(i % e.turn)
		rgb := at(p.X, p.Y)
		for c := range 3 {
			v := float64(rgb[c])
			e.value[c][i] = v
			e.first[c][i+1] = e.first[c][i] + v
			e.twice[c][i+1] = e.twice[c][i] + e.first[c][i] + v/2
		}
	}
	return e
}

// point returns the pixel at a step of the way round.
func (e *edge) point(i int) image.Point {
	w, h := e.r.Dx(), e.r.Dy()
	switch {
	case i < w:
		return image.Pt(e.r.Min.X+i, e.r.Min.Y)
	case i < w+h:
		return image.Pt(e.r.Max.X-1, e.r.Min.Y+i-w)
	case i < 2*w+h:
		return image.Pt(e.r.Max.X-1-(i-w-h), e.r.Max.Y-1)
	}
	return image.Pt(e.r.Min.X, e.r.Max.Y-1-(i-2*w-h))
}

// nearest returns the way to the point of the outline nearest to a pixel outside
// it, and the distance.
func (e *edge) nearest(x, y int) (way, distance float64) {
	w, h := e.r.Dx(), e.r.Dy()
	left, top := max(e.r.Min.X-x, 0), max(e.r.Min.Y-y, 0)
	right, bottom := max(x-e.r.Max.X+1, 0), max(y-e.r.Max.Y+1, 0)
	across, down := x-e.r.Min.X, y-e.r.Min.Y
	switch {
	case top > 0 && left > 0:
		way = 0
	case top > 0 && right > 0:
		way = float64(w)
	case bottom > 0 && right > 0:
		way = float64(w + h)
	case bottom > 0 && left > 0:
		way = float64(2*w + h)
	case top > 0:
		way = float64(across) + .5
	case right > 0:
		way = float64(w+down) + .5
	case bottom > 0:
		way = float64(2*w+h-across) - .5
	default:
		way = float64(2*(w+h)-down) - .5
	}
	return way, math.Hypot(float64(left+right), float64(top+bottom))
}

// around returns the colour of a pixel outside the outline.
func (e *edge) around(x, y int) [3]float64 {
	way, distance := e.nearest(x, y)
	half := min(1+spread*distance, float64(e.turn)/2)
	middle := way + float64(e.turn)
	var rgb [3]float64
	for c := range rgb {
		rgb[c] = (e.integral(c, middle+half) - 2*e.integral(c, middle) + e.integral(c, middle-half)) / (half * half)
	}
	return rgb
}

// integral returns the second integral of a channel at a point of the way.
func (e *edge) integral(c int, at float64) float64 {
	i := min(int(at), len(e.value[c])-1)
	f := at - float64(i)
	return e.twice[c][i] + f*(e.first[c][i]+f/2*e.value[c][i])
}
