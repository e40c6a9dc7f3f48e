package psd

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// agDoc is what testdata/agpsd/read.js prints.
type agDoc struct {
	Size           [2]int
	Channels, Bits int
	DPI            float64
	Merged         bool
	Pixels         []byte
	Layers         []agLayer
}

type agLayer struct {
	Name    string
	Rect    [4]int
	Opacity uint8
	Hidden  bool
	Blend   string
	Pixels  []byte
	Mask    *agMask
}

type agMask struct {
	Rect    [4]int
	Outside uint8
	Pixels  []byte
}

// readAgPSD lets ag-psd read a file; it skips the test where that is not installed.
func readAgPSD(t *testing.T, file []byte, what string) *agDoc {
	t.Helper()
	if _, err := os.Stat("testdata/agpsd/node_modules/ag-psd"); err != nil {
		t.Skip("ag-psd is missing: npm ci --prefix psd/testdata/agpsd")
	}
	path := filepath.Join(t.TempDir(), "test.psd")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/agpsd/read.js", path, what)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("read.js: %v", err)
	}
	var d agDoc
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestAgPSD(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, transparent := range []bool{false, true} {
			for _, size := range [][2]int{{1, 1}, {65, 7}, {150, 900}} {
				t.Run(fmt.Sprintf("%dbit/alpha=%v/%dx%d", depth, transparent, size[0], size[1]), func(t *testing.T) {
					checkAgPSD(t, cutOut(size[0], size[1], depth, transparent))
				})
			}
		}
	}
}

func checkAgPSD(t *testing.T, d *Document) {
	t.Helper()
	d.Layers[2].Opacity = 128
	d.Layers[3].MaskShowsOutside = true
	what := "all"
	if d.Depth == 16 && d.Composite.Alpha != nil {
		what = "layers"
	}
	got := readAgPSD(t, mustEncode(t, d), what)
	if what == "all" {
		checkAgComposite(t, got, d)
	}
	channels := 3
	if d.Composite.Alpha != nil {
		channels = 4
	}
	want := &agDoc{
		Size: [2]int{d.Width, d.Height}, Channels: channels, Bits: d.Depth,
		DPI: d.DPI, Merged: true, Pixels: got.Pixels,
	}
	for i := range d.Layers {
		want.Layers = append(want.Layers, wantAgLayer(t, &d.Layers[i], d.Depth))
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); diff != "" {
		t.Error(diff)
	}
}

func wantAgLayer(t *testing.T, l *Layer, depth int) agLayer {
	t.Helper()
	rect := [4]int{l.X, l.Y, l.X + l.Width, l.Y + l.Height}
	out := agLayer{
		Name: l.Name, Rect: rect, Opacity: l.Opacity, Hidden: l.Hidden, Blend: "normal",
		Pixels: wantRGBA(t, &l.Raster, l.Width, l.Height, depth),
	}
	if l.Blend == Multiply {
		out.Blend = "multiply"
	}
	if l.Mask == nil {
		return out
	}
	grey := Raster{Pixels: Pixels{Row: func(y int, rgb []uint8) error {
		for i := range rgb {
			rgb[i] = l.Mask[y*l.Width+i/3]
		}
		return nil
	}, Row16: func(y int, rgb []uint16) error {
		for i := range rgb {
			rgb[i] = uint16(l.Mask[y*l.Width+i/3]) * 257
		}
		return nil
	}}}
	out.Mask = &agMask{Rect: rect, Pixels: wantRGBA(t, &grey, l.Width, l.Height, depth)}
	if l.MaskShowsOutside {
		out.Mask.Outside = 255
	}
	return out
}

// wantRGBA interleaves the planes, little-endian.
func wantRGBA(t *testing.T, r *Raster, width, height, depth int) []byte {
	t.Helper()
	n := width * height
	planes := [][]byte{
		wantPlane(t, r, width, height, depth, 0), wantPlane(t, r, width, height, depth, 1),
		wantPlane(t, r, width, height, depth, 2), wantAlpha(r.Alpha, n, depth),
	}
	var out []byte
	for i := range n {
		for _, p := range planes {
			if depth == 8 {
				out = append(out, p[i])
				continue
			}
			out = binary.LittleEndian.AppendUint16(out, binary.BigEndian.Uint16(p[2*i:]))
		}
	}
	return out
}

// checkAgComposite compares straight colours. ag-psd takes the white off again,
// so where the alpha is a, the rounding to 8 bits comes back 255/a times larger.
func checkAgComposite(t *testing.T, got *agDoc, d *Document) {
	t.Helper()
	want := wantRGBA(t, &d.Composite, d.Width, d.Height, d.Depth)
	if len(got.Pixels) != len(want) {
		t.Fatalf("composite of %d bytes, want %d", len(got.Pixels), len(want))
	}
	for i := range d.Width * d.Height {
		limit := 0.0
		if d.Composite.Alpha != nil {
			limit = whiteMatteError(d.Composite.Alpha[i])
		}
		per := 4 * d.Depth / 8
		for k := range per {
			diff := math.Abs(float64(got.Pixels[i*per+k]) - float64(want[i*per+k]))
			if diff > limit {
				t.Fatalf("composite pixel %d byte %d is %d, want %d", i, k, got.Pixels[i*per+k], want[i*per+k])
			}
		}
	}
}

// whiteMatteError is how far a straight 8-bit sample may come back from a
// composite that was laid over white: anywhere when nothing of it is left.
func whiteMatteError(alpha uint8) float64 {
	switch alpha {
	case 0:
		return 255
	case 255:
		return 0
	}
	return math.Ceil(127.5/float64(alpha)) + 1
}
