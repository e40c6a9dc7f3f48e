package psd

import (
	"image"
	"image/draw"
	_ "image/jpeg" // decoders of the shared pictures
	_ "image/png"
	"os"
	"path/filepath"
	"testing"
)

// loadPicture reads one of the shared pictures as straight RGBA; it skips the
// test where they are missing.
func loadPicture(t *testing.T, name string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(filepath.Join("../../shared/testdata/composites", name))
	if os.IsNotExist(err) {
		t.Skipf("no shared picture %s", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(out, out.Rect, src, src.Bounds().Min, draw.Src)
	return out
}

// colourOf drops the alpha of a picture.
func colourOf(m *image.NRGBA) Pixels {
	var p Pixels
	for i := 0; i < len(m.Pix); i += 4 {
		p.Pix = append(p.Pix, m.Pix[i:i+3]...)
	}
	return p
}

// realCutOut is one of the shared pictures as it is delivered, on a blue ground.
func realCutOut(t *testing.T, name string) *Document {
	t.Helper()
	original := colourOf(loadPicture(t, "image/"+name+".jpg"))
	matte := loadPicture(t, "alpha/"+name+".png")
	foreground := colourOf(loadPicture(t, "foreground/"+name+".png"))
	width, height := matte.Rect.Dx(), matte.Rect.Dy()
	alpha := make([]uint8, width*height)
	for i := range alpha {
		alpha[i] = matte.Pix[4*i]
	}
	ground := [3]uint8{20, 60, 200}
	flat := make([]uint8, len(foreground.Pix))
	for i, v := range foreground.Pix {
		a := int(alpha[i/3])
		flat[i] = uint8((int(v)*a + int(ground[i%3])*(255-a) + 127) / 255)
	}
	layer := func(name string, p Pixels) Layer {
		return Layer{Name: name, Width: width, Height: height, Raster: Raster{Pixels: p}, Opacity: 255}
	}
	d := &Document{Width: width, Height: height, Depth: 8, DPI: 300, Composite: Raster{Pixels: Pixels{Pix: flat}}}
	d.Layers = []Layer{
		layer("Background", Solid(ground[0], ground[1], ground[2])),
		layer("Original", original),
		layer("Cut-out", foreground),
	}
	d.Layers[1].Hidden = true
	d.Layers[2].Mask = alpha
	return d
}

// TestRealCutOut lets ImageMagick put the visible layers of a delivered file
// together, which has to give the composite.
func TestRealCutOut(t *testing.T) {
	for _, name := range []string{"c01", "c26"} {
		t.Run(name, func(t *testing.T) {
			d := realCutOut(t, name)
			file := mustEncode(t, d)
			checkDocument(t, readPSD(t, file), d)
			if dir := os.Getenv("MATTEBOX_TEST_KEEP"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+".psd"), file, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := magick(t, "convert", file, "FILE[1]", "FILE[3]", "-flatten", "-depth", "8", "rgb:-")
			for i, v := range d.Composite.Pix {
				if diff := int(v) - int(got[i]); diff < -1 || diff > 1 {
					t.Fatalf("sample %d of the flattened layers is %d, want %d", i, got[i], v)
				}
			}
		})
	}
}
