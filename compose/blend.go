package compose

// The blends work on rows: colour as interleaved RGB, coverage as 0..255 a pixel.
// Runs of nothing and of full cover, which are nearly all of a cut-out, cost no
// arithmetic.

// over lays a row on an opaque one; nil alpha is full cover.
func over[T sample](dst, src []T, alpha []uint8) {
	if alpha == nil {
		copy(dst, src)
		return
	}
	for x := 0; x < len(alpha); {
		switch a := alpha[x]; a {
		case 0:
			x++
		case 255:
			end := run(alpha, x)
			copy(dst[3*x:3*end], src[3*x:3*end])
			x = end
		default:
			d, s := dst[3*x:3*x+3], src[3*x:3*x+3]
			d[0], d[1], d[2] = mix(d[0], s[0], a), mix(d[1], s[1], a), mix(d[2], s[2], a)
			x++
		}
	}
}

// run returns the end of the run of equal values that starts at x.
func run(alpha []uint8, x int) int {
	a := alpha[x]
	for x++; x < len(alpha) && alpha[x] == a; x++ {
	}
	return x
}

// mix returns a/255 of s and the rest of d, rounded to the nearest.
func mix[T sample](d, s T, a uint8) T {
	return T((uint32(s)*uint32(a) + uint32(d)*uint32(255-a) + 127) / 255)
}

// overClear lays a row on one that has transparency of its own, both straight.
// Where the result is clear its colour stays as it was.
func overClear[T sample](dst []T, under []uint8, src []T, alpha []uint8) {
	for x := range under {
		a := uint8(255)
		if alpha != nil {
			a = alpha[x]
		}
		if a == 0 {
			continue
		}
		d, s := dst[3*x:3*x+3], src[3*x:3*x+3]
		if a == 255 || under[x] == 0 {
			copy(d, s)
			under[x] = a
			continue
		}
		u := under[x]
		front, back := 255*uint64(a), uint64(u)*uint64(255-a) // of 255*255
		sum := front + back
		for c := range d {
			d[c] = T((uint64(s[c])*front + uint64(d[c])*back + sum/2) / sum)
		}
		under[x] = uint8((sum + 127) / 255)
	}
}

// multiplyTable darkens by a coded mask value in linear light. Entry [a][k] is
// the coded result, at 16 bits, for mask value a over the coded value 257*k.
type multiplyTable [256][256]uint16

// newMultiplyTable returns the table for mask values 0..most.
func newMultiplyTable(most uint8) *multiplyTable {
	var table multiplyTable
	for a := range int(most) + 1 {
		left := linear(float64(255-a) / 255)
		for k := range 256 {
			table[a][k] = uint16(coded(linear(float64(k)/255)*left)*65535 + .5)
		}
	}
	return &table
}

// at8 returns the result for an 8-bit sample.
func (m *multiplyTable) at8(d, a uint8) uint8 { return uint8((uint32(m[a][d]) + 128) / 257) }

// at16 returns the result for a 16-bit sample, between the two nearest entries.
func (m *multiplyTable) at16(d uint16, a uint8) uint16 {
	k, part := d/257, uint32(d%257)
	low := uint32(m[a][k])
	if part == 0 {
		return uint16(low)
	}
	high := uint32(m[a][k+1])
	return uint16((low*(257-part) + high*part + 128) / 257)
}

// multiply8 darkens an opaque row by a mask.
func (m *multiplyTable) multiply8(dst, alpha []uint8) {
	for x, a := range alpha {
		if a == 0 {
			continue
		}
		d := dst[3*x : 3*x+3]
		d[0], d[1], d[2] = m.at8(d[0], a), m.at8(d[1], a), m.at8(d[2], a)
	}
}

// multiply16 is multiply8 for 16-bit samples.
func (m *multiplyTable) multiply16(dst []uint16, alpha []uint8) {
	for x, a := range alpha {
		if a == 0 {
			continue
		}
		d := dst[3*x : 3*x+3]
		d[0], d[1], d[2] = m.at16(d[0], a), m.at16(d[1], a), m.at16(d[2], a)
	}
}
