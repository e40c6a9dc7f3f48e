package mattebox

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// NewJobUID returns the UID of a new job: "job_" and 64 bits of chance in 16
// lower-case hexadecimal digits.
func NewJobUID() string { return "job_" + chance() }

// NewUploadUID is NewJobUID for an upload, with "vid_".
func NewUploadUID() string { return "vid_" + chance() }

func chance() string {
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// Anchors are the places on a canvas that Composition.Anchor names.
func Anchors() []string {
	return []string{"center", "top-left", "top-center", "top-right", "center-left", "center-right", "bottom-left", "bottom-center", "bottom-right"}
}

// Limits of a Composition, in pixels of a canvas but for the scale.
const (
	MaxVideoCanvas = 4096
	MaxVideoScale  = 10
	maxVideoOffset = 1 << 15
)

// Validate returns a CodeInvalid error, with the name of the field in POST /v1/jobs
// (contracts D1), for the first thing that cannot be made whatever the clip. Whether
// an upload exists and an address may be dialled is not judged here.
func (o *JobOrder) Validate() error {
	if (o.VideoURL == "") == (o.Upload == "") {
		return Invalid("video_url", "is required: the address of a clip, or of an upload")
	}
	if !slices.Contains(JobModels(), o.Model) {
		return Invalid("model", "is %.20q; use original, light, pro or human", string(o.Model))
	}
	if !slices.Contains(JobFormats(), o.Format) {
		return Invalid("output_format", "is %.20q; use webm, mov, mp4, gif, webp, png_sequence, stacked_video or pro_bundle", string(o.Format))
	}
	if strings.TrimSpace(o.TextPrompt) != "" {
		return Invalid("text_prompt", "cannot be used: the models of this service find the subject by themselves; leave it out")
	}
	if o.Preview < 0 {
		return Invalid("preview_duration", "is less than nothing")
	}
	if err := o.Background.validate(); err != nil {
		return err
	}
	if o.Format == FormatMP4 && o.Background.Transparent() {
		return Invalid("output_format", "is mp4, which cannot be transparent; choose a background, or webm, mov, gif, webp, png_sequence, stacked_video or pro_bundle")
	}
	if err := o.Composition.validate(); err != nil {
		return err
	}
	for name, address := range map[string]string{"video_url": o.VideoURL, "webhook_url": o.WebhookURL, "background": o.Background.URL} {
		if len(address) > 2048 || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return Invalid(name, "is not an address of at most 2,048 plain characters")
		}
	}
	return o.validateMetadata()
}

// Transparent reports whether nothing is behind the subject.
func (b JobBackground) Transparent() bool { return b.Kind == "" || b.Kind == BehindNothing }

// Filed reports whether the background is a file of its own.
func (b JobBackground) Filed() bool { return b.Kind == BehindImage || b.Kind == BehindVideo }

func (b JobBackground) validate() error {
	switch b.Kind {
	case "", BehindNothing, BehindColor, BehindBlur:
		return nil
	case BehindImage, BehindVideo:
		if (b.URL == "") == (b.Upload == "") {
			return Invalid("background", "is %s and names no file; give the address of one", string(b.Kind))
		}
		return nil
	}
	return Invalid("background", "is %.20q; use transparent, color, image, blur or video", string(b.Kind))
}

func (c Composition) validate() error {
	for _, side := range []int{c.Width, c.Height} {
		if side < 0 || side > MaxVideoCanvas || side == 1 {
			return Invalid("composition.canvas", "has a side of %d pixels; use 2 to %d", side, MaxVideoCanvas)
		}
	}
	if (c.Width == 0) != (c.Height == 0) {
		return Invalid("composition.canvas", "has one side only; give width and height")
	}
	if c.Anchor != "" && !slices.Contains(Anchors(), c.Anchor) {
		return Invalid("composition.foreground.anchor", "is %.20q; use %s", c.Anchor, strings.Join(Anchors(), ", "))
	}
	if !(c.Scale >= 0 && c.Scale <= MaxVideoScale) { // so that NaN is refused
		return Invalid("composition.foreground.scale", "is %g; use a number above 0, at most %d", c.Scale, MaxVideoScale)
	}
	for _, move := range []int{c.OffsetX, c.OffsetY} {
		if move < -maxVideoOffset || move > maxVideoOffset {
			return Invalid("composition.foreground.offset", "is %d pixels; use at most %d", move, maxVideoOffset)
		}
	}
	return nil
}

func (o *JobOrder) validateMetadata() error {
	if len(o.Metadata) == 0 {
		return nil
	}
	if len(o.Metadata) > MaxMetadata {
		return Invalid("metadata", "has %d bytes; at most %d are kept", len(o.Metadata), MaxMetadata)
	}
	// An engine's text columns take neither broken UTF-8 nor NUL.
	if !utf8.Valid(o.Metadata) || bytes.Contains(o.Metadata, []byte(`\u0000`)) || !json.Valid(o.Metadata) || !bytes.HasPrefix(bytes.TrimSpace(o.Metadata), []byte("{")) {
		return Invalid("metadata", "is not a JSON object")
	}
	return nil
}
