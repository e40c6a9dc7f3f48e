package psd

import "encoding/binary"

// Flags of a layer record. The third bit tells readers that the fourth is
// meaningful, which Photoshop has written since version 5.
const (
	flagHidden = 1 << 1
	flagBit4   = 1 << 3
)

// appendRecord appends the layer's record ("Layer records" of the
// specification). id is unique in the document, and positive.
func (l *Layer) appendRecord(b []byte, p *picture, id int) []byte {
	b = l.appendRect(b)
	b = binary.BigEndian.AppendUint16(b, uint16(len(p.channels)))
	for i := range p.channels {
		b = binary.BigEndian.AppendUint16(b, uint16(p.channels[i].id))
		b = binary.BigEndian.AppendUint32(b, uint32(p.layerDataBytes(i)))
	}
	flags := byte(flagBit4)
	if l.Hidden {
		flags |= flagHidden
	}
	b = append(b, "8BIM"...)
	b = append(b, l.Blend.key()...)
	b = append(b, l.Opacity, 0, flags, 0) // opacity, clipping base, flags, filler
	extra := l.extra(id)
	b = binary.BigEndian.AppendUint32(b, uint32(len(extra)))
	return append(b, extra...)
}

// appendRect appends top, left, bottom, right.
func (l *Layer) appendRect(b []byte) []byte {
	for _, v := range []int{l.Y, l.X, l.Y + l.Height, l.X + l.Width} {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(v)))
	}
	return b
}

// extra is the variable part of the record: mask, blending ranges, name and the
// tagged blocks with the Unicode name and the layer's id.
func (l *Layer) extra(id int) []byte {
	b := l.appendMaskData(nil)
	b = binary.BigEndian.AppendUint32(b, 40)
	for range 10 { // source and destination, of grey and four channels: everything blends
		b = append(b, 0, 0, 255, 255)
	}
	b = appendPascal(b, l.Name)
	b = appendTagged(b, "luni", appendUnicode(nil, l.Name))
	return appendTagged(b, "lyid", binary.BigEndian.AppendUint32(nil, uint32(id)))
}

func (l *Layer) appendMaskData(b []byte) []byte {
	if l.Mask == nil {
		return append(b, 0, 0, 0, 0)
	}
	b = append(b, 0, 0, 0, 20)
	b = l.appendRect(b)
	outside := byte(0)
	if l.MaskShowsOutside {
		outside = 255
	}
	return append(b, outside, 0, 0, 0) // default colour, flags, padding to 20
}

// appendPascal appends the name that predates Unicode: MacRoman, of which only
// the ASCII part is used, in a length byte and text padded to four bytes.
func appendPascal(b []byte, name string) []byte {
	text := make([]byte, 0, MaxName)
	for _, r := range name {
		if r < ' ' || r > '~' {
			r = '?'
		}
		text = append(text, byte(r))
	}
	b = append(b, byte(len(text)))
	b = append(b, text...)
	return append(b, make([]byte, padding(len(text)+1))...)
}

// appendTagged appends an additional layer information block. Photoshop counts
// the padding to four bytes in the length.
func appendTagged(b []byte, key string, data []byte) []byte {
	pad := padding(len(data))
	b = append(b, "8BIM"...)
	b = append(b, key...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)+pad))
	b = append(b, data...)
	return append(b, make([]byte, pad)...)
}

// padding is how many bytes n lacks to a multiple of four.
func padding[T int | int64](n T) T { return -n & 3 }
