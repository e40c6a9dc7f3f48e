package compose

import (
	"encoding/binary"
	"image"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/imaging"
)

// documented is the payload that the RTB documentation prints for POST Template,
// with the two commas that it lacks.
const documented = `{"contactEmail": "john @ removethebackground.com", "contactAPIkey": "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9",
"templateName":"My_First_Template","templateOutputFormat":"JPG","deliveryTimeInHour":"72","backgroundType":"1",
"backgroundColor":"FFFFFF","backgroundVerticalGradientColor":"","resizeType":"1","resizeUnit":"","resizeHeight":"4",
"resizeWidth":"3","resizeMinSize":"","resizeMaxSize":"","marginType":"2","marginTop":"10","marginBottom":"10",
"marginLeft":"15","marginRight":"15","marginVerticalAlignment":"","shadowType":"","isKeptMannequin":"false","isKeptModel":"false"}`

func TestDocumentedTemplate(t *testing.T) {
	template, err := mattebox.ParseTemplate([]byte(documented))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		box    image.Rectangle
		canvas image.Point
		lands  image.Rectangle
	}{
		"tall": {image.Rect(100, 20, 200, 220), image.Pt(165, 220), image.Rect(32, 10, 132, 210)},
		"wide": {image.Rect(10, 100, 310, 200), image.Pt(330, 440), image.Rect(15, 170, 315, 270)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := apply(t, template, block(400, 300, tt.box))
			if c.Width*4 != c.Height*3 || c.Width != tt.canvas.X || c.Height != tt.canvas.Y {
				t.Errorf("canvas %d x %d, want %v, which is 3:4", c.Width, c.Height, tt.canvas)
			}
			got := flattened(t, c)
			for i := range got.Width * got.Height {
				want := uint8(255)
				if image.Pt(i%got.Width, i/got.Width).In(tt.lands) {
					want = 40
				}
				if got.Pix[3*i] != want {
					t.Fatalf("pixel %d, %d = %d, want %d", i%got.Width, i/got.Width, got.Pix[3*i], want)
				}
			}
		})
	}
}

func TestLayerOrder(t *testing.T) {
	psd := func(t *mattebox.Template) { t.Format = mattebox.PSD }
	drop := func(t *mattebox.Template) { t.Shadow = mattebox.ShadowDrop }
	keep := func(t *mattebox.Template) { t.Background = mattebox.BackgroundKeep }
	large := func(t *mattebox.Template) { resize(t, mattebox.ResizeFixed, 300, 300) }
	tests := map[string]struct {
		template mattebox.Template
		want     []Role
	}{
		"default":              {changed(), []Role{RoleSubject}},
		"solid":                {changed(onWhite), []Role{RoleBackground, RoleSubject}},
		"all of it":            {changed(psd, onGradient, drop), []Role{RoleOriginal, RoleBackground, RoleShadow, RoleSubject}},
		"layered, transparent": {changed(psd), []Role{RoleOriginal, RoleSubject}},
		"kept":                 {changed(keep, drop), []Role{RolePhotograph}},
		"kept and extended":    {changed(psd, keep, large), []Role{RoleBackground, RolePhotograph}},
	}
	for name, tt := range tests {
		c := apply(t, tt.template, block(200, 150, image.Rect(60, 30, 140, 110)))
		if diff := cmp.Diff(tt.want, roles(c)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		for _, l := range c.Layers {
			if l.Hidden != (l.Role == RoleOriginal) || (l.Blend == Multiply) != (l.Role == RoleShadow) || l.Name == "" {
				t.Errorf("%s: layer %q of role %s is hidden %v, blend %d", name, l.Name, l.Role, l.Hidden, l.Blend)
			}
		}
	}
}

// TestOriginalLiesBehindTheCutout scales a layered file and compares where the
// block lies on both layers.
func TestOriginalLiesBehindTheCutout(t *testing.T) {
	template := changed(func(t *mattebox.Template) { t.Format = mattebox.PSD; resize(t, mattebox.ResizeFixed, 90, 90) })
	percent(&template, 10, 10, 10, 10)
	c := apply(t, template, block(200, 150, image.Rect(60, 30, 140, 130)))
	var boxes []image.Rectangle
	for _, l := range c.Layers {
		var r image.Rectangle
		for i := range l.Picture.Width * l.Picture.Height {
			if l.Picture.Pix[3*i] < 150 && (l.Picture.Alpha == nil || l.Picture.Alpha[i] > 127) {
				r = r.Union(image.Rect(i%l.Picture.Width, i/l.Picture.Width, i%l.Picture.Width+1, i/l.Picture.Width+1))
			}
		}
		boxes = append(boxes, r.Add(image.Pt(l.X, l.Y)))
	}
	if want := image.Rect(16, 9, 74, 81); boxes[1] != want || boxes[0] != want {
		t.Errorf("block at %v on the original and %v on the cut-out, want %v", boxes[0], boxes[1], want)
	}
}

func TestNeeds(t *testing.T) {
	tests := map[string]struct {
		change       func(*mattebox.Template)
		photo, matte bool
	}{
		"default":              {func(*mattebox.Template) {}, false, true},
		"layered":              {func(t *mattebox.Template) { t.Format = mattebox.PSD }, true, true},
		"kept shadow":          {func(t *mattebox.Template) { t.Shadow = mattebox.ShadowKeep }, true, true},
		"drop shadow":          {func(t *mattebox.Template) { t.Shadow = mattebox.ShadowDrop }, false, true},
		"background":           {func(t *mattebox.Template) { t.Background = mattebox.BackgroundKeep }, true, false},
		"background, margins":  {func(t *mattebox.Template) { t.Background = mattebox.BackgroundKeep; percent(t, 1, 1, 1, 1) }, true, true},
		"layered, and kept as": {func(t *mattebox.Template) { t.Background, t.Format = mattebox.BackgroundKeep, mattebox.PSD }, true, false},
	}
	for name, tt := range tests {
		template := changed(tt.change)
		if got := NeedsPhoto(template); got != tt.photo {
			t.Errorf("%s: NeedsPhoto = %v", name, got)
		}
		if got := NeedsMatte(template); got != tt.matte {
			t.Errorf("%s: NeedsMatte = %v", name, got)
		}
		c := block(50, 40, image.Rect(10, 10, 30, 30))
		if !tt.photo {
			c.Photo = nil
		}
		if !tt.matte {
			c.Subject = nil
		}
		apply(t, template, c)
	}
}

func TestApplyRefuses(t *testing.T) {
	good := func() Cutout { return block(20, 20, image.Rect(5, 5, 10, 10)) }
	keep := changed(func(t *mattebox.Template) { t.Background = mattebox.BackgroundKeep })
	tests := map[string]struct {
		template mattebox.Template
		cutout   func() Cutout
		want     mattebox.Code
	}{
		"invalid template": {changed(func(t *mattebox.Template) { t.Format = mattebox.JPG }), good, mattebox.CodeInvalid},
		"no subject":       {changed(), func() Cutout { return Cutout{} }, mattebox.CodeInternal},
		"no photograph":    {keep, func() Cutout { c := good(); c.Photo = nil; return c }, mattebox.CodeInternal},
		"two sizes":        {keep, func() Cutout { c := good(); c.Photo = flat(20, 21, 0); return c }, mattebox.CodeInternal},
		"two depths":       {keep, func() Cutout { c := good(); c.Photo = deep(c.Photo); return c }, mattebox.CodeInternal},
		"short samples":    {changed(), func() Cutout { c := good(); c.Subject.Pix = c.Subject.Pix[1:]; return c }, mattebox.CodeInternal},
		"short alpha":      {changed(), func() Cutout { c := good(); c.Subject.Alpha = c.Subject.Alpha[1:]; return c }, mattebox.CodeInternal},
		"no size":          {changed(), func() Cutout { c := good(); c.Subject = &imaging.Picture{}; return c }, mattebox.CodeInternal},
	}
	for name, tt := range tests {
		if _, err := Apply(t.Context(), tt.template, tt.cutout()); mattebox.CodeOf(err) != tt.want {
			t.Errorf("%s: error = %v, want %s", name, err, tt.want)
		}
	}
}

// TestDepthStays takes a 16-bit cut-out through everything at once.
func TestDepthStays(t *testing.T) {
	template := changed(onGradient, func(t *mattebox.Template) {
		t.Format, t.Shadow = mattebox.TIFF, mattebox.ShadowDrop
		resize(t, mattebox.ResizeFixed, 100, 100)
		percent(t, 20, 20, 20, 20)
	})
	c := block(200, 150, image.Rect(60, 30, 140, 110))
	c.Subject, c.Photo = deep(c.Subject), deep(c.Photo)
	canvas := apply(t, template, c)
	got := flattened(t, canvas)
	if !canvas.Deep || !got.Deep() || got.Pix != nil {
		t.Fatal("16 bits were lost")
	}
	fine := map[uint16]bool{}
	for _, v := range got.Pix16 {
		fine[v%257] = true
	}
	if len(fine) < 50 {
		t.Errorf("only %d different low parts: samples went through 8 bits", len(fine))
	}
	if v := got.Pix16[3*(50*100+50)]; v != 40*257 {
		t.Errorf("the block's middle is %d, want %d", v, 40*257)
	}
}

// TestBackgroundInThePicturesProfile lays sRGB mid grey on a picture whose
// profile has a gamma of 1: the sample becomes the light.
func TestBackgroundInThePicturesProfile(t *testing.T) {
	template := changed(onWhite, func(t *mattebox.Template) { t.BackgroundColor = &mattebox.Color{R: 128, G: 128, B: 128} })
	c := block(30, 30, image.Rect(10, 10, 20, 20))
	c.Subject.Meta.Profile = linearProfile()
	got := flattened(t, apply(t, template, c))
	want := 255 * linear(128./255)
	for i, v := range got.Pix[:3] {
		if math.Abs(float64(v)-want) > 1.5 {
			t.Errorf("channel %d of the background is %d, want %.0f", i, v, want)
		}
	}
	if len(got.Meta.Profile) == 0 {
		t.Error("the profile was lost")
	}
	c.Subject.Meta.Profile = []byte("not a profile")
	if _, err := Apply(t.Context(), template, c); mattebox.CodeOf(err) != mattebox.CodeInternal {
		t.Errorf("with a broken profile: error = %v, want internal", err)
	}
}

// linearProfile returns an ICC profile (ICC.1:2001-04) with sRGB's primaries and
// samples proportional to light.
func linearProfile() []byte {
	type tag struct {
		name string
		data []byte
	}
	xyz := func(x, y, z float64) []byte {
		b := append([]byte("XYZ "), 0, 0, 0, 0)
		for _, v := range []float64{x, y, z} {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	curve := append([]byte("curv"), 0, 0, 0, 0, 0, 0, 0, 0)
	desc := append([]byte("desc\x00\x00\x00\x00\x00\x00\x00\x07linear\x00"), make([]byte, 79)...)
	tags := []tag{
		{"desc", desc}, {"wtpt", xyz(.9642, 1, .8249)}, {"cprt", []byte("text\x00\x00\x00\x00CC0\x00")},
		{"rXYZ", xyz(.4361, .2225, .0139)}, {"gXYZ", xyz(.3851, .7169, .0971)}, {"bXYZ", xyz(.1431, .0606, .7141)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	head := make([]byte, 128)
	copy(head[8:], []byte{2, 0x40, 0, 0})
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[36:], "acsp")
	copy(head[68:], xyz(.9642, 1, .8249)[8:])
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	for _, tag := range tags {
		table = append(table, tag.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(128+4+12*len(tags)+len(data)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(tag.data)))
		data = append(data, tag.data...)
		data = append(data, make([]byte, (4-len(data)%4)%4)...)
	}
	out := append(append(head, table...), data...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}
