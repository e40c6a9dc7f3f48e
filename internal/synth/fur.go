package synth

import (
	"math"
	"math/rand/v2"
)

// strand is one hair: it leaves (x, y) in a direction, bends as it goes, and thins.
type strand struct {
	x, y   float64
	angle  float64 // radians, 0 to the right, growing downwards
	bend   float64 // radians from root to tip
	length float64 // pixels
	width  float64 // pixels at the root; a quarter of it at the tip
	colour [3]float32
}

// darkest is the sum of the channels under which a root is a button's, not skin.
const darkest = .6

// growFur covers the subject with hair that takes its colour where it is rooted:
// a dense coat, and longer strays across the outline.
func growFur(random *rand.Rand, l *layer) {
	bald := layer{l.width, l.height, append([][4]float32(nil), l.pixel...)}
	side := float64(min(l.width, l.height))
	middleX, middleY := bald.middle()
	coat := int(150000 * bald.coverage() / (side * side))
	for range coat {
		x, y := random.IntN(l.width), random.IntN(l.height)
		root := bald.pixel[y*l.width+x]
		if root[3] < .9 || root[0]+root[1]+root[2] < darkest {
			continue
		}
		outward := math.Atan2(float64(y)-middleY, float64(x)-middleX)
		stray := random.ExpFloat64()
		shade := float32(math.Exp(.16*random.NormFloat64() + .06))
		l.draw(strand{
			x: float64(x), y: float64(y),
			angle:  outward + .45*random.NormFloat64(),
			bend:   .8*random.NormFloat64() + .25,
			length: side * min(.022+.010*stray, .08),
			width:  max(side/700, .45) * (.6 + .8*random.Float64()),
			colour: [3]float32{min(root[0]*shade, 1), min(root[1]*shade, 1), min(root[2]*shade, 1)},
		})
	}
}

// coverage returns the sum of alpha in pixels.
func (l *layer) coverage() float64 {
	var sum float64
	for _, p := range l.pixel {
		sum += float64(p[3])
	}
	return sum
}

// middle returns the centre of mass.
func (l *layer) middle() (x, y float64) {
	var sum float64
	for i, p := range l.pixel {
		sum += float64(p[3])
		x += float64(p[3]) * float64(i%l.width)
		y += float64(p[3]) * float64(i/l.width)
	}
	return x / max(sum, 1), y / max(sum, 1)
}

// draw lays the strand over the layer, pixel by pixel along its path. Where it is
// thinner than a pixel it covers that much of it.
func (l *layer) draw(s strand) {
	const step = .7 // pixels; under one, so that the path has no gaps
	n := max(int(s.length/step), 1)
	x, y := s.x, s.y
	lastX, lastY := math.MinInt, math.MinInt
	for i := range n {
		t := float64(i) / float64(n)
		sin, cos := math.Sincos(s.angle + s.bend*t)
		x, y = x+step*cos, y+step*sin
		steep := math.Abs(sin) > math.Abs(cos)
		px, py := int(math.Floor(x)), int(math.Floor(y))
		if steep && py == lastY || !steep && px == lastX {
			continue
		}
		lastX, lastY = px, py
		l.dab(x, y, s.width*(1-.75*t), steep, s.colour)
	}
}

// dab covers, across a strand's path, the pixels that its width touches.
func (l *layer) dab(x, y, width float64, steep bool, colour [3]float32) {
	across := y
	if steep {
		across = x
	}
	from, to := across-width/2, across+width/2
	for k := int(math.Floor(from)); float64(k) < to; k++ {
		cover := min(to, float64(k+1)) - max(from, float64(k))
		px, py := int(math.Floor(x)), k
		if steep {
			px, py = k, int(math.Floor(y))
		}
		if px < 0 || py < 0 || px >= l.width || py >= l.height {
			continue
		}
		l.pixel[py*l.width+px] = over(colour, float32(cover), l.pixel[py*l.width+px])
	}
}

// over lays a straight colour of that alpha over a premultiplied pixel.
func over(colour [3]float32, alpha float32, under [4]float32) [4]float32 {
	for c := range colour {
		under[c] = alpha*colour[c] + (1-alpha)*under[c]
	}
	under[3] = alpha + (1-alpha)*under[3]
	return under
}
