package main

import (
	"image"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"mattebox/bench/contender"
)

// A person's picture stands with the middle of its lower edge where the act says.
func TestPlaceStandsOnItsFoot(t *testing.T) {
	for _, mirrored := range []bool{false, true} {
		a := act{mirrored: mirrored, x: [2]float64{100, 300}, y: [2]float64{350, 350}, scale: [2]float64{.25, .5}, sway: .1, steps: 3}
		m := a.place(image.Rect(0, 0, 200, 100), .5)
		x, y := m[0]*100+m[1]*100+m[2], m[3]*100+m[4]*100+m[5]
		if math.Abs(x-200) > 1e-6 || math.Abs(y-350) > 1e-6 {
			t.Errorf("mirrored %t: the foot is at %g, %g", mirrored, x, y)
		}
		left, right := m[0]*0+m[1]*100+m[2], m[0]*200+m[1]*100+m[2]
		if (left > right) != mirrored {
			t.Errorf("mirrored %t: the picture goes from %g to %g", mirrored, left, right)
		}
		if width := math.Abs(right - left); math.Abs(width-150) > 1 { // twice .375 of 200, since cut-outs are half as large
			t.Errorf("the picture is %g wide", width)
		}
	}
}

func TestStagedClipsAreTheSameEveryTime(t *testing.T) {
	root, err := contender.Root()
	if err != nil {
		t.Fatal(err)
	}
	s := settings{data: filepath.Join(root, "..", "shared", "testdata"), clips: []string{"seated-falls"}, frames: 2}
	first, err := stagePeople(s)
	if err != nil {
		t.Skip(err)
	}
	again, err := stagePeople(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 1 || len(first[0].frames) != 2 || first[0].set != "people" {
		t.Fatalf("%d clips", len(first))
	}
	for i, f := range first[0].frames {
		if !slices.Equal(f.Pix, again[0].frames[i].Pix) || !slices.Equal(first[0].truth[i].Value, again[0].truth[i].Value) {
			t.Errorf("frame %d differs", i)
		}
		var subject float32
		for _, v := range first[0].truth[i].Value {
			subject += v
		}
		if share := subject / (stageWidth * stageHeight); share < .1 || share > .6 {
			t.Errorf("frame %d: the person covers %.2f of it", i, share)
		}
	}
}
