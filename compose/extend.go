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

// extend adds a layer that draws the photograph's edge out over the rest of the
// canvas. Each pixel is an average of the edge around its nearest point, the
// wider the farther away: at the edge it continues the photograph, further out
// it becomes a smooth ground without streaks.
func (j *job) extend(ctx context.Context, l Layer) error {
	c := j.canvas
	out := &imaging.Picture{Width: c.Width, Height: c.Height}
	inside := l.Bounds(c).Intersect(j.layout.bounds())
	var err error
	if c.Deep {
		out.Pix16 = make([]uint16, 3*c.Width*c.Height)
		err = drawOut(ctx, out.Pix16, c.Width, inside, newEdge(l, inside, l.Picture.Pix16))
	} else {
		out.Pix = make([]uint8, 3*c.Width*c.Height)
		err = drawOut(ctx, out.Pix, c.Width, inside, newEdge(l, inside, l.Picture.Pix))
	}
	c.add(Layer{Name: "Extended background", Role: RoleBackground, Picture: out})
	return err
}

// drawOut fills the pixels around inside on a canvas of that width.
func drawOut[T sample](ctx context.Context, pix []T, width int, inside image.Rectangle, e *edge) error {
	height := len(pix) / 3 / width
	return rows(ctx, height, func(first, last int) {
		for y := first; y < last; y++ {
			for x := 0; x < width; x++ {
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

// newEdge reads the outline of r, in canvas coordinates, from a layer's samples.
func newEdge[T sample](l Layer, r image.Rectangle, pix []T) *edge {
	e := &edge{r: r, turn: 2 * (r.Dx() + r.Dy())}
	for c := range 3 {
		e.value[c] = make([]float64, 3*e.turn)
		e.first[c] = make([]float64, 3*e.turn+1)
		e.twice[c] = make([]float64, 3*e.turn+1)
	}
	for i := range 3 * e.turn {
		at := e.point(i % e.turn)
		k := 3 * ((at.Y-l.Y)*l.Picture.Width + at.X - l.X)
		for c := range 3 {
			v := float64(pix[k+c])
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
