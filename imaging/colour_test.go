package imaging

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"testing"
)

// icc builds a small version 2 profile of the given tags.
func icc(space string, names []string, tags map[string][]byte) []byte {
	b := make([]byte, 128)
	binary.BigEndian.PutUint32(b[8:], 0x02400000)
	copy(b[12:], "mntr"+space+"XYZ ")
	copy(b[36:], "acsp")
	for i, v := range whiteD50 {
		binary.BigEndian.PutUint32(b[68+4*i:], fixed(v))
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(names)))
	at := len(b) + 12*len(names)
	var data []byte
	for _, name := range names {
		b = append(b, name...)
		b = binary.BigEndian.AppendUint32(b, uint32(at+len(data)))
		b = binary.BigEndian.AppendUint32(b, uint32(len(tags[name])))
		data = append(data, tags[name]...)
		data = append(data, make([]byte, (4-len(data)%4)%4)...)
	}
	b = append(b, data...)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

var whiteD50 = [3]float64{0.9642, 1, 0.8249}

func fixed(v float64) uint32 { return uint32(int32(math.Round(v * 65536))) }

func xyzTag(v [3]float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, c := range v {
		b = binary.BigEndian.AppendUint32(b, fixed(c))
	}
	return b
}

func gammaTag(g float64) []byte {
	b := []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01")
	return binary.BigEndian.AppendUint16(b, uint16(math.Round(g*256)))
}

func srgbCurveTag() []byte {
	b := []byte("para\x00\x00\x00\x00\x00\x03\x00\x00")
	for _, v := range []float64{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045} {
		b = binary.BigEndian.AppendUint32(b, fixed(v))
	}
	return b
}

func rgbProfile(red, green, blue [3]float64, curve []byte) []byte {
	names := []string{"wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"}
	return icc("RGB ", names, map[string][]byte{
		"wtpt": xyzTag(whiteD50), "rXYZ": xyzTag(red), "gXYZ": xyzTag(green), "bXYZ": xyzTag(blue),
		"rTRC": curve, "gTRC": curve, "bTRC": curve,
	})
}

// adobeRGB is the colour space of Adobe RGB (1998), adapted to D50.
func adobeRGB() []byte {
	return rgbProfile([3]float64{0.6097, 0.3111, 0.0195}, [3]float64{0.2053, 0.6257, 0.0609},
		[3]float64{0.1492, 0.0632, 0.7446}, gammaTag(2.2))
}

func srgbProfile() []byte {
	return rgbProfile(srgbPrimaries["rXYZ"], srgbPrimaries["gXYZ"], srgbPrimaries["bXYZ"], srgbCurveTag())
}

func greyProfile(gamma float64) []byte {
	return icc("GRAY", []string{"wtpt", "kTRC"}, map[string][]byte{"wtpt": xyzTag(whiteD50), "kTRC": gammaTag(gamma)})
}

func TestIsSRGB(t *testing.T) {
	if !IsSRGB(nil) || !IsSRGB(srgbProfile()) {
		t.Error("sRGB is not recognised")
	}
	gamma22 := rgbProfile(srgbPrimaries["rXYZ"], srgbPrimaries["gXYZ"], srgbPrimaries["bXYZ"], gammaTag(2.2))
	for name, profile := range map[string][]byte{
		"Adobe RGB": adobeRGB(), "sRGB primaries with gamma 2.2": gamma22, "grey": greyProfile(2.2),
		"text": []byte("not a profile"), "cut short": srgbProfile()[:200],
	} {
		if IsSRGB(profile) {
			t.Errorf("%s passes for sRGB", name)
		}
	}
}

func TestIsSRGBTestdata(t *testing.T) {
	if !IsSRGB(read(t, testdata(t, "formats/sRGB.icm")[0])) {
		t.Error("sRGB.icm is not recognised")
	}
}

func TestToSRGB(t *testing.T) {
	// Adobe RGB to sRGB by the two spaces' definitions: grey moves by the curves
	// alone, pure green is outside and is clipped.
	pix := []uint8{128, 128, 128, 255, 255, 255, 0, 0, 0, 0, 255, 0, 200, 100, 100, 60, 120, 200}
	want := []uint8{128, 128, 128, 255, 255, 255, 0, 0, 0, 0, 255, 0, 229, 99, 100, 0, 121, 203}
	got := bytes.Clone(pix)
	if err := ToSRGB(got, 6, 1, adobeRGB()); err != nil {
		t.Fatal(err)
	}
	near(t, "to sRGB", got, want, 2)

	inside := []uint8{128, 128, 128, 70, 80, 90, 200, 150, 120}
	back := bytes.Clone(inside)
	if err := ToSRGB(back, 3, 1, adobeRGB()); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(back, inside) {
		t.Error("nothing was converted")
	}
	if err := FromSRGB(back, 3, 1, adobeRGB()); err != nil {
		t.Fatal(err)
	}
	near(t, "there and back", back, inside, 1)

	// By the definition of Adobe RGB; a white background must be white.
	ends := []uint8{255, 255, 255, 0, 0, 0, 255, 0, 0}
	if err := FromSRGB(ends, 3, 1, adobeRGB()); err != nil {
		t.Fatal(err)
	}
	near(t, "white and black", ends[:6], []uint8{255, 255, 255, 0, 0, 0}, 0)
	near(t, "red", ends[6:], []uint8{219, 0, 0}, 1)
}

func TestToSRGBLeavesAlone(t *testing.T) {
	pix := []uint8{1, 2, 3, 4, 5, 6}
	for _, profile := range [][]byte{nil, srgbProfile()} {
		got := bytes.Clone(pix)
		if err := ToSRGB(got, 2, 1, profile); err != nil || !bytes.Equal(got, pix) {
			t.Errorf("%v, %v; want nothing done", got, err)
		}
	}
	broken := adobeRGB()
	clear(broken[160:])
	for name, profile := range map[string][]byte{"grey": greyProfile(2), "text": []byte("x"), "broken": broken} {
		got := bytes.Clone(pix)
		if err := ToSRGB(got, 2, 1, profile); err == nil || !bytes.Equal(got, pix) {
			t.Errorf("%s: %v, %v; want an error and nothing done", name, got, err)
		}
	}
	if err := ToSRGB(pix, 3, 1, nil); err == nil {
		t.Error("a wrong size passes")
	}
}

func withProfile(t *testing.T, r raster, profile []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writePNG(context.Background(), &b, r, pngMeta(Meta{Profile: profile}, r.width, r.height), 1); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecodeProfiles(t *testing.T) {
	p := synthetic(50, 40, false, false)
	got := decode(t, withProfile(t, rasterOf(p), adobeRGB()))
	samePixels(t, got, p)
	if !bytes.Equal(got.Meta.Profile, adobeRGB()) {
		t.Error("an RGB profile is not kept")
	}

	grey := []uint8{0, 64, 128, 255}
	got = decode(t, withProfile(t, rasterOfGrey(grey, 4, 1), greyProfile(1.8)))
	var want []uint8
	for _, v := range grey {
		s := uint8(math.Round(255 * srgbFromLinear(math.Pow(float64(v)/255, 1.8))))
		want = append(want, s, s, s)
	}
	near(t, "grey with gamma 1.8", got.Pix, want, 1)
	if got.Meta.Profile != nil {
		t.Error("a grey profile is kept for RGB samples")
	}

	// A profile for another space than the samples' is of no use.
	got = decode(t, withProfile(t, rasterOf(p), greyProfile(1.8)))
	samePixels(t, got, p)
	if got.Meta.Profile != nil {
		t.Error("a grey profile is kept for RGB samples")
	}
}

func TestDecodeKeepsAlphaOfGrey(t *testing.T) {
	file := tiffOf(2, 1, 2, 8, []byte{128, 77, 0, 255},
		shorts(tagPhotometric, photometricGrey), shorts(tagExtraSamples, extraUnassociated), blob(tagICC, kindUndefined, greyProfile(1.8)))
	p := decode(t, file)
	near(t, "grey with alpha", p.Pix, []uint8{147, 147, 147, 0, 0, 0}, 1)
	near(t, "alpha", p.Alpha, []uint8{77, 255}, 0)
}
