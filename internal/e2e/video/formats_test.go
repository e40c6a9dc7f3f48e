package video

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/image/webp"

	"mattebox/internal/servicetest"
)

// frame is one of the sample's, as everything that is made of it has to be.
const frame = 1. / sampleRate

// everyFormat has the sample made in every format, and in mp4 on two backgrounds. It
// looks at each file for itself.
func everyFormat(t *testing.T, h *house) {
	c := h.customer(t)
	address := c.upload(sample(t))
	for _, tt := range []struct {
		name string
		more object
		look func(*testing.T, string)
	}{
		{"webm", object{}, lookWebM}, // the default
		{"mov", object{"output_format": "mov"}, lookMOV},
		{"gif", object{"output_format": "gif"}, lookGIF},
		{"webp", object{"output_format": "webp"}, lookWebP},
		{"png_sequence", object{"output_format": "png_sequence"}, lookSequence},
		{"stacked_video", object{"output_format": "stacked_video"}, lookStacked},
		{"pro_bundle", object{"output_format": "pro_bundle"}, lookBundle},
		{"mp4 on green", object{"output_format": "mp4", "bg_type": "green"}, lookGreen},
		{"mp4 on its blur", object{"output_format": "mp4", "background": object{"type": "blur"}}, lookBlurred},
		{"human", object{"model": "human", "preview_duration": .2}, nil},
	} {
		more := object{"model": "light"}
		maps.Copy(more, tt.more)
		id := c.start(address, more)
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := *c
			c.t = t
			j, path := c.finished(id)
			if tt.look == nil {
				lookPreview(t, j, path)
				return
			}
			if math.Abs(j.DurationSeconds-sampleSeconds) > frame {
				t.Errorf("the job says %v s, want %v", j.DurationSeconds, sampleSeconds)
			}
			if j.Output.Frames != sampleFrames || j.Output.Width != sampleWidth || j.Output.Height != sampleHeight && tt.name != "stacked_video" {
				t.Errorf("the job says %+v", j.Output)
			}
			tt.look(t, path)
		})
	}
}

// lookVideo checks what ffprobe says of the file's pictures.
func lookVideo(t *testing.T, path, codec string, height int) {
	t.Helper()
	o := probe(t, path)
	v := o.of("video")
	if v == nil || v.Codec != codec || v.Width != sampleWidth || v.Height != height || v.Packets != strconv.Itoa(sampleFrames) {
		t.Errorf("the pictures are %+v, want %d frames of %dx%d in %s", v, sampleFrames, sampleWidth, height, codec)
	}
	if length := o.seconds(t); math.Abs(length-sampleSeconds) > frame {
		t.Errorf("%v s long, want %v", length, sampleSeconds)
	}
}

func lookWebM(t *testing.T, path string) {
	lookVideo(t, path, "vp9", sampleHeight)
	checkSound(t, path, "opus", sampleSeconds)
	lookMattes(t, alphas(t, path, sampleWidth*sampleHeight))
}

func lookMattes(t *testing.T, mattes [][]byte) {
	t.Helper()
	if len(mattes) != sampleFrames {
		t.Errorf("%d frames have alpha, want %d", len(mattes), sampleFrames)
	}
	checkMattes(t, mattes)
}

func lookMOV(t *testing.T, path string) {
	lookVideo(t, path, "prores", sampleHeight)
	checkSound(t, path, "aac", sampleSeconds)
	lookMattes(t, alphas(t, path, sampleWidth*sampleHeight))
}

func lookGIF(t *testing.T, path string) {
	lookVideo(t, path, "gif", sampleHeight)
	lookMattes(t, alphas(t, path, sampleWidth*sampleHeight))
}

// lookWebP takes the file apart, because ffmpeg reads no animations of WebP: each of
// its pictures becomes a file of its own (WebP Container Specification).
func lookWebP(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < 12 || string(data[8:12]) != "WEBP" {
		t.Fatalf("%v, begins with %.12q", err, data)
	}
	length, mattes := 0, 0
	for at := 12; at+8 <= len(data); {
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8 : at+8+size]
		if string(data[at:at+4]) == "ANMF" {
			length += int(body[12]) | int(body[13])<<8 | int(body[14])<<16
			if mattes++; mattes == 1 {
				lookPicture(t, body)
			}
		}
		at += 8 + size + size&1
	}
	if math.Abs(float64(length)/1000-sampleSeconds) > frame || mattes < sampleFrames/2 || mattes > sampleFrames {
		t.Errorf("%d pictures in %d ms, want about %d in %v s", mattes, length, sampleFrames, sampleSeconds)
	}
}

// lookPicture decodes the picture of an ANMF chunk.
func lookPicture(t *testing.T, chunk []byte) {
	t.Helper()
	size, content := chunk[6:12], chunk[16:]
	var head []byte
	if string(content[:4]) == "ALPH" {
		head = append([]byte("VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"), size...)
	}
	file := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(head)+len(content)))
	picture, err := webp.Decode(bytes.NewReader(append(append(append(file, "WEBP"...), head...), content...)))
	if err != nil {
		t.Errorf("the first picture: %v", err)
		return
	}
	checkMattes(t, [][]byte{matteOf(picture)})
}

func matteOf(picture image.Image) []byte {
	var matte []byte
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			_, _, _, a := picture.At(x, y).RGBA()
			matte = append(matte, byte(a>>8))
		}
	}
	return matte
}

// unzipped unpacks with unzip and returns the folder.
func unzipped(t *testing.T, path string) string {
	t.Helper()
	folder := t.TempDir()
	tool(t, "unzip", "-q", path, "-d", folder)
	return folder
}

func lookSequence(t *testing.T, path string) {
	folder := unzipped(t, path)
	var about struct {
		Duration float64
		Sound    string
		Frames   []struct {
			File           string
			Time, Duration float64
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "frames.json"))
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil || len(about.Frames) != sampleFrames || math.Abs(about.Duration-sampleSeconds) > frame {
		t.Fatalf("frames.json is %s, %v", text, err)
	}
	for n, f := range about.Frames {
		if math.Abs(f.Time-float64(n)*frame) > frame/2 {
			t.Errorf("frame %d is shown at %v", n, f.Time)
		}
		file, err := os.ReadFile(filepath.Join(folder, f.File))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil || picture.Bounds().Dx() != sampleWidth || picture.Bounds().Dy() != sampleHeight {
			t.Fatalf("%s: %v", f.File, err)
		}
		checkMattes(t, [][]byte{matteOf(picture)})
	}
	checkSound(t, filepath.Join(folder, about.Sound), "aac", sampleSeconds)
}

func lookStacked(t *testing.T, path string) {
	lookVideo(t, path, "h264", 2*sampleHeight)
	checkSound(t, path, "aac", sampleSeconds)
	lookMattes(t, planes(t, path, "crop=iw:ih/2:0:ih/2", sampleWidth*sampleHeight))
}

func lookBundle(t *testing.T, path string) {
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != 2 {
		t.Errorf("%d files in the bundle, want 2", len(z.File))
	}
	folder := unzipped(t, path)
	color, alpha := filepath.Join(folder, "color.mp4"), filepath.Join(folder, "alpha.mp4")
	lookVideo(t, color, "h264", sampleHeight)
	lookVideo(t, alpha, "h264", sampleHeight)
	checkSound(t, color, "aac", sampleSeconds)
	lookMattes(t, planes(t, alpha, "null", sampleWidth*sampleHeight))
}

// lookGreen wants the wire's green (contracts D1) where nothing else is, and not
// everywhere.
func lookGreen(t *testing.T, path string) {
	lookVideo(t, path, "h264", sampleHeight)
	checkSound(t, path, "aac", sampleSeconds)
	green := 0
	data := ffmpeg(t, "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
	for at := 0; at+3 <= len(data); at += 3 {
		if near(data[at], 9) && near(data[at+1], 162) && near(data[at+2], 70) {
			green++
		}
	}
	if share := float64(green) / (sampleWidth * sampleHeight); share < .05 || share > .95 {
		t.Errorf("%.0f %% are green", 100*share)
	}
}

func near(got byte, want int) bool { return max(int(got)-want, want-int(got)) <= 12 }

// lookBlurred wants the picture sharp in places, as it was, and out of focus in
// others.
func lookBlurred(t *testing.T, path string) {
	lookVideo(t, path, "h264", sampleHeight)
	checkSound(t, path, "aac", sampleSeconds)
	before := planes(t, sample(t), "null", sampleWidth*sampleHeight)[0]
	after := planes(t, path, "null", sampleWidth*sampleHeight)[0]
	kept, softened := 0, 0
	for y := 8; y < sampleHeight-8; y++ {
		for x := 8; x < sampleWidth-8; x++ {
			at := y*sampleWidth + x
			was, is := edge(before, at), edge(after, at)
			switch {
			case was < 30: // nothing to be seen
			case is > was*3/4:
				kept++
			case is < was/4:
				softened++
			}
		}
	}
	if kept < 200 || softened < 200 {
		t.Errorf("%d points of edges are as sharp as before and %d are softened, want hundreds of both", kept, softened)
	}
}

// edge is how much a plane changes around a point.
func edge(plane []byte, at int) int {
	dx := int(plane[at+1]) - int(plane[at-1])
	dy := int(plane[at+sampleWidth]) - int(plane[at-sampleWidth])
	return max(dx, -dx) + max(dy, -dy)
}

// lookPreview wants the first fifth of a second.
func lookPreview(t *testing.T, j *servicetest.Job, path string) {
	t.Helper()
	if n := len(alphas(t, path, sampleWidth*sampleHeight)); n != 5 || math.Abs(j.DurationSeconds-.2) > frame {
		t.Errorf("%d frames in %v s, want 5 in .2", n, j.DurationSeconds)
	}
}
