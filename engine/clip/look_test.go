package clip

import (
	"testing"

	"mattebox/matte"
)

func TestNetSizeIsHalfWayToASquare(t *testing.T) {
	free := matte.Spec{Size: 1024, Multiple: 32}
	for _, c := range []struct {
		name          string
		spec          matte.Spec
		width, height int
		side          int
		wantW, wantH  int
	}{
		{"wide", free, 1920, 1080, 1024, 896, 672},
		{"upright", free, 1080, 1920, 1024, 672, 896},
		{"square", free, 500, 500, 768, 768, 768},
		{"line", free, 4000, 4, 1024, 192, 32},
		{"one size", matte.Spec{Size: 320}, 1920, 1080, 1024, 320, 320},
	} {
		t.Run(c.name, func(t *testing.T) {
			if w, h := netSize(c.spec, c.width, c.height, c.side); w != c.wantW || h != c.wantH {
				t.Errorf("%d x %d at %d is seen at %d x %d, want %d x %d", c.width, c.height, c.side, w, h, c.wantW, c.wantH)
			}
		})
	}
}
