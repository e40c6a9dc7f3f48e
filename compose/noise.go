package compose

import _ "embed"

// noiseSide is the side of the square tile of blue noise, which repeats.
const noiseSide = 64

// noiseTile holds each of 0..255 sixteen times, so placed that the places of any
// run of values are evenly spread without order (void-and-cluster: R. Ulichney,
// SPIE 1913, 1993). The test of this package makes it and checks it.
//
//go:embed noise.bin
var noiseTile string

// noise returns the dithering threshold, 0..255, of a pixel.
func noise(x, y int) uint32 {
	return uint32(noiseTile[(y%noiseSide)*noiseSide+x%noiseSide])
}
