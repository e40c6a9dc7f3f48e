package child_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"mattebox"
	"mattebox/engine"
	"mattebox/engine/pool"
	"mattebox/imaging"
)

// What Measure writes saves Remove the networks and changes nothing.
func TestMeasureThenRemove(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 2})
	task := picture(t, "coffee.png", photo(t))
	task.Template.Resize, task.Template.Width, task.Template.Height = mattebox.ResizeFixed, 500, 500
	alone, err := p.Remove(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	want := content(t, task.Out)

	task.Mattes = []string{filepath.Join(filepath.Dir(task.Out), "matte")}
	m, err := p.Measure(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Photos) != 1 || m.Photos[0].Width != 600 || m.Photos[0].Box != alone.Box || m.Scale != alone.Scale || m.Confidence != alone.Confidence || m.Steps.Net <= 0 {
		t.Errorf("measured %+v, made alone %+v", m, alone)
	}
	r, err := p.Remove(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	if r.Steps.Net != 0 || !bytes.Equal(content(t, task.Out), want) {
		t.Errorf("the networks took %v, the pictures are equal: %t", r.Steps.Net, bytes.Equal(content(t, task.Out), want))
	}
	task.Scale = m.Scale / 2
	if r, err = p.Remove(t.Context(), task); err != nil || r.Scale > task.Scale*1.01 || r.Scale <= 0 {
		t.Errorf("at half the scale %v: %+v, error %v", task.Scale, r, err)
	}
}

// Where the template shows the photograph as it is, no matte is written, and nobody
// is asked to look at a picture whose subject was not looked for.
func TestNothingToCut(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1})
	task := picture(t, "coffee.png", photo(t))
	task.Template.Background = mattebox.BackgroundKeep
	task.Mattes = []string{filepath.Join(filepath.Dir(task.Out), "matte")}
	m, err := p.Measure(t.Context(), task)
	if err != nil || m.Confidence != 1 {
		t.Errorf("measured %+v, error %v", m, err)
	}
	if _, err := os.Stat(task.Mattes[0]); !os.IsNotExist(err) {
		t.Errorf("a matte: %v", err)
	}
	r, err := p.Remove(t.Context(), task)
	if err != nil || r.Confidence != 1 || len(r.Models) != 0 {
		t.Errorf("made %+v, error %v", r, err)
	}
}

// Several sources make one picture, with a thumbnail.
func TestSeveralSources(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1})
	task := picture(t, "coffee.png", photo(t))
	task.Sources = append(task.Sources, task.Sources[0], task.Sources[0])
	task.Template.CombinedImages = true
	task.Thumbnail = filepath.Join(filepath.Dir(task.Out), "thumbnail")
	task.Mattes = []string{filepath.Join(filepath.Dir(task.Out), "one"), filepath.Join(filepath.Dir(task.Out), "two")}
	m, err := p.Measure(t.Context(), task)
	if err != nil || len(m.Photos) != 3 {
		t.Fatalf("measured %+v, error %v", m, err)
	}
	r, err := p.Remove(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	if r.Width <= r.Height || r.MediaType != "image/png" || r.Bytes != int64(len(content(t, task.Out))) {
		t.Errorf("report %+v", r)
	}
	small := content(t, task.Thumbnail)
	h, err := engine.ReadHeader(small, imaging.Limits{})
	if err != nil || h.Width >= r.Width || r.ThumbnailBytes != int64(len(small)) || r.ThumbnailType != "image/"+string(h.Format) {
		t.Errorf("thumbnail %+v, error %v, report %+v", h, err, r)
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
