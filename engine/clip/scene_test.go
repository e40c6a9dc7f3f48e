package clip

import (
	"image"
	"testing"

	"mattebox"
	"mattebox/video"
)

func TestSceneSizeIsEven(t *testing.T) {
	info := &video.Info{Width: 641, Height: 360}
	for _, c := range []struct{ canvas, want image.Point }{
		{image.Point{}, image.Pt(642, 360)},
		{image.Pt(1080, 1921), image.Pt(1080, 1922)},
	} {
		if got := (Scene{Canvas: c.canvas}).Size(info); got != c.want {
			t.Errorf("canvas %v: %v, want %v", c.canvas, got, c.want)
		}
	}
}

func TestScenePlacesTheFrame(t *testing.T) {
	size := image.Pt(200, 400)
	for name, c := range map[string]struct {
		scene Scene
		want  image.Rectangle
	}{
		"as it is":     {Scene{}, image.Rect(0, 0, 100, 50)},
		"fitted":       {Scene{Canvas: size}, image.Rect(0, 150, 200, 250)},
		"half":         {Scene{Canvas: size, Scale: .5}, image.Rect(50, 175, 150, 225)},
		"bottom right": {Scene{Canvas: size, Scale: .5, Anchor: "bottom-right"}, image.Rect(100, 350, 200, 400)},
		"moved":        {Scene{Canvas: size, Anchor: "top-left", Offset: image.Pt(-10, 7)}, image.Rect(-10, 7, 190, 107)},
		"enlarged":     {Scene{Canvas: size, Scale: 2}, image.Rect(-100, 100, 300, 300)},
	} {
		if got := c.scene.place(size, 100, 50); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestParseAnchor(t *testing.T) {
	for name, want := range map[string]Anchor{"Top-Left": "top-left", "bottom": "bottom-center", "left": "center-left", "center": "center", "": ""} {
		if got, err := ParseAnchor(name); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
	if _, err := ParseAnchor("nowhere"); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("an unknown anchor: %v", err)
	}
}

func TestSceneValidate(t *testing.T) {
	for name, s := range map[string]Scene{
		"one side":   {Canvas: image.Pt(10, 0)},
		"negative":   {Canvas: image.Pt(-2, 10)},
		"scale":      {Scale: 11},
		"far offset": {Offset: image.Pt(0, 1<<20)},
	} {
		if err := s.Validate(); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (Scene{}).Validate(); err != nil {
		t.Errorf("the zero scene: %v", err)
	}
}
