package imaging

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// synthetic makes a picture with smooth shading, edges and a little noise. The
// alpha plane, if asked for, has opaque, soft and transparent parts.
func synthetic(width, height int, deep, alpha bool) *Picture {
	r := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	p := &Picture{Width: width, Height: height}
	samples := make([]uint16, 3*width*height)
	for i := range samples {
		x, y, c := i/3%width, i/3/width, i%3
		v := 0.5 + 0.3*math.Sin(float64(x*(c+1))/31) + 0.15*math.Cos(float64(y)/(17+float64(c)))
		if (x/40+y/25)%3 == 0 {
			v = 1 - v
		}
		samples[i] = uint16(65535*min(1, max(0, v))) ^ uint16(r.IntN(512))
	}
	if deep {
		p.Pix16 = samples
	} else {
		p.Pix = make([]uint8, len(samples))
		for i, v := range samples {
			p.Pix[i] = uint8(v >> 8)
		}
	}
	if alpha {
		p.Alpha = make([]uint8, width*height)
		for i := range p.Alpha {
			dx, dy := float64(i%width)-float64(width)/2, float64(i/width)-float64(height)/2
			d := math.Hypot(dx/float64(width), dy/float64(height))
			p.Alpha[i] = uint8(255 * min(1, max(0, (0.42-d)*12)))
		}
		p.Alpha[0] = 0 // even of a single pixel
	}
	return p
}

// visible returns the picture as encoders store it: colour 0 where alpha is 0.
func visible(p *Picture) *Picture {
	q := *p
	q.Pix, q.Pix16 = bytes.Clone(p.Pix), append([]uint16(nil), p.Pix16...)
	for i, a := range p.Alpha {
		if a != 0 {
			continue
		}
		if q.Deep() {
			clear(q.Pix16[3*i : 3*i+3])
		} else {
			clear(q.Pix[3*i : 3*i+3])
		}
	}
	return &q
}

func encode(t testing.TB, p *Picture, o EncodeOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(context.Background(), &b, p, o); err != nil {
		t.Fatalf("encode %+v: %v", o, err)
	}
	return b.Bytes()
}

func decode(t testing.TB, data []byte) *Picture {
	t.Helper()
	p, err := Decode(context.Background(), data, Limits{})
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return p
}

// samePixels fails unless both pictures have the same samples and alpha.
func samePixels(t testing.TB, got, want *Picture) {
	t.Helper()
	if got.Width != want.Width || got.Height != want.Height || got.Deep() != want.Deep() {
		t.Fatalf("got %dx%d deep %v, want %dx%d deep %v", got.Width, got.Height, got.Deep(), want.Width, want.Height, want.Deep())
	}
	if (got.Alpha == nil) != (want.Alpha == nil) || !bytes.Equal(got.Alpha, want.Alpha) {
		t.Fatalf("alpha differs at %d", firstDifference(got.Alpha, want.Alpha))
	}
	if at := firstDifference(got.Pix, want.Pix); at >= 0 {
		t.Fatalf("sample %d is %d, want %d", at, got.Pix[at], want.Pix[at])
	}
	if at := firstDifference(got.Pix16, want.Pix16); at >= 0 {
		t.Fatalf("sample %d is %d, want %d", at, got.Pix16[at], want.Pix16[at])
	}
}

// firstDifference returns where two slices part, -1 if they do not.
func firstDifference[T comparable](a, b []T) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// psnr compares what can be seen of two 8-bit pictures, in decibels.
func psnr(t testing.TB, got, want *Picture) float64 {
	t.Helper()
	if len(got.Pix) != len(want.Pix) || len(got.Pix) == 0 {
		t.Fatalf("got %dx%d, want %dx%d", got.Width, got.Height, want.Width, want.Height)
	}
	sum, n := 0.0, 0
	for i := range got.Pix {
		if want.Alpha != nil && want.Alpha[i/3] < 128 {
			continue
		}
		d := float64(got.Pix[i]) - float64(want.Pix[i])
		sum += d * d
		n++
	}
	return 10 * math.Log10(255*255*float64(n)/max(sum, 1e-9))
}

// goPixels takes a picture out of an image of the standard library, exactly.
func goPixels(img image.Image) *Picture {
	b := img.Bounds()
	p := &Picture{Width: b.Dx(), Height: b.Dy()}
	switch img := img.(type) {
	case *image.NRGBA:
		p.Alpha = []uint8{}
		p.take8(img.Pix)
	case *image.RGBA:
		p.take8(img.Pix)
	case *image.NRGBA64:
		p.Alpha = []uint8{}
		p.take16(img.Pix)
	case *image.RGBA64:
		p.take16(img.Pix)
	default:
		panic(fmt.Sprintf("no pixels of %T", img))
	}
	return p
}

func (p *Picture) take8(rgba []uint8) {
	for ; len(rgba) > 0; rgba = rgba[4:] {
		p.Pix = append(p.Pix, rgba[:3]...)
		if p.Alpha != nil {
			p.Alpha = append(p.Alpha, rgba[3])
		}
	}
}

func (p *Picture) take16(rgba []uint8) {
	for ; len(rgba) > 0; rgba = rgba[8:] {
		for c := range 3 {
			p.Pix16 = append(p.Pix16, binary.BigEndian.Uint16(rgba[2*c:]))
		}
		if p.Alpha != nil {
			p.Alpha = append(p.Alpha, rgba[6])
		}
	}
}

// testdata returns the files of the workshop's test data that match, and skips
// the test where there are none.
func testdata(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "shared", "testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Skipf("no test data at ../shared/testdata/%s", pattern)
	}
	return files
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// status returns a line of /proc/self/status in bytes, and skips where there is
// none.
func status(t testing.TB, name string) int64 {
	t.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc/self/status to read the memory in use from")
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n << 10
		}
	}
	t.Skipf("no %s in /proc/self/status", name)
	return 0
}
