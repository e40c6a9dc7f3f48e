package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// ordered parses remove's flags as the program does and makes the order.
func ordered(t *testing.T, args ...string) (*order, error) {
	t.Helper()
	var c cli
	parser, err := newParser(&c, &App{}, func(string) string { return "" }, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"remove", "a.jpg"}, args...)); err != nil {
		return nil, err
	}
	d, err := parseDestination(c.Remove.Output, false, false, c.Remove.Alpha)
	if err != nil {
		return nil, err
	}
	return c.Remove.order(d.extension())
}

func TestFlagsMakeATemplate(t *testing.T) {
	white, grey := &mattebox.Color{R: 255, G: 255, B: 255}, &mattebox.Color{R: 0xc0, G: 0xc0, B: 0xc0}
	file := filepath.Join(t.TempDir(), "shop.json")
	if err := os.WriteFile(file, []byte(`{"templateName":"Shop","templateOutputFormat":"JPG","backgroundType":"3",
		"backgroundColor":"ffffff","backgroundVerticalGradientColor":"c0c0c0","resizeType":2,"resizeWidth":"60",
		"resizeHeight":"90","resizeUnit":1,"dpi":300,"marginType":1,"marginTop":5,"shadowType":2}`), 0o644); err != nil {
		t.Fatal(err)
	}
	fromFile := func(t *mattebox.Template) {
		t.Name, t.Format = "Shop", mattebox.JPG
		t.Background, t.BackgroundColor, t.GradientColor = mattebox.BackgroundGradient, white, grey
		t.Resize, t.Width, t.Height, t.Unit, t.DPI = mattebox.ResizeFixed, 60, 90, mattebox.Millimetre, 300
		t.Margin, t.Margins.Top, t.Shadow = mattebox.MarginPercent, 5, mattebox.ShadowDrop
	}
	tests := map[string]struct {
		args string
		want func(*mattebox.Template)
	}{
		"nothing":        {"", func(*mattebox.Template) {}},
		"format":         {"--format TIFF", func(t *mattebox.Template) { t.Format = mattebox.TIFF }},
		"extension":      {"-o x.webp", func(t *mattebox.Template) { t.Format = mattebox.WEBP }},
		"both, the same": {"-o x.jpeg --format jpg --background none", func(t *mattebox.Template) { t.Format, t.Background = mattebox.JPG, mattebox.BackgroundKeep }},
		"JPG is white":   {"-o x.jpg", func(t *mattebox.Template) { jpgOnWhite(t) }},
		"odd extension":  {"-o x.dat --format psd", func(t *mattebox.Template) { t.Format = mattebox.PSD }},
		"keep":           {"--background none", func(t *mattebox.Template) { t.Background = mattebox.BackgroundKeep }},
		"colour":         {"--background=#FFFFFF", func(t *mattebox.Template) { t.Background, t.BackgroundColor = mattebox.BackgroundSolid, white }},
		"gradient":       {"--gradient ffffff,C0C0C0", func(t *mattebox.Template) { t.Background, t.BackgroundColor, t.GradientColor = 3, white, grey }},
		"size":           {"--size 800x600", func(t *mattebox.Template) { t.Resize, t.Width, t.Height = mattebox.ResizeFixed, 800, 600 }},
		"width":          {"--size 800x", func(t *mattebox.Template) { t.Resize, t.Width = mattebox.ResizeFixed, 800 }},
		"height":         {"--size X6.5 --unit in", func(t *mattebox.Template) { t.Resize, t.Height, t.Unit = mattebox.ResizeFixed, 6.5, mattebox.Inch }},
		"aspect":         {"--aspect 3:4 --max-size 900", func(t *mattebox.Template) { t.Resize, t.Width, t.Height, t.MaxSize = mattebox.ResizeAspect, 3, 4, 900 }},
		"bounds":         {"--min-size 10 --max-size 20", func(t *mattebox.Template) { t.Resize, t.MinSize, t.MaxSize = mattebox.ResizeMinMax, 10, 20 }},
		"margin": {"--margin 10%", func(t *mattebox.Template) {
			t.Margin, t.Margins = mattebox.MarginPercent, mattebox.Margins{Top: 10, Bottom: 10, Left: 10, Right: 10}
		}},
		"two margins": {"--margin 1px,2px", func(t *mattebox.Template) {
			t.Margin, t.Margins = mattebox.MarginPixels, mattebox.Margins{Top: 1, Bottom: 1, Left: 2, Right: 2}
		}},
		"three margins": {"--margin 1,2,3%", func(t *mattebox.Template) {
			t.Margin, t.Margins = mattebox.MarginPercent, mattebox.Margins{Top: 1, Bottom: 3, Left: 2, Right: 2}
		}},
		"four margins": {"--margin 1,2,3,4", func(t *mattebox.Template) {
			t.Margin, t.Margins = mattebox.MarginPixels, mattebox.Margins{Top: 1, Right: 2, Bottom: 3, Left: 4}
		}},
		"the rest": {"--align bottom --shadow keep --upscale --dpi 150", func(t *mattebox.Template) {
			t.Alignment, t.Shadow, t.AllowUpscale, t.DPI = 3, mattebox.ShadowKeep, true, 150
		}},
		"center": {"--align center --shadow none", func(*mattebox.Template) {}},
		"file":   {"--template FILE", fromFile},
		"flags over file": {"--template FILE --gradient 000000,ffffff --margin 2px --shadow none --align top", func(t *mattebox.Template) {
			fromFile(t)
			t.BackgroundColor, t.GradientColor = &mattebox.Color{}, white
			t.Margin, t.Margins = mattebox.MarginPixels, mattebox.Margins{Top: 2, Bottom: 2, Left: 2, Right: 2}
			t.Shadow, t.Alignment = mattebox.ShadowNone, mattebox.AlignTop
		}},
		"a flag takes out what goes with it": {"--template FILE --size 500x --unit px --background ffffff", func(t *mattebox.Template) {
			fromFile(t)
			t.Background, t.GradientColor = mattebox.BackgroundSolid, nil
			t.Width, t.Height, t.Unit = 500, 0, mattebox.Pixel
		}},
		"bounds beside the file's size": {"--template FILE --max-size 90", func(t *mattebox.Template) { fromFile(t); t.MaxSize = 90 }},
		"extension over file":           {"--template FILE -o x.png", func(t *mattebox.Template) { fromFile(t); t.Format = mattebox.PNG }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o, err := ordered(t, strings.Fields(strings.ReplaceAll(tt.args, "FILE", file))...)
			if err != nil {
				t.Fatal(err)
			}
			want := mattebox.DefaultTemplate()
			tt.want(&want)
			if diff := cmp.Diff(want, o.job.Template); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func jpgOnWhite(t *mattebox.Template) {
	t.Format, t.Background, t.BackgroundColor = mattebox.JPG, mattebox.BackgroundSolid, &mattebox.Color{R: 255, G: 255, B: 255}
}

func TestFlagsRefused(t *testing.T) {
	dir := makeTree(t, map[string][]byte{
		"needs.json": []byte(`{"backgroundType":1}`), "unknown.json": []byte(`{"backgroundtype":1}`),
		"twice.json": []byte(`{"dpi":1,"dpi":2}`), "broken.json": []byte("{\n\"dpi\":"), "list.json": []byte(`[]`),
		"empty.json": []byte(``), "long.json": []byte(`{"comment":"` + strings.Repeat("a", 70_000) + `"}`),
		"nested.json": []byte(`{"dpi":{}}`), "more.json": []byte(`{} {}`),
	})
	t.Chdir(dir)
	tests := map[string]struct{ args, says string }{
		"an unknown colour":             {"--background red", "--background is \"red\""},
		"two backgrounds":               {"--background ffffff --gradient ffffff,000000", "--gradient"},
		"half a gradient":               {"--gradient ffffff", "--gradient"},
		"an unknown gradient colour":    {"--gradient ffffff,zz", "--gradient has \"zz\""},
		"a transparent JPG":             {"--format jpg --background transparent", "--format (templateOutputFormat)"},
		"a transparent JPG by its name": {"-o x.jpg --background transparent", "--output (templateOutputFormat)"},
		"format against extension":      {"-o x.png --format jpg", "--format is jpg, but --output ends in .png"},
		"an unknown extension":          {"-o x.gif", "--output ends in .gif"},
		"an unknown format":             {"--format gif", "--format is \"gif\""},
		"one number for a size":         {"--size 800", "--size"},
		"three numbers for a size":      {"--size 1x2x3", "--size"},
		"no numbers for a size":         {"--size x", "--size (resizeWidth)"},
		"a negative size":               {"--size=-1x5", "--size has \"-1\""},
		"an infinite size":              {"--size infx5", "--size"},
		"half an aspect":                {"--aspect 3:", "--aspect (resizeHeight)"},
		"size and aspect":               {"--size 8x6 --aspect 4:3", "--aspect does not go with --size"},
		"size and its bound":            {"--size 800x600 --max-size 700", "--max-size (resizeMaxSize)"},
		"bounds crossed":                {"--min-size 9 --max-size 8", "--min-size (resizeMinSize)"},
		"no bound":                      {"--max-size 0", "--max-size"},
		"a unit without a length":       {"--unit mm --margin 5%", "--unit"},
		"a unit for a ratio":            {"--aspect 3:4 --unit mm", "--unit"},
		"margins that leave nothing":    {"--margin 50%", "--margin (margin"},
		"five margins":                  {"--margin 1,2,3,4,5", "--margin has 5"},
		"mixed margins":                 {"--margin 1%,2px", "--margin mixes"},
		"an unknown margin":             {"--margin 1em", "--margin has \"1em\""},
		"a negative margin":             {"--margin=-1px", "--margin has"},
		"an unknown shadow":             {"--shadow long", "--shadow must be one of"},
		"a matte on a background":       {"--alpha --background ffffff", "--background does not go with --alpha"},
		"a matte in a template":         {"--alpha --template needs.json", "--template does not go with --alpha"},
		"a matte as PSD":                {"--alpha -o x.psd", "--alpha does not go with PSD"},
		"too strong a compression":      {"--compression 10", "--compression is 10; use 1 to 9"},
		"no quality of JPG":             {"--format jpg --compression 101", "--compression is 101; use 1 to 100"},
		"a compressed PSD":              {"--format psd --compression 1", "--compression does not go with PSD"},
		"too far a shift":               {"--shift 51", "--shift is 51"},
		"a model that is not asked":     {"--quality fast --model isnet", "--model"},
		"force and skip":                {"--force --skip-existing", "--skip-existing"},
		"too many workers":              {"--workers 1000", "--workers"},
		"quiet and verbose":             {"-q -v", "--quiet"},
		"memory of nothing":             {"--memory 0", "--memory"},
		"memory in an unknown unit":     {"--memory 2XB", "--memory"},
		"no time to settle":             {"--settle 1ms", "--settle"},
		"a file that is not there":      {"--template gone.json", "--template"},
		"a file's own contradiction":    {"--template needs.json", "needs.json: backgroundColor is required"},
		"a file's unknown field":        {"--template unknown.json --background ffffff", "unknown.json: backgroundtype is not a field"},
		"a field that is given twice":   {"--template twice.json --background ffffff", "twice.json: dpi is given twice"},
		"a file that is cut short":      {"--template broken.json", "broken.json template is not JSON: line 2"},
		"a file that is no object":      {"--template list.json", "list.json template is not a JSON object"},
		"a file that is empty":          {"--template empty.json", "empty.json"},
		"a file that is too long":       {"--template long.json --dpi 100", "long.json template has"},
		"a file with an object in it":   {"--template nested.json", "nested.json: dpi must be text"},
		"a file with two objects":       {"--template more.json", "more.json template is not JSON"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ordered(t, strings.Fields(tt.args)...)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(sentence(err), tt.says) {
				t.Errorf("says %q, want %q", sentence(err), tt.says)
			}
		})
	}
}

func TestOrderWarnsOfWhite(t *testing.T) {
	for args, want := range map[string]int{
		"-o x.jpg": 1, "-o x.png": 0, "-o x.jpg --background 00ff00": 0, "-o x.jpg --background none": 0,
		"-o x.jpg --gradient 000000,ffffff": 0, "-o x.jpg --alpha": 0,
	} {
		o, err := ordered(t, strings.Fields(args)...)
		if err != nil {
			t.Fatal(err)
		}
		if len(o.warnings) != want {
			t.Errorf("%s: warned %q", args, o.warnings)
		}
	}
}

// What the overlay takes apart and puts together again must mean what the file
// meant.
func FuzzOverlayKeepsMeaning(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"backgroundType":1,"backgroundColor":"ffffff"}`, `{"dpi":1,"dpi":2}`, `{"dpi":"3e2","comment":"\u00e4\"{"}`,
		"\ufeff{\"dpi\":null}", `[]`, `{"dpi":{}}`, `{} {}`, `{"dpi":1`, `"x"`, `{"\ud800":1}`, "{\"comment\":\"\xff\"}", ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want, wantErr := mattebox.DefaultTemplate().With(data)
		o := &overlay{}
		var got mattebox.Template
		members, err := flatMembers(data)
		if err == nil {
			o.members = members
			got, err = o.template()
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Error(diff)
		}
	})
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{
		"1": 1, "512MiB": 512 << 20, "2GiB": 2 << 30, "2g": 2 << 30, "1.5GB": 1_500_000_000, "3 kB": 3000, "7K": 7 << 10, "9B": 9,
	} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "x", "1TB", "GiB", "1e400", "NaN", "9e18GiB"} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%s is taken for %d", text, got)
		}
	}
}
