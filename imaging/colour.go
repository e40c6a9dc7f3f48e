package imaging

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

/*
#include "vips.h"
*/
import "C"

// ToSRGB converts width*height interleaved 8-bit RGB samples in place from the
// colour space of an ICC profile to sRGB (relative colorimetric, black point
// compensation). It does nothing for a nil profile and for sRGB itself. Meant
// for small buffers: it holds a second one while it works. A profile that cannot
// be used is an error and leaves pix as it was.
func ToSRGB(pix []uint8, width, height int, profile []byte) error {
	if err := checkSamples(pix, width, height); err != nil {
		return err
	}
	if IsSRGB(profile) {
		return nil
	}
	if !usableRGB(profile) {
		return errors.New("convert colours: the profile is broken or not for RGB")
	}
	if err := Startup(0); err != nil {
		return err
	}
	v := &vipsImage{}
	defer v.close()
	v.pin.Pin(&pix[0])
	var blob C.mb_bytes
	pinBytes(&v.pin, &blob, profile)
	if C.mb_recolour(unsafe.Pointer(&pix[0]), C.int(width), C.int(height), &blob,
		cBool(isPerceptualOnly(profile)), &v.ptr) != 0 {
		return fmt.Errorf("convert colours: %w", takeError())
	}
	out := make([]uint8, len(pix))
	if _, err := v.read(context.Background(), &target{pix: out, dx: 1, dy: width}); err != nil {
		return fmt.Errorf("convert colours: %w", err)
	}
	copy(pix, out)
	return nil
}

// FromSRGB is the inverse of ToSRGB for matrix profiles: it takes sRGB samples to
// the colour space of the profile, for colours that have to join a picture which
// keeps its profile. White stays white.
func FromSRGB(pix []uint8, width, height int, profile []byte) error {
	if err := checkSamples(pix, width, height); err != nil {
		return err
	}
	if IsSRGB(profile) {
		return nil
	}
	e, err := newExchanger(nil, profile)
	if err != nil {
		return err
	}
	return exchangeRows(context.Background(), e, pix, pix, width)
}

func checkSamples(pix []uint8, width, height int) error {
	if width < 1 || height < 1 || len(pix) != 3*width*height {
		return fmt.Errorf("convert colours: %d samples for %dx%d pixels", len(pix), width, height)
	}
	return nil
}

// pinBytes lets C see a slice through b until the pinner lets go.
func pinBytes(pin *runtime.Pinner, b *C.mb_bytes, data []byte) {
	if len(data) == 0 {
		return
	}
	pin.Pin(&data[0])
	b.data = unsafe.Pointer(&data[0])
	b.len = C.size_t(len(data))
}

func cBool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
