package engine

import (
	"context"
	"errors"
	"io"

	"mattebox"
	"mattebox/compose"
	"mattebox/imaging"
	"mattebox/psd"
)

// encodePSD writes the canvas in layers. The subject is delivered as a full
// layer of foreground colour with the matte as its layer mask, so that a
// retoucher may repaint the edge; shadows multiply, the original is hidden.
func (p *passage) encodePSD(ctx context.Context, w io.Writer, flat *imaging.Picture) error {
	meta := p.canvas.Meta
	d := &psd.Document{
		Width: p.canvas.Width, Height: p.canvas.Height, Depth: 8, DPI: meta.DPI,
		Profile: meta.Profile, EXIF: meta.EXIF, XMP: meta.XMP, IPTC: meta.IPTC,
		Composite: psd.Raster{Pixels: pixels(flat), Alpha: flat.Alpha},
	}
	if p.canvas.Deep {
		d.Depth = 16
	}
	for _, l := range p.canvas.Layers {
		d.Layers = append(d.Layers, psdLayer(p.canvas, l))
	}
	err := psd.Encode(ctx, w, d)
	var size *psd.SizeError
	if errors.As(err, &size) {
		return mattebox.Wrap(mattebox.CodeTooLarge, err, "result refused")
	}
	return err
}

func psdLayer(c *compose.Canvas, l compose.Layer) psd.Layer {
	box := l.Bounds(c)
	out := psd.Layer{
		Name: l.Name, X: box.Min.X, Y: box.Min.Y, Width: box.Dx(), Height: box.Dy(),
		Opacity: 255, Hidden: l.Hidden,
	}
	if l.Blend == compose.Multiply {
		out.Blend = psd.Multiply
	}
	if l.Fill == nil {
		out.Pixels = pixels(l.Picture)
		out.Mask = l.Picture.Alpha
		return out
	}
	out.Pixels = fillPixels(c, l.Fill)
	if l.Mask != nil {
		out.Mask = l.Mask.Pix
	}
	return out
}

func pixels(p *imaging.Picture) psd.Pixels { return psd.Pixels{Pix: p.Pix, Pix16: p.Pix16} }

func fillPixels(c *compose.Canvas, f *compose.Fill) psd.Pixels {
	if c.Deep {
		return psd.Pixels{Row16: func(y int, rgb []uint16) error { f.Row16(y, rgb); return nil }}
	}
	return psd.Pixels{Row: func(y int, rgb []uint8) error { f.Row(y, rgb); return nil }}
}
