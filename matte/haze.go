package matte

// Haze: the nets leave broad veils of low alpha over background that they find a
// little like the subject, and of not quite full alpha inside it. Real softness
// lies beside solid subject on one side and clear background on the other; a
// veil has neither within reach.
const (
	hazeCell  = 4    // canvas pixels per cell of the grid on which reach is looked up
	hazeReach = 3    // cells
	hazeClear = 0.25 // alpha whose surroundings nowhere exceed it becomes 0 ...
	hazeKeep  = 0.5  // ... and stays when they exceed this; likewise mirrored for the inside
)

// clearHaze moves veils to 0 and 1.
func clearHaze(alpha *Map) {
	bottom, top := pool(alpha)
	bottom = reach(bottom, func(a, b float32) float32 { return min(a, b) }).scaleTo(alpha.Width, alpha.Height)
	top = reach(top, func(a, b float32) float32 { return max(a, b) }).scaleTo(alpha.Width, alpha.Height)
	rows(alpha.Height, func(y0, y1 int) {
		for i := y0 * alpha.Width; i < y1*alpha.Width; i++ {
			if v := alpha.Pix[i]; v > 0 && v < 1 {
				v *= ramp(top.Pix[i])
				alpha.Pix[i] = 1 - (1-v)*ramp(1-bottom.Pix[i])
			}
		}
	})
}

// ramp is 0 below hazeClear, 1 above hazeKeep and smooth between.
func ramp(v float32) float32 {
	t := clamp01((v - hazeClear) / (hazeKeep - hazeClear))
	return t * t * (3 - 2*t)
}

// pool returns the least and the greatest alpha of every cell.
func pool(m *Map) (bottom, top *Map) {
	w, h := (m.Width+hazeCell-1)/hazeCell, (m.Height+hazeCell-1)/hazeCell
	bottom, top = NewMap(w, h), NewMap(w, h)
	rows(h, func(y0, y1 int) {
		for cy := y0; cy < y1; cy++ {
			for cx := range w {
				lo, hi := float32(1), float32(0)
				for y := cy * hazeCell; y < min((cy+1)*hazeCell, m.Height); y++ {
					for _, v := range m.row(y)[cx*hazeCell : min((cx+1)*hazeCell, m.Width)] {
						lo, hi = min(lo, v), max(hi, v)
					}
				}
				bottom.Pix[cy*w+cx], top.Pix[cy*w+cx] = lo, hi
			}
		}
	})
	return bottom, top
}

// reach applies f over the square of hazeReach cells around each cell.
func reach(m *Map, f func(a, b float32) float32) *Map {
	across := NewMap(m.Width, m.Height)
	for y := range m.Height {
		src, dst := m.row(y), across.row(y)
		for x := range dst {
			dst[x] = src[x]
			for _, v := range src[max(0, x-hazeReach):min(len(src), x+hazeReach+1)] {
				dst[x] = f(dst[x], v)
			}
		}
	}
	out := NewMap(m.Width, m.Height)
	for y := range m.Height {
		dst := out.row(y)
		copy(dst, across.row(y))
		for j := max(0, y-hazeReach); j <= min(m.Height-1, y+hazeReach); j++ {
			for x, v := range across.row(j) {
				dst[x] = f(dst[x], v)
			}
		}
	}
	return out
}
