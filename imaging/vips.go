package imaging

/*
#cgo pkg-config: vips
#include "vips.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// libvips is a process-wide library: it is initialised once, by whoever comes
// first, and stays.
var libvips struct {
	once sync.Once
	err  error
}

// Startup initialises libvips and sets how many threads each of its pipelines
// may use; 0 leaves the library's own choice, the number of cores. Every other
// function of the package calls Startup(0) by itself, so a caller needs it only
// to set the threads or to pay the 30 to 80 ms early. Safe for concurrent use.
func Startup(threads int) error {
	libvips.once.Do(func() {
		if C.mb_startup() != 0 {
			libvips.err = fmt.Errorf("start libvips: %w", takeError())
		}
	})
	if libvips.err == nil && threads > 0 {
		C.vips_concurrency_set(C.int(threads))
	}
	return libvips.err
}

// Version returns the version of libvips that is linked in, such as "8.14.1".
func Version() string { return C.GoString(C.vips_version_string()) }

// takeError empties libvips' error buffer into an error. The buffer is shared by
// all threads, so its words are a hint for logs, nothing to decide on.
func takeError() error {
	c := C.mb_error()
	defer C.g_free(C.gpointer(unsafe.Pointer(c)))
	s := strings.Join(strings.Fields(C.GoString(c)), " ")
	if s == "" {
		s = "libvips gave no reason"
	}
	return errors.New(s)
}

var vipsFormats = map[Format]C.mb_format{
	JPEG: C.MB_JPEG, PNG: C.MB_PNG, TIFF: C.MB_TIFF, WebP: C.MB_WEBP,
	HEIC: C.MB_HEIF, AVIF: C.MB_AVIF, GIF: C.MB_GIF,
}

// vipsImage is a libvips pipeline together with the Go memory that it reads
// from, which stays pinned until close.
type vipsImage struct {
	ptr *C.VipsImage
	pin runtime.Pinner
}

// openVips opens a file with the one loader of its format. Only the header is
// read.
func openVips(data []byte, f Format) (*vipsImage, error) {
	if err := Startup(0); err != nil {
		return nil, err
	}
	v := &vipsImage{}
	v.pin.Pin(&data[0])
	if C.mb_open(unsafe.Pointer(&data[0]), C.size_t(len(data)), vipsFormats[f], &v.ptr) != 0 {
		v.pin.Unpin()
		return nil, damaged(f, takeError())
	}
	return v, nil
}

func (v *vipsImage) close() {
	if v.ptr != nil {
		C.g_object_unref(C.gpointer(unsafe.Pointer(v.ptr)))
		v.ptr = nil
	}
	v.pin.Unpin()
	C.vips_error_clear()
}

// vipsInfo is what libvips says of an image, see mb_info.
type vipsInfo struct {
	width, height, bands, depth int
	float, alpha                bool
	interpretation              int
	orientation                 int
	bits                        int     // of a HEIF sample, 0 for other formats
	xres                        float64 // pixels per millimetre
}

func (v *vipsImage) describe() vipsInfo {
	var c C.mb_info
	C.mb_describe(v.ptr, &c)
	return vipsInfo{
		width: int(c.width), height: int(c.height), bands: int(c.bands), depth: int(c.depth),
		float: c.is_float != 0, alpha: c.has_alpha != 0,
		interpretation: int(c.interpretation), orientation: int(c.orientation),
		bits: int(c.heif_bits), xres: float64(c.xres),
	}
}

// blob returns a copy of a metadata block, nil if there is none.
func (v *vipsImage) blob(name string) []byte {
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	var b C.mb_bytes
	if C.mb_blob(v.ptr, cname, &b) != 0 || b.len == 0 || b.len > maxBlob {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(b.data), C.int(b.len))
}

// maxBlob keeps a metadata block from being larger than any real one: the
// largest profiles in use have a few megabytes.
const maxBlob = 16 << 20

type conversion C.mb_conversion

const (
	convertKeep     conversion = C.MB_KEEP
	convertProfile  conversion = C.MB_PROFILE
	convertTable    conversion = C.MB_TABLE
	convertFallback conversion = C.MB_FALLBACK
	convertSpace    conversion = C.MB_SPACE
	convertLinear   conversion = C.MB_LINEAR
)

// convert puts a colour conversion at the end of the pipeline. Nothing is
// computed yet.
func (v *vipsImage) convert(how conversion, depth int) error {
	var out *C.VipsImage
	if C.mb_convert(v.ptr, C.mb_conversion(how), C.int(depth), &out) != 0 {
		return takeError()
	}
	C.g_object_unref(C.gpointer(unsafe.Pointer(v.ptr)))
	v.ptr = out
	return nil
}

// target is Go memory for a picture's planes and the way each pixel goes there,
// see mb_target.
type target struct {
	pix           []uint8
	pix16         []uint16
	alpha         []uint8
	start, dx, dy int
	bits          int
}

// read runs the pipeline into t and reports whether any alpha was below 255. It
// stops early when ctx ends.
func (v *vipsImage) read(ctx context.Context, t *target) (translucent bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	c := C.mb_target{
		start: C.ptrdiff_t(t.start), dx: C.ptrdiff_t(t.dx), dy: C.ptrdiff_t(t.dy),
		significant_bits: C.int(t.bits),
	}
	if t.pix != nil {
		pin.Pin(&t.pix[0])
		c.pix8 = (*C.uchar)(unsafe.Pointer(&t.pix[0]))
	} else {
		pin.Pin(&t.pix16[0])
		c.pix16 = (*C.ushort)(unsafe.Pointer(&t.pix16[0]))
	}
	if t.alpha != nil {
		pin.Pin(&t.alpha[0])
		c.alpha = (*C.uchar)(unsafe.Pointer(&t.alpha[0]))
	}
	settle := v.killOnDone(ctx)
	failed := C.mb_read(v.ptr, &c) != 0
	settle()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if failed {
		return false, takeError()
	}
	return c.translucent != 0, nil
}

// killOnDone makes a running pipeline end when ctx does. The returned function
// must be called before the image is released: it waits for a kill under way.
func (v *vipsImage) killOnDone(ctx context.Context) (settle func()) {
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		C.vips_image_set_kill(v.ptr, 1)
		close(killed)
	})
	return func() {
		if !stop() {
			<-killed
		}
	}
}
