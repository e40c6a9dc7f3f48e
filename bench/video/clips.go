package main

import (
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // frames
	_ "image/png"  // truths
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mattebox/internal/metrics"
	"mattebox/video"
)

// testClip is a clip whose truth is known, in memory.
type testClip struct {
	name, set string
	frames    []*video.Frame
	truth     []metrics.Plane
}

// sets are the kinds of clips and their folders: exact mattes of composed clips, masks
// (DAVIS), and people, who are staged here.
func sets() [][3]string {
	return [][3]string{{"exact", "matte", "alpha"}, {"DAVIS", "davis", "masks"}, {"people"}}
}

// readClips reads the clips' frames and truths.
func readClips(s settings) ([]*testClip, error) {
	var clips []*testClip
	for _, set := range sets() {
		if set[0] == "people" {
			staged, err := stagePeople(s)
			if err != nil {
				return nil, err
			}
			clips = append(clips, staged...)
			continue
		}
		folder := filepath.Join(s.data, "video", set[1])
		found, err := os.ReadDir(folder)
		if err != nil {
			return nil, fmt.Errorf("the test clips: %w", err)
		}
		for _, entry := range found {
			if s.clips != nil && !slices.Contains(s.clips, entry.Name()) {
				continue
			}
			clip, err := readClip(filepath.Join(folder, entry.Name()), set[2], s.frames)
			if err != nil {
				return nil, err
			}
			clip.set = set[0]
			clips = append(clips, clip)
		}
	}
	if len(clips) == 0 {
		return nil, fmt.Errorf("no clip in %s/video fits", s.data)
	}
	return clips, nil
}

func readClip(folder, truth string, most int) (*testClip, error) {
	c := &testClip{name: filepath.Base(folder)}
	names, err := filepath.Glob(filepath.Join(folder, "frames", "*.jpg"))
	if err != nil {
		return nil, err
	}
	for i, name := range names[:min(most, len(names))] {
		photo, err := readPicture(name)
		if err != nil {
			return nil, err
		}
		rgba := image.NewRGBA(photo.Bounds())
		draw.Draw(rgba, rgba.Bounds(), photo, photo.Bounds().Min, draw.Src)
		size := rgba.Bounds().Size()
		c.frames = append(c.frames, &video.Frame{Width: size.X, Height: size.Y, Pix: rgba.Pix, At: time.Duration(i) * time.Second / 25})
		base := filepath.Base(name)
		plane, err := readTruth(filepath.Join(folder, truth, base[:len(base)-len(".jpg")]+".png"), truth == "masks")
		if err != nil {
			return nil, err
		}
		c.truth = append(c.truth, plane)
	}
	if len(c.frames) == 0 {
		return nil, fmt.Errorf("%s holds no frames", folder)
	}
	return c, nil
}

// readTruth reads a matte; in a mask everything that is not black is subject.
func readTruth(path string, mask bool) (metrics.Plane, error) {
	picture, err := readPicture(path)
	if err != nil {
		return metrics.Plane{}, err
	}
	grey := image.NewGray(picture.Bounds())
	draw.Draw(grey, grey.Bounds(), picture, picture.Bounds().Min, draw.Src)
	for i, v := range grey.Pix {
		if mask && v > 0 {
			grey.Pix[i] = 255
		}
	}
	return metrics.Bytes(grey.Pix, grey.Bounds().Dx(), grey.Bounds().Dy()), nil
}

func readPicture(path string) (image.Image, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	picture, _, err := image.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return picture, nil
}

// play gives a clip's frames one after the other, as a video.Reader does. Each is a copy, since
// whoever finishes frames may change them.
type play struct {
	clip *testClip
	next int
}

func (p *play) Next() (*video.Frame, error) {
	if p.next == len(p.clip.frames) {
		return nil, io.EOF
	}
	f := *p.clip.frames[p.next]
	f.Pix = slices.Clone(f.Pix)
	p.next++
	return &f, nil
}
