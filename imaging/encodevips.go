package imaging

/*
#include "vips.h"
*/
import "C"

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"unsafe"
)

// planes is a picture as libvips is given it.
type planes struct {
	pix           []uint8
	pix16         []uint16
	alpha         []uint8
	width, height int
	bands         int
}

func planesOf(p *Picture) planes {
	return planes{p.Pix, p.Pix16, p.Alpha, p.Width, p.Height, 3}
}

// pinned returns the planes for C; the memory stays in place until the pinner
// lets go.
func (p planes) pinned(pin *runtime.Pinner) C.mb_planes {
	c := C.mb_planes{width: C.int(p.width), height: C.int(p.height), bands: C.int(p.bands)}
	if p.pix16 != nil {
		pin.Pin(&p.pix16[0])
		c.pixels = unsafe.Pointer(&p.pix16[0])
		c.deep = 1
	} else {
		pin.Pin(&p.pix[0])
		c.pixels = unsafe.Pointer(&p.pix[0])
	}
	if p.alpha != nil {
		pin.Pin(&p.alpha[0])
		c.alpha = unsafe.Pointer(&p.alpha[0])
	}
	return c
}

// encodeVips writes JPEG, WebP and AVIF. Of JPEG and WebP libvips makes the bare
// picture and the metadata is put in here, since it would rewrite EXIF.
func encodeVips(ctx context.Context, w io.Writer, p planes, m Meta, o EncodeOptions) error {
	if err := Startup(0); err != nil {
		return err
	}
	m.EXIF = describedEXIF(m.EXIF, p.width, p.height, m.DPI)
	if m.EXIF == nil && m.DPI > 0 && o.Format != JPEG {
		m.EXIF = resolutionEXIF(m.DPI) // the formats' only place for it
	}
	if p.alpha != nil {
		p = p.withoutHidden()
	}
	file, free, err := saveVips(p, m, o)
	if err != nil {
		return fmt.Errorf("encode %s: %w", o.Format, err)
	}
	defer free()
	if err := ctx.Err(); err != nil {
		return err
	}
	switch o.Format {
	case JPEG:
		return writeJPEG(w, file, m)
	case WebP:
		return writeWebP(w, file, m, p)
	}
	_, err = w.Write(file)
	return err
}

// saveVips returns the file in C memory, to be read before free is called.
func saveVips(p planes, m Meta, o EncodeOptions) (file []byte, free func(), err error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	in := p.pinned(&pin)
	saver := C.mb_saver{format: vipsFormats[o.Format], quality: C.int(o.Quality)}
	if o.Quality == 0 {
		saver.quality = C.int(defaultQuality[o.Format])
	}
	if o.Format == AVIF {
		pinBytes(&pin, &saver.profile, m.Profile)
		pinBytes(&pin, &saver.exif, m.EXIF)
		pinBytes(&pin, &saver.xmp, m.XMP)
	}
	var buf unsafe.Pointer
	var n C.size_t
	if C.mb_save(&in, &saver, &buf, &n) != 0 {
		return nil, nil, takeError()
	}
	return unsafe.Slice((*byte)(buf), int(n)), func() { C.g_free(C.gpointer(buf)) }, nil
}
