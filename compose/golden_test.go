package compose

import (
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
	"mattebox/imaging"
)

// goldens are whole templates, as a customer would write them, over the default.
func goldens() map[string]string {
	return map[string]string{
		"documented": documented,
		"gradient_drop": `{"backgroundType":3,"backgroundColor":"ffffff","backgroundVerticalGradientColor":"b0b8c0","shadowType":2,
			"resizeType":2,"resizeWidth":150,"resizeHeight":150,"marginType":1,"marginTop":15,"marginBottom":20,"marginLeft":15,"marginRight":15}`,
		"clear_drop": `{"shadowType":2,"resizeType":3,"resizeMaxSize":120}`,
		"white_kept_shadow": `{"templateOutputFormat":"JPG","backgroundType":1,"backgroundColor":"ffffff","shadowType":1,
			"resizeType":1,"resizeWidth":1,"resizeHeight":1,"marginType":2,"marginTop":20,"marginBottom":30,"marginLeft":40,"marginRight":40}`,
		"photograph_extended": `{"backgroundType":0,"resizeType":2,"resizeWidth":160,"resizeHeight":160,
			"marginType":1,"marginTop":30,"marginBottom":30,"marginLeft":10,"marginRight":10,"marginVerticalAlignment":1}`,
		"millimetres_bottom": `{"backgroundType":1,"backgroundColor":"2060a0","resizeType":2,"resizeUnit":1,"resizeWidth":30,"resizeHeight":40,
			"dpi":100,"marginType":2,"marginTop":5,"marginBottom":12,"marginLeft":9,"marginRight":9,"marginVerticalAlignment":3}`,
		"grown_to_minimum": `{"templateOutputFormat":"PSD","allowUpscale":true,"resizeType":3,"resizeMinSize":140,
			"marginType":2,"marginTop":4,"marginBottom":4,"marginLeft":4,"marginRight":4}`,
	}
}

// TestGolden compares whole results with pictures that a person has looked at.
// Tolerance: the resampler and the shadows reckon in floating point, which other
// processors round otherwise.
func TestGolden(t *testing.T) {
	one := goldenCutout()
	for name, text := range goldens() {
		t.Run(name, func(t *testing.T) { testGolden(t, name, text, one) })
	}
	other := smallerCutout(t)
	for name, text := range combinedGoldens() {
		t.Run(name, func(t *testing.T) { testGolden(t, name, text, one, other, one) })
	}
}

func testGolden(t *testing.T, name, text string, cutouts ...Cutout) {
	template, err := mattebox.DefaultTemplate().With([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := toNRGBA(flattened(t, combine(t, template, cutouts...)))
	path := filepath.Join("testdata", "golden", name+".png")
	if *update {
		writePNG(t, path, got)
		return
	}
	if fault := compare(readPNG(t, path), got); fault != "" {
		seen := filepath.Join(t.ArtifactDir(), name+".png")
		writePNG(t, seen, got)
		t.Errorf("%s; what was seen is in %s (kept with -artifacts), -update accepts it", fault, seen)
	}
}

// combinedGoldens are templates for three photographs.
func combinedGoldens() map[string]string {
	return map[string]string{
		"combined_drop": `{"templateOutputFormat":"JPG","backgroundType":1,"backgroundColor":"ffffff","shadowType":2,
			"resizeType":2,"resizeWidth":300,"resizeHeight":160,"marginType":1,"marginTop":10,"marginBottom":20,"marginLeft":8,"marginRight":8}`,
		"combined_kept_shadow": `{"backgroundType":3,"backgroundColor":"ffffff","backgroundVerticalGradientColor":"b0b8c0","shadowType":1,
			"resizeType":3,"resizeMaxSize":320,"marginType":2,"marginTop":15,"marginBottom":40,"marginLeft":30,"marginRight":30}`,
		"combined_photographs": `{"backgroundType":0,"resizeType":1,"resizeWidth":2,"resizeHeight":1,"resizeMaxSize":320}`,
	}
}

// smallerCutout is a part of goldenCutout at three quarters of its size.
func smallerCutout(t *testing.T) Cutout {
	c := goldenCutout()
	for _, p := range []**imaging.Picture{&c.Subject, &c.Photo} {
		part, err := crop(t.Context(), *p, image.Rect(40, 20, 160, 140))
		if err == nil {
			*p, err = imaging.ResizeLinear(t.Context(), part, 90, 90)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c.Box = image.Rect(15, 15, 75, 75)
	return c
}

// goldenCutout is a shaded, soft-edged ball on the studio's ground.
func goldenCutout() Cutout {
	const width, height, radius = 200, 160, 40.
	c := Cutout{Subject: flat(width, height, 0), Photo: ground(width, height, .6, 0), Box: image.Rect(60, 40, 140, 120)}
	c.Subject.Alpha = make([]uint8, width*height)
	for i := range width * height {
		x, y := float64(i%width)+.5-100, float64(i/width)+.5-80
		a := smooth((radius-1-math.Hypot(x, y))/2 + .5)
		c.Subject.Alpha[i] = uint8(255*a + .5)
		light := .15 + .75*max(0, 1-math.Hypot(x+14, y+16)/52)
		for k, tint := range [3]float64{1, .45, .2} {
			v := 255 * coded(light*tint)
			c.Subject.Pix[3*i+k] = uint8(v + .5)
			c.Photo.Pix[3*i+k] = uint8(a*v + (1-a)*float64(c.Photo.Pix[3*i+k]) + .5)
		}
	}
	return c
}

// compare returns what is wrong with got, or nothing.
func compare(want, got *image.NRGBA) string {
	if want.Rect != got.Rect {
		return fmt.Sprintf("size %v, want %v", got.Rect.Max, want.Rect.Max)
	}
	sum, most, at := 0, 0, 0
	for i := range want.Pix {
		d := int(want.Pix[i]) - int(got.Pix[i])
		d = max(d, -d)
		if sum += d; d > most {
			most, at = d, i/4
		}
	}
	if mean := float64(sum) / float64(len(want.Pix)); most > 4 || mean > .15 {
		return fmt.Sprintf("off by up to %d (at %d, %d) and by %.3f on average", most, at%want.Rect.Dx(), at/want.Rect.Dx(), mean)
	}
	return ""
}

func toNRGBA(p *imaging.Picture) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range p.Width * p.Height {
		copy(out.Pix[4*i:], p.Pix[3*i:3*i+3])
		out.Pix[4*i+3] = 255
		if p.Alpha != nil {
			out.Pix[4*i+3] = p.Alpha[i]
		}
		if out.Pix[4*i+3] == 0 {
			clear(out.Pix[4*i : 4*i+4])
		}
	}
	return out
}

func writePNG(t *testing.T, path string, m *image.NRGBA) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

func readPNG(t *testing.T, path string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(m.Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, m.At(x, y))
		}
	}
	return out
}

// TestCompareSeesDifferences keeps the tolerance honest.
func TestCompareSeesDifferences(t *testing.T) {
	want := toNRGBA(flat(20, 20, 100))
	for name, change := range map[string]func(*image.NRGBA){
		"one pixel": func(m *image.NRGBA) { m.Pix[400] += 5 },
		"a shade": func(m *image.NRGBA) {
			for i := range m.Pix {
				m.Pix[i] ^= 1
			}
		},
		"size": func(m *image.NRGBA) { m.Rect.Max.X++ },
	} {
		got := toNRGBA(flat(20, 20, 100))
		change(got)
		if compare(want, got) == "" {
			t.Errorf("%s: not noticed", name)
		}
	}
	if fault := compare(want, want); strings.TrimSpace(fault) != "" {
		t.Errorf("the same picture: %s", fault)
	}
}
