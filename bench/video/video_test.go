package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"mattebox/internal/metrics"
	"mattebox/video"
)

// made returns a clip of two frames of 4 x 2 whose subject is the left half.
func made() *testClip {
	truth := metrics.Bytes([]uint8{255, 255, 0, 0, 255, 255, 0, 0}, 4, 2)
	return &testClip{
		name: "made", set: "exact",
		frames: []*video.Frame{video.NewFrame(4, 2), video.NewFrame(4, 2)},
		truth:  []metrics.Plane{truth, truth},
	}
}

func TestCompareMeansOverFrames(t *testing.T) {
	right := []uint8{255, 255, 0, 0, 255, 255, 0, 0}
	wrong := []uint8{255, 255, 255, 0, 255, 255, 255, 0} // a quarter of the frame
	s, err := compare(made(), [][]uint8{right, wrong})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(s.MAD-125) > 1e-6 || math.Abs(s.MSE-125) > 1e-6 {
		t.Errorf("MAD %g and MSE %g, want 125", s.MAD, s.MSE)
	}
	if math.Abs(s.DTSSD-50) > 1e-6 { // root of a quarter, times 100
		t.Errorf("dtSSD %g, want 50", s.DTSSD)
	}
}

func TestMeasureWantsAMatteForEachFrame(t *testing.T) {
	lazy := contestant{"lazy", func(_ context.Context, _ *testClip, emit func([]uint8)) (int, error) {
		emit(make([]uint8, 8))
		return 1, nil
	}}
	if _, err := measure(t.Context(), lazy, made()); err == nil {
		t.Error("one matte for two frames was accepted")
	}
}

func TestPlayCopiesItsFrames(t *testing.T) {
	clip := made()
	p := &play{clip: clip}
	f, err := p.Next()
	if err != nil {
		t.Fatal(err)
	}
	f.Pix[0] = 77
	if clip.frames[0].Pix[0] == 77 {
		t.Error("whoever gets a frame can change the clip")
	}
	if _, err := p.Next(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last frame: %v", err)
	}
}

func TestPrintRows(t *testing.T) {
	rows := []row{
		{yardstick, []score{{MAD: 20, CPU: .6, Looks: 1}}},
		{"light", []score{{MAD: 22, CPU: .15, Looks: .2}}},
	}
	var out bytes.Buffer
	printRows(&out, []*testClip{made()}, rows, false)
	if text := out.String(); !strings.Contains(text, "4.0 x") || !strings.Contains(text, "exact MAD") || strings.Contains(text, "DAVIS") {
		t.Errorf("printed:\n%s", text)
	}
}

func TestParseRefuses(t *testing.T) {
	if _, err := parse([]string{"stray"}, io.Discard); err == nil {
		t.Error("a stray argument was accepted")
	}
}
