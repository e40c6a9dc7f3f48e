package clip

import (
	"context"
	"image"
	"math"

	"mattebox/matte"
)

// watch shows frames to a net for people, which sees little at once: a box follows them,
// so that what it sees is spent on them. The whole frame is looked at where a scene
// begins and every few frames, for who has come in. Frames come in their order.
type watch struct {
	eye   *eye
	box   image.Rectangle // where people are to be expected, pixels of the frame; empty: nobody knows
	since int             // frames since the whole was looked at
}

// What a people's net is shown, chosen by measurement (docs/video.md). It finds people
// best who are some 100 to 300 pixels high.
const (
	wholeSide  = 320     // pixels of the longer side of a look at the whole frame
	wholeEvery = 10      // frames from one such look to the next
	boxSide    = 320     // side of the square that has as many pixels as a look at the box
	boxLongest = 640     // pixels of the longer side of a narrow box
	boxLargest = 2.      // times that a box is enlarged at most
	boxMargin  = 0.05    // of its sides, around the people
	boxRoom    = 1. / 40 // of the frame's longer side, around that: how far they get in a frame
	present    = 0.5     // alpha that is somebody
	lineShare  = 0.02    // of a line of pixels that must be somebody's for the line to count
	leastCells = 4       // of the net's steps that a look's side has at least
)

// look sets the shot's raw matte; fresh begins a scene.
func (w *watch) look(ctx context.Context, s *shot, fresh bool) error {
	p := rgbOf(s.frame)
	cw, ch := carriedSize(p.Width, p.Height, w.eye.side)
	raw := matte.NewMap(cw, ch)
	if fresh {
		w.box = image.Rectangle{}
	}
	if w.since++; w.box.Empty() || w.since >= wholeEvery {
		w.since = 0
		if err := w.see(ctx, p, p.Bounds(), raw, wholeSide*wholeSide*min(p.Width, p.Height)/max(p.Width, p.Height)); err != nil {
			return err
		}
		w.box = w.box.Union(people(raw, p.Width, p.Height))
	}
	if !w.box.Empty() {
		clear(raw.Pix)
		if err := w.see(ctx, p, w.box, raw, boxSide*boxSide); err != nil {
			return err
		}
		w.box = people(raw, p.Width, p.Height)
	}
	s.raw = raw
	return nil
}

// see shows a box of the picture to the net with some area of its own pixels, and puts what
// it says into the map.
func (w *watch) see(ctx context.Context, p *matte.Picture, r image.Rectangle, into *matte.Map, area int) error {
	width, height := w.sizes(r, area)
	m, err := w.eye.show(ctx, p, r, width, height)
	if err != nil {
		return err
	}
	paste(into, m, r, p.Width, p.Height)
	return nil
}

// sizes returns the size at which the net sees a box.
func (w *watch) sizes(r image.Rectangle, area int) (int, int) {
	spec := w.eye.net.Spec()
	if spec.Multiple == 0 {
		return spec.Size, spec.Size
	}
	scale := min(math.Sqrt(float64(area)/float64(r.Dx()*r.Dy())), boxLargest, boxLongest/float64(max(r.Dx(), r.Dy())))
	fit := func(n int) int {
		return max((round(float64(n)*scale)+spec.Multiple/2)/spec.Multiple, leastCells) * spec.Multiple
	}
	return fit(r.Dx()), fit(r.Dy())
}

// people returns the box around everybody in a map, in pixels of a frame of the size, with
// a margin; empty where there is nobody.
func people(m *matte.Map, width, height int) image.Rectangle {
	columns, lines := make([]int, m.Width), make([]int, m.Height)
	for y := range m.Height {
		for x, v := range m.Pix[y*m.Width : (y+1)*m.Width] {
			if v > present {
				columns[x]++
				lines[y]++
			}
		}
	}
	x0, x1 := span(columns, int(lineShare*float64(m.Height)))
	y0, y1 := span(lines, int(lineShare*float64(m.Width)))
	if x0 >= x1 || y0 >= y1 {
		return image.Rectangle{}
	}
	room := boxRoom * float64(max(m.Width, m.Height))
	mx, my := boxMargin*float64(x1-x0)+room, boxMargin*float64(y1-y0)+room
	sx, sy := float64(width)/float64(m.Width), float64(height)/float64(m.Height)
	r := image.Rect(round((float64(x0)-mx)*sx), round((float64(y0)-my)*sy), round((float64(x1)+mx)*sx), round((float64(y1)+my)*sy))
	return r.Intersect(image.Rect(0, 0, width, height))
}

// span returns the first and the place after the last count above the least.
func span(counts []int, least int) (from, to int) {
	for i, n := range counts {
		if n > least {
			if to == 0 {
				from = i
			}
			to = i + 1
		}
	}
	return from, to
}

// paste puts the map of a box of a frame into the map of all of it.
func paste(into, m *matte.Map, r image.Rectangle, width, height int) {
	// From a pixel of into to one of m: both are measured at their centres.
	sx, sy := float64(width)/float64(into.Width), float64(height)/float64(into.Height)
	kx, ky := float64(m.Width)/float64(r.Dx()), float64(m.Height)/float64(r.Dy())
	first := func(min int, s float64) int { return max(int(math.Ceil(float64(min)/s-.5)), 0) }
	x0, x1 := first(r.Min.X, sx), min(first(r.Max.X, sx), into.Width)
	y0, y1 := first(r.Min.Y, sy), min(first(r.Max.Y, sy), into.Height)
	for y := y0; y < y1; y++ {
		v := float32((((float64(y)+.5)*sy)-float64(r.Min.Y))*ky - .5)
		row := into.Pix[y*into.Width : (y+1)*into.Width]
		for x := x0; x < x1; x++ {
			row[x] = sampleMap(m, float32((((float64(x)+.5)*sx)-float64(r.Min.X))*kx-.5), v)
		}
	}
}
