package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"

	"golang.org/x/image/bmp"
)

// openBMP reads a BMP header. libvips has a BMP reader only through ImageMagick,
// which is not let near a stranger's file, so golang.org/x/image does the work.
func openBMP(data []byte, lim Limits) (*source, error) {
	c, err := bmp.DecodeConfig(bytes.NewReader(data))
	if errors.Is(err, bmp.ErrUnsupported) {
		return nil, unsupported(BMP, "the BMP file is of a compressed or rare kind; save it as PNG")
	}
	if err != nil {
		return nil, damaged(BMP, err)
	}
	s := &source{data: data, header: Header{
		Format: BMP, Width: c.Width, Height: c.Height, Orientation: 1, Depth: 8, Bands: 3,
	}}
	if bmpHasAlpha(data) {
		s.header.Bands, s.header.HasAlpha = 4, true
	}
	if err := s.check(lim); err != nil {
		return nil, err
	}
	// Rows are not compressed, so a header cannot promise more than the file has.
	// One bit per pixel is the least there is.
	if c.Width < 1 || c.Height < 1 || int64(len(data)) < int64(c.Width)*int64(c.Height)/8 {
		return nil, damaged(BMP, errors.New("fewer bytes than the header promises"))
	}
	s.header.DPI = bmpDPI(data)
	return s, nil
}

// bmpHasAlpha holds for 32 bits per pixel under a header that has room for an
// alpha mask. The fourth byte of older headers is padding.
func bmpHasAlpha(data []byte) bool {
	return binary.LittleEndian.Uint16(data[28:]) == 32 && binary.LittleEndian.Uint32(data[14:]) > 40
}

// bmpDPI reads the pixels per metre of a BITMAPINFOHEADER and its successors.
func bmpDPI(data []byte) float64 {
	if len(data) < 42 || binary.LittleEndian.Uint32(data[14:]) < 40 {
		return 0
	}
	perMetre := int32(binary.LittleEndian.Uint32(data[38:]))
	if perMetre <= 0 {
		return 0
	}
	return roundDPI(float64(perMetre) * 0.0254)
}

func (s *source) decodeBMP() (*Picture, error) {
	img, err := bmp.Decode(bytes.NewReader(s.data))
	if err != nil {
		return nil, damaged(BMP, err)
	}
	n := s.header.Width * s.header.Height
	p := &Picture{
		Width: s.header.Width, Height: s.header.Height, Pix: make([]uint8, 3*n),
		Meta: Meta{DPI: s.header.DPI},
	}
	switch img := img.(type) {
	case *image.NRGBA:
		p.takeFour(img.Pix)
	case *image.RGBA: // opaque, see bmp.Decode
		p.takeFour(img.Pix)
	case *image.Paletted:
		p.takeIndexed(img)
	default:
		return nil, unsupported(BMP, "the BMP file is of a rare kind; save it as PNG")
	}
	return p, nil
}

// takeFour splits R, G, B, A rows into the planes.
func (p *Picture) takeFour(rgba []uint8) {
	alpha := make([]uint8, p.Width*p.Height)
	opaque := uint8(255)
	for i := range alpha {
		s := rgba[4*i : 4*i+4]
		d := p.Pix[3*i : 3*i+3]
		d[0], d[1], d[2] = s[0], s[1], s[2]
		alpha[i] = s[3]
		opaque &= s[3]
	}
	if opaque != 255 {
		p.Alpha = alpha
	}
}

func (p *Picture) takeIndexed(img *image.Paletted) {
	var table [256][3]uint8
	for i, c := range img.Palette {
		rgb := color.RGBAModel.Convert(c).(color.RGBA)
		table[i] = [3]uint8{rgb.R, rgb.G, rgb.B}
	}
	for i, index := range img.Pix[:p.Width*p.Height] {
		copy(p.Pix[3*i:3*i+3], table[index][:])
	}
}
