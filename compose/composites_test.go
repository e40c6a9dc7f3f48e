package compose

import (
	"image"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"mattebox"
	"mattebox/imaging"
)

// composites are cut-outs with exact alpha and colours over photographs: what a
// perfect matte engine would hand over.
const composites = "../../shared/testdata/composites"

func readPicture(t *testing.T, path string) *imaging.Picture {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	rgba := image.NewRGBA(m.Bounds())
	draw.Draw(rgba, rgba.Rect, m, m.Bounds().Min, draw.Src)
	p := flat(rgba.Rect.Dx(), rgba.Rect.Dy(), 0)
	for i := range p.Width * p.Height {
		copy(p.Pix[3*i:3*i+3], rgba.Pix[4*i:])
	}
	return p
}

func readComposite(t *testing.T, name string) Cutout {
	t.Helper()
	if _, err := os.Stat(composites); err != nil {
		t.Skip("no ../shared/testdata beside the repository")
	}
	c := Cutout{
		Subject: readPicture(t, filepath.Join(composites, "foreground", name+".png")),
		Photo:   readPicture(t, filepath.Join(composites, "image", name+".jpg")),
	}
	alpha := readPicture(t, filepath.Join(composites, "alpha", name+".png"))
	c.Subject.Alpha = make([]uint8, c.Subject.Width*c.Subject.Height)
	for i := range c.Subject.Alpha {
		c.Subject.Alpha[i] = alpha.Pix[3*i]
	}
	c.Box = alphaBox(c.Subject)
	return c
}

// TestCompositesStandInTheirMargins takes real shapes through the documented
// template: outside the margins everything is white.
func TestCompositesStandInTheirMargins(t *testing.T) {
	template, err := mattebox.ParseTemplate([]byte(documented))
	if err != nil {
		t.Fatal(err)
	}
	template.MaxSize = 600
	for _, name := range []string{"c01", "c12", "c29"} {
		c := readComposite(t, name)
		canvas := apply(t, template, c)
		if canvas.Height != 600 || canvas.Width != 450 {
			t.Errorf("%s: canvas %d x %d, want 450 x 600", name, canvas.Width, canvas.Height)
		}
		p := flattened(t, canvas)
		room := image.Rect(15-3, 10-3, 450-15+3, 600-10+3) // the box leaves out what is fainter than half
		subject := image.Rectangle{}
		for i := range p.Width * p.Height {
			if at := image.Pt(i%p.Width, i/p.Width); p.Pix[3*i] < 250 || p.Pix[3*i+1] < 250 || p.Pix[3*i+2] < 250 {
				subject = subject.Union(image.Rectangle{Min: at, Max: at.Add(image.Pt(1, 1))})
			}
		}
		if !subject.In(room) || subject.Dx() < 400 && subject.Dy() < 560 {
			t.Errorf("%s: subject at %v, want it to fill %v", name, subject, room)
		}
	}
}

// TestKeptShadowIgnoresBusyPhotographs checks that scenery is not taken for
// shadow: these cut-outs were pasted over photographs and cast none.
func TestKeptShadowIgnoresBusyPhotographs(t *testing.T) {
	for _, name := range []string{"c01", "c12", "c18", "c29"} {
		m := shadowOf(apply(t, changed(withKept), readComposite(t, name)))
		if m == nil {
			continue
		}
		sum := 0
		for _, a := range m.Pix {
			sum += int(a)
		}
		c := readComposite(t, name)
		if share := float64(sum) / float64(c.Subject.Width*c.Subject.Height); share > .5 {
			t.Errorf("%s: a mask of %.2f on average over the picture, up to %d", name, share, strongest(m))
		}
	}
}
