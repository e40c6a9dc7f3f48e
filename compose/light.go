package compose

import "math"

// linear returns the light, 0..1, of a coded value 0..1 (IEC 61966-2-1, sRGB).
// For a picture that keeps another RGB profile it is the usual approximation:
// their curves differ little, and only shadows are reckoned with it.
func linear(v float64) float64 {
	if v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}

// coded is the inverse of linear.
func coded(light float64) float64 {
	if light <= .0031308 {
		return light * 12.92
	}
	return 1.055*math.Pow(light, 1/2.4) - .055
}
