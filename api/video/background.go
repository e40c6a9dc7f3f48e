package video

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// Backdrop is the part of a request that says what the subject is put before: the
// object, and the older single fields (contracts F25).
type Backdrop struct {
	Background *background `json:"background,omitempty" doc:"What the subject is put before. Beats the bg_ fields. Default: transparent."`

	BgType     *string `json:"bg_type,omitempty" enum:"transparent,green,white,black,blue,custom,color,image,blur,video" doc:"custom and color go with bg_color, image with bg_image_url, video with bg_video_url."`
	BgColor    color   `json:"bg_color,omitempty"`
	BgImageURL *string `json:"bg_image_url,omitempty" maxLength:"2048" pattern:"^(https?://[!-~]+)?$" patternDescription:"http or https address" doc:"Address of a picture, or of an upload."`
	BgVideoURL *string `json:"bg_video_url,omitempty" maxLength:"2048" pattern:"^(https?://[!-~]+)?$" patternDescription:"http or https address" doc:"Address of a clip, or of an upload; it is repeated."`
}

type background struct {
	_        struct{} `json:"-" additionalProperties:"true"`
	Type     string   `json:"type" enum:"transparent,color,image,blur,video,green,white,black,blue" doc:"color goes with color, image with image_url, video with video_url; blur is the clip's own background, out of focus."`
	Color    color    `json:"color,omitempty"`
	ImageURL *string  `json:"image_url,omitempty" maxLength:"2048" pattern:"^(https?://[!-~]+)?$" patternDescription:"http or https address" doc:"Address of a picture, or of an upload."`
	VideoURL *string  `json:"video_url,omitempty" maxLength:"2048" pattern:"^(https?://[!-~]+)?$" patternDescription:"http or https address" doc:"Address of a clip, or of an upload; it is repeated."`
}

// color is a colour as clients write it: six hexadecimal digits with or without #, a
// name, or three numbers, from 0 to 1 or, when one of them is above 1, from 0 to 255
// (contracts F26). It keeps what was written.
type color json.RawMessage

// UnmarshalJSON keeps the text.
func (c *color) UnmarshalJSON(text []byte) error {
	*c = slices.Clone(text)
	return nil
}

// MarshalJSON gives it back.
func (c color) MarshalJSON() ([]byte, error) {
	if c == nil {
		return []byte("null"), nil
	}
	return c, nil
}

// Schema is the colour's in the document.
func (color) Schema(huma.Registry) *huma.Schema {
	three, least, most := 3, 0.0, 255.0
	return &huma.Schema{
		Description: "Six hexadecimal digits (#00a345), a name (green), or red, green and blue as numbers from 0 to 1 (or from 0 to 255, when one of them is above 1).",
		AnyOf: []*huma.Schema{
			{Type: huma.TypeString, Pattern: `^(#?[0-9a-fA-F]{6}|[a-zA-Z]{3,20})$`, Nullable: true},
			{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeNumber, Minimum: &least, Maximum: &most}, MinItems: &three, MaxItems: &three},
		},
	}
}

// given reports whether there is a colour.
func (c color) given() bool { return len(c) > 0 && string(c) != "null" }

// read returns the colour of the field.
func (c color) read(field string) (mattebox.Color, error) {
	if !c.given() {
		return mattebox.Color{}, mattebox.Invalid(field, "is required for a background of a colour: #00a345, green, or [0.035, 0.635, 0.274]")
	}
	var text string
	if json.Unmarshal(c, &text) == nil {
		return namedColor(field, text)
	}
	var parts []float64
	if err := json.Unmarshal(c, &parts); err != nil || len(parts) != 3 {
		return mattebox.Color{}, mattebox.Invalid(field, "is no colour; use #00a345, green, or [0.035, 0.635, 0.274]")
	}
	scale := 255.0
	if slices.Max(parts) > 1 {
		scale = 1
	}
	var rgb [3]uint8
	for i, part := range parts {
		if !(part >= 0 && part*scale <= 255) {
			return mattebox.Color{}, mattebox.Invalid(field, "has the component %g; use numbers from 0 to 1, or from 0 to 255", part)
		}
		rgb[i] = uint8(math.Round(part * scale))
	}
	return mattebox.Color{R: rgb[0], G: rgb[1], B: rgb[2]}, nil
}

func namedColor(field, text string) (mattebox.Color, error) {
	if c, ok := mattebox.NamedColor(text); ok {
		return c, nil
	}
	c, err := mattebox.ParseColor(text)
	if err != nil {
		return c, mattebox.Invalid(field, "is %.20q; use six hexadecimal digits such as #00a345, or a name such as green", text)
	}
	return c, nil
}

// order puts what the request says of the background into the order; an order of
// which it says nothing stays as it is.
func (b *Backdrop) order(o *mattebox.JobOrder, find addressFinder) error {
	if b.Background != nil {
		return b.Background.order(o, "background.", find)
	}
	older := background{Type: text(b.BgType), Color: b.BgColor, ImageURL: b.BgImageURL, VideoURL: b.BgVideoURL}
	switch older.Type {
	case "":
		older.Type = older.implied()
	case "custom":
		older.Type = "color"
	}
	if older.Type == "" {
		return nil
	}
	return older.order(o, "bg_", find)
}

// implied is the type that the other fields mean.
func (b *background) implied() string {
	switch {
	case b.Color.given():
		return "color"
	case text(b.ImageURL) != "":
		return "image"
	case text(b.VideoURL) != "":
		return "video"
	}
	return ""
}

// order puts the background into the order. fields is what the names of its fields
// begin with, for faults.
func (b *background) order(o *mattebox.JobOrder, fields string, find addressFinder) error {
	made := mattebox.JobBackground{Kind: mattebox.JobBackgroundKind(strings.ToLower(b.Type))}
	var err error
	switch made.Kind {
	case mattebox.BehindNothing, mattebox.BehindBlur:
	case mattebox.BehindColor:
		made.Color, err = b.Color.read(fields + "color")
	case mattebox.BehindImage:
		made.URL, made.Upload, err = find(fields+"image_url", text(b.ImageURL))
	case mattebox.BehindVideo:
		made.URL, made.Upload, err = find(fields+"video_url", text(b.VideoURL))
	default: // a colour by its name
		made.Kind = mattebox.BehindColor
		made.Color, err = namedColor(fields+"type", b.Type)
	}
	if err != nil {
		return err
	}
	o.Background = made
	return nil
}

// addressFinder returns what the address of a field stands for: an address outside,
// or an upload.
type addressFinder func(field, address string) (url, upload string, err error)

// text returns what a field that may be null or missing says.
func text(field *string) string {
	if field == nil {
		return ""
	}
	return strings.TrimSpace(*field)
}
