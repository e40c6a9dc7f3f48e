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
	cells := func(f func(a, b float32) float32) *Map {
		grid := pool(alpha, f)
		return spreadExtreme(grid, f).scaleTo(alpha.Width, alpha.Height)
	}
	top := cells(func(a, b float32) float32 { return max(a, b) })
	bottom := cells(func(a, b float32) float32 { return min(a, b) })
	for i, v := range alpha.Pix {
		if v == 0 || v == 1 {
			continue
		}
		v *= ramp(top.Pix[i])
		alpha.Pix[i] = 1 - (1-v)*ramp(1-bottom.Pix[i])
	}
}

// ramp is 0 below hazeClear, 1 above hazeKeep and smooth between.
func ramp(v float32) float32 {
	t := clamp01((v - hazeClear) / (hazeKeep - hazeClear))
	return t * t * (3 - 2*t)
}

// pool reduces m to one value per cell.
func pool(m *Map, f func(a, b float32) float32) *Map {
	out := NewMap((m.Width+hazeCell-1)/hazeCell, (m.Height+hazeCell-1)/hazeCell)
	for y := range out.Height {
		dst := out.row(y)
		for x := range dst {
			dst[x] = m.Pix[y*hazeCell*m.Width+x*hazeCell]
		}
		for j := y * hazeCell; j < min((y+1)*hazeCell, m.Height); j++ {
			for x, v := range m.row(j) {
				dst[x/hazeCell] = f(dst[x/hazeCell], v)
			}
		}
	}
	return out
}

// spreadExtreme applies f over the square of hazeReach cells around each cell.
func spreadExtreme(m *Map, f func(a, b float32) float32) *Map {
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
