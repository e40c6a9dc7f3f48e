package mattebox

// Template is a set of instructions on how finished pictures shall look: the
// fields of POST Template (contracts A1), parsed. The zero value is not valid;
// DefaultTemplate is, and Validate tells of any other.
type Template struct {
	Name          string
	Format        Format
	DeliveryHours int // 24, 72 or 168

	Background      BackgroundType
	BackgroundColor *Color // needed by BackgroundSolid and BackgroundGradient (its top)
	GradientColor   *Color // needed by BackgroundGradient (its bottom)

	Resize       ResizeType
	Unit         Unit    // of Width, Height, MinSize and MaxSize; ignored by ResizeAspect
	Width        float64 // 0 means not given
	Height       float64
	MinSize      float64 // of both dimensions
	MaxSize      float64 // of both dimensions
	DPI          float64 // ours: overrides the picture's own resolution; 0 keeps it
	AllowUpscale bool    // ours: let the subject grow beyond its pixels

	Margin    MarginType
	Margins   Margins
	Alignment Alignment

	Shadow Shadow

	KeepMannequin  bool
	KeepModel      bool
	CombinedImages bool
	CallbackURL    string
	Comment        string
}

// Margins are distances from the canvas edge to the subject's box, in the unit
// that MarginType says: percent of the canvas side, or pixels.
type Margins struct{ Top, Bottom, Left, Right float64 }

// Format is an output file format, in upper case. JPEG and TIFF are other names
// of JPG and TIF; WEBP and AVIF are ours.
type Format string

// The formats.
const (
	JPG  Format = "JPG"
	JPEG Format = "JPEG"
	TIF  Format = "TIF"
	TIFF Format = "TIFF"
	PNG  Format = "PNG"
	PSD  Format = "PSD"
	WEBP Format = "WEBP"
	AVIF Format = "AVIF"
)

// BackgroundType says what lies behind the subject.
type BackgroundType int

// The background types, with the numbers of the wire.
const (
	BackgroundKeep        BackgroundType = 0 // no background removal
	BackgroundSolid       BackgroundType = 1
	BackgroundTransparent BackgroundType = 2
	BackgroundGradient    BackgroundType = 3 // vertical, BackgroundColor at the top
)

// ResizeType says how the canvas gets its size.
type ResizeType int

// The resize types, with the numbers of the wire.
const (
	ResizeKeep   ResizeType = 0 // the source's canvas
	ResizeAspect ResizeType = 1 // Width : Height is a ratio
	ResizeFixed  ResizeType = 2 // Width and Height are the canvas
	ResizeMinMax ResizeType = 3 // only MinSize and MaxSize hold
	ResizeSystem ResizeType = 5 // stored system templates only; works as ResizeMinMax (contracts F13)
)

// Unit is a unit of length on the canvas.
type Unit int

// The units, with the numbers of the wire.
const (
	Pixel      Unit = 0
	Millimetre Unit = 1
	Inch       Unit = 2
)

// MarginType says what Margins are measured in.
type MarginType int

// The margin types, with the numbers of the wire.
const (
	MarginUnset   MarginType = 0
	MarginPercent MarginType = 1
	MarginPixels  MarginType = 2
)

// Alignment places a subject that does not fill the height between the margins.
type Alignment int

// The alignments, with the numbers of the wire.
const (
	AlignTop    Alignment = 1
	AlignCentre Alignment = 2
	AlignBottom Alignment = 3
)

// Shadow says what shadow the subject casts on its new background.
type Shadow int

// The shadows, with the numbers of the wire.
const (
	ShadowNone Shadow = 0
	ShadowKeep Shadow = 1 // the photograph's own, lifted off its floor
	ShadowDrop Shadow = 2
)

// Color is an sRGB colour.
type Color struct{ R, G, B uint8 }

// DefaultDPI is the resolution at which millimetres and inches become pixels when
// neither the template nor the picture names one: the usual for print.
const DefaultDPI = 300

// Resolution returns the pixels per inch by which lengths are measured on a
// picture that says pictureDPI (0: it does not say).
func (t Template) Resolution(pictureDPI float64) float64 {
	if t.DPI > 0 {
		return t.DPI
	}
	if pictureDPI > 0 {
		return pictureDPI
	}
	return DefaultDPI
}

// Pixels returns a Width, Height, MinSize or MaxSize in pixels of a picture that
// says pictureDPI. It does not round. ResizeAspect has no unit, so its MinSize
// and MaxSize are pixels.
func (t Template) Pixels(length, pictureDPI float64) float64 {
	if t.Resize == ResizeAspect {
		return length
	}
	switch t.Unit {
	case Millimetre:
		return length / 25.4 * t.Resolution(pictureDPI)
	case Inch:
		return length * t.Resolution(pictureDPI)
	}
	return length
}

// pixels is Pixels where they are known before there is a picture.
func (t Template) pixels(length float64) (px float64, known bool) {
	if t.Unit == Pixel || t.Resize == ResizeAspect || t.DPI > 0 {
		return t.Pixels(length, 0), true
	}
	return 0, false
}

// DefaultTemplate cuts the subject out to a transparent PNG of the source's
// size: what mattebox remove does when told nothing else.
func DefaultTemplate() Template {
	return Template{
		Name: "Default", Format: PNG, DeliveryHours: 24,
		Background: BackgroundTransparent, Alignment: AlignCentre,
	}
}
