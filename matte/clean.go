package matte

// Sizes, as shares of the subject's area, below which a region is an accident of
// the net and not a part of the picture.
const (
	speckShare   = 0.001
	pinHoleShare = 0.0005
	speckAlpha   = 0.1  // a speck is a region above it
	solidRing    = 0.95 // mean alpha around a hole for it to be a pin-hole in solid ground; hair has gaps of its own
	solidDepth   = 3    // pixels of that ring
)

// clean removes specks of foreground and fills pin-holes in solid foreground.
func clean(alpha *Map) {
	parts := regions(alpha, speckAlpha, above)
	var subject int
	for _, r := range parts {
		subject += r.area
	}
	for _, r := range parts {
		if float64(r.area) < speckShare*float64(subject) {
			r.fill(alpha, 0)
		}
	}
	for _, hole := range regions(alpha, below, .5) {
		if float64(hole.area) >= pinHoleShare*float64(subject) {
			continue
		}
		ring, _ := hole.ring(alpha, solidDepth, func(v float32) float64 { return float64(v) })
		if ring > solidRing {
			hole.fill(alpha, 1)
		}
	}
}
