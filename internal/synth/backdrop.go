package synth

import (
	"math"
	"math/rand/v2"
)

// paintBackdrop returns what lies behind the subject, as sRGB values 0..1, its
// shadow included.
func paintBackdrop(random *rand.Rand, kind Kind, v view, s *subject) []float32 {
	paint := backdrop(random, kind)
	back := make([]float32, 3*v.width*v.height)
	rows(v.height, func(y int) {
		for x := range v.width {
			direction := v.ray(float64(x)+.5, float64(y)+.5)
			colour := paint(v, direction)
			if direction[1] < 0 {
				floor := v.eye.add(direction.scale(-v.eye[1] / direction[1]))
				colour = colour.scale(1 - shadow(s, floor))
			}
			for c := range 3 {
				back[3*(y*v.width+x)+c] = encode(colour[c])
			}
		}
	})
	return back
}

// shadow returns how much light the subject takes from a point of the floor, 0..1:
// deep where it stands, long and faint away from the key lamp.
func shadow(s *subject, floor vec) float64 {
	if s == nil {
		return 0
	}
	away := math.Hypot(floor[0], floor[2]) / s.foot
	contact := .55 * smoothstep(1.35, .8, away)
	along := vec{floor[0] - .55, 0, floor[2] + .45}
	cast := .28 * math.Exp(-(along[0]*along[0]/.9 + along[2]*along[2]/.5))
	return contact + (1-contact)*cast
}

// backdrop returns the linear colour of the scene without its subject.
func backdrop(random *rand.Rand, kind Kind) func(v view, direction vec) vec {
	switch kind {
	case Gradient, Hair, Motion:
		return gradient(random)
	case Textured, Empty:
		return room(random)
	case Glass:
		return sweep(random, hue(random.Float64(), .5, .35))
	case Ring, Soft:
		return sweep(random, vec{.62, .63, .65})
	}
	return sweep(random, vec{.84, .845, .85})
}

// sweep is a studio's paper: floor and wall of one colour, the corner rounded away,
// brightest where the lamp falls.
func sweep(random *rand.Rand, colour vec) func(v view, direction vec) vec {
	lamp := vec{-.3 + .2*random.Float64(), .1, -1}.unit()
	return func(v view, direction vec) vec {
		glow := .93 + .09*smoothstep(.85, 1, direction.dot(lamp))
		glow -= .04 * smoothstep(0, -.3, direction[1])
		return colour.scale(glow)
	}
}

// gradient is paper of one hue, darkening upwards and into the corners.
func gradient(random *rand.Rand) func(v view, direction vec) vec {
	turns := random.Float64()
	low, high := hue(turns, .35, .62), hue(turns+.06, .6, .2)
	return func(v view, direction vec) vec {
		edge := 1 - direction.dot(v.forward)
		t := smoothstep(-.38, .05, direction[1])
		return low.mix(high, t).scale(1 - 4*edge)
	}
}

// room is a table of planks before a room out of focus.
func room(random *rand.Rand) func(v view, direction vec) vec {
	wood := hue(.06+.03*random.Float64(), .55, .38)
	wall := hue(random.Float64(), .25, .3)
	type blob struct {
		towards, colour vec
		size            float64
	}
	blobs := make([]blob, 14)
	for i := range blobs {
		blobs[i] = blob{
			towards: vec{1.1 * (random.Float64() - .5), .35*random.Float64() - .12, -1}.unit(),
			colour:  hue(random.Float64(), .5*random.Float64(), .25+.6*random.Float64()),
			size:    .02 + .06*random.Float64(),
		}
	}
	return func(v view, direction vec) vec {
		colour := wall.scale(1 + .5*clouds(direction.scale(3), 2))
		for _, b := range blobs {
			off := direction.sub(b.towards).length()
			colour = colour.mix(b.colour, .75*smoothstep(b.size*1.15, b.size*.85, off))
		}
		if direction[1] >= 0 {
			return colour
		}
		floor := v.eye.add(direction.scale(-v.eye[1] / direction[1]))
		table := smoothstep(-3.2, -2.4, floor[2])
		return colour.mix(planks(wood, floor), table)
	}
}

// planks is wood, its grain along x.
func planks(wood, at vec) vec {
	const width = .55
	board := math.Floor(at[2] / width)
	grain := clouds(vec{at[0]*.9 + 17*board, board, at[2] * 14}, 4)
	seam := smoothstep(.03, .0, math.Abs(at[2]/width-board-.5)-.47)
	shade := 1 + .55*grain + .15*hash([3]int64{int64(board), 5, 9})
	return wood.scale(max(shade, .2) * (.35 + .65*seam))
}
