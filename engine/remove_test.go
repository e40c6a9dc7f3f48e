package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mattebox"
	"mattebox/imaging"
	"mattebox/matte"
)

func TestEveryFormat(t *testing.T) {
	for _, f := range []mattebox.Format{mattebox.PNG, mattebox.TIF, mattebox.TIFF, mattebox.WEBP, mattebox.AVIF} {
		t.Run(string(f), func(t *testing.T) {
			data, report := remove(t, fast(t, fmt.Sprintf(`{"templateOutputFormat":%q}`, f)))
			checkReport(t, report)
			got := decode(t, data)
			if format, err := imaging.Sniff(data); err != nil || format != fileFormat(f) {
				t.Errorf("the file is %s (%v)", format, err)
			}
			checkCutOut(t, got)
		})
	}
}

func checkReport(t *testing.T, r *Report) {
	t.Helper()
	if r.Width != 360 || r.Height != 300 || r.SourceWidth != 360 || r.SourceHeight != 300 {
		t.Errorf("report says %d x %d from %d x %d", r.Width, r.Height, r.SourceWidth, r.SourceHeight)
	}
	if r.Passes != 1 || len(r.Models) != 1 || r.Models[0] != "u2netp" || r.Box.Empty() || r.Confidence <= .5 {
		t.Errorf("%d passes of %v, box %v, confidence %.2f", r.Passes, r.Models, r.Box, r.Confidence)
	}
	s := r.Steps
	if sum := s.Decode + s.Net + s.Refine + s.Foreground + s.Compose + s.Encode; sum != s.Total || s.Net <= 0 {
		t.Errorf("the steps take %v together, the total is %v", sum, s.Total)
	}
}

// checkCutOut compares a decoded result with the exact matte and foreground.
func checkCutOut(t *testing.T, got *imaging.Picture) {
	t.Helper()
	want := photo()
	if got.Width != want.Width || got.Height != want.Height || got.Alpha == nil {
		t.Fatalf("result is %d x %d, alpha %t", got.Width, got.Height, got.Alpha != nil)
	}
	if o := iou(got.Alpha, want.Alpha); o < .9 {
		t.Errorf("overlap with the exact matte is %.3f", o)
	}
	var sum, n float64
	for i, a := range want.Alpha {
		if a < 255 || got.Alpha[i] < 255 {
			continue
		}
		for c := range 3 {
			v := float64(want.RGB[i*3+c])
			if got.Deep() {
				sum += math.Abs(float64(got.Pix16[i*3+c])/257 - v)
			} else {
				sum += math.Abs(float64(got.Pix[i*3+c]) - v)
			}
			n++
		}
	}
	if n == 0 || sum/n > 3 {
		t.Errorf("opaque colours differ by %.2f on average over %g samples", sum/n, n)
	}
}

func TestQualitiesAskTheirNets(t *testing.T) {
	for q, want := range map[mattebox.Quality][]string{
		mattebox.QualityFast: {"u2netp"}, mattebox.QualityStandard: {"isnet", "u2netp"},
	} {
		job := fast(t, `{}`)
		job.Quality = q
		data, report := remove(t, job)
		if !slices.Equal(report.Models, want) {
			t.Errorf("%s asked %v, want %v", q, report.Models, want)
		}
		checkCutOut(t, decode(t, data))
	}
}

func TestPSDHasTheCutOutInLayers(t *testing.T) {
	convert, err := exec.LookPath("convert")
	if err != nil {
		t.Skip("ImageMagick is not installed")
	}
	for name, source := range map[string]*imaging.Picture{"8 bits": picture(), "16 bits": deepPicture()} {
		t.Run(name, func(t *testing.T) {
			job := fast(t, `{"templateOutputFormat":"PSD"}`)
			job.Source = file(t, source, imaging.PNG)
			data, _ := remove(t, job)
			path := filepath.Join(t.TempDir(), "out.psd")
			must(t, os.WriteFile(path, data, 0o600))
			shape, err := exec.Command(convert, path, "-format", "%wx%h %z\n", "info:").Output()
			must(t, err)
			lines := strings.Split(strings.TrimSpace(string(shape)), "\n")
			if len(lines) < 2 || !strings.HasPrefix(lines[0], "360x300") {
				t.Errorf("ImageMagick sees %q, want the composite and layers", lines)
			}
			if depth := strings.Fields(name)[0]; !strings.HasSuffix(lines[0], " "+depth) {
				t.Errorf("the composite is %q, want %s", lines[0], name)
			}
			flat, err := exec.Command(convert, path+"[0]", "png:-").Output()
			must(t, err)
			checkCutOut(t, decode(t, flat))
		})
	}
}

func TestAlphaOnly(t *testing.T) {
	for _, f := range []string{"PNG", "TIF", "JPG"} {
		job := fast(t, fmt.Sprintf(`{"templateOutputFormat":%q,"backgroundType":1,"backgroundColor":"ffffff"}`, f))
		job.AlphaOnly = true
		data, report := remove(t, job)
		got := decode(t, data)
		grey := make([]uint8, got.Width*got.Height)
		for i := range grey {
			grey[i] = got.Pix[i*3]
		}
		if o := iou(grey, photo().Alpha); o < .9 || got.Alpha != nil || report.Width != 360 {
			t.Errorf("%s: overlap %.3f, alpha %t, width %d", f, o, got.Alpha != nil, report.Width)
		}
	}
	job := fast(t, `{"templateOutputFormat":"PSD"}`)
	job.AlphaOnly = true
	if _, err := needEngine(t).Remove(t.Context(), job, &bytes.Buffer{}); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("PSD: error is %v", err)
	}
}

func TestSolidBackgroundInJPG(t *testing.T) {
	data, _ := remove(t, fast(t, `{"templateOutputFormat":"JPG","backgroundType":1,"backgroundColor":"20a040"}`))
	got, want := decode(t, data), photo()
	var off int
	var n int
	for i, a := range want.Alpha {
		if x, y := i%360, i/360; a > 0 || x > 8 && x < 352 && y > 8 && y < 292 {
			continue
		}
		n++
		if c := got.Pix[i*3 : i*3+3]; max(diff(c[0], 0x20), diff(c[1], 0xa0), diff(c[2], 0x40)) > 6 {
			off++
		}
	}
	if n == 0 || off > n/50 {
		t.Errorf("%d of %d pixels at the border are not the background's colour", off, n)
	}
}

func diff(a, b uint8) uint8 { return max(a, b) - min(a, b) }

func TestMarginsHoldTheSubject(t *testing.T) {
	data, report := remove(t, fast(t, `{"resizeType":2,"resizeWidth":200,"resizeHeight":200,"allowUpscale":true,
		"marginType":2,"marginTop":10,"marginBottom":20,"marginLeft":30,"marginRight":40}`))
	got := decode(t, data)
	if got.Width != 200 || got.Height != 200 || report.Width != 200 || report.Height != 200 {
		t.Fatalf("result is %d x %d", got.Width, got.Height)
	}
	box := visible(got)
	if box[0] < 29 || box[1] < 9 || box[2] > 161 || box[3] > 181 {
		t.Errorf("the subject lies in %v, want it inside 30, 10, 160, 180", box)
	}
	if box[2]-box[0] < 128 && box[3]-box[1] < 168 {
		t.Errorf("the subject lies in %v, which fills neither side", box)
	}
}

// visible returns x0, y0, x1, y1 of what can be seen.
func visible(p *imaging.Picture) [4]int {
	box := [4]int{p.Width, p.Height, 0, 0}
	for i, a := range p.Alpha {
		if a > 8 {
			x, y := i%p.Width, i/p.Width
			box = [4]int{min(box[0], x), min(box[1], y), max(box[2], x+1), max(box[3], y+1)}
		}
	}
	return box
}

func TestSixteenBitsStay(t *testing.T) {
	for _, f := range []string{"PNG", "TIF"} {
		job := fast(t, fmt.Sprintf(`{"templateOutputFormat":%q}`, f))
		job.Source = file(t, deepPicture(), imaging.PNG)
		data, _ := remove(t, job)
		got := decode(t, data)
		if !got.Deep() {
			t.Errorf("%s has 8 bits", f)
		}
		checkCutOut(t, got)
	}
}

func TestMetadata(t *testing.T) {
	source := picture()
	source.Meta = imaging.Meta{DPI: 254, Profile: otherProfile(t), XMP: []byte(`<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`)}
	for _, strip := range []bool{false, true} {
		for _, f := range []string{"PNG", "TIF"} {
			job := fast(t, fmt.Sprintf(`{"templateOutputFormat":%q}`, f))
			job.Source, job.StripMetadata = file(t, source, imaging.TIFF), strip
			data, _ := remove(t, job)
			got := decode(t, data).Meta
			if math.Abs(got.DPI-254) > .1 || !bytes.Equal(got.Profile, source.Meta.Profile) {
				t.Errorf("%s, strip %t: %g pixels per inch and a profile of %d bytes", f, strip, got.DPI, len(got.Profile))
			}
			if (got.XMP == nil) != strip {
				t.Errorf("%s, strip %t: XMP of %d bytes", f, strip, len(got.XMP))
			}
		}
	}
}

// otherProfile is a matrix profile that is not sRGB.
func otherProfile(t *testing.T) []byte {
	t.Helper()
	const path = "testdata/wide.icc"
	data, err := os.ReadFile(path)
	must(t, err)
	if imaging.IsSRGB(data) {
		t.Fatalf("%s describes sRGB, so it proves nothing", path)
	}
	return data
}

func TestRefusals(t *testing.T) {
	good := file(t, picture(), imaging.PNG)
	white := &imaging.Picture{Width: 4000, Height: 2000, Pix: bytes.Repeat([]byte{255}, 4000*2000*3)}
	bad := mattebox.DefaultTemplate()
	bad.Background = 9
	for _, tt := range []struct {
		name     string
		source   []byte
		template mattebox.Template
		code     mattebox.Code
	}{
		{"nothing", nil, mattebox.DefaultTemplate(), mattebox.CodeInvalid},
		{"text", []byte("I am no picture, whatever my name says"), mattebox.DefaultTemplate(), mattebox.CodeInvalid},
		{"cut short", good[:len(good)/2], mattebox.DefaultTemplate(), mattebox.CodeInvalid},
		{"too many pixels", file(t, white, imaging.PNG), mattebox.DefaultTemplate(), mattebox.CodeTooLarge},
		{"too many bytes", append(slices.Clone(good), make([]byte, 33e6)...), mattebox.DefaultTemplate(), mattebox.CodeTooLarge},
		{"a template that contradicts itself", good, bad, mattebox.CodeInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := needEngine(t).Remove(t.Context(), Job{Source: tt.source, Template: tt.template, Quality: mattebox.QualityFast}, &bytes.Buffer{})
			if mattebox.CodeOf(err) != tt.code {
				t.Errorf("error %v has code %s, want %s", err, mattebox.CodeOf(err), tt.code)
			}
		})
	}
}

func TestACutOutKeepsItsAlphaAndColours(t *testing.T) {
	p := picture()
	p.Alpha = photo().Alpha
	job := fast(t, `{}`)
	job.Source, job.Quality = file(t, p, imaging.PNG), mattebox.QualityBest
	data, report := remove(t, job)
	got := decode(t, data)
	if !bytes.Equal(got.Alpha, p.Alpha) || report.Passes != 0 || !slices.Contains(report.Warnings, string(matte.KeptAlpha)) {
		t.Errorf("alpha kept: %t, %d passes, warnings %q", bytes.Equal(got.Alpha, p.Alpha), report.Passes, report.Warnings)
	}
	for i, a := range got.Alpha {
		if a > 0 && !bytes.Equal(got.Pix[i*3:i*3+3], p.Pix[i*3:i*3+3]) {
			t.Fatalf("the colour of pixel %d changed", i)
		}
	}
}

func TestNoSubjectIsSaid(t *testing.T) {
	job := fast(t, `{}`)
	job.Source = file(t, &imaging.Picture{Width: 200, Height: 150, Pix: bytes.Repeat([]byte{180, 185, 190}, 200*150)}, imaging.PNG)
	data, report := remove(t, job)
	if got := decode(t, data); visible(got) != [4]int{200, 150, 0, 0} || report.Confidence != 0 || !slices.Contains(report.Warnings, string(matte.NoSubject)) {
		t.Errorf("sees %v, confidence %g, warnings %q", visible(got), report.Confidence, report.Warnings)
	}
}

// A template that keeps the background and has no margins needs no network.
func TestBackgroundKeptNeedsNoNetwork(t *testing.T) {
	data, report := remove(t, fast(t, `{"backgroundType":0}`))
	if got := decode(t, data); report.Passes != 0 || !bytes.Equal(got.Pix, picture().Pix) {
		t.Errorf("%d passes, photograph unchanged: %t", report.Passes, bytes.Equal(got.Pix, picture().Pix))
	}
}

func TestCancelledOrder(t *testing.T) {
	reason := errors.New("the customer left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if _, err := needEngine(t).Remove(ctx, fast(t, `{}`), &bytes.Buffer{}); !errors.Is(err, reason) && !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// fullDisk takes no byte.
type fullDisk struct{}

var errFull = errors.New("no space left on device")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestAWriterThatFails(t *testing.T) {
	for _, f := range []string{"PNG", "PSD", "WEBP", "TIF"} {
		job := fast(t, fmt.Sprintf(`{"templateOutputFormat":%q}`, f))
		if _, err := needEngine(t).Remove(t.Context(), job, fullDisk{}); !errors.Is(err, errFull) {
			t.Errorf("%s: error is %v", f, err)
		}
	}
}
