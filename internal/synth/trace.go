package synth

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// layer is the subject alone: sRGB values 0..1, premultiplied, and alpha.
type layer struct {
	width, height int
	pixel         [][4]float32
}

func newLayer(width, height int) layer {
	return layer{width, height, make([][4]float32, width*height)}
}

// view is the camera: a little above the subject, looking slightly down.
type view struct {
	width, height int
	eye           vec
	right, up     vec // of the picture plane
	forward       vec
	zoom          float64 // of the shorter side
}

func newView(random *rand.Rand, width, height int) view {
	v := view{width: width, height: height, zoom: 4 + .5*random.Float64()}
	v.eye = vec{.8 * (random.Float64() - .5), 1.9 + .5*random.Float64(), 6}
	target := vec{0, 1.05, 0}
	v.forward = target.sub(v.eye).unit()
	v.right = v.forward.cross(vec{0, 1, 0}).unit()
	v.up = v.right.cross(v.forward)
	return v
}

// ray returns the direction in which the camera sees a point of the picture.
func (v view) ray(x, y float64) vec {
	side := float64(min(v.width, v.height))
	across := (2*x - float64(v.width)) / side
	down := (2*y - float64(v.height)) / side
	return v.forward.scale(v.zoom).add(v.right.scale(across)).add(v.up.scale(-down)).unit()
}

// Samples along the side of a pixel where one sample would show steps: the outline
// gives the matte its sixteen levels of coverage, the inside needs fewer.
const (
	outlineGrid = 4
	creaseGrid  = 2
)

// trace draws the subject: one sample a pixel, and more where its outline, a crease
// or a strong edge of its pattern runs.
func trace(v view, s *subject) layer {
	l := newLayer(v.width, v.height)
	depth := make([]float64, len(l.pixel))
	rows(v.height, func(y int) {
		for x := range v.width {
			i := y*v.width + x
			l.pixel[i], depth[i] = s.look(v, float64(x)+.5, float64(y)+.5)
		}
	})
	fine := newLayer(v.width, v.height)
	rows(v.height, func(y int) {
		for x := range v.width {
			i := y*v.width + x
			fine.pixel[i] = l.pixel[i]
			if grid := l.roughness(depth, x, y); grid > 1 {
				fine.pixel[i] = s.average(v, x, y, grid)
			}
		}
	})
	return fine
}

// roughness returns how many samples along its side the pixel needs.
func (l *layer) roughness(depth []float64, x, y int) int {
	grid := 1
	i := y*l.width + x
	for _, step := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
		nx, ny := x+step[0], y+step[1]
		if nx < 0 || ny < 0 || nx >= l.width || ny >= l.height {
			continue
		}
		j := ny*l.width + nx
		if math.IsInf(depth[i], 1) != math.IsInf(depth[j], 1) {
			return outlineGrid
		}
		if depth[i] != depth[j] && (math.Abs(depth[i]-depth[j]) > .04 || uneven(l.pixel[i], l.pixel[j])) {
			grid = creaseGrid
		}
	}
	return grid
}

// uneven tells whether two neighbours differ so much that one sample each would
// show steps.
func uneven(a, b [4]float32) bool {
	for c := range a {
		if d := a[c] - b[c]; d > .16 || d < -.16 {
			return true
		}
	}
	return false
}

// average returns the mean of grid x grid looks into the pixel.
func (s *subject) average(v view, x, y, grid int) [4]float32 {
	var sum [4]float32
	n := float32(grid * grid)
	for k := range grid * grid {
		fx, fy := float64(k%grid)+.5, float64(k/grid)+.5
		at, _ := s.look(v, float64(x)+fx/float64(grid), float64(y)+fy/float64(grid))
		for c := range sum {
			sum[c] += at[c] / n
		}
	}
	return sum
}

// look returns the premultiplied colour and alpha at a point of the picture, and
// how far away the surface is, +Inf when there is none.
func (s *subject) look(v view, x, y float64) ([4]float32, float64) {
	direction := v.ray(x, y)
	t, hit := s.march(v.eye, direction)
	if !hit {
		return [4]float32{}, math.Inf(1)
	}
	p := v.eye.add(direction.scale(t))
	colour, alpha := s.shade(p, direction)
	a := float32(alpha)
	return [4]float32{encode(colour[0]) * a, encode(colour[1]) * a, encode(colour[2]) * a, a}, t
}

// march returns how far along the ray the surface lies (sphere tracing; Hart, 1996).
func (s *subject) march(from, direction vec) (t float64, hit bool) {
	// Only the part of the ray inside the ball that holds the subject matters.
	middle := s.centre.sub(from).dot(direction)
	off := s.centre.sub(from).sub(direction.scale(middle)).length()
	if off > s.reach {
		return 0, false
	}
	half := math.Sqrt(s.reach*s.reach - off*off)
	for t = max(middle-half, 0); t < middle+half; {
		d := s.shape(from.add(direction.scale(t)))
		if d < 1e-3 {
			return t, true
		}
		t += d
	}
	return 0, false
}

// rows calls draw for every row, on all cores.
func rows(height int, draw func(y int)) {
	next := make(chan int, height)
	for y := range height {
		next <- y
	}
	close(next)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), height) {
		workers.Go(func() {
			for y := range next {
				draw(y)
			}
		})
	}
	workers.Wait()
}
