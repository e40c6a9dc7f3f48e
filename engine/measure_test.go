package engine

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"mattebox"
	"mattebox/imaging"
	"mattebox/matte"
)

// measure runs Measure and returns the matte of the job's one photograph.
func measure(t testing.TB, job Job) (*Measured, []byte) {
	t.Helper()
	var b bytes.Buffer
	m, err := needEngine(t).Measure(t.Context(), job, &b)
	must(t, err)
	return m, b.Bytes()
}

// With the matte that Measure wrote, the result is the same to the bit and no
// network runs.
func TestMatteSparesTheNet(t *testing.T) {
	cut := picture()
	cut.Alpha = photo().Alpha
	blank := &imaging.Picture{Width: 200, Height: 150, Pix: bytes.Repeat([]byte{180, 185, 190}, 200*150)}
	for name, tt := range map[string]struct {
		source *imaging.Picture
		text   string
	}{
		"transparent":       {picture(), `{}`},
		"layered":           {picture(), `{"templateOutputFormat":"PSD"}`},
		"kept shadow, lost": {picture(), `{"templateOutputFormat":"JPG","backgroundType":1,"backgroundColor":"ffffff","shadowType":1,"marginType":1,"marginTop":9}`},
		"16 bits":           {deepPicture(), `{"templateOutputFormat":"TIF"}`},
		"a cut-out":         {cut, `{"resizeType":3,"resizeMaxSize":100}`},
		"no subject":        {blank, `{"marginType":1,"marginTop":5}`},
		"kept with margins": {picture(), `{"backgroundType":0,"marginType":1,"marginTop":9,"resizeType":2,"resizeWidth":200,"resizeHeight":90}`},
	} {
		t.Run(name, func(t *testing.T) {
			job := fast(t, tt.text)
			job.Source = file(t, tt.source, imaging.PNG)
			want, report := remove(t, job)
			measured, kept := measure(t, job)
			if measured.Scale != report.Scale || measured.Confidence != report.Confidence || !measured.Cut || measured.Passes != report.Passes {
				t.Errorf("measured %+v, removed %+v", measured, report)
			}
			seen := Seen{Width: tt.source.Width, Height: tt.source.Height, Box: report.Box, Confidence: report.Confidence}
			if !slices.Equal(measured.Photos, []Seen{seen}) || !slices.Equal(measured.Warnings, report.Warnings) {
				t.Errorf("saw %+v, want %+v; warnings %q, want %q", measured.Photos, seen, measured.Warnings, report.Warnings)
			}
			job.Matte = kept
			got, again := remove(t, job)
			if !bytes.Equal(got, want) {
				t.Error("the result differs")
			}
			if again.Passes != 0 || again.Steps.Net != 0 || again.Box != report.Box || again.Confidence != report.Confidence || !slices.Equal(again.Warnings, report.Warnings) {
				t.Errorf("the report says %+v, want %+v", again, report)
			}
		})
	}
}

func TestMeasureWithoutAMatte(t *testing.T) {
	job := fast(t, `{"backgroundType":0,"resizeType":2,"resizeWidth":180,"resizeHeight":180}`)
	m, kept := measure(t, job)
	if len(kept) != 0 || m.Cut || m.Passes != 0 || m.Scale != .5 {
		t.Errorf("%d bytes of matte, %+v", len(kept), m)
	}
	if _, report := remove(t, job); report.Cut || report.Scale != .5 {
		t.Errorf("%+v", report)
	}
}

// Two photographs of one subject, from the same camera but cropped differently,
// show it at one size and with the template's margins when they share a scale.
func TestPicturesOfOneProduct(t *testing.T) {
	whole := picture()
	m, _ := measure(t, fast(t, `{}`))
	box := m.Photos[0].Box
	x0, y0 := max(box.Min.X-12, 0), max(box.Min.Y-12, 0)
	x1, y1 := min(box.Max.X+12, whole.Width), min(box.Max.Y+12, whole.Height)
	near := &imaging.Picture{Width: x1 - x0, Height: y1 - y0}
	for y := y0; y < y1; y++ {
		near.Pix = append(near.Pix, whole.Pix[3*(y*whole.Width+x0):3*(y*whole.Width+x1)]...)
	}
	for name, text := range map[string]string{
		"fixed":   `{"resizeType":2,"resizeWidth":150,"resizeHeight":150,"marginType":2,"marginTop":10,"marginBottom":10,"marginLeft":10,"marginRight":10}`,
		"follows": `{"resizeType":3,"resizeMaxSize":150,"marginType":2,"marginTop":10,"marginBottom":10,"marginLeft":10,"marginRight":10}`,
		"keeps":   `{"resizeType":0,"marginType":1,"marginTop":15,"marginBottom":15,"marginLeft":15,"marginRight":15}`,
	} {
		t.Run(name, func(t *testing.T) {
			jobs := []Job{fast(t, text), fast(t, text)}
			jobs[1].Source = file(t, near, imaging.PNG)
			least := math.Inf(1)
			for i := range jobs {
				var m *Measured
				m, jobs[i].Matte = measure(t, jobs[i])
				least = min(least, m.Scale)
			}
			var sizes [2][2]int
			for i, job := range jobs {
				job.Scale = least
				data, report := remove(t, job)
				v := visible(decode(t, data))
				sizes[i] = [2]int{v[2] - v[0], v[3] - v[1]}
				if report.Scale != least {
					t.Errorf("photograph %d is laid out at %g, want %g", i+1, report.Scale, least)
				}
			}
			for k := range 2 {
				if d := sizes[0][k] - sizes[1][k]; d < -4 || d > 4 || sizes[0][k] < 30 {
					t.Errorf("the subject is %v and %v pixels large", sizes[0], sizes[1])
				}
			}
		})
	}
}

func TestMeasureRefuses(t *testing.T) {
	e := needEngine(t)
	bad := fast(t, `{}`)
	bad.Template.Background = 9
	torn := fast(t, `{}`)
	torn.Source = torn.Source[:len(torn.Source)/2]
	narrow := fast(t, `{"marginType":2,"marginLeft":200,"marginRight":200}`)
	for name, job := range map[string]Job{"template": bad, "cut short": torn, "margins": narrow, "nothing": {Template: mattebox.DefaultTemplate()}} {
		if _, err := e.Measure(t.Context(), job, io.Discard); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	if _, err := e.Measure(t.Context(), fast(t, `{}`), fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: error is %v", err)
	}
	if !e.memory.sem.TryAcquire(e.memory.size) {
		t.Fatal("memory is still reserved")
	}
	e.memory.sem.Release(e.memory.size)
}

// aMatte is a matte of the drawn photograph and the file that belongs to it.
func aMatte(t testing.TB) (*matte.Matte, []byte) {
	t.Helper()
	p := picture()
	return &matte.Matte{
		Width: p.Width, Height: p.Height, Alpha: photo().Alpha,
		Confidence: 1. / 3, Warnings: []matte.Warning{matte.FlatBackdrop},
	}, file(t, p, imaging.PNG)
}

func TestMatteFileIsStrict(t *testing.T) {
	m, source := aMatte(t)
	var b bytes.Buffer
	must(t, writeMatte(&b, m, source))
	good := b.Bytes()
	if got, err := readMatte(good, source, picture()); err != nil || !bytes.Equal(got.Alpha, m.Alpha) || got.Confidence != m.Confidence {
		t.Fatalf("%+v, %v", got, err)
	}
	small := &imaging.Picture{Width: 10, Height: 10}
	for name, tt := range map[string]struct {
		data, source []byte
		photo        *imaging.Picture
	}{
		"nothing":         {nil, source, picture()},
		"a picture":       {source, source, picture()},
		"cut short":       {good[:len(good)-9], source, picture()},
		"head cut short":  {good[:30], source, picture()},
		"no JSON":         {[]byte(matteFormat + "{\n"), source, picture()},
		"another file":    {good, source[1:], picture()},
		"another size":    {good, source, small},
		"more than alpha": {longer(t, m, source), source, picture()},
	} {
		if _, err := readMatte(tt.data, tt.source, tt.photo); mattebox.CodeOf(err) != mattebox.CodeInternal || err == nil {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// longer is a file with more alpha than the photograph has pixels.
func longer(t *testing.T, m *matte.Matte, source []byte) []byte {
	t.Helper()
	more := *m
	more.Alpha = append(slices.Clone(m.Alpha), 7)
	var b bytes.Buffer
	must(t, writeMatte(&b, &more, source))
	return b.Bytes()
}

func FuzzReadMatte(f *testing.F) {
	m, source := aMatte(f)
	var b bytes.Buffer
	must(f, writeMatte(&b, m, source))
	f.Add(b.Bytes())
	f.Add([]byte(matteFormat + `{"Width":360,"Height":300}` + "\n\x03\x00"))
	f.Add([]byte(matteFormat))
	photo := picture()
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := readMatte(data, source, photo)
		if err != nil {
			return
		}
		if len(got.Alpha) != got.Width*got.Height || got.Width != photo.Width || got.Height != photo.Height {
			t.Errorf("%d of alpha for %d x %d", len(got.Alpha), got.Width, got.Height)
		}
		if b := got.Box; b.Min.X < 0 || b.Min.Y < 0 || b.Max.X > got.Width || b.Max.Y > got.Height {
			t.Errorf("the subject lies at %v", b)
		}
	})
}
