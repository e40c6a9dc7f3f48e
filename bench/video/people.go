package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"mattebox/internal/metrics"
	"mattebox/matte"
	"mattebox/video"
)

// The test data have no clip of people with a truth, so some are staged here: cut-outs of
// ../shared/testdata/humans, whose mattes are known, walk over photographs that pan,
// and each frame goes through JPEG as a camera's does. The same every time.
const (
	stageWidth, stageHeight = 640, 360
	stageFrames             = 40
	stageRate               = 25
	stageQuality            = 92
)

// act is a person's way through a clip: where the middle of their picture's lower edge is, and
// how large the picture is, at the clip's start and end.
type act struct {
	person   string     // of ../shared/testdata/humans
	mirrored bool       // left to right
	x, y     [2]float64 // pixels of the frame
	scale    [2]float64 // frame's pixels per picture's
	sway     float64    // radians to each side
	bob      float64    // pixels up and down
	steps    float64    // of both, in the clip
}

// stage is one clip.
type stage struct {
	name     string
	backdrop string // a photograph of ../shared/testdata
	zoom     float64
	panX     [2]float64 // pixels of the scaled photograph at the frame's left edge
	panY     [2]float64
	acts     []act // from the back to the front
}

func stages() []stage {
	return []stage{
		{"woman-street", "stills/image/car-roundabout-00037.jpg", 1, [2]float64{0, 190}, [2]float64{40, 70}, []act{
			{person: "p_00a5b702", x: [2]float64{230, 390}, y: [2]float64{362, 372}, scale: [2]float64{.27, .36}, sway: .03, bob: 4, steps: 3},
		}},
		{"seated-falls", "exif/Landscape_0.jpg", .5, [2]float64{180, 40}, [2]float64{60, 110}, []act{
			{person: "p_00a7a27c", x: [2]float64{330, 240}, y: [2]float64{366, 366}, scale: [2]float64{.33, .27}, sway: .05, bob: 3, steps: 2},
		}},
		{"two-pass", "stills/image/drift-chicane-00026.jpg", 1, [2]float64{210, 20}, [2]float64{100, 100}, []act{
			{person: "p_00a5b702", mirrored: true, x: [2]float64{560, 330}, y: [2]float64{372, 372}, scale: [2]float64{.18, .2}, sway: .02, bob: 3, steps: 4},
			{person: "p_00a4eda7", x: [2]float64{20, 400}, y: [2]float64{366, 366}, scale: [2]float64{.36, .36}, sway: .03, bob: 6, steps: 4},
		}},
	}
}

// stagePeople makes the clips.
func stagePeople(s settings) ([]*testClip, error) {
	var clips []*testClip
	for _, st := range stages() {
		if s.clips != nil && !slices.Contains(s.clips, st.name) {
			continue
		}
		c, err := st.make(s.data, min(s.frames, stageFrames))
		if err != nil {
			return nil, fmt.Errorf("staging %s: %w", st.name, err)
		}
		clips = append(clips, c)
	}
	return clips, nil
}

func (st stage) make(data string, frames int) (*testClip, error) {
	backdrop, err := readPicture(filepath.Join(data, st.backdrop))
	if err != nil {
		return nil, err
	}
	var people []*image.RGBA
	for _, a := range st.acts {
		p, err := cutOut(data, a.person)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	c := &testClip{name: st.name, set: "people"}
	for i := range frames {
		at := float64(i) / (stageFrames - 1)
		frame, truth := st.frame(backdrop, people, at)
		if frame, err = throughJPEG(frame); err != nil {
			return nil, err
		}
		c.frames = append(c.frames, &video.Frame{Width: stageWidth, Height: stageHeight, Pix: frame.Pix, At: time.Duration(i) * time.Second / stageRate})
		c.truth = append(c.truth, metrics.Bytes(truth, stageWidth, stageHeight))
	}
	return c, nil
}

// frame paints the picture of a moment 0..1 and its matte.
func (st stage) frame(backdrop image.Image, people []*image.RGBA, at float64) (*image.RGBA, []uint8) {
	bounds := image.Rect(0, 0, stageWidth, stageHeight)
	frame, cut := image.NewRGBA(bounds), image.NewRGBA(bounds)
	pan := f64.Aff3{st.zoom, 0, -between(st.panX, at), 0, st.zoom, -between(st.panY, at)}
	draw.BiLinear.Transform(frame, pan, backdrop, backdrop.Bounds(), draw.Src, nil)
	for i, a := range st.acts {
		draw.BiLinear.Transform(cut, a.place(people[i].Bounds(), at), people[i], people[i].Bounds(), draw.Over, nil)
	}
	draw.Draw(frame, bounds, cut, image.Point{}, draw.Over)
	truth := make([]uint8, stageWidth*stageHeight)
	for i := range truth {
		truth[i] = cut.Pix[4*i+3]
	}
	return frame, truth
}

// place is the way from the person's picture to the frame.
func (a act) place(picture image.Rectangle, at float64) f64.Aff3 {
	w, h := float64(picture.Dx()), float64(picture.Dy())
	phase := 2 * math.Pi * a.steps * at
	scale, turn := cutOutShrunk*between(a.scale, at), a.sway*math.Sin(phase)
	sin, cos := scale*math.Sin(turn), scale*math.Cos(turn)
	flip := 1.
	if a.mirrored {
		flip = -1
	}
	// The picture's lower edge is its foot: it turns around a point a little below, so that
	// the cut at the edge stays out of sight.
	x, y := between(a.x, at), between(a.y, at)+a.bob*(1+math.Sin(2*phase))
	return f64.Aff3{
		flip * cos, -sin, x - flip*cos*w/2 + sin*h,
		flip * sin, cos, y - flip*sin*w/2 - cos*h,
	}
}

// cutOutShrunk is how many of its picture's pixels one of a cut-out stands for: frames
// show people at a third of their picture's size at most.
const cutOutShrunk = 2

func between(ends [2]float64, at float64) float64 { return ends[0] + at*(ends[1]-ends[0]) }

// cutOut returns a person without their background: the picture's colours, in soft pixels those of the
// person alone as far as they can be told, times alpha.
func cutOut(data, name string) (*image.RGBA, error) {
	photo, err := readPicture(filepath.Join(data, "humans", "image", name+".png"))
	if err != nil {
		return nil, err
	}
	mask, err := readPicture(filepath.Join(data, "humans", "alpha", name+".png"))
	if err != nil {
		return nil, err
	}
	size := photo.Bounds().Size()
	if mask.Bounds().Size() != size {
		return nil, fmt.Errorf("%s and its matte differ in size", name)
	}
	out, grey := image.NewRGBA(image.Rectangle{Max: size}), image.NewGray(image.Rectangle{Max: size})
	draw.Draw(out, out.Bounds(), photo, photo.Bounds().Min, draw.Src)
	draw.Draw(grey, grey.Bounds(), mask, mask.Bounds().Min, draw.Src)
	p := &matte.Picture{Width: size.X, Height: size.Y, Pix: make([]uint8, 3*size.X*size.Y)}
	for i := range grey.Pix {
		copy(p.Pix[3*i:3*i+3], out.Pix[4*i:])
	}
	matte.Foreground(p, grey.Pix)
	for i, a := range grey.Pix {
		for c := range 3 {
			out.Pix[4*i+c] = uint8((int(p.Pix[3*i+c])*int(a) + 127) / 255)
		}
		out.Pix[4*i+3] = a
	}
	small := image.NewRGBA(image.Rect(0, 0, size.X/cutOutShrunk, size.Y/cutOutShrunk))
	draw.BiLinear.Scale(small, small.Bounds(), out, out.Bounds(), draw.Src, nil)
	return small, nil
}

// throughJPEG gives the frame what a camera's compression does to it.
func throughJPEG(frame *image.RGBA) (*image.RGBA, error) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, frame, &jpeg.Options{Quality: stageQuality}); err != nil {
		return nil, err
	}
	read, err := jpeg.Decode(&file)
	if err != nil {
		return nil, err
	}
	draw.Draw(frame, frame.Bounds(), read, image.Point{}, draw.Src)
	return frame, nil
}
