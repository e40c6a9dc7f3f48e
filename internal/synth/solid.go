package synth

import "math"

// hypot is math.Hypot without its care for overflow, which costs four times as much.
func hypot(a, b float64) float64 { return math.Sqrt(a*a + b*b) }

// solid is a signed distance: at most the distance from p to the surface, negative
// inside.
type solid func(p vec) float64

// ball is an ellipsoid (the bound of Quilez, "Distance functions").
func ball(centre, radii vec) solid {
	return func(p vec) float64 {
		q := p.sub(centre)
		scaled := vec{q[0] / radii[0], q[1] / radii[1], q[2] / radii[2]}
		steep := vec{scaled[0] / radii[0], scaled[1] / radii[1], scaled[2] / radii[2]}.length()
		k := scaled.length()
		if steep == 0 {
			return -min(radii[0], radii[1], radii[2])
		}
		return k * (k - 1) / steep
	}
}

// hoop is a torus about the z axis.
func hoop(centre vec, radius, thickness float64) solid {
	return func(p vec) float64 {
		q := p.sub(centre)
		return hypot(hypot(q[0], q[1])-radius, q[2]) - thickness
	}
}

// can is an upright cylinder with rounded edges.
func can(centre vec, radius, half, round float64) solid {
	return func(p vec) float64 {
		q := p.sub(centre)
		dx := hypot(q[0], q[2]) - radius + round
		dy := math.Abs(q[1]) - half + round
		return min(max(dx, dy), 0) + hypot(max(dx, 0), max(dy, 0)) - round
	}
}

// turned is a solid of revolution about the y axis between y 0 and height.
func turned(height float64, radius func(y float64) float64) solid {
	const steepness = .6 // how much the profile's slope overstates the distance
	return func(p vec) float64 {
		y := min(max(p[1], 0), height)
		side := (hypot(p[0], p[2]) - radius(y)) * steepness
		cap := max(p[1]-height, -p[1])
		return max(side, cap)
	}
}

// join is the union, blended over the width k; 0 keeps the crease.
func join(k float64, parts ...solid) solid {
	return func(p vec) float64 {
		d := parts[0](p)
		for _, part := range parts[1:] {
			e := part(p)
			h := max(k-math.Abs(d-e), 0)
			d = min(d, e)
			if k > 0 {
				d -= h * h / (4 * k)
			}
		}
		return d
	}
}

// minus is a without b.
func minus(a, b solid) solid {
	return func(p vec) float64 { return max(a(p), -b(p)) }
}

// mirrored is the solid's right half on both sides.
func mirrored(s solid) solid {
	return func(p vec) float64 { return s(vec{math.Abs(p[0]), p[1], p[2]}) }
}

// spun is the solid turned about the y axis.
func spun(s solid, angle float64) solid {
	sin, cos := math.Sincos(angle)
	return func(p vec) float64 {
		return s(vec{cos*p[0] - sin*p[2], p[1], sin*p[0] + cos*p[2]})
	}
}

// normal is the direction in which the distance grows fastest (tetrahedron
// differences).
func (s solid) normal(p vec) vec {
	const e = 1e-3
	var n vec
	for _, k := range [4]vec{{1, -1, -1}, {-1, -1, 1}, {-1, 1, -1}, {1, 1, 1}} {
		n = n.add(k.scale(s(p.add(k.scale(e)))))
	}
	return n.unit()
}
