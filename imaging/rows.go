package imaging

import "encoding/binary"

// rows hands out a picture's scanlines as PNG and TIFF store them: interleaved,
// alpha last and straight, 16-bit samples big-endian. Where alpha is 0 the colour
// is 0 too, which compresses well and keeps what was cut away out of the file.
type rows interface {
	// row returns scanline y. It may use buf, which has the length of a scanline,
	// or return memory of the picture itself; the caller only reads it.
	row(y int, buf []byte) []byte
}

// raster is rows with their geometry.
type raster struct {
	rows
	width, height int
	bands         int // 1, 3 or 4
	depth         int // bits per sample, 8 or 16
}

func (r raster) pixelBytes() int { return r.bands * r.depth / 8 }
func (r raster) rowBytes() int   { return r.width * r.pixelBytes() }

func rasterOf(p *Picture) raster {
	r := raster{width: p.Width, height: p.Height, bands: 3, depth: 8}
	if p.Alpha != nil {
		r.bands = 4
	}
	switch {
	case p.Deep():
		r.depth = 16
		r.rows = deepRows{p.Pix16, p.Alpha, p.Width}
	case p.Alpha != nil:
		r.rows = rgbaRows{p.Pix, p.Alpha, p.Width}
	default:
		r.rows = plainRows{p.Pix, 3 * p.Width}
	}
	return r
}

func rasterOfGrey(grey []uint8, width, height int) raster {
	return raster{plainRows{grey, width}, width, height, 1, 8}
}

type plainRows struct {
	pix    []uint8
	stride int
}

func (r plainRows) row(y int, _ []byte) []byte { return r.pix[y*r.stride : (y+1)*r.stride] }

type rgbaRows struct {
	pix, alpha []uint8
	width      int
}

func (r rgbaRows) row(y int, buf []byte) []byte {
	alpha := r.alpha[y*r.width : (y+1)*r.width]
	pix := r.pix[3*y*r.width : 3*(y+1)*r.width]
	for x, a := range alpha {
		d := buf[4*x : 4*x+4 : 4*x+4]
		if a == 0 {
			binary.LittleEndian.PutUint32(d, 0)
			continue
		}
		s := pix[3*x : 3*x+3 : 3*x+3]
		d[0], d[1], d[2], d[3] = s[0], s[1], s[2], a
	}
	return buf
}

type deepRows struct {
	pix   []uint16
	alpha []uint8 // may be nil
	width int
}

func (r deepRows) row(y int, buf []byte) []byte {
	pix := r.pix[3*y*r.width : 3*(y+1)*r.width]
	if r.alpha == nil {
		for i, v := range pix {
			binary.BigEndian.PutUint16(buf[2*i:], v)
		}
		return buf
	}
	alpha := r.alpha[y*r.width : (y+1)*r.width]
	for x, a := range alpha {
		d := buf[8*x : 8*x+8 : 8*x+8]
		if a == 0 {
			binary.LittleEndian.PutUint64(d, 0)
			continue
		}
		s := pix[3*x : 3*x+3 : 3*x+3]
		binary.BigEndian.PutUint16(d, s[0])
		binary.BigEndian.PutUint16(d[2:], s[1])
		binary.BigEndian.PutUint16(d[4:], s[2])
		d[6], d[7] = a, a // a*257
	}
	return buf
}
