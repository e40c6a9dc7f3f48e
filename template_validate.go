package mattebox

import (
	"math"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits of a template's values. The contract names none; these keep a stranger
// from asking for a canvas that no machine holds.
const (
	// MaxCanvasPixels is the largest canvas, in pixels, that a template may ask
	// for; a larger photograph is still allowed to keep its own canvas.
	MaxCanvasPixels = 100_000_000

	maxAspect  = 100  // longest to shortest side of ResizeAspect
	maxDPI     = 9600 // beyond any printer or scanner
	maxName    = 255
	maxURL     = 2048
	maxComment = 4000
)

// Validate checks every rule of contracts A1 on a template that a customer
// writes, ResizeSystem refused (contracts F13). The error is CodeInvalid and its
// Field is the name of the first field at fault as on the wire.
func (t Template) Validate() error {
	if t.Resize == ResizeSystem {
		return Invalid("resizeType", "is 5, which is for system templates; use 0, 1, 2 or 3")
	}
	return t.ValidateStored()
}

// ValidateStored is Validate for a template that is already in the store, where
// ResizeSystem is allowed.
func (t Template) ValidateStored() error {
	checks := [...]func(Template) error{
		checkName, checkDelivery, checkBackground, checkEnums, checkNumbers,
		checkResize, checkBounds, checkMargins, checkTexts,
	}
	for _, check := range checks {
		if err := check(t); err != nil {
			return err
		}
	}
	return nil
}

func checkName(t Template) error {
	if strings.TrimSpace(t.Name) == "" {
		return Invalid("templateName", "is required")
	}
	if len(t.Name) > maxName {
		return Invalid("templateName", "has %d characters; at most %d are kept", len(t.Name), maxName)
	}
	allowed := func(r rune) bool {
		return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("()_ ", r)
	}
	if i := strings.IndexFunc(t.Name, func(r rune) bool { return !allowed(r) }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(t.Name[i:])
		return Invalid("templateName", "holds %q; use letters A to Z, digits, ( ) _ and space", r)
	}
	return nil
}

func checkDelivery(t Template) error {
	switch t.DeliveryHours {
	case 24, 72, 168:
		return nil
	}
	return Invalid("deliveryTimeInHour", "is %d; use 168, 72 or 24", t.DeliveryHours)
}

func checkBackground(t Template) error {
	if !t.Format.Valid() {
		return Invalid("templateOutputFormat", "is %.20q; use %s", string(t.Format), formatNames)
	}
	switch t.Background {
	case BackgroundKeep:
		return nil
	case BackgroundTransparent:
		if !t.Format.HasAlpha() {
			return Invalid("templateOutputFormat", "is %s, which cannot be transparent as backgroundType 2 asks", t.Format)
		}
		return nil
	case BackgroundSolid, BackgroundGradient:
		if t.BackgroundColor == nil {
			return Invalid("backgroundColor", "is required by backgroundType %d", t.Background)
		}
		if t.Background == BackgroundGradient && t.GradientColor == nil {
			return Invalid("backgroundVerticalGradientColor", "is required by backgroundType 3")
		}
		return nil
	}
	return Invalid("backgroundType", "is %d; use 0, 1, 2 or 3", t.Background)
}

func checkEnums(t Template) error {
	if (t.Resize < ResizeKeep || t.Resize > ResizeMinMax) && t.Resize != ResizeSystem {
		return Invalid("resizeType", "is %d; use 0, 1, 2 or 3", t.Resize)
	}
	if t.Unit < Pixel || t.Unit > Inch {
		return Invalid("resizeUnit", "is %d; use 0, 1 or 2", t.Unit)
	}
	if t.Margin < MarginUnset || t.Margin > MarginPixels {
		return Invalid("marginType", "is %d; use 0, 1 or 2", t.Margin)
	}
	if t.Alignment < AlignTop || t.Alignment > AlignBottom {
		return Invalid("marginVerticalAlignment", "is %d; use 1, 2 or 3", t.Alignment)
	}
	if t.Shadow < ShadowNone || t.Shadow > ShadowDrop {
		return Invalid("shadowType", "is %d; use 0, 1 or 2", t.Shadow)
	}
	return nil
}

// checkNumbers refuses what is no length at all, whatever the types make of it.
func checkNumbers(t Template) error {
	numbers := [...]struct {
		name  string
		value float64
	}{
		{"resizeWidth", t.Width}, {"resizeHeight", t.Height},
		{"resizeMinSize", t.MinSize}, {"resizeMaxSize", t.MaxSize},
		{"marginTop", t.Margins.Top}, {"marginBottom", t.Margins.Bottom},
		{"marginLeft", t.Margins.Left}, {"marginRight", t.Margins.Right},
	}
	for _, n := range numbers { // written so that NaN, which fails every comparison, is refused
		if !(n.value >= 0) || math.IsInf(n.value, 1) {
			return Invalid(n.name, "is %g; use a number from 0", n.value)
		}
		if limit := float64(t.Format.MaxSide()); n.value > limit {
			return Invalid(n.name, "is %g; a %s picture holds at most %g pixels a side", n.value, t.Format, limit)
		}
	}
	if !(t.DPI == 0 || t.DPI >= 1 && t.DPI <= maxDPI) {
		return Invalid("dpi", "is %g; use a number from 1 to %d", t.DPI, maxDPI)
	}
	return nil
}

func checkResize(t Template) error {
	switch t.Resize {
	case ResizeAspect:
		return checkAspect(t)
	case ResizeFixed:
		return checkFixed(t)
	case ResizeMinMax, ResizeSystem:
		if t.MinSize == 0 && t.MaxSize == 0 {
			return Invalid("resizeMaxSize", "or resizeMinSize is required by resizeType %d", t.Resize)
		}
	}
	return nil
}

func checkAspect(t Template) error {
	if t.Width == 0 {
		return Invalid("resizeWidth", "is required by resizeType 1")
	}
	if t.Height == 0 {
		return Invalid("resizeHeight", "is required by resizeType 1")
	}
	if t.Width > maxAspect*t.Height {
		return Invalid("resizeWidth", "is %g, more than %d times resizeHeight", t.Width, maxAspect)
	}
	if t.Height > maxAspect*t.Width {
		return Invalid("resizeHeight", "is %g, more than %d times resizeWidth", t.Height, maxAspect)
	}
	return nil
}

func checkFixed(t Template) error {
	if t.Width == 0 && t.Height == 0 {
		return Invalid("resizeWidth", "or resizeHeight is required by resizeType 2")
	}
	w, known := t.pixels(t.Width)
	h, _ := t.pixels(t.Height)
	if !known {
		return nil
	}
	if err := checkSide(t, "resizeWidth", w); err != nil {
		return err
	}
	if err := checkSide(t, "resizeHeight", h); err != nil {
		return err
	}
	if w*h > MaxCanvasPixels {
		return Invalid("resizeWidth", "and resizeHeight ask for %.0f pixels; at most %d are made", w*h, MaxCanvasPixels)
	}
	return nil
}

func checkSide(t Template, name string, px float64) error {
	if px != 0 && px < 1 {
		return Invalid(name, "is %g, less than one pixel", px)
	}
	if px > float64(t.Format.MaxSide()) {
		return Invalid(name, "is %.0f pixels; a %s picture holds at most %d a side", px, t.Format, t.Format.MaxSide())
	}
	return nil
}

// checkBounds also refuses a fixed size outside its own bounds: whichever of the
// two we obeyed, the other would be broken.
func checkBounds(t Template) error {
	if t.MaxSize == 0 && t.MinSize == 0 {
		return nil
	}
	if t.MaxSize != 0 && t.MinSize > t.MaxSize {
		return Invalid("resizeMinSize", "is %g, above resizeMaxSize %g", t.MinSize, t.MaxSize)
	}
	if px, known := t.pixels(t.MaxSize); known && px != 0 && px < 1 {
		return Invalid("resizeMaxSize", "is %g, less than one pixel", px)
	}
	if t.Resize != ResizeFixed {
		return nil
	}
	for _, side := range [...]float64{t.Width, t.Height} {
		if side != 0 && side < t.MinSize {
			return Invalid("resizeMinSize", "is %g, above the fixed size %g", t.MinSize, side)
		}
		if t.MaxSize != 0 && side > t.MaxSize {
			return Invalid("resizeMaxSize", "is %g, below the fixed size %g", t.MaxSize, side)
		}
	}
	return nil
}

func checkMargins(t Template) error {
	m := t.Margins
	switch t.Margin {
	case MarginPercent:
		if m.Left+m.Right >= 100 {
			return Invalid(larger("marginLeft", m.Left, "marginRight", m.Right), "leaves nothing: left and right are %g percent of the width", m.Left+m.Right)
		}
		if m.Top+m.Bottom >= 100 {
			return Invalid(larger("marginTop", m.Top, "marginBottom", m.Bottom), "leaves nothing: top and bottom are %g percent of the height", m.Top+m.Bottom)
		}
	case MarginPixels:
		w, h := fixedSides(t)
		if w != 0 && m.Left+m.Right > w-1 {
			return Invalid(larger("marginLeft", m.Left, "marginRight", m.Right), "leaves nothing of %g pixels of width", w)
		}
		if h != 0 && m.Top+m.Bottom > h-1 {
			return Invalid(larger("marginTop", m.Top, "marginBottom", m.Bottom), "leaves nothing of %g pixels of height", h)
		}
	}
	return nil
}

// fixedSides returns the largest canvas in pixels that the template allows, 0
// where that depends on the photograph.
func fixedSides(t Template) (w, h float64) {
	bound, _ := t.pixels(t.MaxSize)
	if t.Resize != ResizeFixed {
		return bound, bound
	}
	w, _ = t.pixels(t.Width)
	h, _ = t.pixels(t.Height)
	if w == 0 {
		w = bound
	}
	if h == 0 {
		h = bound
	}
	return w, h
}

func larger(a string, av float64, b string, bv float64) string {
	if bv > av {
		return b
	}
	return a
}

func checkTexts(t Template) error {
	if n := utf8.RuneCountInString(t.Comment); n > maxComment {
		return Invalid("comment", "has %d characters; at most %d are kept", n, maxComment)
	}
	if !printable(t.Comment) {
		return Invalid("comment", "holds a control character")
	}
	return checkURL(t.CallbackURL)
}

// checkURL checks the form alone; whom we may call is decided when we call.
func checkURL(text string) error {
	if text == "" {
		return nil
	}
	if len(text) > maxURL {
		return Invalid("callbackUrl", "has %d bytes; at most %d are kept", len(text), maxURL)
	}
	u, err := url.Parse(text)
	if err != nil || !printable(text) || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Invalid("callbackUrl", "is not an address that starts with http:// or https://")
	}
	return nil
}

// printable refuses what XML 1.0 cannot carry: the answers that echo a template
// are XML.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
}
