package compose

import "math"

// outline is a subject's lower outline on a grid and the ground under it.
type outline struct {
	base    float64   // the lowest row
	height  float64   // of the subject above base
	contact []float64 // of each column, 1 where it stands on the ground, 0 where it is in the air
	ground  []float64 // of each column, the row at which the ground lies
}

// newOutline reads the outline from an alpha plane; rise is how far above the
// lowest point a column may end and still stand on the ground. It returns nil
// when the plane is empty.
func newOutline(alpha *plane, rise float64) *outline {
	low, top := make([]int, alpha.w), alpha.h
	o := &outline{base: -1, contact: make([]float64, alpha.w), ground: make([]float64, alpha.w)}
	for x := range low {
		low[x] = -1
		for y := range alpha.h {
			if alpha.v[y*alpha.w+x] >= .5 {
				low[x], top = y, min(top, y)
			}
		}
		o.base = max(o.base, float64(low[x]))
	}
	if o.base < 0 {
		return nil
	}
	o.height = max(1, o.base-float64(top)+1)
	for x, y := range low {
		if y >= 0 {
			d := (o.base - float64(y)) / rise
			o.contact[x] = math.Exp(-d * d * d * d)
		}
	}
	o.lay(low)
	return o
}

// lay puts the ground at the outline where that stands on it, at a weighted mean
// of the nearest contacts elsewhere.
func (o *outline) lay(low []int) {
	weight, rise := newPlane(len(low), 1), newPlane(len(low), 1)
	for x, c := range o.contact {
		o.ground[x] = -1
		weight.v[x] = float32(c)
		rise.v[x] = float32(c * (o.base - float64(low[x])))
	}
	for wide := max(1, .01*float64(len(low))); wide < float64(len(low)); wide *= 3 {
		w, r := newPlane(len(low), 1), newPlane(len(low), 1)
		copy(w.v, weight.v)
		copy(r.v, rise.v)
		w.blur(wide, 0)
		r.blur(wide, 0)
		for x := range o.ground {
			if o.ground[x] < 0 && w.v[x] > .02 {
				o.ground[x] = o.base - float64(r.v[x]/w.v[x]) + 1
			}
		}
	}
	for x := range o.ground {
		if o.ground[x] < 0 {
			o.ground[x] = o.base + 1
		}
	}
}

// density returns how solid a column is between two heights, given as parts of
// the subject's height: 0 empty, 1 filled.
func (o *outline) density(alpha *plane, x int, from, to float64) float64 {
	first, last := int(o.base+1-to*o.height), int(o.base+1-from*o.height)
	sum := float32(0)
	for y := max(first, 0); y < min(last, alpha.h); y++ {
		sum += alpha.v[y*alpha.w+x]
	}
	return min(1, 2*float64(sum)/float64(max(last-first, 1)))
}

// cast is the form of a shadow on the ground: a strip from deep behind the
// outline to ahead of it, and the deviations of its blur, along the ground and
// towards the camera.
type cast struct{ deep, ahead, side, soft float64 }

// sized returns the cast in cells for a subject of size s, flattened towards the
// camera.
func (c cast) sized(s, flat float64) cast {
	return cast{c.deep * s, flat * c.ahead * s, c.side * s, flat * c.soft * s}
}

// darken multiplies light by a shadow: each column's amount of it, 0..1, laid on
// the ground behind the outline at that column and blurred.
func (o *outline) darken(light *plane, amount func(x int) float64, dark float64, c cast) {
	layer := newPlane(light.w, light.h)
	for x := range light.w {
		a := amount(x)
		from, to := o.ground[x]-max(c.deep, 1), o.ground[x]+c.ahead
		for y := max(int(from), 0); y < min(int(math.Ceil(to)), light.h); y++ {
			inside := min(float64(y+1), to) - max(float64(y), from)
			layer.v[y*light.w+x] = float32(a * inside)
		}
	}
	layer.blur(c.side, c.soft)
	for i, v := range layer.v {
		light.v[i] *= float32(1 - dark*float64(v))
	}
}
