package synth

import "math"

// vec is a point or direction: x to the right, y up, z towards the camera; or a
// linear RGB colour.
type vec [3]float64

func (a vec) add(b vec) vec            { return vec{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }
func (a vec) sub(b vec) vec            { return vec{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }
func (a vec) mul(b vec) vec            { return vec{a[0] * b[0], a[1] * b[1], a[2] * b[2]} }
func (a vec) scale(k float64) vec      { return vec{a[0] * k, a[1] * k, a[2] * k} }
func (a vec) dot(b vec) float64        { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func (a vec) length() float64          { return math.Sqrt(a.dot(a)) }
func (a vec) unit() vec                { return a.scale(1 / max(a.length(), 1e-12)) }
func (a vec) mix(b vec, t float64) vec { return a.scale(1 - t).add(b.scale(t)) }

func (a vec) cross(b vec) vec {
	return vec{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

// smoothstep rises from 0 at a to 1 at b without a kink.
func smoothstep(a, b, x float64) float64 {
	t := min(max((x-a)/(b-a), 0), 1)
	return t * t * (3 - 2*t)
}

// encode returns the sRGB value 0..1 of a linear one (IEC 61966-2-1), highlights
// rolled off above .8 as film does.
func encode(linear float64) float32 {
	if linear > .8 {
		linear = .8 + .2*(1-math.Exp(-(linear-.8)/.2))
	}
	if linear <= .0031308 {
		return float32(max(12.92*linear, 0))
	}
	return float32(1.055*math.Pow(linear, 1/2.4) - .055)
}

// hue returns a linear colour of that hue (in turns from red, 0..1), saturation and
// value.
func hue(turns, saturation, value float64) vec {
	var c vec
	for i := range c {
		h := math.Mod(turns+1-float64(i)/3, 1)*6 - 3
		c[i] = value * (1 - saturation*(1-min(max(math.Abs(h)-1, 0), 1)))
	}
	return c
}

// noise is smooth value noise, about -1..1, with features of size one.
func noise(p vec) float64 {
	var cell [3]int64
	var f vec
	for i, v := range p {
		floor := math.Floor(v)
		cell[i] = int64(floor)
		t := v - floor
		f[i] = t * t * (3 - 2*t)
	}
	var sum float64
	for corner := range 8 {
		weight := 1.
		at := cell
		for i := range 3 {
			if corner>>i&1 == 1 {
				at[i]++
				weight *= f[i]
			} else {
				weight *= 1 - f[i]
			}
		}
		sum += weight * hash(at)
	}
	return sum
}

// hash returns a value -1..1 for a lattice point (the finaliser of MurmurHash3).
func hash(at [3]int64) float64 {
	h := uint64(at[0])*0x9e3779b97f4a7c15 ^ uint64(at[1])*0xc2b2ae3d27d4eb4f ^ uint64(at[2])*0x165667b19e3779f9
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return float64(h>>11)/(1<<52) - 1
}

// clouds is noise summed over octaves, about -1..1.
func clouds(p vec, octaves int) float64 {
	sum, weight := 0., .5
	for range octaves {
		sum += weight * noise(p)
		p = p.scale(2.03).add(vec{7.1, 3.7, 5.3})
		weight /= 2
	}
	return sum
}
