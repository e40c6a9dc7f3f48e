package imaging

import (
	"encoding/binary"
	"math"
)

// iccSpace returns the colour space that a profile is for ("RGB ", "GRAY",
// "CMYK", "Lab "), empty for bytes that are no profile (ICC.1:2022, 7.2).
func iccSpace(profile []byte) string {
	if len(profile) < 132 || !at(profile, 36, "acsp") {
		return ""
	}
	if int64(binary.BigEndian.Uint32(profile)) > int64(len(profile)) {
		return ""
	}
	return string(profile[16:20])
}

// iccTag returns the data of a tag, nil if the profile has none.
func iccTag(profile []byte, signature string) []byte {
	n := min(int(binary.BigEndian.Uint32(profile[128:])), 200)
	for i := range n {
		at := 132 + 12*i
		if at+12 > len(profile) {
			return nil
		}
		if string(profile[at:at+4]) != signature {
			continue
		}
		offset := int64(binary.BigEndian.Uint32(profile[at+4:]))
		size := int64(binary.BigEndian.Uint32(profile[at+8:]))
		if offset+size > int64(len(profile)) {
			return nil
		}
		return profile[offset : offset+size]
	}
	return nil
}

// isMatrixProfile reports whether an RGB profile is three curves and a matrix,
// as every working and display space is. Table profiles (scanners, printers,
// JPEG XYB) have no linear light to composite in.
func isMatrixProfile(profile []byte) bool {
	return iccSpace(profile) == "RGB " && iccTag(profile, "A2B0") == nil &&
		iccTag(profile, "rXYZ") != nil && iccTag(profile, "rTRC") != nil
}

// isPerceptualOnly reports whether a table profile lacks the relative
// colorimetric table.
func isPerceptualOnly(profile []byte) bool {
	return iccTag(profile, "A2B0") != nil && iccTag(profile, "A2B1") == nil
}

// usableRGB reports whether a profile has what it takes to convert RGB: libvips
// takes sRGB instead of one that has not.
func usableRGB(profile []byte) bool {
	return isMatrixProfile(profile) || iccSpace(profile) == "RGB " && iccTag(profile, "A2B0") != nil
}

// The primaries of sRGB adapted to D50 by the Bradford method, as IEC 61966-2-1
// and the ICC's own sRGB profiles state them.
var srgbPrimaries = map[string][3]float64{
	"rXYZ": {0.4361, 0.2225, 0.0139},
	"gXYZ": {0.3851, 0.7169, 0.0971},
	"bXYZ": {0.1431, 0.0606, 0.7141},
}

// IsSRGB reports whether a profile describes sRGB, whatever it calls itself:
// primaries within 0.002 and curves within half an 8-bit step of the standard's.
// A nil profile stands for sRGB.
func IsSRGB(profile []byte) bool {
	if len(profile) == 0 {
		return true
	}
	if !isMatrixProfile(profile) {
		return false
	}
	for signature, want := range srgbPrimaries {
		if !nearXYZ(iccTag(profile, signature), want) {
			return false
		}
	}
	for _, signature := range []string{"rTRC", "gTRC", "bTRC"} {
		if !nearSRGBCurve(iccTag(profile, signature)) {
			return false
		}
	}
	return true
}

func nearXYZ(tag []byte, want [3]float64) bool {
	if len(tag) < 20 || !has(tag, "XYZ ") {
		return false
	}
	for i, w := range want {
		if math.Abs(s15Fixed16(tag[8+4*i:])-w) > 0.002 {
			return false
		}
	}
	return true
}

func s15Fixed16(b []byte) float64 {
	return float64(int32(binary.BigEndian.Uint32(b))) / 65536
}

func nearSRGBCurve(tag []byte) bool {
	for i := 0; i <= 255; i += 15 {
		x := float64(i) / 255
		y, ok := iccCurve(tag, x)
		if !ok || math.Abs(srgbFromLinear(y)-x) > 0.5/255 {
			return false
		}
	}
	return true
}

// srgbFromLinear is the transfer curve of IEC 61966-2-1 for 0..1.
func srgbFromLinear(y float64) float64 {
	if y <= 0.0031308 {
		return 12.92 * y
	}
	return 1.055*math.Pow(y, 1/2.4) - 0.055
}

// linearFromSRGB is its inverse.
func linearFromSRGB(x float64) float64 {
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// iccCurve evaluates a curveType or parametricCurveType tag at x in 0..1
// (ICC.1:2022, 10.6 and 10.18).
func iccCurve(tag []byte, x float64) (float64, bool) {
	switch {
	case len(tag) < 12:
		return 0, false
	case has(tag, "para"):
		return iccParametric(tag, x)
	case !has(tag, "curv"):
		return 0, false
	}
	n := int64(binary.BigEndian.Uint32(tag[8:]))
	switch {
	case n == 0:
		return x, true
	case 12+2*n > int64(len(tag)):
		return 0, false
	case n == 1:
		return math.Pow(x, float64(binary.BigEndian.Uint16(tag[12:]))/256), true
	}
	sample := func(i int64) float64 { return float64(binary.BigEndian.Uint16(tag[12+2*i:])) / 65535 }
	at := x * float64(n-1)
	i := min(int64(at), n-2)
	t := at - float64(i)
	return sample(i)*(1-t) + sample(i+1)*t, true
}

func iccParametric(tag []byte, x float64) (float64, bool) {
	kind := int(binary.BigEndian.Uint16(tag[8:]))
	counts := []int{1, 3, 4, 5, 7}
	if kind >= len(counts) || len(tag) < 12+4*counts[kind] {
		return 0, false
	}
	var p [7]float64 // g a b c d e f
	for i := range counts[kind] {
		p[i] = s15Fixed16(tag[12+4*i:])
	}
	g, a, b, c, d, e, f := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	switch kind {
	case 0:
		return math.Pow(x, g), true
	case 1, 2: // below -b/a the curve is the constant c
		if a == 0 || x < -b/a {
			return c, true
		}
		return math.Pow(a*x+b, g) + c, true
	}
	if x < d {
		return c*x + f, true
	}
	return math.Pow(a*x+b, g) + e, true
}
