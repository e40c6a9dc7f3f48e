package synth

import "math"

// lamp is a light of the studio.
type lamp struct {
	towards, light vec
	hard           bool // casts shadows
}

// lamps are the key light, from the upper left, and a fill light without shadow.
func lamps() [2]lamp {
	return [2]lamp{
		{towards: vec{-.53, .73, .58}.unit(), light: vec{1.05, 1.0, .94}, hard: true},
		{towards: vec{.82, .26, .51}.unit(), light: vec{.22, .24, .28}},
	}
}

// shade returns the linear colour of the surface at p as seen along the direction,
// and its alpha.
func (s *subject) shade(p, direction vec) (vec, float64) {
	n := s.shape.normal(p)
	k := s.skin(p)
	facing := max(-n.dot(direction), 0)
	mirror := direction.sub(n.scale(2 * n.dot(direction)))
	open := s.openness(p, n)

	sky := vec{.34, .35, .37}.scale(.5 + .5*n[1]).add(vec{.16, .15, .14}.scale(.5 - .5*n[1]))
	light := sky.scale(open)
	var highlight vec
	for _, lamp := range lamps() {
		lit := max(n.dot(lamp.towards), 0)
		if lit > 0 && lamp.hard {
			lit *= s.lit(p.add(n.scale(.01)), lamp.towards)
		}
		light = light.add(lamp.light.scale(lit))
		spark := math.Pow(max(mirror.dot(lamp.towards), 0), 60)
		highlight = highlight.add(lamp.light.scale(k.gloss * spark * .8))
	}
	fresnel := .04 + .96*math.Pow(1-facing, 5)
	reflected := studio(mirror).scale(open)
	matt := k.colour.mul(light).add(reflected.scale(fresnel * k.gloss)).add(highlight)
	shiny := k.colour.mul(reflected).add(highlight)
	colour := matt.mix(shiny, k.metal)

	// A clear surface shows of itself what it reflects and what its tint holds back;
	// its thick rim, seen edge-on, lets nothing through.
	spark := min(highlight.length(), 1)
	mirrored := studio(mirror)
	gleam := .6 * k.clear * smoothstep(.5, 1.6, mirrored[1])
	alpha := 1 - k.clear*(1-math.Pow(1-facing, 2.5))*(1-spark)*(1-gleam)
	return colour.mix(mirrored, gleam), min(max(alpha, 0), 1)
}

// openness tells how much of the sky a point sees, 0..1: by how far the distance
// to the nearest surface lags behind a walk along the normal, floor included.
func (s *subject) openness(p, n vec) float64 {
	closed, weight := 0., 1.
	for i := 1; i <= 4; i++ {
		step := .07 * float64(i)
		q := p.add(n.scale(step))
		closed += weight * max(step-min(s.shape(q), q[1]), 0)
		weight *= .65
	}
	return min(max(1-1.6*closed, .15), 1)
}

// lit tells how much of a lamp the point sees, 0..1, with soft edges (Quilez, "Soft
// shadows").
func (s *subject) lit(p, towards vec) float64 {
	seen := 1.
	for t := .03; ; {
		q := p.add(towards.scale(t))
		if q.sub(s.centre).length() > s.reach {
			return seen
		}
		d := s.shape(q)
		if d < 1e-3 {
			return 0
		}
		seen = min(seen, 7*d/t)
		t += min(max(d, .02), .25)
	}
}

// studio is what a mirror sees: softboxes to the left and right and above, a dark
// room, a light floor.
func studio(direction vec) vec {
	box := func(towards vec, size float64) float64 {
		return smoothstep(size, size+.08, direction.dot(towards.unit()))
	}
	light := 1.5*box(vec{-.7, .5, .5}, .80) + .8*box(vec{.9, .2, .3}, .86) + 1.1*box(vec{0, 1, .1}, .88)
	room := .10 + .12*smoothstep(-.2, .6, direction[1])
	floor := .55 * smoothstep(.05, -.5, direction[1])
	return vec{1, .98, .96}.scale(light + room + floor)
}
