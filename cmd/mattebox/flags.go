package main

import (
	"github.com/alecthomas/kong"

	"mattebox"
)

// OutputFlags say where results go and how their files are written.
type OutputFlags struct {
	Output        string `short:"o" help:"File, folder (there already, or ending in /), pattern with {name} {dir} {sub} {ext} {n}, or - for stdout. Default: NAME-cutout.EXT beside each picture, stdout for a picture from stdin." placeholder:"WHERE" predictor:"file"`
	Format        string `help:"File format: jpg, tif, png, psd, webp or avif. Default: what --output ends in, else the template's, else png." placeholder:"FORMAT" predictor:"format"`
	Compression   int    `help:"Quality of jpg, webp and avif (1 to 100) or level of png and tif (1 fast to 9 small). Default: 92, 90, 75 or 6." placeholder:"N"`
	StripMetadata bool   `help:"Leave EXIF, XMP and IPTC out. Colour profile and resolution stay."`
	Force         bool   `help:"Overwrite results that are there already. Sources are never overwritten."`
	SkipExisting  bool   `help:"Take results that are there already for done, without a word."`
}

// MatteFlags say how the subject is found.
type MatteFlags struct {
	Quality string `help:"fast: the small network alone. standard: the large one, with the small one as witness. best: more passes where they help." enum:"fast,standard,best" default:"standard"`
	Model   string `help:"Large network to use instead of isnet; see: mattebox model list." placeholder:"NAME" predictor:"network"`
	Alpha   bool   `help:"Write the alpha matte alone, in grey, at the picture's size."`
	Solid   bool   `help:"Make the inside of the subject opaque."`
	Shift   int    `help:"Move the edge by so many pixels, -50 to 50: outwards, or inwards when negative (--shift=-1)." placeholder:"N"`
}

// TemplateFlags are the fields of a template. Each given flag takes the place of
// what the template file says.
type TemplateFlags struct {
	Template   string `help:"Template (JSON) with the fields of POST Template, such as backgroundType. The flags below override its fields." placeholder:"FILE" predictor:"file"`
	Background string `help:"none (leave it as it is), transparent, or a colour as six hexadecimal digits. Default: transparent; white for jpg." placeholder:"BACKGROUND" predictor:"background"`
	Gradient   string `help:"Vertical gradient between two colours." placeholder:"TOP,BOTTOM"`
	Size       string `help:"Width and height of the result: 800x600; 800x or x600 for one of them." placeholder:"WxH"`
	Aspect     string `help:"Ratio of width to height: 3:4." placeholder:"W:H"`
	MinSize    string `help:"Least width and height of the result." placeholder:"N"`
	MaxSize    string `help:"Greatest width and height of the result." placeholder:"N"`
	Unit       string `help:"Unit of --size, --min-size and --max-size: px, mm or in." enum:"px,mm,in," default:"" placeholder:"UNIT"`
	DPI        string `name:"dpi" help:"Pixels per inch of the result. Default: the picture's own, else 300 where mm or in need one." placeholder:"N"`
	Upscale    bool   `help:"Let the subject grow beyond its own pixels."`
	Margin     string `help:"Room around the subject, as 10% of the canvas or 10px: one for all sides, or top and bottom, left and right, or TOP,RIGHT,BOTTOM,LEFT." placeholder:"MARGIN"`
	Align      string `help:"Where a subject stands that does not fill the height: top, centre or bottom." enum:"top,centre,center,bottom," default:"" placeholder:"WHERE"`
	Shadow     string `help:"none, keep (the photograph's own) or drop." enum:"none,keep,drop," default:"" placeholder:"SHADOW"`
}

// RunFlags say how the work is done and told.
type RunFlags struct {
	JSON    bool     `name:"json" help:"Print one JSON object a line and picture on stdout."`
	Verbose bool     `short:"v" help:"Print a line for each picture on a terminal, too."`
	Quiet   bool     `short:"q" help:"Print errors only."`
	Workers int      `help:"Pictures at a time. Default: as many as there are cores; a single picture gets all of them." placeholder:"N"`
	Memory  byteSize `help:"Memory that the pictures in hand may take together, such as 2GiB; the networks are not counted. Default: a third of what is free, at least 512MiB." placeholder:"SIZE"`
}

// WatchFlags say which folders to watch.
type WatchFlags struct {
	Watch  bool   `help:"Treat the pictures that are in the folders, then those that arrive, until interrupted."`
	Settle settle `help:"How long a new file must stay unchanged before it is taken for complete." default:"1s" placeholder:"TIME"`
}

func flagGroups() []kong.Group {
	return []kong.Group{
		{Key: "output", Title: "Results:"},
		{Key: "matte", Title: "Matte:"},
		{Key: "template", Title: "Template:"},
		{Key: "scene", Title: "Background and composition:"},
		{Key: "run", Title: "Run:"},
		{Key: "watch", Title: "Watching:"},
		{Key: "data", Title: "Where everything is kept:"},
		{Key: "http", Title: "HTTP:"},
		{Key: "work", Title: "Work:"},
		{Key: "orders", Title: "Prices and retention:"},
		{Key: "video", Title: "Video API:"},
		{Key: "money", Title: "Invoices and payment:"},
		{Key: "process", Title: "Process:"},
	}
}

// check refuses flags that contradict each other, whatever the pictures are.
func (f *OutputFlags) check() error {
	if f.Force && f.SkipExisting {
		return mattebox.Invalid("--skip-existing", "does not go with --force")
	}
	return nil
}

// maxShift is how far matte.Options lets an edge move, in pixels.
const maxShift = 50

func (f *MatteFlags) check() error {
	if f.Shift < -maxShift || f.Shift > maxShift {
		return mattebox.Invalid("--shift", "is %d; use -%d to %d", f.Shift, maxShift, maxShift)
	}
	if f.Model != "" && f.Quality == string(mattebox.QualityFast) {
		return mattebox.Invalid("--model", "names the large network, which --quality fast does not use")
	}
	return nil
}

func (f *RunFlags) check() error {
	if f.Workers < 0 || f.Workers > maxWorkers {
		return mattebox.Invalid("--workers", "is %d; use 1 to %d", f.Workers, maxWorkers)
	}
	if f.Quiet && f.Verbose {
		return mattebox.Invalid("--quiet", "does not go with --verbose")
	}
	return nil
}

// maxWorkers keeps a slip of the finger from starting a thousand pictures.
const maxWorkers = 256
