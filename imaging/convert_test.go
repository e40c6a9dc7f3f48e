package imaging

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

func TestConvertDepth(t *testing.T) {
	p := synthetic(40, 30, false, true)
	wide, err := Convert(t.Context(), p, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range p.Pix {
		if wide.Pix16[i] != uint16(v)*257 {
			t.Fatalf("sample %d of %d becomes %d", i, v, wide.Pix16[i])
		}
	}
	narrow, err := Convert(t.Context(), wide, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	samePixels(t, narrow, p)
	rounded, err := Convert(t.Context(), &Picture{Width: 1, Height: 1, Pix16: []uint16{128, 129, 65535}}, nil, false)
	if err != nil || !bytes.Equal(rounded.Pix, []uint8{0, 1, 255}) {
		t.Errorf("128, 129 and 65535 become %v, %v", rounded.Pix, err)
	}
}

func TestConvertProfile(t *testing.T) {
	// The colours of TestToSRGB, by the spaces' definitions.
	p := &Picture{Width: 6, Height: 1, Pix: []uint8{128, 128, 128, 255, 255, 255, 0, 0, 0, 0, 255, 0, 200, 100, 100, 60, 120, 200}}
	p.Meta = Meta{Profile: adobeRGB(), DPI: 90}
	before := bytes.Clone(p.Pix)
	want := []uint8{128, 128, 128, 255, 255, 255, 0, 0, 0, 0, 255, 0, 229, 99, 100, 0, 121, 203}
	for _, profile := range [][]byte{nil, srgbProfile()} {
		for _, deep := range []bool{false, true} {
			got, err := Convert(t.Context(), p, profile, deep)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Meta.Profile, profile) || got.Meta.DPI != 90 || got.Deep() != deep {
				t.Errorf("%d bits with a profile of %d bytes", len(got.Pix16), len(got.Meta.Profile))
			}
			got.narrow()
			near(t, "Adobe RGB to sRGB", got.Pix, want, 2)
		}
	}
	if !bytes.Equal(p.Pix, before) {
		t.Error("the original changed")
	}
}

// Sixteen bits go there and back through another space nearly unharmed, from sRGB
// and between two others.
func TestConvertThereAndBack(t *testing.T) {
	soft := rgbProfile([3]float64{0.6097, 0.3111, 0.0195}, [3]float64{0.2053, 0.6257, 0.0609}, [3]float64{0.1492, 0.0632, 0.7446}, gammaTag(1.8))
	p := &Picture{Width: 3, Height: 1, Pix16: []uint16{30000, 32000, 34000, 9000, 18000, 25000, 50000, 40000, 30000}}
	for name, first := range map[string][]byte{"sRGB": nil, "Adobe RGB": adobeRGB()} {
		p.Meta.Profile = first
		there, err := Convert(t.Context(), p, soft, true)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Convert(t.Context(), there, first, true)
		if err != nil {
			t.Fatal(err)
		}
		moved := 0
		for i, v := range p.Pix16 {
			if d := int(back.Pix16[i]) - int(v); d < -150 || d > 150 {
				t.Errorf("%s: sample %d comes back as %d", name, v, back.Pix16[i])
			}
			moved = max(moved, int(there.Pix16[i])-int(v), int(v)-int(there.Pix16[i]))
		}
		if moved < 1000 {
			t.Errorf("%s: nothing was converted", name)
		}
	}
}

func TestConvertSharesWhatStays(t *testing.T) {
	p := synthetic(20, 10, false, true)
	p.Meta.Profile = adobeRGB()
	got, err := Convert(t.Context(), p, adobeRGB(), false)
	if err != nil || &got.Pix[0] != &p.Pix[0] || &got.Alpha[0] != &p.Alpha[0] {
		t.Errorf("nothing to do, yet copied (%v)", err)
	}
}

func TestConvertRefuses(t *testing.T) {
	p := synthetic(20, 10, false, false)
	for name, profile := range map[string][]byte{"grey": greyProfile(2), "text": []byte("x")} {
		if _, err := Convert(t.Context(), p, profile, false); err == nil {
			t.Errorf("to %s: no error", name)
		}
		other := *p
		other.Meta.Profile = profile
		if _, err := Convert(t.Context(), &other, nil, false); err == nil {
			t.Errorf("from %s: no error", name)
		}
	}
	if _, err := Convert(t.Context(), &Picture{Width: 3, Height: 1}, nil, true); err == nil {
		t.Error("a picture without samples passes")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Convert(ctx, p, adobeRGB(), false); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
