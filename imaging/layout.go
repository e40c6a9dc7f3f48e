package imaging

/*
#include "vips.h"
*/
import "C"

// layout says what the bands of an opened file are and what has to happen to
// them on the way to a Picture.
type layout struct {
	alpha   bool
	depth   int // of the result, 8 or 16
	convert conversion
	keeps   bool // the embedded profile goes with the samples
}

// layout decides from the header alone, apart from the profile's colour space,
// which withProfile adds.
func (s *source) layout() layout {
	l := layout{depth: 8, convert: convertKeep}
	if s.info.depth > 8 {
		l.depth = 16
	}
	colours := 3
	switch s.info.interpretation {
	case C.VIPS_INTERPRETATION_CMYK:
		colours, l.convert = 4, convertFallback
	case C.VIPS_INTERPRETATION_B_W, C.VIPS_INTERPRETATION_GREY16:
		colours = 1
	case C.VIPS_INTERPRETATION_MULTIBAND, C.VIPS_INTERPRETATION_HISTOGRAM:
		if s.info.bands < 3 {
			colours = 1
		}
	case C.VIPS_INTERPRETATION_LAB, C.VIPS_INTERPRETATION_LABS, C.VIPS_INTERPRETATION_XYZ,
		C.VIPS_INTERPRETATION_scRGB, C.VIPS_INTERPRETATION_YXY, C.VIPS_INTERPRETATION_LCH:
		l.convert = convertSpace
	case C.VIPS_INTERPRETATION_LABQ: // packed into four bytes
		colours, l.convert = 4, convertSpace
	}
	if s.info.float && l.convert == convertKeep {
		l.convert = convertLinear
	}
	l.alpha = s.info.bands > colours && !s.tiff.noAlpha
	return l
}

// withProfile completes a layout for the file's ICC profile. A profile for
// another colour space than the samples' is not used.
func (l layout) withProfile(interpretation int, profile []byte) layout {
	space := iccSpace(profile)
	through := convertProfile
	if space != "" && isPerceptualOnly(profile) {
		through = convertTable
	}
	switch {
	case l.convert == convertFallback && space == "CMYK":
		l.convert = through
	case l.convert != convertKeep:
	case space == "GRAY" && isGrey(interpretation):
		l.convert = through
	case space == "RGB " && isMatrixProfile(profile):
		l.keeps = true
	case space == "RGB " && !isGrey(interpretation):
		l.convert = through
	}
	return l
}

func isGrey(interpretation int) bool {
	return interpretation == C.VIPS_INTERPRETATION_B_W || interpretation == C.VIPS_INTERPRETATION_GREY16
}
