package mattebox

import (
	"encoding/hex"
	"strings"
)

// ParseColor returns the colour that six hexadecimal digits stand for, two each
// for red, green and blue, in either case. One leading # is accepted, as people
// write it on the command line. Anything else is a CodeInvalid error on the
// field "color".
func ParseColor(text string) (Color, error) {
	digits := strings.TrimPrefix(text, "#")
	var rgb [3]byte
	if len(digits) != 6 {
		return Color{}, Invalid("color", "is %.20q; use six hexadecimal digits such as ffffff", text)
	}
	if _, err := hex.Decode(rgb[:], []byte(digits)); err != nil {
		return Color{}, Invalid("color", "is %.20q; use six hexadecimal digits such as ffffff", text)
	}
	return Color{R: rgb[0], G: rgb[1], B: rgb[2]}, nil
}

// String returns the colour as six lower-case hexadecimal digits without #, the
// form in which GET Template reports it.
func (c Color) String() string {
	return hex.EncodeToString([]byte{c.R, c.G, c.B})
}
