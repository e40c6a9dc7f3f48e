package synth

import (
	"math"
	"math/rand/v2"
)

// subject is a solid standing on the floor y = 0, with its skin.
type subject struct {
	shape  solid
	centre vec     // of a ball that holds it
	reach  float64 // radius of that ball
	foot   float64 // radius of what stands on the floor, for its shadow
	skin   func(p vec) skin
}

// skin is how a point of the surface takes light.
type skin struct {
	colour vec     // diffuse, linear
	gloss  float64 // strength of the highlight, 0..1
	metal  float64 // 1 reflects the studio in its own colour and nothing else
	clear  float64 // 1 lets through all that is not reflected
}

// newSubject returns a subject that suits the kind, nil for an empty picture.
func newSubject(random *rand.Rand, kind Kind) *subject {
	switch kind {
	case Product, Gradient, Textured, Soft, Motion:
		return anyProduct(random, hue(random.Float64(), .55+.4*random.Float64(), .75))
	case White:
		return anyProduct(random, vec{.93, .92, .9})
	case Hair:
		return plush(random)
	case Ring:
		return ring(random)
	case Glass:
		return tumbler(random)
	}
	return nil
}

func anyProduct(random *rand.Rand, colour vec) *subject {
	if random.IntN(2) == 0 {
		return vase(random, colour)
	}
	return mug(random, colour)
}

// vase is a thrown, glazed pot with a lip and a darker band.
func vase(random *rand.Rand, colour vec) *subject {
	const height = 2.
	belly, neck := .55+.2*random.Float64(), .2+.12*random.Float64()
	at := .55 + .3*random.Float64()
	radius := func(y float64) float64 {
		t := y / height
		r := .34 + (belly-.34)*smoothstep(0, at/height*1.6, t)
		r += (neck - r) * smoothstep(at/height, .86, t)
		return r + .12*smoothstep(.88, 1, t)
	}
	opening := turned(.5, func(float64) float64 { return neck - .07 })
	body := minus(turned(height, radius), func(p vec) float64 { return opening(p.sub(vec{0, height - .3, 0})) })
	band := .35 + .9*random.Float64()
	return &subject{
		shape: body, centre: vec{0, height / 2, 0}, reach: 1.3, foot: .36,
		skin: func(p vec) skin {
			speckle := clouds(p.scale(9), 3)
			c := colour.scale(1 + .22*speckle)
			inBand := smoothstep(.075, .065, math.Abs(p[1]-band)+.012*noise(p.scale(5)))
			return skin{colour: c.scale(1 - .65*inBand), gloss: .55}
		},
	}
}

// mug has a handle, and so a hole.
func mug(random *rand.Rand, colour vec) *subject {
	const height, radius = 1.5, .62
	middle := vec{0, height / 2, 0}
	cup := minus(can(middle, radius, height/2, .06), can(middle.add(vec{0, .12, 0}), radius-.07, height/2, .04))
	handle := hoop(vec{radius + .1, height / 2, 0}, .36, .085)
	inside := can(middle.add(vec{0, .2, 0}), radius-.06, height/2, .02)
	shape := join(.08, cup, minus(handle, inside))
	angle := -.5 + random.Float64()
	stripes := 3 + random.IntN(4)
	return &subject{
		shape: spun(shape, angle), centre: middle, reach: 1.45, foot: radius,
		skin: func(p vec) skin {
			c := colour
			if hypot(p[0], p[2]) > radius-.02 {
				wave := math.Sin(p[1] * float64(stripes) * math.Pi / height * 2)
				c = c.mix(vec{.9, .88, .82}, .8*smoothstep(.5, .6, wave))
			}
			return skin{colour: c.scale(1 + .08*clouds(p.scale(14), 2)), gloss: .7}
		},
	}
}

// plush is a sitting toy bear with button eyes.
func plush(random *rand.Rand) *subject {
	fur := hue(.03+.08*random.Float64(), .45+.3*random.Float64(), .45+.25*random.Float64())
	pale := fur.mix(vec{.9, .82, .7}, .6)
	ear := .25 + .08*random.Float64()
	// Left and right are alike, so one half is enough.
	half := join(.12,
		ball(vec{0, .62, 0}, vec{.58, .62, .5}), ball(vec{0, 1.5, .05}, vec{.5, .46, .45}),
		ball(vec{.42, 1.88, 0}, vec{ear, ear, .14}), ball(vec{.6, .85, .15}, vec{.2, .38, .22}),
		ball(vec{.4, .2, .4}, vec{.26, .22, .42}), ball(vec{0, 1.38, .42}, vec{.22, .18, .2}))
	halfButtons := join(0, ball(vec{.19, 1.6, .44}, vec{.075, .075, .06}), ball(vec{0, 1.45, .62}, vec{.1, .07, .06}))
	parts, buttons := mirrored(half), mirrored(halfButtons)
	return &subject{
		shape: join(0, parts, buttons), centre: vec{0, 1.05, 0}, reach: 1.5, foot: .75,
		skin: func(p vec) skin {
			if buttons(p) < .004 {
				return skin{colour: vec{.012, .01, .01}, gloss: .9}
			}
			muzzle := smoothstep(.30, .22, p.sub(vec{0, 1.38, .5}).length())
			belly := smoothstep(.42, .3, p.sub(vec{0, .62, .45}).length())
			c := fur.mix(pale, max(muzzle, belly))
			return skin{colour: c.scale(1 + .5*clouds(p.scale(16), 3))}
		},
	}
}

// ring is a jewel upright in its stand of nothing, as catalogues show them.
func ring(random *rand.Rand) *subject {
	metal := vec{.95, .78, .42}
	if random.IntN(2) == 0 {
		metal = vec{.82, .84, .87}
	}
	jewel := hue(random.Float64(), .85, .6)
	band := hoop(vec{0, .785, 0}, .66, .13)
	stone := ball(vec{0, 1.645, 0}, vec{.28, .2, .28})
	seat := can(vec{0, 1.495, 0}, .2, .08, .03)
	return &subject{
		shape:  spun(join(.04, band, seat, stone), -.6+1.2*random.Float64()),
		centre: vec{0, 1, 0}, reach: 1.15, foot: .17,
		skin: func(p vec) skin {
			if p[1] > 1.545 {
				return skin{colour: jewel, gloss: 1, metal: .3}
			}
			return skin{colour: metal, gloss: .8, metal: 1}
		},
	}
}

// tumbler is a glass, part full. Only its nearest wall is drawn.
func tumbler(random *rand.Rand) *subject {
	const height, wall = 1.8, .045
	lean := .12 + .12*random.Float64()
	radius := func(y float64) float64 { return .48 + lean*y/height }
	level := height * (.35 + .3*random.Float64())
	drink := hue(random.Float64(), .85, .55)
	above := turned(height, func(y float64) float64 { return radius(min(y+level, height)) - wall })
	hollow := func(p vec) float64 { return above(p.sub(vec{0, level, 0})) }
	return &subject{
		shape: minus(turned(height, radius), hollow), centre: vec{0, height / 2, 0}, reach: 1.2, foot: .5,
		skin: func(p vec) skin {
			inside := hypot(p[0], p[2]) < radius(p[1])-wall/2
			if inside && p[1] < level+.01 { // the drink's own surface
				return skin{colour: drink.scale(1.2), gloss: 1, clear: .2}
			}
			full := smoothstep(level+.01, level-.01, p[1])
			foot := smoothstep(.13, .11, p[1])
			k := skin{
				colour: vec{.8, .84, .86}.mix(drink, full), gloss: 1.6,
				clear: .9 - .55*full,
			}
			k.colour = k.colour.mix(vec{.55, .6, .62}, foot)
			k.clear += (.5 - k.clear) * foot
			return k
		},
	}
}
