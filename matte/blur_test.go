package matte

import (
	"fmt"
	"testing"
)

// naiveBox is the mean over the window's part inside the plane.
func naiveBox(m *Map, r int) *Map {
	return draw(m.Width, m.Height, func(x, y int) float32 {
		var sum, n float64
		for j := max(0, y-r); j <= min(m.Height-1, y+r); j++ {
			for i := max(0, x-r); i <= min(m.Width-1, x+r); i++ {
				sum += float64(m.Pix[j*m.Width+i])
				n++
			}
		}
		return float32(sum / n)
	})
}

func TestBlurIsTheBoxMean(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {13, 8}, {40, 31}} {
		for _, r := range []int{1, 2, 3, 7, 8, 12, 40, 100} {
			t.Run(fmt.Sprintf("%dx%d radius %d", size[0], size[1], r), func(t *testing.T) {
				m := randomMap(uint64(r), size[0], size[1])
				b := newBlurrer(size[0], size[1], r)
				for range 2 { // the second plane proves that nothing of the first is left
					got := m.clone()
					b.blur(got.Pix)
					if d := worst(got.Pix, naiveBox(m, r).Pix); d > 2e-6 {
						t.Fatalf("differs from the mean by %g", d)
					}
					m = randomMap(uint64(r)+1000, size[0], size[1])
				}
			})
		}
	}
}

func TestBlurKeepsConstants(t *testing.T) {
	m := constantMap(300, 200, .7)
	if d := worst(boxBlur(m, 6).Pix, m.Pix); d > 1e-5 {
		t.Errorf("a constant moved by %g", d)
	}
}
