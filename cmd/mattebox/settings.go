package main

import (
	"strings"

	"mattebox"
)

// setting is one field of a template as a flag asks for it. A nil value takes
// the field out, so that what a file said does not linger beside the flag.
type setting struct {
	field string // name as in POST Template
	value any    // text, number or boolean
	flag  string // what the user typed, for errors
}

// settings returns what the template flags ask for.
func (f *TemplateFlags) settings() ([]setting, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	var all []setting
	for _, read := range []func() ([]setting, error){
		f.background, f.canvas, f.bounds, f.margins,
	} {
		s, err := read()
		if err != nil {
			return nil, err
		}
		all = append(all, s...)
	}
	return append(all, f.choices()...), nil
}

// check refuses flags that contradict each other.
func (f *TemplateFlags) check() error {
	if f.Background != "" && f.Gradient != "" {
		return mattebox.Invalid("--gradient", "does not go with --background")
	}
	if f.Size != "" && f.Aspect != "" {
		return mattebox.Invalid("--aspect", "does not go with --size")
	}
	if f.Unit != "" && f.Aspect != "" {
		return mattebox.Invalid("--unit", "does not go with --aspect: a ratio has no unit")
	}
	if f.Unit != "" && f.Template == "" && f.Size == "" && f.MinSize == "" && f.MaxSize == "" {
		return mattebox.Invalid("--unit", "needs a length: --size, --min-size or --max-size")
	}
	return nil
}

// given returns the names of the flags that were given, other than --template.
func (f *TemplateFlags) given() []string {
	var names []string
	for _, flag := range []struct {
		name  string
		given bool
	}{
		{"--background", f.Background != ""}, {"--gradient", f.Gradient != ""},
		{"--size", f.Size != ""}, {"--aspect", f.Aspect != ""},
		{"--min-size", f.MinSize != ""}, {"--max-size", f.MaxSize != ""},
		{"--unit", f.Unit != ""}, {"--dpi", f.DPI != ""}, {"--upscale", f.Upscale},
		{"--margin", f.Margin != ""}, {"--align", f.Align != ""}, {"--shadow", f.Shadow != ""},
	} {
		if flag.given {
			names = append(names, flag.name)
		}
	}
	return names
}

func (f *TemplateFlags) background() ([]setting, error) {
	switch {
	case f.Gradient != "":
		return f.gradient()
	case f.Background == "":
		return nil, nil
	case f.Background == "none":
		return backgroundSettings("--background", mattebox.BackgroundKeep, nil, nil), nil
	case f.Background == "transparent":
		return backgroundSettings("--background", mattebox.BackgroundTransparent, nil, nil), nil
	}
	c, err := mattebox.ParseColor(f.Background)
	if err != nil {
		return nil, mattebox.Invalid("--background", "is %.20q; use none, transparent, or a colour such as ffffff", f.Background)
	}
	return backgroundSettings("--background", mattebox.BackgroundSolid, c.String(), nil), nil
}

func (f *TemplateFlags) gradient() ([]setting, error) {
	top, bottom, ok := strings.Cut(f.Gradient, ",")
	if !ok {
		return nil, mattebox.Invalid("--gradient", "is %.20q; use two colours such as ffffff,c0c0c0", f.Gradient)
	}
	var colours [2]string
	for i, text := range [...]string{top, bottom} {
		c, err := mattebox.ParseColor(strings.TrimSpace(text))
		if err != nil {
			return nil, mattebox.Invalid("--gradient", "has %.20q; use two colours such as ffffff,c0c0c0", text)
		}
		colours[i] = c.String()
	}
	return backgroundSettings("--gradient", mattebox.BackgroundGradient, colours[0], colours[1]), nil
}

func backgroundSettings(flag string, kind mattebox.BackgroundType, colour, gradient any) []setting {
	return []setting{
		{"backgroundType", int(kind), flag},
		{"backgroundColor", colour, flag},
		{"backgroundVerticalGradientColor", gradient, flag},
	}
}

// canvas reads --size and --aspect.
func (f *TemplateFlags) canvas() ([]setting, error) {
	kind, flag, text, separator := mattebox.ResizeFixed, "--size", f.Size, "x"
	if f.Aspect != "" {
		kind, flag, text, separator = mattebox.ResizeAspect, "--aspect", f.Aspect, ":"
	}
	if text == "" {
		return nil, nil
	}
	w, h, ok := strings.Cut(strings.ToLower(text), separator)
	if !ok || strings.Contains(h, separator) {
		return nil, mattebox.Invalid(flag, "is %.20q; use two numbers with %s between them", text, separator)
	}
	width, err := length(flag, w)
	if err != nil {
		return nil, err
	}
	height, err := length(flag, h)
	if err != nil {
		return nil, err
	}
	return []setting{
		{"resizeType", int(kind), flag}, {"resizeWidth", width, flag}, {"resizeHeight", height, flag},
	}, nil
}

// length reads a positive number; an empty text is nil, not given.
func length(flag, text string) (any, error) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	v, ok := decimal(text)
	if !ok || v <= 0 {
		return nil, mattebox.Invalid(flag, "has %.20q, which is not a positive number", text)
	}
	return v, nil
}

// bounds reads --min-size and --max-size. They hold beside every other size, so
// the file's resizeType stays.
func (f *TemplateFlags) bounds() ([]setting, error) {
	var all []setting
	for _, b := range []struct{ flag, field, text string }{
		{"--min-size", "resizeMinSize", f.MinSize}, {"--max-size", "resizeMaxSize", f.MaxSize}, {"--dpi", "dpi", f.DPI},
	} {
		v, err := length(b.flag, b.text)
		if err != nil {
			return nil, err
		}
		if v != nil {
			all = append(all, setting{b.field, v, b.flag})
		}
	}
	return all, nil
}

// choices reads the flags whose values kong has checked.
func (f *TemplateFlags) choices() []setting {
	var all []setting
	add := func(field, flag string, value int) { all = append(all, setting{field, value, flag}) }
	switch f.Unit {
	case "px":
		add("resizeUnit", "--unit", int(mattebox.Pixel))
	case "mm":
		add("resizeUnit", "--unit", int(mattebox.Millimetre))
	case "in":
		add("resizeUnit", "--unit", int(mattebox.Inch))
	}
	switch f.Align {
	case "top":
		add("marginVerticalAlignment", "--align", int(mattebox.AlignTop))
	case "centre", "center":
		add("marginVerticalAlignment", "--align", int(mattebox.AlignCentre))
	case "bottom":
		add("marginVerticalAlignment", "--align", int(mattebox.AlignBottom))
	}
	switch f.Shadow {
	case "none":
		add("shadowType", "--shadow", int(mattebox.ShadowNone))
	case "keep":
		add("shadowType", "--shadow", int(mattebox.ShadowKeep))
	case "drop":
		add("shadowType", "--shadow", int(mattebox.ShadowDrop))
	}
	if f.Upscale {
		all = append(all, setting{"allowUpscale", true, "--upscale"})
	}
	return all
}
