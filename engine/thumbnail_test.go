package engine

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"mattebox"
	"mattebox/imaging"
)

// Every format has a thumbnail: of what the picture shows, small, in sRGB, a PNG
// where it is transparent.
func TestThumbnails(t *testing.T) {
	white := `,"backgroundType":1,"backgroundColor":"ffffff"`
	for _, tt := range []struct{ format, more, media, small string }{
		{"PNG", "", "image/png", "image/png"},
		{"PNG", white, "image/png", "image/jpeg"},
		{"JPG", white, "image/jpeg", "image/jpeg"},
		{"JPEG", white, "image/jpeg", "image/jpeg"},
		{"PSD", "", "image/vnd.adobe.photoshop", "image/png"},
		{"PSD", white, "image/vnd.adobe.photoshop", "image/jpeg"},
		{"TIF", "", "image/tiff", "image/png"},
		{"WEBP", "", "image/webp", "image/png"},
		{"AVIF", "", "image/avif", "image/png"},
	} {
		job := fast(t, fmt.Sprintf(`{"templateOutputFormat":%q%s}`, tt.format, tt.more))
		var b bytes.Buffer
		job.Thumbnail = &b
		_, report := remove(t, job)
		if report.MediaType != tt.media || report.ThumbnailType != tt.small {
			t.Errorf("%s%s: %q with %q, want %q with %q", tt.format, tt.more, report.MediaType, report.ThumbnailType, tt.media, tt.small)
		}
		got := decode(t, b.Bytes())
		if got.Width != 256 || got.Height != 213 || (got.Alpha != nil) != (tt.small == "image/png") {
			t.Errorf("%s%s: a thumbnail of %d x %d, alpha %t", tt.format, tt.more, got.Width, got.Height, got.Alpha != nil)
		}
		if got.Alpha == nil {
			continue
		}
		want, err := imaging.ResizeLinear(t.Context(), &imaging.Picture{Width: 360, Height: 300, Pix: picture().Pix, Alpha: photo().Alpha}, 256, 213)
		must(t, err)
		if o := iou(got.Alpha, want.Alpha); o < .9 {
			t.Errorf("%s%s: overlap with the exact matte is %.3f", tt.format, tt.more, o)
		}
	}
}

// The thumbnail changes nothing about the picture, and none is asked for by default.
func TestThumbnailLeavesThePictureAlone(t *testing.T) {
	job := fast(t, `{"shadowType":2}`)
	want, report := remove(t, job)
	if report.ThumbnailType != "" {
		t.Errorf("a thumbnail of type %q that nobody asked for", report.ThumbnailType)
	}
	job.Thumbnail = discard{}
	if got, _ := remove(t, job); !bytes.Equal(got, want) {
		t.Error("the picture differs")
	}
}

func TestThumbnailOfAMatteAlone(t *testing.T) {
	job := fast(t, `{}`)
	var b bytes.Buffer
	job.AlphaOnly, job.Thumbnail = true, &b
	_, report := remove(t, job)
	if got := decode(t, b.Bytes()); got.Width != 256 || got.Alpha != nil || report.ThumbnailType != "image/jpeg" || report.Scale != 0 {
		t.Errorf("%d x %d, %+v", got.Width, got.Height, report)
	}
}

func TestThumbnailThatCannotBeWritten(t *testing.T) {
	for _, text := range []string{`{}`, `{"templateOutputFormat":"JPG","backgroundType":1,"backgroundColor":"ffffff"}`} {
		job := fast(t, text)
		job.Thumbnail = fullDisk{}
		if _, err := needEngine(t).Remove(t.Context(), job, discard{}); !errors.Is(err, errFull) {
			t.Errorf("error is %v", err)
		}
	}
}

func TestReadHeader(t *testing.T) {
	source := file(t, picture(), imaging.PNG)
	h, err := ReadHeader(source, imaging.Limits{})
	if err != nil || h.Format != imaging.PNG || h.Width != 360 || h.Height != 300 {
		t.Errorf("%+v, %v", h, err)
	}
	for code, limits := range map[mattebox.Code]imaging.Limits{mattebox.CodeTooLarge: {Pixels: 1000}, mattebox.CodeInvalid: {}} {
		data := source
		if code == mattebox.CodeInvalid {
			data = []byte("no picture at all, whatever its name says")
		}
		if _, err := ReadHeader(data, limits); mattebox.CodeOf(err) != code {
			t.Errorf("error is %v, want %s", err, code)
		}
	}
}

func BenchmarkThumbnail(b *testing.B) {
	large, err := imaging.ResizeLinear(b.Context(), picture(), 1200, 900)
	must(b, err)
	for _, with := range []bool{false, true} {
		b.Run(fmt.Sprintf("1 megapixel, thumbnail %t", with), func(b *testing.B) {
			job := Job{Source: file(b, large, imaging.JPEG), Template: mattebox.DefaultTemplate(), Quality: mattebox.QualityStandard}
			if with {
				job.Thumbnail = discard{}
			}
			for b.Loop() {
				_, err := needEngine(b).Remove(b.Context(), job, discard{})
				must(b, err)
			}
		})
	}
}
