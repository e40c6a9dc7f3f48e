package psd

import "encoding/binary"

// layerInfo is what the lengths in front of the layers have to count.
type layerInfo struct {
	records []byte
	data    int64 // bytes of channel data after the records
	pad     int64
}

// bytes is the length of count, records and channel data, rounded up to a
// multiple of four, as Photoshop does (the specification asks for two).
func (i *layerInfo) bytes() int64 { return 2 + int64(len(i.records)) + i.data + i.pad }

func newLayerInfo(d *Document, pictures []*picture) *layerInfo {
	info := &layerInfo{}
	for i, p := range pictures {
		info.records = d.Layers[i].appendRecord(info.records, p, i+1)
		for c := range p.channels {
			info.data += p.layerDataBytes(c)
		}
	}
	info.pad = padding(info.bytes())
	return info
}

// layout is the whole file as parts in their order.
func layout(d *Document, layers []*picture, composite *picture) []part {
	info := newLayerInfo(d, layers)
	merged := d.Composite.Alpha != nil
	head := appendHeader(nil, d, len(composite.channels))
	head = appendResources(head, d)
	head = appendSectionStart(head, d.Depth, info.bytes(), merged)
	count := int16(len(d.Layers))
	if merged {
		count = -count // the composite's fourth channel is its transparency
	}
	head = binary.BigEndian.AppendUint16(head, uint16(count))
	parts := []part{literal(append(head, info.records...))}
	for _, p := range layers {
		for i := range p.channels {
			parts = append(parts, p.layerParts(i)...)
		}
	}
	tail := make([]byte, info.pad)
	tail = appendSectionEnd(tail, d.Depth, merged)
	parts = append(parts, literal(tail))
	return append(parts, composite.compositeParts()...)
}

// appendHeader appends the file header and the empty colour mode section.
func appendHeader(b []byte, d *Document, channels int) []byte {
	b = append(b, "8BPS"...)
	b = append(b, 0, 1, 0, 0, 0, 0, 0, 0) // version 1, reserved
	b = binary.BigEndian.AppendUint16(b, uint16(channels))
	b = binary.BigEndian.AppendUint32(b, uint32(d.Height))
	b = binary.BigEndian.AppendUint32(b, uint32(d.Width))
	b = binary.BigEndian.AppendUint16(b, uint16(d.Depth))
	return append(b, 0, 3, 0, 0, 0, 0) // RGB, no colour mode data
}

// Lengths around the layer info inside the layer and mask information section.
const (
	lengthField = 4
	taggedField = 12 // "8BIM", key, length
)

// appendSectionStart appends all lengths that come before the layer info. At 8
// bits the info is the section's first part. At 16 bits that part and the
// global mask info are empty, and the info is the tagged block Lr16.
func appendSectionStart(b []byte, depth int, info int64, merged bool) []byte {
	if depth == 8 {
		b = binary.BigEndian.AppendUint32(b, uint32(lengthField+info+lengthField))
		return binary.BigEndian.AppendUint32(b, uint32(info))
	}
	section := 2*lengthField + taggedField + info
	if merged {
		section += taggedField
	}
	b = binary.BigEndian.AppendUint32(b, uint32(section))
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = append(b, "8BIMLr16"...)
	return binary.BigEndian.AppendUint32(b, uint32(info))
}

// appendSectionEnd appends what follows the layer info: at 8 bits the empty
// global mask info, at 16 bits the mark of a composite with transparency. The
// mark comes after Lr16 because ImageMagick 6 finds no layers otherwise.
func appendSectionEnd(b []byte, depth int, merged bool) []byte {
	if depth == 8 {
		return append(b, 0, 0, 0, 0)
	}
	if merged {
		b = append(b, "8BIMMt16\x00\x00\x00\x00"...)
	}
	return b
}

// layerDataBytes is the length of a layer's channel with its compression code.
func (p *picture) layerDataBytes(i int) int64 {
	c := &p.channels[i]
	if c.compression == compressionRaw {
		return 2 + p.rawBytes()
	}
	return 2 + c.packed
}

// layerParts are a layer's channel: compression code, what unpacking needs to
// know, data.
func (p *picture) layerParts(i int) []part {
	c := &p.channels[i]
	head := binary.BigEndian.AppendUint16(nil, c.compression)
	if c.compression == compressionZip {
		head = append(head, zlibHead...)
	}
	parts := []part{literal(c.appendCounts(head))}
	parts = append(parts, p.channelParts(i)...)
	if c.compression == compressionZip {
		sum := c.zips[0].sum
		for k, t := range p.strips()[1:] {
			sum = joinAdler(sum, c.zips[k+1].sum, t.rawBytes())
		}
		parts = append(parts, literal(binary.BigEndian.AppendUint32([]byte(zlibClose), sum)))
	}
	return parts
}

// compositeParts are the image data section: one compression code, the row
// lengths of all channels, then the channels.
func (p *picture) compositeParts() []part {
	head := binary.BigEndian.AppendUint16(nil, p.channels[0].compression)
	for i := range p.channels {
		head = p.channels[i].appendCounts(head)
	}
	parts := []part{literal(head)}
	for i := range p.channels {
		parts = append(parts, p.channelParts(i)...)
	}
	return parts
}

// appendCounts appends the packed length of each row, which only PackBits has.
func (c *channel) appendCounts(b []byte) []byte {
	if c.compression != compressionPackBits {
		return b
	}
	for _, n := range c.counts {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}
