package psd

import (
	"bufio"
	"context"
	"fmt"
	"io"
)

// Encode writes d to w. Nothing is written before the whole document has been
// checked and measured: errors are a *FieldError for a document that
// contradicts itself, a *SizeError for one that only PSB could hold, the error
// of a row function, of w, or of ctx.
func Encode(ctx context.Context, w io.Writer, d *Document) error {
	return encode(ctx, w, d, MaxFileSize)
}

func encode(ctx context.Context, w io.Writer, d *Document, limit int64) error {
	if err := d.validate(); err != nil {
		return err
	}
	layers, composite := d.pictures()
	if err := measure(ctx, append(layers[:len(layers):len(layers)], composite)); err != nil {
		return err
	}
	parts := layout(d, layers, composite)
	size := int64(0)
	for i := range parts {
		size += parts[i].size
	}
	if size > limit {
		return &SizeError{What: "the file length in bytes", Got: size, Max: limit}
	}
	buffered := bufio.NewWriterSize(w, stripBytes)
	if err := writeParts(ctx, buffered, parts); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("psd: write: %w", err)
	}
	return nil
}

// pictures returns the layers and the composite with the channels they have in
// the file, in Photoshop's order. Every layer gets a transparency channel, as
// Photoshop gives it to all but the background: ImageMagick ignores the mask of
// a layer without one.
func (d *Document) pictures() (layers []*picture, composite *picture) {
	for i := range d.Layers {
		l := &d.Layers[i]
		p := newPicture(d, fmt.Sprintf("Layers[%d]", i), l.Width, l.Height, &l.Raster)
		p.method = compressionPackBits
		if d.Depth == 16 {
			p.method = compressionZip
		}
		p.addChannels(transparency, red, red+1, red+2)
		if l.Mask != nil {
			p.mask = l.Mask
			p.addChannels(userMask)
		}
		layers = append(layers, p)
	}
	return layers, d.compositePicture()
}

// compositePicture is packed but for opaque pictures of 16 bits, where ag-psd
// would misread it.
func (d *Document) compositePicture() *picture {
	p := newPicture(d, "Composite", d.Width, d.Height, &d.Composite)
	p.composite = true
	p.addChannels(red, red+1, red+2)
	if d.Composite.Alpha != nil {
		p.onWhite = true
		p.addChannels(transparency)
	}
	if d.Depth == 8 || d.Composite.Alpha != nil {
		p.method = compressionPackBits
	}
	return p
}
