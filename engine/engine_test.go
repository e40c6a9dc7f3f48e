package engine

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"mattebox"
	"mattebox/imaging"
	"mattebox/internal/synth"
	"mattebox/weights"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// The process's one engine, on the networks that the command line uses; nil, with
// the reason, where they are not installed.
var (
	shared    *Engine
	sharedErr error
)

func TestMain(m *testing.M) {
	flag.Parse()
	shared, sharedErr = openInstalled()
	code := m.Run()
	if shared != nil {
		if err := shared.Close(); err != nil {
			println("closing the engine:", err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

func openInstalled() (*Engine, error) {
	store, err := installed()
	if err != nil {
		return nil, err
	}
	c := Config{Workers: 2, Threads: 2, Limits: imaging.Limits{Pixels: 6e6, Bytes: 32e6}}
	if c.Runtime, err = store.Runtime(); err != nil {
		return nil, err
	}
	for name, slot := range map[string]**Model{"isnet": &c.Large, "u2netp": &c.Small} {
		m, err := store.Model(name)
		if err != nil {
			return nil, err
		}
		*slot = &Model{Path: m.Path, Spec: m.Spec}
	}
	checkFailedOpen(c)
	return Open(c)
}

// installed is the store that the command line uses.
func installed() (*weights.Store, error) {
	home := os.Getenv("MATTEBOX_HOME")
	if home == "" {
		data := os.Getenv("XDG_DATA_HOME")
		if data == "" {
			user, err := os.UserHomeDir()
			if err != nil {
				return nil, err
			}
			data = filepath.Join(user, ".local", "share")
		}
		home = filepath.Join(data, "mattebox")
	}
	return weights.Open(filepath.Join(home, "models"))
}

// failedOpen is what Open said of a broken network, before the engine that the
// tests share was opened: it can be tried at no other time.
var failedOpen error

func checkFailedOpen(c Config) {
	broken := *c.Small
	broken.Path = c.Runtime // a file, but no graph
	c.Large, c.Small = nil, &broken
	_, failedOpen = Open(c)
}

// A failed Open leaves nothing behind that keeps the next one from its runtime.
func TestOpenAfterABrokenNetwork(t *testing.T) {
	if shared == nil && failedOpen == nil {
		t.Skip(sharedErr)
	}
	if mattebox.CodeOf(failedOpen) != mattebox.CodeUnavailable {
		t.Errorf("a broken network: error is %v", failedOpen)
	}
	if sharedErr != nil {
		t.Errorf("the next Open: error is %v", sharedErr)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"no network": {Runtime: "libonnxruntime.so.1"},
		"no runtime": {Runtime: filepath.Join(t.TempDir(), "gone.so"), Small: &Model{Path: "x"}},
	} {
		if _, err := Open(c); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

func needEngine(t testing.TB) *Engine {
	t.Helper()
	if shared == nil {
		t.Skip(sharedErr)
	}
	return shared
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// photo is a drawn product photograph and its exact matte, easy for any net.
var photo = sync.OnceValue(func() synth.Picture { return synth.Photo(1, synth.Gradient, 360, 300) })

// picture is the photograph in imaging's terms.
func picture() *imaging.Picture {
	p := photo()
	return &imaging.Picture{Width: p.Width, Height: p.Height, Pix: slices.Clone(p.RGB)}
}

func deepPicture() *imaging.Picture {
	p := picture()
	for _, v := range p.Pix {
		p.Pix16 = append(p.Pix16, uint16(v)*257)
	}
	p.Pix = nil
	return p
}

// file encodes a picture as a stranger would send it.
func file(t testing.TB, p *imaging.Picture, f imaging.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, imaging.Encode(context.Background(), &b, p, imaging.EncodeOptions{Format: f}))
	return b.Bytes()
}

// template is the default with the members that the JSON names.
func template(t testing.TB, text string) mattebox.Template {
	t.Helper()
	out, err := mattebox.DefaultTemplate().With([]byte(text))
	must(t, err)
	return out
}

// fast is an order for a fast cut-out of the photograph.
func fast(t testing.TB, text string) Job {
	t.Helper()
	return Job{Source: file(t, picture(), imaging.PNG), Template: template(t, text), Quality: mattebox.QualityFast}
}

// remove runs the job and returns its file.
func remove(t testing.TB, job Job) ([]byte, *Report) {
	t.Helper()
	var b bytes.Buffer
	report, err := needEngine(t).Remove(context.Background(), job, &b)
	must(t, err)
	return b.Bytes(), report
}

func decode(t testing.TB, data []byte) *imaging.Picture {
	t.Helper()
	p, err := imaging.Decode(context.Background(), data, imaging.Limits{})
	must(t, err)
	return p
}

// iou is the intersection over union of two mattes' masks at one half.
func iou(a, b []uint8) float64 {
	if len(a) != len(b) {
		return 0
	}
	var both, either int
	for i := range a {
		p, q := a[i] > 127, b[i] > 127
		if p && q {
			both++
		}
		if p || q {
			either++
		}
	}
	return float64(both) / float64(max(either, 1))
}
