package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mattebox"
	"mattebox/engine/clip"
	"mattebox/video"
)

// videoOrder is what the flags of "mattebox video" come to.
type videoOrder struct {
	job    clip.Job // of the whole clip
	info   *video.Info
	output string
	until  time.Duration // of the clip
}

// The contact sheet's pictures.
const (
	sheetPictures = 12
	sheetColumns  = 4
	sheetWidth    = 320
)

// order reads the flags and looks at the clip; the cheap checks go first.
func (c *VideoCmd) order(ctx context.Context) (*videoOrder, error) {
	o := &videoOrder{job: clip.Job{In: c.Input}}
	var err error
	if o.job.Model, err = clip.ParseModel(c.Model); err != nil {
		return nil, flagged(err, "--model")
	}
	if o.job.Format, err = c.format(); err != nil {
		return nil, err
	}
	if o.output, err = c.output(o.job.Format); err != nil {
		return nil, err
	}
	if c.PreviewDuration < 0 {
		return nil, mattebox.Invalid("--preview-duration", "is %s; use a time such as 5s", c.PreviewDuration)
	}
	if o.job.Scene, err = c.scene(ctx); err != nil {
		return nil, err
	}
	if o.job.Scene.Background.Kind == clip.Transparent && !o.job.Format.HasAlpha() {
		return nil, mattebox.Invalid("--background", "is transparent, which mp4 cannot be; name a background, or another format such as webm")
	}
	if o.info, err = video.Probe(ctx, c.Input, ownLimits()); err != nil {
		return nil, named(err, c.Input)
	}
	o.job.Info, o.until = o.info, o.info.Duration
	if c.PreviewDuration > 0 {
		o.until = min(o.until, c.PreviewDuration)
	}
	return o, nil
}

// ownLimits are those of a clip on one's own machine: only what one frame takes is
// bounded.
func ownLimits() video.Limits { return video.Limits{Pixels: video.DefaultLimits().Pixels} }

// named puts the file's name in front of what is wrong with it.
func named(err error, path string) error {
	if mattebox.CodeOf(err) == mattebox.CodeInternal {
		return fmt.Errorf("%s: %w", path, err)
	}
	return mattebox.Wrap(mattebox.CodeOf(err), err, "%s", path)
}

// flagged names the flag in an error that names a field of the API.
func flagged(err error, flag string) error {
	if e, ok := err.(*mattebox.Error); ok && e.Field != "" {
		return &mattebox.Error{Code: e.Code, Field: flag, Message: e.Message, Err: e.Err}
	}
	return err
}

// format reads --format, or else the ending of --output.
func (c *VideoCmd) format() (video.Format, error) {
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(c.Output), "."))
	if c.Format != "" {
		f, err := video.ParseFormat(c.Format)
		if err != nil {
			return "", flagged(err, "--format")
		}
		if c.Output != "" && ending != f.Extension() {
			return "", mattebox.Invalid("--format", "is %s, whose files end in .%s, but --output is %s", f, f.Extension(), c.Output)
		}
		return f, nil
	}
	switch ending {
	case "":
		if c.Output == "" {
			return video.WebM, nil
		}
	case "zip":
		return "", mattebox.Invalid("--output", "ends in .zip; say which with --format: png_sequence or pro_bundle")
	case "webm", "mov", "mp4", "gif", "webp":
		return video.Format(ending), nil
	}
	return "", mattebox.Invalid("--output", "is %s; let it end in .webm, .mov, .mp4, .gif, .webp or .zip", c.Output)
}

// output returns where the result goes, and refuses what may not be overwritten.
func (c *VideoCmd) output(f video.Format) (string, error) {
	path := c.Output
	if path == "" {
		path = filepath.Join(filepath.Dir(c.Input), stem(c.Input)+cutoutSuffix+"."+f.Extension())
	}
	for flag, p := range map[string]string{"--output": path, "--contact-sheet": c.ContactSheet} {
		if p == "" {
			continue
		}
		if absolute(p) == absolute(c.Input) {
			return "", mattebox.Invalid(flag, "is the clip itself")
		}
		if _, err := os.Stat(p); err == nil && !c.Force {
			return "", alreadyThere(flag, p)
		}
	}
	if c.ContactSheet != "" && !strings.EqualFold(filepath.Ext(c.ContactSheet), ".png") {
		return "", mattebox.Invalid("--contact-sheet", "is %s; let it end in .png", c.ContactSheet)
	}
	return path, nil
}

// scene reads the flags that say what the subject is put into.
func (c *VideoCmd) scene(ctx context.Context) (clip.Scene, error) {
	s := clip.Scene{Scale: c.Scale}
	var err error
	if s.Anchor, err = clip.ParseAnchor(c.Anchor); err != nil {
		return s, flagged(err, "--anchor")
	}
	if c.Canvas != "" {
		if s.Canvas, err = pair("--canvas", c.Canvas, "x", "1280x720"); err != nil {
			return s, err
		}
		if s.Canvas.X < 2 || s.Canvas.Y < 2 {
			return s, mattebox.Invalid("--canvas", "is %s; use at least 2x2", c.Canvas)
		}
	}
	if c.Offset != "" {
		if s.Offset, err = pair("--offset", c.Offset, ",", "40,-20"); err != nil {
			return s, err
		}
	}
	if !(c.Scale > 0) {
		return s, mattebox.Invalid("--scale", "is %g; use a number above 0", c.Scale)
	}
	if s.Background, err = readBackground(ctx, c.Background); err != nil {
		return s, err
	}
	err = s.Validate()
	if e, ok := err.(*mattebox.Error); ok {
		err = flagged(err, "--"+e.Field)
	}
	return s, err
}

// pair reads two numbers.
func pair(flag, text, separator, example string) (image.Point, error) {
	a, b, found := strings.Cut(strings.ToLower(text), separator)
	x, err1 := strconv.Atoi(strings.TrimSpace(a))
	y, err2 := strconv.Atoi(strings.TrimSpace(b))
	if !found || err1 != nil || err2 != nil {
		return image.Point{}, mattebox.Invalid(flag, "is %.20q; use two numbers such as %s", text, example)
	}
	return image.Pt(x, y), nil
}

// readBackground reads --background: a word, a colour, or else a file.
func readBackground(ctx context.Context, text string) (clip.Background, error) {
	switch strings.ToLower(text) {
	case "", "transparent", "none":
		return clip.Background{Kind: clip.Transparent}, nil
	case "blur":
		return clip.Background{Kind: clip.Blur}, nil
	}
	if color, ok := mattebox.NamedColor(text); ok {
		return clip.Background{Kind: clip.Colour, Colour: color}, nil
	}
	stat, missing := os.Stat(text)
	if color, err := mattebox.ParseColor(text); err == nil && missing != nil {
		return clip.Background{Kind: clip.Colour, Colour: color}, nil
	}
	if missing != nil || !stat.Mode().IsRegular() {
		return clip.Background{}, mattebox.Invalid("--background", "is %.60q, which is no colour and no file; use transparent, blur, a colour such as white or 00ff00, or a picture or a clip", text)
	}
	if !isClip(text) {
		return clip.Background{Kind: clip.Picture, Path: text}, nil
	}
	info, err := video.Probe(ctx, text, ownLimits())
	if err != nil {
		return clip.Background{}, named(err, text)
	}
	return clip.Background{Kind: clip.Film, Path: text, Info: info}, nil
}

// isClip reports whether the file begins like a clip.
func isClip(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, _ := f.Read(head) // what cannot be read is told by who opens it next
	_, err = video.Sniff(head[:n])
	return err == nil
}

// strip returns what gathers the contact sheet's pictures, nil when none is wanted.
func (o *videoOrder) strip(path string) *video.Strip {
	if path == "" {
		return nil
	}
	return video.NewStrip(o.until, sheetPictures, sheetColumns, sheetWidth)
}
