package compose

import (
	"context"
	"image"
	"math"
	"slices"
)

// The kept shadow is the photograph's own, lifted off its floor as the part of
// the light that is missing: what the photograph shows, divided by what the
// floor would look like without the subject. Lengths are parts of the subject's
// size s, the square root of its box's area.
const (
	keptCells  = 768 // on the longer side of the grid on which the shadow is lifted
	floorCells = 96  // and of the one on which the bare floor is estimated

	keptReach = .35 // from here on the floor is taken to be out of the shadow
	keptFull  = .60 // shadow farther from the subject than this begins to fade
	keptEnd   = 1.1 // and ends here
	keptMost  = .88 // light that a shadow may take away; more is a hole, or another thing

	softBlur   = .020 // smoothing at blurFull from the subject, where a shadow has no detail left
	blurFull   = .20
	rim        = .012 // width of the strip beside the subject that its own light reaches
	calm       = .012 // relative deviation of the bare floor that smoothing at the subject aims at
	tintStart  = .10  // difference of the channels' ratios at which a darkening begins to be
	tintEnd    = .30  // another colour rather than a shadow
	noiseStart = .03  // relative deviation of the bare floor at which it begins to be too
	noiseEnd   = .09  // textured for its shadow to be told from it
)

// keptShadow returns the mask of the photograph's own shadow, nil when there is
// none to be seen. The layout is the piece's own.
func keptShadow(ctx context.Context, l layout, p piece) (*image.Alpha, error) {
	area := l.onCanvas(p.frame).Intersect(l.bounds())
	if area.Empty() {
		return nil, nil
	}
	g := newGrid(p.frame, keptCells)
	fine, err := readFloor(ctx, p.Cutout, g)
	if err != nil {
		return nil, err
	}
	box := p.Box
	s := math.Sqrt(float64(box.Dx())*float64(box.Dy())) / g.step
	fine.measure(keptReach * s)
	shade := fine.shade(fine.coarse(floorCells).unshadowed(fine), s)
	if shade == nil || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	light := newPlane(g.w, g.h)
	for i, v := range shade.v {
		light.v[i] = 1 - v
	}
	l.fadeAtBorders(light, p.frame, s)
	return g.mask(ctx, light, area, l.toPhoto())
}

// fadeAtBorders lets the shadow end softly where the photograph ends within the
// canvas.
func (l layout) fadeAtBorders(light *plane, frame image.Rectangle, s float64) {
	photo := l.onCanvas(frame)
	far := func(inside bool, cells float64) float64 {
		if !inside {
			return 1
		}
		return smooth(cells / (.12 * s))
	}
	canvas := l.bounds()
	for y := range light.h {
		down := far(photo.Min.Y > canvas.Min.Y, float64(y)) * far(photo.Max.Y < canvas.Max.Y, float64(light.h-1-y))
		for x := range light.row(y) {
			keep := down * far(photo.Min.X > canvas.Min.X, float64(x)) * far(photo.Max.X < canvas.Max.X, float64(light.w-1-x))
			v := &light.v[y*light.w+x]
			*v = 1 - (1-*v)*float32(keep)
		}
	}
}

// smoothings are what a shadow may be smoothed by at the subject, where it has
// its finest detail: the first that calms the floor's noise and grain is taken.
func smoothings() [4]float64 { return [...]float64{.004, .008, .014, .022} }

// shade returns the light that is missing at each cell, 0..1, nil when nothing
// is.
func (f *floor) shade(bare [3]*plane, s float64) *plane {
	raw, same := f.missing(bare)
	outside := f.beyond(max(rim*s, f.bleed))
	f.closeRim(raw, outside)
	same.fillHoles(outside)
	same.blur(1, 1)
	soft := raw.blurred(max(1, softBlur*s))
	softNoise := f.noise(soft, s)
	var shade *plane
	var noise float64
	for _, sigma := range smoothings() {
		shade = raw.blurred(max(.7, sigma*s))
		if noise = f.noise(shade, s); noise <= calm {
			break
		}
	}
	strength := 1 - smooth((noise-noiseStart)/(noiseEnd-noiseStart))
	any, base := false, f.lowest()
	for i, v := range shade.v {
		far := float64(f.far[i]) / s
		t := smooth(far / blurFull)
		v := float64(v) + t*float64(soft.v[i]-v)
		least := (2*(noise+t*(softNoise-noise)) + .006) * doubt(float64(base-i/f.w)/s)
		v *= strength * float64(same.v[i]) * smooth((v-least)/(2*least)) * (1 - smooth((far-keptFull)/(keptEnd-keptFull)))
		shade.v[i] = float32(min(v, keptMost))
		any = any || v > 0
	}
	if !any {
		return nil
	}
	shade = reconstruct(shade, func(i int) bool { return f.far[i] <= 3 })
	shade.blur(.7, .7)
	return shade
}

// noise returns the robust deviation of a shade where there should be none: the
// larger of the whole picture's and of what lies about the subject's feet, where
// the floor may be rougher than the wall.
func (f *floor) noise(shade *plane, s float64) float64 {
	return max(f.deviation(shade.v, 0), f.deviation(shade.v, max(0, f.lowest()-int(s/4))))
}

// beyond returns the weights of the cells seen that are no nearer to the subject
// than the rim.
func (f *floor) beyond(rim float64) []float32 {
	out := make([]float32, len(f.seen))
	for i, d := range f.far {
		if float64(d) >= rim {
			out[i] = f.seen[i]
		}
	}
	return out
}

// closeRim fills the shade under the subject, and mends it right beside: there the
// subject's glow, the lens and the file's compression brighten the floor, never
// darken it, so the shade is at least what comes in from outside.
func (f *floor) closeRim(shade *plane, outside []float32) {
	from := &plane{shade.w, shade.h, slices.Clone(shade.v)}
	from.fillHoles(outside)
	for i, v := range from.v {
		if f.seen[i] > 0 && outside[i] == 0 {
			shade.v[i] = max(shade.v[i], v)
		}
	}
	shade.fillHoles(f.seen)
}

// doubt is how much more a darkening must stand out the higher it lies above the
// subject's lowest point: most shadows lie on the ground.
func doubt(above float64) float64 { return 1 + 2*smooth(above/.6) }

// lowest returns the last row that the subject touches.
func (f *floor) lowest() int {
	for i := len(f.far) - 1; i > 0; i-- {
		if f.far[i] == 0 {
			return i / f.w
		}
	}
	return 0
}

// missing returns the part of the bare floor's light that each cell lacks, and
// how far it has kept the floor's colour, 0..1: where that changed as well lies
// another thing, not shadow.
func (f *floor) missing(bare [3]*plane) (part, same *plane) {
	part, same = newPlane(f.w, f.h), newPlane(f.w, f.h)
	for i := range part.v {
		if f.seen[i] == 0 {
			continue
		}
		var ratio [3]float64
		for c := range ratio {
			ratio[c] = float64(f.color[c][i]/bare[c].v[i]) * float64(f.color[c][i]/bare[c].v[i])
		}
		mean := .2126*ratio[0] + .7152*ratio[1] + .0722*ratio[2]
		tint := (max(ratio[0], ratio[1], ratio[2]) - min(ratio[0], ratio[1], ratio[2])) / max(mean, .05)
		part.v[i] = float32(1 - mean)
		same.v[i] = float32(1 - smooth((tint-tintStart)/(tintEnd-tintStart)))
	}
	return part, same
}
