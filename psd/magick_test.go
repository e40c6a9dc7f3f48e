package psd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// magick runs an ImageMagick 6 tool on a file that is named by %s in one of the
// arguments; it skips the test where the tool is missing.
func magick(t *testing.T, tool string, file []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("ImageMagick is missing: no %s", tool)
	}
	path := filepath.Join(t.TempDir(), "test.psd")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", path)
	}
	cmd := exec.CommandContext(t.Context(), tool, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s %s: %v\n%s", tool, args, err, &errs)
	}
	return out
}

func TestMagick(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, transparent := range []bool{false, true} {
			for _, size := range [][2]int{{1, 1}, {65, 7}, {150, 900}} {
				t.Run(fmt.Sprintf("%dbit/alpha=%v/%dx%d", depth, transparent, size[0], size[1]), func(t *testing.T) {
					d := cutOut(size[0], size[1], depth, transparent)
					file := mustEncode(t, d)
					checkMagickStored(t, file, d)
					checkMagickStraight(t, file, d)
				})
			}
		}
	}
}

// checkMagickStored reads all scenes at once: the composite as it is stored,
// over white, and the layers. ImageMagick folds a mask into the layer's alpha.
func checkMagickStored(t *testing.T, file []byte, d *Document) {
	t.Helper()
	got := magick(t, "convert", file, "-define", "psd:alpha-unblend=off", "FILE",
		"-depth", fmt.Sprint(d.Depth), "-endian", "MSB", "rgba:-")
	next := func(what string, planes [][]byte) {
		t.Helper()
		want := interleave(planes, d.Depth)
		if len(got) < len(want) || !bytes.Equal(got[:len(want)], want) {
			t.Errorf("%s differs", what)
		}
		got = got[min(len(want), len(got)):]
	}
	planes := colourPlanes(t, &d.Composite, d.Width, d.Height, d.Depth)
	if d.Composite.Alpha != nil {
		for c := range planes {
			planes[c] = onWhite(planes[c], d.Composite.Alpha, d.Depth)
		}
	}
	next("the composite", append(planes, wantAlpha(d.Composite.Alpha, d.Width*d.Height, d.Depth)))
	for i := range d.Layers {
		l := &d.Layers[i]
		alpha := l.Alpha
		if l.Mask != nil {
			alpha = l.Mask
		}
		planes := colourPlanes(t, &l.Raster, l.Width, l.Height, d.Depth)
		next("layer "+l.Name, append(planes, wantAlpha(alpha, l.Width*l.Height, d.Depth)))
	}
	if len(got) > 0 {
		t.Errorf("%d bytes more than the scenes have", len(got))
	}
}

func colourPlanes(t *testing.T, r *Raster, width, height, depth int) [][]byte {
	t.Helper()
	var planes [][]byte
	for c := range 3 {
		planes = append(planes, wantPlane(t, r, width, height, depth, c))
	}
	return planes
}

// checkMagickStraight reads the composite with the white taken off again, as
// ImageMagick does unless told otherwise.
func checkMagickStraight(t *testing.T, file []byte, d *Document) {
	t.Helper()
	got := magick(t, "convert", file, "FILE[0]", "-depth", fmt.Sprint(d.Depth), "-endian", "MSB", "rgb:-")
	for i := range d.Width * d.Height {
		limit := 0.0
		if d.Composite.Alpha != nil {
			limit = whiteMatteError(d.Composite.Alpha[i])
		}
		for c := range 3 {
			k, want, have := 3*i+c, 0.0, 0.0
			if d.Depth == 8 {
				want, have = float64(d.Composite.Pix[k]), float64(got[k])
			} else {
				want, have = float64(d.Composite.Pix16[k]), float64(binary.BigEndian.Uint16(got[2*k:]))
				if d.Composite.Alpha != nil && d.Composite.Alpha[i] == 0 {
					limit = 65535
				}
			}
			if math.Abs(want-have) > limit {
				t.Fatalf("straight composite pixel %d channel %d is %v, want %v", i, c, have, want)
			}
		}
	}
}

// interleave makes pixels of planes.
func interleave(planes [][]byte, depth int) []byte {
	size := depth / 8
	var out []byte
	for i := 0; i < len(planes[0]); i += size {
		for _, p := range planes {
			out = append(out, p[i:i+size]...)
		}
	}
	return out
}

func TestMagickMetadata(t *testing.T) {
	d := cutOut(4, 3, 8, true)
	d.Profile = append(make([]byte, 128), 0, 0, 0, 0) // a header and no tags
	copy(d.Profile[3:], "\x84")
	copy(d.Profile[12:], "mntrRGB XYZ ")
	copy(d.Profile[36:], "acsp")
	d.XMP = []byte("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
	d.EXIF = []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x00\x00\x03\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00")
	d.IPTC = []byte("\x1c\x02\x05\x00\x05Title")
	file := mustEncode(t, d)
	got := string(magick(t, "identify", file, "-format", "%x %U %[IPTC:2:5]|", "FILE[0]"))
	if want := "300 PixelsPerInch Title|"; got != want {
		t.Errorf("resolution and title are %q, want %q", got, want)
	}
	for kind, want := range map[string][]byte{"icc": d.Profile, "xmp": d.XMP, "exif": d.EXIF[6:]} {
		if got := magick(t, "convert", file, "FILE[0]", kind+":-"); !bytes.Equal(got, want) {
			t.Errorf("%s comes back as %d bytes, want %d", kind, len(got), len(want))
		}
	}
	layers := string(magick(t, "identify", file, "-format", "%l %g %[compose]|", "FILE"))
	if want := " 4x3+0+0 Over|Background 4x3+0+0 Over|Original 4x3+0+0 None|Schatten ??? 4x3+1-2 Multiply|???? ? 4x3+0+0 Over|"; layers != want {
		t.Errorf("layers are %q, want %q", layers, want)
	}
}
