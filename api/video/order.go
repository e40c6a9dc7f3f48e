package video

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// Making is what a request may say of how a clip is made, when a job is created and
// again when it is started. Fields that may be left out may be null, too; fields
// that are not known are passed over.
type Making struct {
	Model        *string      `json:"model,omitempty" enum:"original,light,pro,human" doc:"original: best for its time. light: several times as fast. pro: finer and slower. human: people, fastest. Default: original."`
	OutputFormat *string      `json:"output_format,omitempty" enum:"webm,mov,mp4,gif,webp,png_sequence,stacked_video,pro_bundle" doc:"webm (VP9 with alpha), mov (ProRes 4444), mp4 (H.264; it cannot be transparent), gif, webp, png_sequence (zip), stacked_video (mp4, colour above its alpha) or pro_bundle (zip of color.mp4 and alpha.mp4). Default: webm."`
	Composition  *composition `json:"composition,omitempty" doc:"Where the clip lies on a canvas of another size. Default: its own size."`
	TextPrompt   *string      `json:"text_prompt,omitempty" maxLength:"2000" doc:"Cannot be used: no model of this service reads it. An empty one is passed over."`
	WebhookURL   *string      `json:"webhook_url,omitempty" maxLength:"2048" pattern:"^(https?://[!-~]+)?$" patternDescription:"http or https address" doc:"Address that is told of job.started, job.completed and job.failed, signed."`

	PreviewDuration *float64 `json:"preview_duration,omitempty" minimum:"0" maximum:"86400" doc:"Seconds from the beginning that are made, and paid; 0 for the whole clip."`
	Backdrop
}

type composition struct {
	_          struct{}    `json:"-" additionalProperties:"true"`
	Canvas     *canvas     `json:"canvas,omitempty"`
	Foreground *foreground `json:"foreground,omitempty"`
}

type canvas struct {
	_      struct{} `json:"-" additionalProperties:"true"`
	Width  float64  `json:"width" minimum:"2" maximum:"4096" doc:"Pixels."`
	Height float64  `json:"height" minimum:"2" maximum:"4096" doc:"Pixels."`
}

type foreground struct {
	_      struct{} `json:"-" additionalProperties:"true"`
	Anchor *string  `json:"anchor,omitempty" enum:"center,top-left,top-center,top-right,center-left,center-right,bottom-left,bottom-center,bottom-right" doc:"Default: center."`
	Scale  *float64 `json:"scale,omitempty" minimum:"0" maximum:"10" doc:"1 is as large as fits the canvas. Default: 1."`
	Offset *offset  `json:"offset,omitempty"`
}

type offset struct {
	_ struct{} `json:"-" additionalProperties:"true"`
	X *float64 `json:"x,omitempty" minimum:"-32768" maximum:"32768" doc:"Pixels to the right."`
	Y *float64 `json:"y,omitempty" minimum:"-32768" maximum:"32768" doc:"Pixels down."`
}

// creation is the body of POST /v1/jobs.
type creation struct {
	_         struct{}   `json:"-" additionalProperties:"true"`
	VideoURL  string     `json:"video_url" maxLength:"2048" pattern:"^https?://[!-~]+$" patternDescription:"http or https address" doc:"Address of the clip: outside, or the video_url of an upload."`
	AutoStart *bool      `json:"auto_start,omitempty" doc:"false makes a draft, to be started later. Default: true."`
	Metadata  freeObject `json:"metadata,omitempty" doc:"An object of your own, of at most 8 KiB, that the job object shows again."`
	Making
}

// freeObject is a JSON object of the caller's own, as it was written.
type freeObject json.RawMessage

// UnmarshalJSON keeps the text.
func (o *freeObject) UnmarshalJSON(text []byte) error {
	*o = bytes.Clone(text)
	return nil
}

// MarshalJSON gives it back.
func (o freeObject) MarshalJSON() ([]byte, error) { return json.RawMessage(o).MarshalJSON() }

// Schema is that of any object.
func (freeObject) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// restart is the body of POST /v1/jobs/{id}/start.
type restart struct {
	_ struct{} `json:"-" additionalProperties:"true"`
	Making
}

// order puts what the request says into the order; what it leaves out stays.
func (m *Making) order(o *mattebox.JobOrder, find addressFinder) error {
	if m.Model != nil {
		o.Model = mattebox.JobModel(*m.Model)
	}
	if m.OutputFormat != nil {
		o.Format = mattebox.JobFormat(*m.OutputFormat)
	}
	if m.Composition != nil {
		o.Composition = m.Composition.read()
	}
	if m.TextPrompt != nil {
		o.TextPrompt = text(m.TextPrompt)
	}
	if m.WebhookURL != nil {
		o.WebhookURL = text(m.WebhookURL)
	}
	if m.PreviewDuration != nil {
		o.Preview = preview(*m.PreviewDuration)
	}
	return m.Backdrop.order(o, find)
}

// preview is the length of that many seconds. What is above 0 never becomes 0, which is
// the whole clip.
func preview(seconds float64) time.Duration {
	if seconds <= 0 {
		return 0
	}
	return max(time.Duration(seconds*float64(time.Second)), time.Millisecond)
}

func (c *composition) read() (made mattebox.Composition) {
	if c.Canvas != nil {
		made.Width, made.Height = whole32(c.Canvas.Width), whole32(c.Canvas.Height)
	}
	if f := c.Foreground; f != nil {
		made.Anchor = text(f.Anchor)
		if f.Scale != nil {
			made.Scale = *f.Scale
		}
		if f.Offset != nil {
			made.OffsetX, made.OffsetY = pixels(f.Offset.X), pixels(f.Offset.Y)
		}
	}
	return made
}

// whole32 is the nearest whole number of pixels; the schema keeps it small.
func whole32(v float64) int { return int(math.Round(v)) }

func pixels(v *float64) int {
	if v == nil {
		return 0
	}
	return whole32(*v)
}

// order returns what POST /v1/jobs orders.
func (c *creation) order(find addressFinder) (o mattebox.JobOrder, err error) {
	o.Model, o.Format, o.Background.Kind = mattebox.ModelOriginal, mattebox.FormatWebM, mattebox.BehindNothing
	if o.VideoURL, o.Upload, err = find("video_url", strings.TrimSpace(c.VideoURL)); err != nil {
		return o, err
	}
	if string(c.Metadata) != "null" {
		o.Metadata = json.RawMessage(c.Metadata)
	}
	return o, c.Making.order(&o, find)
}

// uploadPath is the part of an upload's address that names it.
var uploadPath = regexp.MustCompile(`^v1/uploads/(vid_[0-9a-f]{16})(?:[/?#]|$)`)

// find returns what an address stands for. One of ours below /v1/uploads is an
// upload; whether the key has it is the store's business.
func (a *api) find(field, address string) (url, upload string, err error) {
	if address == "" {
		return "", "", mattebox.Invalid(field, "is required")
	}
	if path, ours := strings.CutPrefix(address, a.Links.Public+"/"); ours {
		if found := uploadPath.FindStringSubmatch(path); found != nil {
			return "", found[1], nil
		}
	}
	if err := a.CheckURL(address); err != nil {
		return "", "", fielded(field, err)
	}
	return address, "", nil
}

// fielded names the field in a fault that names none.
func fielded(field string, err error) error {
	e, ok := err.(*mattebox.Error)
	if !ok || e.Field != "" {
		return err
	}
	return &mattebox.Error{Code: e.Code, Field: field, Message: e.Message, Err: e.Err}
}
