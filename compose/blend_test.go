package compose

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOver(t *testing.T) {
	tests := map[string]struct {
		dst, src, alpha, want []uint8
	}{
		"opaque":      {[]uint8{1, 2, 3}, []uint8{9, 8, 7}, nil, []uint8{9, 8, 7}},
		"nothing":     {[]uint8{1, 2, 3}, []uint8{9, 8, 7}, []uint8{0}, []uint8{1, 2, 3}},
		"half":        {[]uint8{0, 100, 255}, []uint8{255, 200, 0}, []uint8{128}, []uint8{128, 150, 127}},
		"a trace":     {[]uint8{255, 255, 255}, []uint8{0, 0, 0}, []uint8{1}, []uint8{254, 254, 254}},
		"nearly full": {[]uint8{255, 255, 255}, []uint8{0, 0, 0}, []uint8{254}, []uint8{1, 1, 1}},
		"runs": {
			[]uint8{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5},
			[]uint8{9, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6, 5, 5, 5},
			[]uint8{0, 255, 255, 0, 255},
			[]uint8{1, 1, 1, 8, 8, 8, 7, 7, 7, 4, 4, 4, 5, 5, 5},
		},
	}
	for name, tt := range tests {
		over(tt.dst, tt.src, tt.alpha)
		if diff := cmp.Diff(tt.want, tt.dst); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	dst := []uint16{0, 1000, 65535}
	over(dst, []uint16{65535, 1000, 0}, []uint8{51})
	if diff := cmp.Diff([]uint16{13107, 1000, 52428}, dst); diff != "" {
		t.Errorf("16 bits (-want +got)\n%s", diff)
	}
}

func TestOverClear(t *testing.T) {
	tests := map[string]struct {
		dst, under, src, alpha []uint8
		want, wantUnder        []uint8
	}{
		"on nothing":   {[]uint8{0, 0, 0}, []uint8{0}, []uint8{9, 8, 7}, []uint8{40}, []uint8{9, 8, 7}, []uint8{40}},
		"of nothing":   {[]uint8{1, 2, 3}, []uint8{50}, []uint8{9, 8, 7}, []uint8{0}, []uint8{1, 2, 3}, []uint8{50}},
		"full":         {[]uint8{1, 2, 3}, []uint8{50}, []uint8{9, 8, 7}, []uint8{255}, []uint8{9, 8, 7}, []uint8{255}},
		"no alpha":     {[]uint8{1, 2, 3}, []uint8{50}, []uint8{9, 8, 7}, nil, []uint8{9, 8, 7}, []uint8{255}},
		"on opaque":    {[]uint8{0, 0, 0}, []uint8{255}, []uint8{255, 255, 255}, []uint8{51}, []uint8{51, 51, 51}, []uint8{255}},
		"half on half": {[]uint8{0, 0, 0}, []uint8{128}, []uint8{255, 255, 255}, []uint8{128}, []uint8{170, 170, 170}, []uint8{192}},
	}
	for name, tt := range tests {
		overClear(tt.dst, tt.under, tt.src, tt.alpha)
		if diff := cmp.Diff(tt.want, tt.dst); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if diff := cmp.Diff(tt.wantUnder, tt.under); diff != "" {
			t.Errorf("%s, alpha (-want +got)\n%s", name, diff)
		}
	}
}

func TestMultiplyOnWhiteIsTheMask(t *testing.T) {
	m := newMultiplyTable(255)
	for a := range 256 {
		if got := m.at8(255, uint8(a)); got != uint8(255-a) {
			t.Errorf("at8(255, %d) = %d, want %d", a, got, 255-a)
		}
		if got := m.at16(65535, uint8(a)); got != uint16(255-a)*257 {
			t.Errorf("at16(65535, %d) = %d, want %d", a, got, (255-a)*257)
		}
	}
}

// TestMultiplyIsLinearLight checks the tables against the formula they stand for.
func TestMultiplyIsLinearLight(t *testing.T) {
	m := newMultiplyTable(200)
	for _, a := range []uint8{0, 1, 40, 127, 200} {
		left := linear(1 - float64(a)/255)
		for d := range 256 {
			want := 255 * coded(linear(float64(d)/255)*left)
			if got := m.at8(uint8(d), a); math.Abs(float64(got)-want) > .51 {
				t.Errorf("at8(%d, %d) = %d, want %.2f", d, a, got, want)
			}
		}
		for d := 0; d < 65536; d += 97 {
			want := 65535 * coded(linear(float64(d)/65535)*left)
			if got := m.at16(uint16(d), a); math.Abs(float64(got)-want) > 12 {
				t.Errorf("at16(%d, %d) = %d, want %.1f", d, a, got, want)
			}
		}
	}
}

func TestMultiplyRows(t *testing.T) {
	m := newMultiplyTable(255)
	row := []uint8{255, 255, 255, 10, 20, 30}
	m.multiply8(row, []uint8{55, 0})
	if diff := cmp.Diff([]uint8{200, 200, 200, 10, 20, 30}, row); diff != "" {
		t.Errorf("8 bits (-want +got)\n%s", diff)
	}
	row16 := []uint16{65535, 65535, 65535, 10, 20, 30}
	m.multiply16(row16, []uint8{55, 0})
	if diff := cmp.Diff([]uint16{200 * 257, 200 * 257, 200 * 257, 10, 20, 30}, row16); diff != "" {
		t.Errorf("16 bits (-want +got)\n%s", diff)
	}
}

func TestLightInverts(t *testing.T) {
	for i := range 256 {
		v := float64(i) / 255
		if got := coded(linear(v)); math.Abs(got-v) > 1e-6 {
			t.Errorf("coded(linear(%g)) = %g", v, got)
		}
	}
	if got := linear(.5); math.Abs(got-.21404) > 1e-5 {
		t.Errorf("linear(.5) = %g, want .21404", got)
	}
}
