package video

import (
	"strings"

	"mattebox"
)

// Format is a form in which a finished clip is delivered (contracts.md, D1 and
// D2).
type Format string

// The formats. All carry transparency but MP4.
const (
	WebM         Format = "webm"          // VP9 with alpha, Opus or Vorbis
	MOV          Format = "mov"           // ProRes 4444
	MP4          Format = "mp4"           // H.264, AAC
	GIF          Format = "gif"           // one bit of alpha, no sound
	WebP         Format = "webp"          // animated, no sound
	PNGSequence  Format = "png_sequence"  // zip of frames, their times and the sound
	StackedVideo Format = "stacked_video" // MP4, colour above its alpha in grey
	ProBundle    Format = "pro_bundle"    // zip of color.mp4 and alpha.mp4
)

// Formats returns all formats.
func Formats() []Format {
	return []Format{WebM, MOV, MP4, GIF, WebP, PNGSequence, StackedVideo, ProBundle}
}

// ParseFormat returns the format of that name, in any case; an unknown one is a
// CodeInvalid error on the field "output_format".
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(name))
	if !f.Valid() {
		return "", mattebox.Invalid("output_format", "is %.20q; use webm, mov, mp4, gif, webp, png_sequence, stacked_video or pro_bundle", name)
	}
	return f, nil
}

// Valid reports whether f is one of the formats.
func (f Format) Valid() bool {
	_, known := recipes()[f]
	return known
}

// HasAlpha reports whether the format can show what lies behind the subject.
func (f Format) HasAlpha() bool { return f != MP4 }

// HasSound reports whether the format carries sound.
func (f Format) HasSound() bool { return f != GIF && f != WebP }

// Extension returns the ending of the format's files, without a dot.
func (f Format) Extension() string {
	switch f {
	case PNGSequence, ProBundle:
		return "zip"
	case StackedVideo:
		return "mp4"
	}
	return string(f)
}

// MediaType returns the MIME type of the format's files.
func (f Format) MediaType() string {
	switch f {
	case WebM:
		return "video/webm"
	case MOV:
		return "video/quicktime"
	case GIF:
		return "image/gif"
	case WebP:
		return "image/webp"
	case PNGSequence, ProBundle:
		return "application/zip"
	}
	return "video/mp4"
}

// CheckBackground refuses a format that cannot show a transparent background.
func (f Format) CheckBackground(transparent bool) error {
	if transparent && !f.HasAlpha() {
		return mattebox.Invalid("output_format", "is mp4, which cannot be transparent; choose a background, or webm, mov, gif, webp, png_sequence, stacked_video or pro_bundle")
	}
	return nil
}
