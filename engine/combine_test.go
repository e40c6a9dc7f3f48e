package engine

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mattebox"
	"mattebox/compose"
	"mattebox/imaging"
	"mattebox/matte"
)

// plate is a cut-out already: a block of one colour with clear pixels around it,
// whose own alpha the engine keeps.
func plate(width, height int, box image.Rectangle, rgb [3]uint8) *imaging.Picture {
	p := &imaging.Picture{Width: width, Height: height, Pix: bytes.Repeat(rgb[:], width*height), Alpha: make([]uint8, width*height)}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			p.Alpha[y*width+x] = 255
		}
	}
	return p
}

// together is an order for a combination of pictures.
func together(t testing.TB, text string, pictures ...*imaging.Picture) Job {
	t.Helper()
	job := fast(t, text)
	job.Source = nil
	for _, p := range pictures {
		job.Photos = append(job.Photos, Photo{File: file(t, p, imaging.TIFF)})
	}
	return job
}

func TestCombinedPlates(t *testing.T) {
	red := plate(100, 80, image.Rect(20, 10, 60, 60), [3]uint8{200, 10, 10})
	blue := plate(60, 60, image.Rect(30, 5, 50, 25), [3]uint8{10, 10, 200})
	data, report := remove(t, together(t, `{"resizeType":3,"resizeMaxSize":1000,"marginType":2,"marginTop":3,"marginBottom":4,"marginLeft":5,"marginRight":6}`, red, blue))
	got := decode(t, data)
	// 40 x 50 and 20 x 20, 4 percent of 50 apart.
	if got.Width != 5+40+2+20+6 || got.Height != 3+50+4 || report.Scale != 1 || report.SourceWidth != 100 || report.Box != image.Rect(20, 10, 60, 60) {
		t.Fatalf("%d x %d, %+v", got.Width, got.Height, report)
	}
	for i := range got.Width * got.Height {
		at, want := image.Pt(i%got.Width, i/got.Width), [4]uint8{}
		switch {
		case at.In(image.Rect(5, 3, 45, 53)):
			want = [4]uint8{200, 10, 10, 255}
		case at.In(image.Rect(47, 33, 67, 53)):
			want = [4]uint8{10, 10, 200, 255}
		}
		if have := [4]uint8{got.Pix[3*i], got.Pix[3*i+1], got.Pix[3*i+2], got.Alpha[i]}; have != want {
			t.Fatalf("pixel %v is %v, want %v", at, have, want)
		}
	}
	if report.Confidence != 1 || !slices.Contains(report.Warnings, "photograph 2: "+string(matte.KeptAlpha)) {
		t.Errorf("confidence %g, warnings %q", report.Confidence, report.Warnings)
	}
}

// The first photograph decides depth and profile; the others are brought to it.
func TestCombinedDepthsAndProfiles(t *testing.T) {
	grey := [3]uint8{120, 120, 120}
	shallow := plate(40, 40, image.Rect(5, 5, 35, 35), grey)
	deep := *shallow
	deep.Pix, deep.Pix16 = nil, make([]uint16, len(shallow.Pix))
	for i, v := range shallow.Pix {
		deep.Pix16[i] = uint16(v) * 257
	}
	wide := *shallow
	wide.Meta.Profile = otherProfile(t)
	want := slices.Clone(grey[:])
	must(t, imaging.FromSRGB(want, 1, 1, wide.Meta.Profile))
	for name, tt := range map[string]struct {
		pictures []*imaging.Picture
		deep     bool
		profile  []byte
		second   uint8
	}{
		"16 bits first": {[]*imaging.Picture{&deep, shallow}, true, nil, 120},
		"8 bits first":  {[]*imaging.Picture{shallow, &deep}, false, nil, 120},
		"wide first":    {[]*imaging.Picture{&wide, shallow, &deep}, false, wide.Meta.Profile, want[0]},
	} {
		for _, format := range []string{"TIF", "PSD"} {
			job := together(t, `{"resizeType":3,"resizeMaxSize":1000,"templateOutputFormat":"`+format+`"}`, tt.pictures...)
			data, _ := remove(t, job)
			if format == "PSD" {
				continue // that it is made at all: the photographs lie in layers of one depth
			}
			got := decode(t, data)
			if got.Deep() != tt.deep || !bytes.Equal(got.Meta.Profile, tt.profile) {
				t.Errorf("%s: deep %t, profile of %d bytes", name, got.Deep(), len(got.Meta.Profile))
			}
			at := 3 * (15*got.Width + 46)
			level := func() uint8 {
				if got.Deep() {
					return uint8(got.Pix16[at] >> 8)
				}
				return got.Pix[at]
			}
			if d := diff(level(), tt.second); d > 1 {
				t.Errorf("%s: the second one's grey is %d, want %d", name, level(), tt.second)
			}
		}
	}
}

func TestCombinedPhotographs(t *testing.T) {
	blank := &imaging.Picture{Width: 200, Height: 150, Pix: bytes.Repeat([]byte{180, 185, 190}, 200*150)}
	one, alone := remove(t, fast(t, `{"resizeType":3,"resizeMaxSize":5000,"marginType":2}`))
	data, report := remove(t, together(t, `{"resizeType":3,"resizeMaxSize":5000,"marginType":2}`, picture(), blank, picture()))
	single, both := decode(t, one), decode(t, data)
	gap := (alone.Box.Dy()*4 + 50) / 100
	if both.Width != 2*single.Width+gap || both.Height != single.Height {
		t.Fatalf("%d x %d, one alone %d x %d", both.Width, both.Height, single.Width, single.Height)
	}
	for y := range single.Height {
		left := both.Alpha[y*both.Width:][:single.Width]
		right := both.Alpha[y*both.Width+single.Width+gap:][:single.Width]
		want := single.Alpha[y*single.Width:][:single.Width]
		if !bytes.Equal(left, want) || !bytes.Equal(right, want) {
			t.Fatalf("row %d is not that of the subject alone", y)
		}
	}
	if report.Confidence != 0 || report.Passes != 3 || !slices.Equal(report.Models, []string{"u2netp"}) ||
		!slices.Contains(report.Warnings, "photograph 2: "+string(matte.NoSubject)) {
		t.Errorf("confidence %g after %d passes of %v, warnings %q", report.Confidence, report.Passes, report.Models, report.Warnings)
	}
}

// Measure looks at every photograph, and its mattes make the same combination.
func TestCombinedFromMattes(t *testing.T) {
	small, err := imaging.ResizeLinear(t.Context(), picture(), 180, 150)
	must(t, err)
	job := together(t, `{"templateOutputFormat":"JPG","backgroundType":1,"backgroundColor":"ffffff","shadowType":2,"resizeType":2,"resizeWidth":300,"resizeHeight":200,"marginType":1,"marginTop":9,"marginBottom":9}`,
		picture(), small)
	want, report := remove(t, job)
	var mattes [2]bytes.Buffer
	m, err := needEngine(t).Measure(t.Context(), job, &mattes[0], &mattes[1])
	must(t, err)
	if len(m.Photos) != 2 || m.Photos[1].Width != 180 || m.Photos[1].Box.Empty() || m.Scale != report.Scale || m.Confidence != report.Confidence {
		t.Errorf("%+v, removed %+v", m, report)
	}
	for i := range mattes {
		job.Photos[i].Matte = mattes[i].Bytes()
	}
	if got, again := remove(t, job); !bytes.Equal(got, want) || again.Passes != 0 {
		t.Errorf("the same: %t, after %d passes", bytes.Equal(got, want), again.Passes)
	}
	job.Photos[0].Matte, job.Photos[1].Matte = job.Photos[1].Matte, job.Photos[0].Matte
	if _, err := needEngine(t).Remove(t.Context(), job, discard{}); mattebox.CodeOf(err) != mattebox.CodeInternal {
		t.Errorf("mattes of each other: error is %v", err)
	}
}

func TestCombinedLayers(t *testing.T) {
	convert, err := exec.LookPath("convert")
	if err != nil {
		t.Skip("ImageMagick is not installed")
	}
	job := together(t, `{"templateOutputFormat":"PSD","resizeType":2,"resizeWidth":300,"resizeHeight":200,"marginType":1,"marginTop":9}`, picture(), picture())
	job.Photos[1].Name = strings.Repeat("rücken", 60) + ".jpg"
	data, _ := remove(t, job)
	path := filepath.Join(t.TempDir(), "out.psd")
	must(t, os.WriteFile(path, data, 0o600))
	names, err := exec.Command(convert, path, "-format", "%l\n", "info:").Output()
	must(t, err)
	for _, want := range []string{"Photograph 1 (original)\n", "\nPhotograph 1\n", "rücken (original)\n"[len("rücken"):], "ckenr"} {
		if !strings.Contains(string(names), want) {
			t.Errorf("layers are %q, want %q among them", names, want)
		}
	}
	if n := strings.Count(strings.TrimSpace(string(names)), "\n"); n < 3 {
		t.Errorf("%q: want two originals and two cut-outs", names)
	}
}

func TestCombinedBackgroundsKept(t *testing.T) {
	small, err := imaging.ResizeLinear(t.Context(), picture(), 180, 150)
	must(t, err)
	data, report := remove(t, together(t, `{"backgroundType":0}`, picture(), small))
	got := decode(t, data)
	if got.Width != 540 || got.Height != 300 || got.Alpha != nil || report.Cut {
		t.Fatalf("%d x %d, %+v", got.Width, got.Height, report)
	}
	for y := range 300 {
		if !bytes.Equal(got.Pix[3*y*540:][:3*360], picture().Pix[3*y*360:][:3*360]) {
			t.Fatalf("row %d of the first photograph changed", y)
		}
		if y >= 150 && !bytes.Equal(got.Pix[3*(y*540+360):][:3*180], small.Pix[3*(y-150)*180:][:3*180]) {
			t.Fatalf("row %d of the second photograph changed", y-150)
		}
	}
}

// One photograph in Photos is what it is in Source.
func TestOnePhoto(t *testing.T) {
	want, _ := remove(t, fast(t, `{"shadowType":2}`))
	job := fast(t, `{"shadowType":2}`)
	job.Photos, job.Source = []Photo{{File: job.Source, Name: "a.png"}}, nil
	if got, report := remove(t, job); !bytes.Equal(got, want) || report.Warnings != nil {
		t.Errorf("not the same; warnings %q", report.Warnings)
	}
}

func TestCombinationRefuses(t *testing.T) {
	e := needEngine(t)
	many := together(t, `{}`, picture())
	many.Photos = slices.Repeat(many.Photos, mattebox.MaxSources+1)
	none := many
	none.Photos = []Photo{}
	alpha := together(t, `{}`, picture(), picture())
	alpha.AlphaOnly = true
	torn := together(t, `{}`, picture(), picture())
	torn.Photos[1].File = torn.Photos[1].File[:900]
	large := &imaging.Picture{Width: 2000, Height: 1600, Pix: make([]uint8, 3*2000*1600)}
	for name, tt := range map[string]struct {
		job  Job
		code mattebox.Code
		says string
	}{
		"six":              {many, mattebox.CodeInvalid, "use 1 to 5"},
		"none":             {none, mattebox.CodeInvalid, "0 photographs"},
		"mattes alone":     {alpha, mattebox.CodeInvalid, "one photograph"},
		"second cut short": {torn, mattebox.CodeInvalid, "photograph 2"},
		"large together":   {together(t, `{}`, large, large), mattebox.CodeTooLarge, fmt.Sprint(2 * 2000 * 1600)},
	} {
		if _, err := e.Remove(t.Context(), tt.job, discard{}); mattebox.CodeOf(err) != tt.code || !strings.Contains(fmt.Sprint(err), tt.says) {
			t.Errorf("%s: error is %v, want %s and %q", name, err, tt.code, tt.says)
		}
	}
	for _, scale := range []float64{-1, math.NaN(), math.Inf(1)} {
		job := fast(t, `{}`)
		job.Scale = scale
		if _, err := e.Remove(t.Context(), job, discard{}); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("scale %g: error is %v", scale, err)
		}
	}
}

// Of what is combined, only what the canvas can show stays in memory.
func TestJoinKeepsNoPhotograph(t *testing.T) {
	e := needEngine(t)
	job := together(t, `{}`, picture(), picture())
	p, release, err := e.begin(t.Context(), job)
	must(t, err)
	defer release()
	must(t, p.take(t.Context(), p.photos[0], p.decode, p.segment, p.foreground, p.join))
	s := p.photos[0]
	if kept := s.cutout.Subject; s.photo != nil || s.subject != nil || s.matte != nil || kept.Width >= 360 || kept.Height >= 300 {
		t.Errorf("a part of %d x %d and the photograph %v are kept", kept.Width, kept.Height, s.photo != nil)
	}
	if got := s.cutout.Frame.Size(); got != image.Pt(360, 300) || compose.NeedsPhoto(job.Template) {
		t.Errorf("the photograph's frame is %v", got)
	}
}
