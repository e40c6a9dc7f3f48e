package mattebox

import (
	"math"
	"strconv"
	"strings"
)

// templateField is one field of the wire: how its text becomes part of a
// Template, and how that part is written; get returns nil to leave it out.
type templateField struct {
	name string
	set  func(t *Template, text string) error
	get  func(t Template) any
}

// templateFields returns every field in the order of contracts A1, ours last.
func templateFields() []templateField {
	return []templateField{
		{"templateName", textInto(func(t *Template) *string { return &t.Name }), func(t Template) any { return t.Name }},
		{"templateOutputFormat", setFormat, func(t Template) any { return t.Format }},
		{"deliveryTimeInHour", whole(func(t *Template) *int { return &t.DeliveryHours }), func(t Template) any { return t.DeliveryHours }},
		{"backgroundType", whole(func(t *Template) *BackgroundType { return &t.Background }), func(t Template) any { return t.Background }},
		colorField("backgroundColor", func(t *Template) **Color { return &t.BackgroundColor }),
		colorField("backgroundVerticalGradientColor", func(t *Template) **Color { return &t.GradientColor }),
		enumField("resizeType", 0, func(t *Template) *ResizeType { return &t.Resize }),
		enumField("resizeUnit", 0, func(t *Template) *Unit { return &t.Unit }),
		numberField("resizeHeight", func(t *Template) *float64 { return &t.Height }),
		numberField("resizeWidth", func(t *Template) *float64 { return &t.Width }),
		numberField("resizeMinSize", func(t *Template) *float64 { return &t.MinSize }),
		numberField("resizeMaxSize", func(t *Template) *float64 { return &t.MaxSize }),
		enumField("marginType", 0, func(t *Template) *MarginType { return &t.Margin }),
		numberField("marginTop", func(t *Template) *float64 { return &t.Margins.Top }),
		numberField("marginBottom", func(t *Template) *float64 { return &t.Margins.Bottom }),
		numberField("marginLeft", func(t *Template) *float64 { return &t.Margins.Left }),
		numberField("marginRight", func(t *Template) *float64 { return &t.Margins.Right }),
		enumField("marginVerticalAlignment", AlignCentre, func(t *Template) *Alignment { return &t.Alignment }),
		enumField("shadowType", 0, func(t *Template) *Shadow { return &t.Shadow }),
		flagField("isKeptMannequin", func(t *Template) *bool { return &t.KeepMannequin }),
		flagField("isKeptModel", func(t *Template) *bool { return &t.KeepModel }),
		flagField("isCombinedImages", func(t *Template) *bool { return &t.CombinedImages }),
		textField("callbackUrl", func(t *Template) *string { return &t.CallbackURL }),
		textField("comment", func(t *Template) *string { return &t.Comment }),
		numberField("dpi", func(t *Template) *float64 { return &t.DPI }),
		flagField("allowUpscale", func(t *Template) *bool { return &t.AllowUpscale }),
	}
}

func textField(name string, at func(*Template) *string) templateField {
	return templateField{name, textInto(at), func(t Template) any { return unless(*at(&t), "") }}
}

func colorField(name string, at func(*Template) **Color) templateField {
	set := func(t *Template, text string) error {
		c, err := ParseColor(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		*at(t) = &c
		return nil
	}
	get := func(t Template) any {
		if c := *at(&t); c != nil {
			return c.String()
		}
		return nil
	}
	return templateField{name, set, get}
}

func enumField[T ~int](name string, byDefault T, at func(*Template) *T) templateField {
	return templateField{name, whole(at), func(t Template) any { return unless(*at(&t), byDefault) }}
}

func numberField(name string, at func(*Template) *float64) templateField {
	set := func(t *Template, text string) (err error) {
		*at(t), err = parseNumber(text)
		return err
	}
	return templateField{name, set, func(t Template) any { return unless(*at(&t), 0) }}
}

func flagField(name string, at func(*Template) *bool) templateField {
	set := func(t *Template, text string) (err error) {
		*at(t), err = parseFlag(text)
		return err
	}
	return templateField{name, set, func(t Template) any { return unless(*at(&t), false) }}
}

// unless returns nil for the value that needs no writing.
func unless[T comparable](v, byDefault T) any {
	if v == byDefault {
		return nil
	}
	return v
}

func setFormat(t *Template, text string) (err error) {
	t.Format, err = ParseFormat(strings.TrimSpace(text))
	return err
}

func textInto(at func(*Template) *string) func(*Template, string) error {
	return func(t *Template, text string) error {
		*at(t) = text
		return nil
	}
}

func whole[T ~int](at func(*Template) *T) func(*Template, string) error {
	return func(t *Template, text string) error {
		v, err := parseNumber(text)
		if err != nil {
			return err
		}
		if v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
			return Invalid("", "is %.20q, not a whole number in range", text)
		}
		*at(t) = T(v)
		return nil
	}
}

// parseNumber reads a decimal number; unlike strconv it knows no hexadecimal, no
// infinities, no underscores.
func parseNumber(text string) (float64, error) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789.+-eE") != "" {
		return 0, Invalid("", "is %.20q, not a decimal number", text)
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, Invalid("", "is %.20q, not a decimal number in range", text)
	}
	return v, nil
}

func parseFlag(text string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, Invalid("", "is %.20q; use true or false", text)
}
