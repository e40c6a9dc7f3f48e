package psd

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncode(t *testing.T) {
	sizes := [][2]int{{1, 1}, {2, 1}, {1, 7}, {3, 3}, {65, 5}, {127, 2}, {128, 3}, {129, 2}, {130, 9}}
	for _, depth := range []int{8, 16} {
		for _, transparent := range []bool{false, true} {
			for _, size := range sizes {
				t.Run(fmt.Sprintf("%dbit/alpha=%v/%dx%d", depth, transparent, size[0], size[1]), func(t *testing.T) {
					d := cutOut(size[0], size[1], depth, transparent)
					checkDocument(t, readPSD(t, mustEncode(t, d)), d)
				})
			}
		}
	}
}

// checkDocument holds what was read against what was to be written.
func checkDocument(t *testing.T, got *readDoc, d *Document) {
	t.Helper()
	transparent := d.Composite.Alpha != nil
	channels, keys := 3, []string(nil)
	if transparent {
		channels = 4
	}
	if d.Depth == 16 {
		keys = []string{"Lr16"}
		if transparent {
			keys = append(keys, "Mt16")
		}
	}
	head := []any{got.width, got.height, got.depth, got.channels, got.merged, got.keys, len(got.layers)}
	want := []any{d.Width, d.Height, d.Depth, channels, transparent, keys, len(d.Layers)}
	if diff := cmp.Diff(want, head); diff != "" {
		t.Fatalf("width, height, depth, channels, merged, keys, layers: %s", diff)
	}
	checkComposite(t, got, d)
	for i := range got.layers {
		checkLayer(t, &got.layers[i], &d.Layers[i], d.Depth, i)
	}
}

func checkComposite(t *testing.T, got *readDoc, d *Document) {
	t.Helper()
	n := d.Width * d.Height
	for c := range 3 {
		want := wantPlane(t, &d.Composite, d.Width, d.Height, d.Depth, c)
		if d.Composite.Alpha != nil {
			want = onWhite(want, d.Composite.Alpha, d.Depth)
		}
		if !bytes.Equal(got.composite[c], want) {
			t.Errorf("composite channel %d differs", c)
		}
	}
	if d.Composite.Alpha != nil && !bytes.Equal(got.composite[3], wantAlpha(d.Composite.Alpha, n, d.Depth)) {
		t.Error("composite alpha differs")
	}
}

func checkLayer(t *testing.T, got *readLayer, l *Layer, depth, i int) {
	t.Helper()
	flags, ids := byte(8), []int16{-1, 0, 1, 2}
	if l.Hidden {
		flags |= 2
	}
	if l.Mask != nil {
		ids = append(ids, -2)
	}
	record := []any{got.x, got.y, got.width, got.height, got.ids, got.name, got.opacity, got.flags, got.id}
	want := []any{l.X, l.Y, l.Width, l.Height, ids, l.Name, l.Opacity, flags, uint32(i + 1)}
	if diff := cmp.Diff(want, record); diff != "" {
		t.Errorf("layer %d: rectangle, channels, name, opacity, flags, id: %s", i, diff)
	}
	if want := map[Blend]string{Normal: "norm", Multiply: "mul "}[l.Blend]; got.blend != want {
		t.Errorf("layer %d blends %q, want %q", i, got.blend, want)
	}
	for c := range 3 {
		if !bytes.Equal(got.planes[int16(c)], wantPlane(t, &l.Raster, l.Width, l.Height, depth, c)) {
			t.Errorf("layer %d channel %d differs", i, c)
		}
	}
	n := l.Width * l.Height
	if !bytes.Equal(got.planes[-1], wantAlpha(l.Alpha, n, depth)) {
		t.Errorf("layer %d transparency differs", i)
	}
	if l.Mask != nil && !bytes.Equal(got.planes[-2], wantAlpha(l.Mask, n, depth)) {
		t.Errorf("layer %d mask differs", i)
	}
}

// TestStrips has channels of several strips, and strips of the fewest rows.
func TestStrips(t *testing.T) {
	for _, c := range []struct{ width, height, depth int }{{700, 900, 8}, {MaxSide, 9, 8}, {MaxSide, 9, 16}} {
		d := cutOut(c.width, c.height, c.depth, true)
		checkDocument(t, readPSD(t, mustEncode(t, d)), d)
	}
}

func TestMaskData(t *testing.T) {
	d := cutOut(3, 2, 8, true)
	l := &d.Layers[3]
	l.X, l.Y = -1, 4
	rect := "\x00\x00\x00\x04\xff\xff\xff\xff\x00\x00\x00\x06\x00\x00\x00\x02"
	for shows, want := range map[bool]string{false: rect + "\x00\x00\x00\x00", true: rect + "\xff\x00\x00\x00"} {
		l.MaskShowsOutside = shows
		got := readPSD(t, mustEncode(t, d))
		if string(got.layers[3].mask) != want {
			t.Errorf("shows=%v: mask data % x, want % x", shows, got.layers[3].mask, want)
		}
		if len(got.layers[2].mask) != 0 {
			t.Errorf("a layer without a mask has mask data % x", got.layers[2].mask)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ name, pascal string }{
		{"", ""}, {"a", "a"}, {"ab", "ab"}, {"abc", "abc"}, {"abcd", "abcd"}, {"abcde", "abcde"},
		{"é\tb", "??b"}, {"🐒", "?"}, {strings.Repeat("x", 255), strings.Repeat("x", 255)},
	} {
		d := cutOut(1, 1, 8, false)
		d.Layers[0].Name = c.name
		got := readPSD(t, mustEncode(t, d)).layers[0]
		if got.name != c.name || got.pascal != c.pascal {
			t.Errorf("%q became %q and %q, want %q", c.name, got.name, got.pascal, c.pascal)
		}
	}
}

// TestCompression pins who is packed and how.
func TestCompression(t *testing.T) {
	const raw, packed, zipped = compressionRaw, compressionPackBits, compressionZip
	type codes = map[int16]uint16 // by channel
	for _, c := range []struct {
		name                      string
		depth                     int
		noisy, transparent        bool
		composite, colour, others uint16
	}{
		{"flat", 8, false, false, packed, packed, packed},
		{"noise", 8, true, false, raw, raw, packed},
		{"flat deep", 16, false, false, raw, zipped, zipped},
		{"flat deep with alpha", 16, false, true, packed, zipped, zipped},
		{"noise deep with flat alpha", 16, true, true, packed, zipped, zipped},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := compressionDocument(c.depth, c.noisy, c.transparent)
			got := readPSD(t, mustEncode(t, d))
			if got.compression != c.composite {
				t.Errorf("the composite has compression %d, want %d", got.compression, c.composite)
			}
			want := codes{-1: c.others, 0: c.colour, 1: c.colour, 2: c.colour, -2: c.others}
			if diff := cmp.Diff(want, got.layers[0].compression); diff != "" {
				t.Errorf("layer: %s", diff)
			}
		})
	}
}

// compressionDocument has colour of one kind, and a mask and an alpha that pack.
func compressionDocument(depth int, noisy, transparent bool) *Document {
	const width, height = 65, 4
	colour := Solid(1, 2, 3)
	if noisy {
		colour = Pixels{Pix: staircase(3 * width * height)}
		for i := range 3 * width * height {
			colour.Pix16 = append(colour.Pix16, uint16(i*i*40503))
		}
	}
	d := &Document{Width: width, Height: height, Depth: depth, Composite: Raster{Pixels: colour}}
	flat := bytes.Repeat([]byte{255}, width*height)
	if transparent {
		d.Composite.Alpha = flat
	}
	d.Layers = []Layer{{Width: width, Height: height, Raster: Raster{Pixels: colour}, Mask: flat, Opacity: 255}}
	return d
}

// TestLargestSide writes a document of the largest width in which one channel
// cannot be packed and the others make up for it: the row lengths of that one
// come nearest to what sixteen bits hold.
func TestLargestSide(t *testing.T) {
	const n = 2 * MaxSide
	d := &Document{Width: MaxSide, Height: 2, Depth: 16}
	d.Composite = Raster{Pixels: Pixels{Pix16: make([]uint16, 3*n)}, Alpha: bytes.Repeat([]byte{255}, n)}
	for i := range n {
		d.Composite.Pix16[3*i] = uint16(i * 40503)
	}
	d.Layers = []Layer{{Width: MaxSide, Height: 2, Opacity: 255, Raster: d.Composite}}
	got := readPSD(t, mustEncode(t, d))
	checkDocument(t, got, d)
	if got.compression != compressionPackBits {
		t.Errorf("the composite has compression %d", got.compression)
	}
}

func TestResources(t *testing.T) {
	d := cutOut(2, 2, 8, false)
	d.DPI = 72.25
	d.Profile, d.XMP = []byte("icc"), []byte("<x:xmpmeta/>")
	d.EXIF, d.IPTC = []byte("Exif\x00\x00MM\x00*"), []byte("\x1c\x02\x05\x00\x01x")
	unicode := "\x00\x00\x00\x08\x00M\x00a\x00t\x00t\x00e\x00b\x00o\x00x"
	want := map[uint16][]byte{
		1005: []byte("\x00\x48\x40\x00\x00\x01\x00\x01\x00\x48\x40\x00\x00\x01\x00\x01"),
		1028: d.IPTC,
		1039: d.Profile,
		1057: []byte("\x00\x00\x00\x01\x01" + unicode + unicode + "\x00\x00\x00\x01"),
		1058: []byte("MM\x00*"),
		1060: d.XMP,
	}
	if diff := cmp.Diff(want, readPSD(t, mustEncode(t, d)).resources); diff != "" {
		t.Error(diff)
	}
	for _, dpi := range []float64{0, -1, math.NaN(), math.Inf(1), 40000} {
		d.DPI = dpi
		if got := readPSD(t, mustEncode(t, d)).resources[1005]; got != nil {
			t.Errorf("DPI %v was written as % x", dpi, got)
		}
	}
}
