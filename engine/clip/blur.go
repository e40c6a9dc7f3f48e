package clip

import (
	"slices"

	"mattebox/video"
)

// The blurred background is made on a small grid and interpolated: it holds
// nothing fine.
const (
	blurGrid   = 96 // cells of the longer side
	blurRadius = 4  // cells of the box, passed over blurPasses times
	blurWide   = 32 // likewise, of what fills the place of the subject
	blurPasses = 3
	blurFill   = 0.02 // weight of the wide blur
	blurLeast  = 1e-5 // weight of a pixel that is all subject, for frames that hold nothing else
)

// blurBehind fills the canvas with the frame's own background, out of focus, as if
// the frame covered it. Each pixel counts by what its matte leaves of the
// background, so that the subject throws no glow, and its place is filled from around.
func blurBehind(canvas *video.Frame, m Matted) {
	w, h := within(m.Frame.Width, m.Frame.Height, min(blurGrid, max(m.Frame.Width, m.Frame.Height)))
	planes := gather(m, w, h)
	blurGridPlanes(&planes, w, h, blurRadius)
	wide := planes
	for c := range wide {
		wide[c] = slices.Clone(planes[c])
	}
	blurGridPlanes(&wide, w, h, blurWide)
	for i, weight := range planes[3] {
		for c := range 3 {
			planes[c][i] = (planes[c][i] + blurFill*wide[c][i]) / (weight + blurFill*wide[3][i])
		}
	}
	spreadGrid(canvas, &planes, w, h)
}

func blurGridPlanes(planes *[4][]float32, w, h, radius int) {
	scratch := make([]float32, max(w, h))
	for range blurPasses {
		for _, plane := range planes {
			boxMean(plane, scratch, radius, lines{n: w, count: h, step: 1, stride: w})
			boxMean(plane, scratch, radius, lines{n: h, count: w, step: w, stride: 1})
		}
	}
}

// lines are the rows or the columns of a plane: count of them, stride apart, of n values, step apart.
type lines struct{ n, count, step, stride int }

// gather sums weighted colours, and the weights, over the cells of the grid.
func gather(m Matted, w, h int) (planes [4][]float32) {
	for c := range planes {
		planes[c] = make([]float32, w*h)
	}
	f := m.Frame
	for y := range f.Height {
		row := y * h / f.Height * w
		for x := range f.Width {
			i, cell := y*f.Width+x, row+x*w/f.Width
			weight := float32(255-m.Alpha[i])*(1./255) + blurLeast
			for c := range 3 {
				planes[c][cell] += weight * float32(f.Pix[i*4+c])
			}
			planes[3][cell] += weight
		}
	}
	return planes
}

// boxMean replaces the lines by means over radius on both sides; beyond the ends the
// last value goes on.
func boxMean(plane, scratch []float32, radius int, l lines) {
	for k := range l.count {
		base := k * l.stride
		at := func(i int) float32 { return plane[base+min(max(i, 0), l.n-1)*l.step] }
		var sum float32
		for i := -radius; i <= radius; i++ {
			sum += at(i)
		}
		for i := range l.n {
			scratch[i] = sum / float32(2*radius+1)
			sum += at(i+radius+1) - at(i-radius)
		}
		for i, v := range scratch[:l.n] {
			plane[base+i*l.step] = v
		}
	}
}

// spreadGrid interpolates the grid over the canvas, filling it.
func spreadGrid(canvas *video.Frame, planes *[4][]float32, w, h int) {
	xs, ys := steps(w, canvas.Width), steps(h, canvas.Height)
	for y, v := range ys {
		row := canvas.Pix[y*canvas.Width*4:][:canvas.Width*4]
		for c := range 3 {
			top, bottom := planes[c][v.i*w:][:w], planes[c][v.next*w:][:w]
			for x, s := range xs {
				a := top[s.i] + s.w*(top[s.next]-top[s.i])
				b := bottom[s.i] + s.w*(bottom[s.next]-bottom[s.i])
				row[x*4+c] = uint8(clamp(a+v.w*(b-a), 0, 255) + .5)
			}
		}
		for x := range xs {
			row[x*4+3] = 255
		}
	}
}
