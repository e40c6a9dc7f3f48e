package mattebox

import "strings"

// NamedColor returns the colour of that name, in any case: those that the video
// API calls green, white, black and blue (contracts.md, F25), and the other
// basic colours of CSS (CSS Color Module 4, section 6.1), among which green is
// another, found here as darkgreen.
func NamedColor(name string) (Color, bool) {
	c, ok := map[string]Color{
		"green": {9, 162, 70}, // 0.035, 0.635, 0.274: the green that is keyed out
		"white": {255, 255, 255},
		"black": {0, 0, 0},
		"blue":  {0, 0, 255},

		"silver": {192, 192, 192}, "gray": {128, 128, 128}, "grey": {128, 128, 128}, "maroon": {128, 0, 0}, "red": {255, 0, 0},
		"purple": {128, 0, 128}, "fuchsia": {255, 0, 255}, "magenta": {255, 0, 255}, "lime": {0, 255, 0}, "olive": {128, 128, 0},
		"yellow": {255, 255, 0}, "navy": {0, 0, 128}, "teal": {0, 128, 128}, "aqua": {0, 255, 255}, "cyan": {0, 255, 255},
		"orange": {255, 165, 0}, "pink": {255, 192, 203}, "darkgreen": {0, 128, 0},
	}[strings.ToLower(name)]
	return c, ok
}
