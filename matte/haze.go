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
	top, bottom := pool(alpha)
	reach(top)
	reach(bottom)
	xs, ys := lerps(top.Width, alpha.Width), lerps(top.Height, alpha.Height)
	rows(alpha.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			v := ys[y]
			for x, a := range alpha.row(y) {
				if a <= 0 || a >= 1 {
					continue
				}
				a *= ramp(mix(top.row(v.i), top.row(v.next), xs[x], v.w))
				alpha.row(y)[x] = 1 - (1-a)*ramp(mix(bottom.row(v.i), bottom.row(v.next), xs[x], v.w))
			}
		}
	})
}

// ramp is 0 below hazeClear, 1 above hazeKeep and smooth between.
func ramp(v float32) float32 {
	t := clamp01((v - hazeClear) / (hazeKeep - hazeClear))
	return t * t * (3 - 2*t)
}

// pool returns the greatest alpha of every cell, and the greatest 1 - alpha.
func pool(m *Map) (top, bottom *Map) {
	w, h := (m.Width+hazeCell-1)/hazeCell, (m.Height+hazeCell-1)/hazeCell
	top, bottom = NewMap(w, h), NewMap(w, h)
	rows(h, func(y0, y1 int) {
		for cy := y0; cy < y1; cy++ {
			for cx := range w {
				lo, hi := float32(1), float32(0)
				for y := cy * hazeCell; y < min((cy+1)*hazeCell, m.Height); y++ {
					for _, v := range m.row(y)[cx*hazeCell : min((cx+1)*hazeCell, m.Width)] {
						if v < lo {
							lo = v
						}
						if v > hi {
							hi = v
						}
					}
				}
				top.Pix[cy*w+cx], bottom.Pix[cy*w+cx] = hi, 1-lo
			}
		}
	})
	return top, bottom
}

// reach replaces every cell by the greatest within hazeReach cells.
func reach(m *Map) {
	line := make([]float32, m.Width)
	for y := range m.Height {
		row := m.row(y)
		copy(line, row)
		for d := 1; d <= hazeReach && d < len(row); d++ {
			raise(row[d:], line)
			raise(row, line[d:])
		}
	}
	across := append([]float32(nil), m.Pix...)
	for d := 1; d <= hazeReach && d < m.Height; d++ {
		raise(m.Pix[d*m.Width:], across)
		raise(m.Pix, across[d*m.Width:])
	}
}

// raise lifts dst to src, as far as both reach.
func raise(dst, src []float32) {
	n := min(len(dst), len(src))
	dst, src = dst[:n], src[:n]
	for i, v := range src {
		if v > dst[i] {
			dst[i] = v
		}
	}
}
