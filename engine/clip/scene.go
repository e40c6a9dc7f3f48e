package clip

import (
	"image"
	"math"
	"strings"

	"mattebox"
	"mattebox/video"
)

// Scene is what the subject is put into (contracts.md, D1: composition,
// background). The zero Scene is the clip's own frame, transparent.
type Scene struct {
	Background Background
	Canvas     image.Point // pixels; zero: the clip's size. Odd sides are rounded up, as encoders want
	Anchor     Anchor      // where the frame sits on the canvas; zero: the middle
	Scale      float64     // of the frame as it fits the canvas; 0: 1
	Offset     image.Point // pixels of the canvas by which the frame is moved right and down
}

// Limits of a Scene.
const (
	MaxCanvas = 4096 // pixels of a side
	MaxScale  = 10
	maxOffset = 1 << 15
)

// Anchor is one of nine places on a canvas, such as "top-left", "center" or "bottom-center".
type Anchor string

// anchors maps the names to shares of the free space left and above.
func anchors() map[Anchor][2]float64 {
	return map[Anchor][2]float64{
		"": {.5, .5}, "center": {.5, .5},
		"top-left": {0, 0}, "top-center": {.5, 0}, "top-right": {1, 0},
		"center-left": {0, .5}, "center-right": {1, .5},
		"bottom-left": {0, 1}, "bottom-center": {.5, 1}, "bottom-right": {1, 1},
	}
}

// ParseAnchor returns the anchor of that name, in any case: the nine, and top,
// bottom, left and right for the middles of the sides. An unknown one is a
// CodeInvalid error on the field "anchor".
func ParseAnchor(name string) (Anchor, error) {
	a := Anchor(strings.ToLower(name))
	switch a {
	case "top", "bottom":
		a += "-center"
	case "left", "right":
		a = "center-" + a
	}
	if _, known := anchors()[a]; !known {
		return "", mattebox.Invalid("anchor", "is %.20q; use center, top-left, top-center, top-right, center-left, center-right, bottom-left, bottom-center or bottom-right", name)
	}
	return a, nil
}

// Validate reports the first fault that the customer can mend, as CodeInvalid.
func (s Scene) Validate() error {
	if _, known := anchors()[s.Anchor]; !known {
		return mattebox.Invalid("anchor", "is %.20q; use center, top-left and so on", string(s.Anchor))
	}
	for _, side := range []int{s.Canvas.X, s.Canvas.Y} {
		if side < 0 || side > MaxCanvas {
			return mattebox.Invalid("canvas", "has a side of %d pixels; use 1 to %d", side, MaxCanvas)
		}
	}
	if (s.Canvas.X == 0) != (s.Canvas.Y == 0) {
		return mattebox.Invalid("canvas", "has one side only; give both")
	}
	if !(s.Scale >= 0 && s.Scale <= MaxScale) { // so that NaN is refused
		return mattebox.Invalid("scale", "is %g; use a number above 0, at most %d", s.Scale, MaxScale)
	}
	for _, move := range []int{s.Offset.X, s.Offset.Y} {
		if move < -maxOffset || move > maxOffset {
			return mattebox.Invalid("offset", "is %d pixels; use at most %d", move, maxOffset)
		}
	}
	return s.Background.validate()
}

// Size returns the size of the finished clip: the canvas, or the clip's own size;
// both sides even, as encoders want.
func (s Scene) Size(info *video.Info) image.Point {
	size := s.Canvas
	if size == (image.Point{}) {
		size = image.Pt(info.Width, info.Height)
	}
	return image.Pt((size.X+1)/2*2, (size.Y+1)/2*2)
}

// place returns where on a canvas of the size the frame comes to lie: fitted into it,
// then scaled, anchored and moved. Parts of it may lie outside.
func (s Scene) place(size image.Point, width, height int) image.Rectangle {
	if s.Canvas == (image.Point{}) && (s.Scale == 0 || s.Scale == 1) {
		return image.Rect(0, 0, width, height).Add(s.Offset)
	}
	scale := min(float64(size.X)/float64(width), float64(size.Y)/float64(height))
	if s.Scale > 0 {
		scale *= s.Scale
	}
	w, h := max(1, round(float64(width)*scale)), max(1, round(float64(height)*scale))
	share := anchors()[s.Anchor]
	at := image.Pt(round(float64(size.X-w)*share[0]), round(float64(size.Y-h)*share[1]))
	return image.Rect(0, 0, w, h).Add(at).Add(s.Offset)
}

func round(v float64) int { return int(math.Round(v)) }
