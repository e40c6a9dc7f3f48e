package compose

import (
	"image"
	"math"
)

// ratio returns the smallest canvas of ratio w:h that holds the content at
// 1:1 and its margins, brought between the limits with its ratio kept where it
// can be. enlarged reports that low asked for more than the content did.
func (f frame) ratio(w, h float64) (canvas image.Point, enlarged bool) {
	p, q := w, h
	exact := false
	if a, c, ok := terms(w, h); ok {
		p, q, exact = float64(a), float64(c), true
	}
	need := max(float64(f.x.hold(f.content.X))/p, float64(f.y.hold(f.content.Y))/q)
	k := max(need, float64(f.low)/min(p, q))
	enlarged = k > need
	most := float64(f.high) / max(p, q)
	switch {
	case exact && math.Ceil(k-slack) <= most:
		k = math.Ceil(k - slack)
	case exact && most >= 1:
		k = math.Floor(most)
	default:
		k = min(k, most)
	}
	side := func(v float64) int { return max(1, min(rounded(v), f.high)) }
	return image.Pt(side(p*k), side(q*k)), enlarged
}

// terms reduces a ratio such as 3:4 or 8.5:11 to its smallest whole terms, so
// that canvases can have it exactly. It reports false when a term would pass 32:
// steps that coarse would cost more pixels than the ratio is worth.
func terms(w, h float64) (p, q int, ok bool) {
	for scale := 1.0; scale <= 100; scale *= 10 {
		a, b := math.Round(w*scale), math.Round(h*scale)
		if math.Abs(a-w*scale) > slack || math.Abs(b-h*scale) > slack || a > math.MaxInt32 || b > math.MaxInt32 {
			continue
		}
		p, q = int(a), int(b)
		d := gcd(p, q)
		return p / d, q / d, d > 0 && p/d <= 32 && q/d <= 32
	}
	return 0, 0, false
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}
