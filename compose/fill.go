package compose

// The gradient runs straight between the coded values (as in CSS and in image
// editors), so it looks even to the eye. Its first row is exactly Top and its
// last exactly Bottom. At 8 bits each sample is rounded up or down by blue noise:
// the mean of a neighbourhood is the true value and no band has an edge. The
// three channels share the noise, so a grey gradient stays grey. At 16 bits a
// step is below what any screen shows, and nothing is added.

// Row fills rgb, whose length is three times the row's width, with 8-bit samples
// of row y.
func (f *Fill) Row(y int, rgb []uint8) {
	var tile [3 * noiseSide]uint8
	v := f.at(y)
	for x := range noiseSide {
		threshold := noise(x, y)
		if f.Solid() {
			threshold = 128 // plain rounding
		}
		for c := range 3 {
			whole, part := v[c]/257, v[c]%257
			tile[3*x+c] = uint8(whole)
			if part*256 > threshold*257 { // part/257 > threshold/256
				tile[3*x+c]++
			}
		}
	}
	repeat(rgb, tile[:])
}

// Row16 is Row at 16 bits.
func (f *Fill) Row16(y int, rgb []uint16) {
	v := f.at(y)
	repeat(rgb, []uint16{uint16(v[0]), uint16(v[1]), uint16(v[2])})
}

// at returns the colour of row y at 16 bits. Solid colours that came from 8 bits
// are multiples of 257 and so are exact at 8 bits too.
func (f *Fill) at(y int) [3]uint32 {
	var v [3]uint32
	span := int64(max(1, f.Height-1))
	for c := range v {
		a, b := int64(f.Top[c]), int64(f.Bottom[c])
		v[c] = uint32((2*(a*(span-int64(y))+b*int64(y)) + span) / (2 * span))
	}
	return v
}

// repeat fills dst with copies of pattern.
func repeat[T sample](dst, pattern []T) {
	for n := copy(dst, pattern); n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}
