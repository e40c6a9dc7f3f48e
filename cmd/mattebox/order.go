package main

import (
	"strconv"

	"mattebox"
	"mattebox/engine"
)

// order is what is done to every picture of a run.
type order struct {
	job      engine.Job // without a source
	warnings []string   // told once, before the first picture
}

// order makes an engine.Job of the flags. extension is what the output path ends
// in, empty where it leaves the format open.
func (c *RemoveCmd) order(extension string) (*order, error) {
	for _, check := range []func() error{c.OutputFlags.check, c.MatteFlags.check, c.RunFlags.check, c.checkAlpha} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	o := &order{}
	template, err := c.template(extension, o)
	if err != nil {
		return nil, err
	}
	quality, err := mattebox.ParseQuality(c.Quality)
	if err != nil {
		return nil, err
	}
	o.job = engine.Job{
		Template: template, Quality: quality,
		AlphaOnly: c.Alpha, SolidInterior: c.Solid, EdgeShift: c.Shift,
		StripMetadata: c.StripMetadata, Compression: c.Compression,
	}
	if c.Alpha && template.Format == mattebox.PSD {
		return nil, mattebox.Invalid("--alpha", "does not go with PSD, which cannot hold a matte alone; use png or tif")
	}
	return o, c.checkCompression(template.Format)
}

// checkAlpha refuses what would be laid around the matte: it is written at the
// photograph's size.
func (c *RemoveCmd) checkAlpha() error {
	if !c.Alpha {
		return nil
	}
	if c.Template != "" {
		return mattebox.Invalid("--template", "does not go with --alpha, which writes the matte as it is")
	}
	if given := c.TemplateFlags.given(); len(given) > 0 {
		return mattebox.Invalid(given[0], "does not go with --alpha, which writes the matte as it is")
	}
	return nil
}

func (c *RemoveCmd) checkCompression(f mattebox.Format) error {
	most := 100
	switch f.Canonical() {
	case mattebox.PSD:
		most = 0
	case mattebox.PNG, mattebox.TIF:
		most = 9
	}
	switch {
	case c.Compression == 0:
		return nil
	case most == 0:
		return mattebox.Invalid("--compression", "does not go with PSD, which knows one way of packing")
	case c.Compression < 1 || c.Compression > most:
		return mattebox.Invalid("--compression", "is %d; use 1 to %d for %s", c.Compression, most, f)
	}
	return nil
}

// template lays the flags over the file and both over the default.
func (c *RemoveCmd) template(extension string, o *order) (mattebox.Template, error) {
	over, err := readOverlay(c.Template)
	if err != nil {
		return mattebox.Template{}, err
	}
	set, err := c.TemplateFlags.settings()
	if err != nil {
		return mattebox.Template{}, err
	}
	over.lay(set...)
	format, err := c.format(extension)
	if err != nil {
		return mattebox.Template{}, err
	}
	over.lay(format...)
	fitResize(over, c.MinSize != "" || c.MaxSize != "")
	c.fitBackground(over, o)
	return over.template()
}

// format returns the setting that --format and the output's extension make.
func (c *RemoveCmd) format(extension string) ([]setting, error) {
	if c.Format == "" {
		if extension == "" {
			return nil, nil
		}
		f, err := mattebox.ParseFormat(extension)
		if err != nil {
			return nil, mattebox.Invalid("--output", "ends in .%.20s; use jpg, tif, png, psd, webp or avif, or name one with --format", extension)
		}
		return []setting{{"templateOutputFormat", string(f), "--output"}}, nil
	}
	f, err := mattebox.ParseFormat(c.Format)
	if err != nil {
		return nil, mattebox.Invalid("--format", "is %.20q; use jpg, tif, png, psd, webp or avif", c.Format)
	}
	if other, err := mattebox.ParseFormat(extension); err == nil && other.Canonical() != f.Canonical() {
		return nil, mattebox.Invalid("--format", "is %s, but --output ends in .%s", c.Format, extension)
	}
	return []setting{{"templateOutputFormat", string(f), "--format"}}, nil
}

// fitResize says resizeType 3 where flags set bounds and nothing else is said of
// the size, and takes type 5, which stored system templates have, for what it is:
// the same as 3.
func fitResize(over *overlay, bounded bool) {
	switch text := over.text("resizeType"); {
	case text == strconv.Itoa(int(mattebox.ResizeSystem)),
		bounded && (text == "" || text == strconv.Itoa(int(mattebox.ResizeKeep))):
		over.lay(setting{field: "resizeType", value: int(mattebox.ResizeMinMax)})
	}
}

// fitBackground chooses white for a JPG when nobody said what shall be behind
// the subject. A matte alone has no background, but its template must be valid.
func (c *RemoveCmd) fitBackground(over *overlay, o *order) {
	f, err := mattebox.ParseFormat(over.text("templateOutputFormat"))
	if err != nil || f.HasAlpha() || over.text("backgroundType") != "" {
		return
	}
	over.lay(setting{field: "backgroundType", value: int(mattebox.BackgroundSolid)})
	if over.text("backgroundColor") != "" {
		return
	}
	over.lay(setting{field: "backgroundColor", value: "ffffff"})
	if !c.Alpha {
		o.warnings = append(o.warnings, "a JPG cannot be transparent: the background is white (choose another with --background)")
	}
}
