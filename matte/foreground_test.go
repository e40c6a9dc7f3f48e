package matte

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	fore = [3]uint8{200, 40, 30}
	back = [3]uint8{20, 120, 220}
)

// softDisc is a picture whose alpha is exact, with an edge some pixels wide.
func softDisc(width, height int) (*Picture, []uint8) {
	s := float64(min(width, height))
	alpha := draw(width, height, disc(float64(width)/2, float64(height)/2, .3*s, 2+.004*s))
	return blend(alpha, fore, back), toBytes(alpha)
}

// colourError is the mean distance of p's colours from fore over the soft
// pixels, weighted by alpha as it shows on a new background; of 255.
func colourError(p *Picture, alpha []uint8) float64 {
	var sum, n float64
	for i, a := range alpha {
		if a < 13 || a > 242 {
			continue
		}
		r, g, b := p.colour(i)
		for c, v := range [3]float32{r, g, b} {
			sum += math.Abs(float64(v)*255-float64(fore[c])) * float64(a) / 255 / 3
		}
		n++
	}
	return sum / n
}

func TestForegroundTakesTheBackgroundOut(t *testing.T) {
	for _, size := range [][2]int{{60, 60}, {300, 200}, {1300, 1000}} {
		p, alpha := softDisc(size[0], size[1])
		for _, pic := range []*Picture{p, deep(p)} {
			t.Run(fmt.Sprintf("%dx%d, 16 bits %t", size[0], size[1], pic.Pix16 != nil), func(t *testing.T) {
				got := &Picture{Width: pic.Width, Height: pic.Height, Pix: slices.Clone(pic.Pix), Pix16: slices.Clone(pic.Pix16)}
				Foreground(got, alpha)
				before, after := colourError(pic, alpha), colourError(got, alpha)
				if after > before/4 {
					t.Errorf("the colour error went from %.2f to %.2f", before, after)
				}
				checkUntouched(t, pic, got, alpha)
			})
		}
	}
}

// checkUntouched checks that only pixels that are not opaque changed, in tiles
// with a partly transparent one.
func checkUntouched(t *testing.T, before, after *Picture, alpha []uint8) {
	t.Helper()
	tileOf := func(i int) [2]int {
		return [2]int{i % before.Width / foregroundTile, i / before.Width / foregroundTile}
	}
	soft := make(map[[2]int]bool)
	for i, a := range alpha {
		if a > 0 && a < 255 {
			soft[tileOf(i)] = true
		}
	}
	for i, a := range alpha {
		if soft[tileOf(i)] && a < 255 {
			continue
		}
		br, bg, bb := before.colour(i)
		if r, g, b := after.colour(i); r != br || g != bg || b != bb {
			t.Fatalf("pixel %d, %d with alpha %d changed", i%before.Width, i/before.Width, a)
		}
	}
}

func TestForegroundOfBothDepthsAgrees(t *testing.T) {
	p, alpha := softDisc(200, 150)
	d := deep(p)
	Foreground(p, alpha)
	Foreground(d, alpha)
	for i, v := range p.Pix {
		if diff := math.Abs(float64(v) - float64(d.Pix16[i])/257); alpha[i/3] > 12 && diff > .6 {
			t.Fatalf("sample %d is %d in 8 bits and %.2f in 16", i, v, float64(d.Pix16[i])/257)
		}
	}
}

func TestForegroundWithoutSoftPixelsDoesNothing(t *testing.T) {
	p := noisePicture(1, 64, 48)
	before := slices.Clone(p.Pix)
	for name, alpha := range map[string]*Map{
		"opaque": constantMap(64, 48, 1), "clear": NewMap(64, 48), "hard": draw(64, 48, box(rect(10, 10, 30, 30))),
	} {
		Foreground(p, toBytes(alpha))
		if !cmp.Equal(before, p.Pix) {
			t.Errorf("%s: samples changed", name)
		}
	}
}

func TestForegroundOnTheSmallestPictures(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 7}, {7, 1}, {3, 3}} {
		p := noisePicture(2, size[0], size[1])
		Foreground(p, toBytes(constantMap(size[0], size[1], .5)))
	}
}

// One colour throughout has nothing to be cleaned of.
func TestForegroundKeepsAPlainColour(t *testing.T) {
	alpha := draw(150, 120, disc(75, 60, 35, 10))
	p := paint(150, 120, func(int, int) [3]uint8 { return fore })
	before := slices.Clone(p.Pix)
	Foreground(p, toBytes(alpha))
	for i, v := range p.Pix {
		if a := toByte(alpha.Pix[i/3]); a > 12 && math.Abs(float64(v)-float64(before[i])) > 2 {
			t.Fatalf("sample %d at alpha %d went from %d to %d", i, a, before[i], v)
		}
	}
}
