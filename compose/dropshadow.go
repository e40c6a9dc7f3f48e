package compose

import (
	"context"
	"image"
	"math"
)

// The drop shadow is what a large soft light overhead would cast on level ground
// seen by a camera a little above it. All lengths are parts of the subject's
// size s, the square root of its box's area, so that it looks the same at every
// resolution.
const (
	dropCells = 512 // on the longer side of the grid on which the shadow is reckoned

	contactRise = .24  // how high above the lowest point the outline may still stand on the ground
	contactDark = .62  // light that a contact takes away
	widest      = .065 // deviation of the softest cast towards the camera

	sideReach   = .55 // farthest that a shadow is seen sideways
	groundReach = .30 // downwards
	upReach     = .08 // and upwards
)

// layerCast is a part of the subject, cut out by height above the ground (as parts
// of its own height), and the shadow that it casts where it is solid.
type layerCast struct {
	from, to float64
	dark     float64 // light taken away
	cast
}

// heights returns the parts: what hangs higher casts a wider, paler shadow.
func heights() [4]layerCast {
	return [...]layerCast{
		{0, .12, .50, cast{.06, .006, .022, .016}},
		{.02, .25, .42, cast{.10, .018, .050, .030}},
		{.15, .60, .34, cast{.14, .030, .085, .048}},
		{.40, 1, .21, cast{.18, .036, .140, widest}},
	}
}

// contactCast is the shadow of the ground's last gap, right at the outline.
func contactCast() cast { return cast{.03, .004, .012, .009} }

// dropShadow returns the mask of a made shadow, nil where none would be seen.
// Several subjects stand on one ground; the shadow's lengths are those of the
// largest.
func dropShadow(ctx context.Context, l layout, pieces []piece) (*image.Alpha, error) {
	var box image.Rectangle
	s, cut := 0., false
	for _, p := range pieces {
		own := l.of(p).onCanvas(p.Box)
		box = box.Union(own)
		s = max(s, math.Sqrt(float64(own.Dx())*float64(own.Dy())))
		cut = cut || p.cutFromBelow()
	}
	area := around(box, s, l.bounds())
	if area.Empty() {
		return nil, nil
	}
	g := newGrid(area, dropCells)
	alpha, err := coverages(ctx, l, pieces, g)
	if err != nil {
		return nil, err
	}
	if cut {
		return g.mask(ctx, wallLight(alpha, s/g.step), area, directly())
	}
	room := float64(l.canvas.Y-box.Max.Y) / g.step
	return g.mask(ctx, groundLight(alpha, s/g.step, room), area, directly())
}

// around returns the part of the canvas that the shadow of a box can touch.
func around(box image.Rectangle, s float64, canvas image.Rectangle) image.Rectangle {
	side, up, down := int(sideReach*s), int(upReach*s), int(groundReach*s)
	return image.Rect(box.Min.X-side, box.Min.Y-up, box.Max.X+side, box.Max.Y+down).Intersect(canvas)
}

// coverages returns the coverage of all pieces together.
func coverages(ctx context.Context, l layout, pieces []piece, g grid) (*plane, error) {
	var all *plane
	for _, p := range pieces {
		own, err := coverage(ctx, l.of(p), matte{p.Subject.Alpha, p.Subject.Width, p.Subject.Height}, g)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = own
			continue
		}
		for i, v := range own.v {
			all.v[i] = max(all.v[i], v)
		}
	}
	return all, nil
}

// cutFromBelow reports whether the photograph's lower border cuts the subject, as
// in most portraits: then no ground is in view.
func (p piece) cutFromBelow() bool {
	box, border := p.Box, p.frame.Max.Y
	if box.Max.Y < border-max(1, p.frame.Dy()/200) || p.Subject.Height < border {
		return false
	}
	row := p.Subject.Alpha[(border-1)*p.Subject.Width : border*p.Subject.Width]
	solid := 0
	for _, a := range row {
		if a > 127 {
			solid++
		}
	}
	return solid > box.Dx()/8
}

// groundLight returns the light that reaches the ground at each cell: the
// product of what the slices and the contact leave. s is the subject's size and
// room the distance from its lowest point to the canvas's lower edge, in cells.
func groundLight(alpha *plane, s, room float64) *plane {
	light := newPlane(alpha.w, alpha.h)
	for i := range light.v {
		light.v[i] = 1
	}
	o := newOutline(alpha, contactRise*s)
	if o == nil {
		return light
	}
	// Little room below: a flatter shadow, rather than one that the edge cuts.
	flat := min(1, max(.2, room/(2*widest*s)))
	for _, c := range heights() {
		o.darken(light, func(x int) float64 { return o.density(alpha, x, c.from, c.to) }, c.dark, c.cast.sized(s, flat))
	}
	o.darken(light, func(x int) float64 { return o.contact[x] }, contactDark, contactCast().sized(s, flat))
	fadeBelow(light, o.base+.5, room)
	return light
}

// fadeBelow lets the shadow end before the canvas does.
func fadeBelow(light *plane, base, room float64) {
	for y := range light.h {
		rest := (base + room - float64(y)) / max(room, 1)
		keep := float32(smooth(rest / .6))
		for x := range light.row(y) {
			light.v[y*light.w+x] = 1 - (1-light.v[y*light.w+x])*keep
		}
	}
}

// smooth runs from 0 at 0 to 1 at 1 without a kink (3t^2 - 2t^3).
func smooth(t float64) float64 {
	t = min(max(t, 0), 1)
	return t * t * (3 - 2*t)
}

// wallLight returns the light on a wall close behind a subject that stands on
// nothing: the matte itself, moved a little and blurred.
func wallLight(alpha *plane, s float64) *plane {
	const dark, side, down, soft = .26, .012, .022, .03
	moved := newPlane(alpha.w, alpha.h)
	for y := range moved.h {
		for x := range moved.row(y) {
			moved.v[y*moved.w+x] = float32(alpha.at(float64(x)-side*s, min(float64(y)-down*s, float64(alpha.h-1))))
		}
	}
	moved.blur(soft*s, soft*s)
	for i, v := range moved.v {
		moved.v[i] = 1 - dark*v
	}
	return moved
}
