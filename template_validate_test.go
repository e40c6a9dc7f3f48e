package mattebox

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// validateCase is a change to the default template and the field that is then at
// fault, empty for none.
type validateCase struct {
	change func(*Template)
	field  string
}

func testValidate(t *testing.T, tests map[string]validateCase) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			template := DefaultTemplate()
			tt.change(&template)
			err := template.Validate()
			if tt.field == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeInvalid || e.Field != tt.field {
				t.Errorf("error = %v, want an invalid %s", err, tt.field)
			}
		})
	}
}

func TestValidateBasics(t *testing.T) {
	testValidate(t, map[string]validateCase{
		"default":                       {func(*Template) {}, ""},
		"name with all that is allowed": {func(t *Template) { t.Name = "My_First Template (2)" }, ""},
		"no name":                       {func(t *Template) { t.Name = "" }, "templateName"},
		"name with a dash":              {func(t *Template) { t.Name = "a-b" }, "templateName"},
		"name with an umlaut":           {func(t *Template) { t.Name = "Grün" }, "templateName"},
		"name too long":                 {func(t *Template) { t.Name = strings.Repeat("a", 256) }, "templateName"},
		"no format":                     {func(t *Template) { t.Format = "" }, "templateOutputFormat"},
		"lower-case format":             {func(t *Template) { t.Format = "png" }, "templateOutputFormat"},
		"no delivery":                   {func(t *Template) { t.DeliveryHours = 0 }, "deliveryTimeInHour"},
		"48 hours":                      {func(t *Template) { t.DeliveryHours = 48 }, "deliveryTimeInHour"},
	})
}

func TestValidateBackground(t *testing.T) {
	white := &Color{255, 255, 255}
	testValidate(t, map[string]validateCase{
		"transparent JPG":          {func(t *Template) { t.Format = JPG }, "templateOutputFormat"},
		"transparent JPEG":         {func(t *Template) { t.Format = JPEG }, "templateOutputFormat"},
		"transparent TIFF":         {func(t *Template) { t.Format = TIFF }, ""},
		"kept background as JPG":   {func(t *Template) { t.Format, t.Background = JPG, BackgroundKeep }, ""},
		"solid":                    {func(t *Template) { t.Background, t.BackgroundColor = BackgroundSolid, white }, ""},
		"solid without colour":     {func(t *Template) { t.Background = BackgroundSolid }, "backgroundColor"},
		"gradient":                 {func(t *Template) { t.Background, t.BackgroundColor, t.GradientColor = 3, white, white }, ""},
		"gradient without top":     {func(t *Template) { t.Background, t.GradientColor = 3, white }, "backgroundColor"},
		"gradient without bottom":  {func(t *Template) { t.Background, t.BackgroundColor = 3, white }, "backgroundVerticalGradientColor"},
		"unknown background":       {func(t *Template) { t.Background = 4 }, "backgroundType"},
		"negative background type": {func(t *Template) { t.Background = -1 }, "backgroundType"},
	})
}

func TestValidateResize(t *testing.T) {
	testValidate(t, map[string]validateCase{
		"resize type 4":        {func(t *Template) { t.Resize = 4 }, "resizeType"},
		"unit 3":               {func(t *Template) { t.Unit = 3 }, "resizeUnit"},
		"margin type 3":        {func(t *Template) { t.Margin = 3 }, "marginType"},
		"alignment 0":          {func(t *Template) { t.Alignment = 0 }, "marginVerticalAlignment"},
		"shadow 3":             {func(t *Template) { t.Shadow = 3 }, "shadowType"},
		"aspect":               {func(t *Template) { t.Resize, t.Width, t.Height = ResizeAspect, 3, 4 }, ""},
		"aspect, no width":     {func(t *Template) { t.Resize, t.Height = ResizeAspect, 4 }, "resizeWidth"},
		"aspect, no height":    {func(t *Template) { t.Resize, t.Width = ResizeAspect, 3 }, "resizeHeight"},
		"aspect, a thread":     {func(t *Template) { t.Resize, t.Width, t.Height = ResizeAspect, 101, 1 }, "resizeWidth"},
		"aspect, a needle":     {func(t *Template) { t.Resize, t.Width, t.Height = ResizeAspect, 1, 101 }, "resizeHeight"},
		"fixed":                {func(t *Template) { t.Resize, t.Width, t.Height = ResizeFixed, 800, 600 }, ""},
		"fixed, one side":      {func(t *Template) { t.Resize, t.Height = ResizeFixed, 600 }, ""},
		"fixed, no side":       {func(t *Template) { t.Resize = ResizeFixed }, "resizeWidth"},
		"fixed, half a pixel":  {func(t *Template) { t.Resize, t.Width = ResizeFixed, .5 }, "resizeWidth"},
		"fixed, half an inch":  {func(t *Template) { t.Resize, t.Width, t.Unit = ResizeFixed, .5, Inch }, ""},
		"fixed, too large":     {func(t *Template) { t.Resize, t.Width = ResizeFixed, 65501 }, "resizeWidth"},
		"fixed, too large PSD": {func(t *Template) { t.Resize, t.Height, t.Format = ResizeFixed, 30001, PSD }, "resizeHeight"},
		"fixed, too many":      {func(t *Template) { t.Resize, t.Width, t.Height = ResizeFixed, 20000, 20000 }, "resizeWidth"},
		"fixed, large in inch": {func(t *Template) { t.Resize, t.Width, t.Unit, t.DPI = ResizeFixed, 300, Inch, 300 }, "resizeWidth"},
		"negative width":       {func(t *Template) { t.Width = -1 }, "resizeWidth"},
		"NaN height":           {func(t *Template) { t.Height = math.NaN() }, "resizeHeight"},
		"infinite maximum":     {func(t *Template) { t.MaxSize = math.Inf(1) }, "resizeMaxSize"},
		"negative infinity":    {func(t *Template) { t.MinSize = math.Inf(-1) }, "resizeMinSize"},
	})
}

func TestValidateBounds(t *testing.T) {
	testValidate(t, map[string]validateCase{
		"bounds":                    {func(t *Template) { t.Resize, t.MinSize, t.MaxSize = ResizeMinMax, 1000, 3000 }, ""},
		"bounds, only one":          {func(t *Template) { t.Resize, t.MinSize = ResizeMinMax, 1000 }, ""},
		"bounds, none":              {func(t *Template) { t.Resize = ResizeMinMax }, "resizeMaxSize"},
		"bounds crossed":            {func(t *Template) { t.MinSize, t.MaxSize = 3000, 1000 }, "resizeMinSize"},
		"maximum below a pixel":     {func(t *Template) { t.MaxSize = .5 }, "resizeMaxSize"},
		"fixed below the minimum":   {func(t *Template) { t.Resize, t.Width, t.MinSize = ResizeFixed, 500, 501 }, "resizeMinSize"},
		"fixed above the maximum":   {func(t *Template) { t.Resize, t.Height, t.MaxSize = ResizeFixed, 500, 499 }, "resizeMaxSize"},
		"system template from post": {func(t *Template) { t.Resize, t.MaxSize = ResizeSystem, 3000 }, "resizeType"},
	})
}

func TestValidateMargins(t *testing.T) {
	testValidate(t, map[string]validateCase{
		"margins in percent":        {func(t *Template) { t.Margin, t.Margins = MarginPercent, Margins{49.9, 50, 0, 99} }, ""},
		"percent, no width left":    {func(t *Template) { t.Margin, t.Margins = MarginPercent, Margins{0, 0, 40, 60} }, "marginRight"},
		"percent, no height left":   {func(t *Template) { t.Margin, t.Margins = MarginPercent, Margins{100, 0, 0, 0} }, "marginTop"},
		"margins unset":             {func(t *Template) { t.Margins = Margins{100, 100, 100, 100} }, ""},
		"negative margin":           {func(t *Template) { t.Margin, t.Margins.Left = MarginPixels, -1 }, "marginLeft"},
		"NaN margin":                {func(t *Template) { t.Margin, t.Margins.Bottom = MarginPixels, math.NaN() }, "marginBottom"},
		"pixels fill fixed width":   {func(t *Template) { fixed(t, 100, 100); t.Margins = Margins{0, 0, 50, 49.5} }, "marginLeft"},
		"pixels leave one pixel":    {func(t *Template) { fixed(t, 100, 100); t.Margins = Margins{0, 0, 50, 49} }, ""},
		"pixels fill fixed height":  {func(t *Template) { fixed(t, 100, 100); t.Margins = Margins{40, 60, 0, 0} }, "marginBottom"},
		"pixels fill the maximum":   {func(t *Template) { t.MaxSize, t.Margin, t.Margins.Top = 100, MarginPixels, 100 }, "marginTop"},
		"pixels fill derived sides": {func(t *Template) { fixed(t, 100, 0); t.MaxSize, t.Margins.Bottom = 100, 100 }, "marginBottom"},
	})
}

func TestValidateTexts(t *testing.T) {
	testValidate(t, map[string]validateCase{
		"dpi":             {func(t *Template) { t.DPI = 300 }, ""},
		"dpi below one":   {func(t *Template) { t.DPI = .5 }, "dpi"},
		"dpi beyond use":  {func(t *Template) { t.DPI = 10000 }, "dpi"},
		"dpi NaN":         {func(t *Template) { t.DPI = math.NaN() }, "dpi"},
		"callback":        {func(t *Template) { t.CallbackURL = "http://example.test:8080/a?b=c" }, ""},
		"callback scheme": {func(t *Template) { t.CallbackURL = "ftp://example.test/" }, "callbackUrl"},
		"callback path":   {func(t *Template) { t.CallbackURL = "/callback" }, "callbackUrl"},
		"callback, port":  {func(t *Template) { t.CallbackURL = "http://:80/" }, "callbackUrl"},
		"callback, lines": {func(t *Template) { t.CallbackURL = "http://example.test/\r\nX: y" }, "callbackUrl"},
		"callback, long":  {func(t *Template) { t.CallbackURL = "http://example.test/" + strings.Repeat("a", 2048) }, "callbackUrl"},
		"long comment":    {func(t *Template) { t.Comment = strings.Repeat("ä", 4001) }, "comment"},
		"longest comment": {func(t *Template) { t.Comment = strings.Repeat("ä", 4000) }, ""},
		"bell in comment": {func(t *Template) { t.Comment = "\a" }, "comment"},
	})
}

func fixed(t *Template, w, h float64) {
	t.Resize, t.Width, t.Height, t.Margin = ResizeFixed, w, h, MarginPixels
}

func TestValidateStoredAllowsSystemTemplates(t *testing.T) {
	template := DefaultTemplate()
	template.Resize, template.MinSize, template.MaxSize = ResizeSystem, 1000, 3000
	if err := template.ValidateStored(); err != nil {
		t.Error(err)
	}
	template.Name = ""
	if err := template.ValidateStored(); CodeOf(err) != CodeInvalid {
		t.Errorf("a stored template without a name passed: %v", err)
	}
}

func TestTemplatePixels(t *testing.T) {
	tests := map[string]struct {
		template   Template
		pictureDPI float64
		length     float64
		want       float64
	}{
		"pixels":                 {Template{}, 72, 10.5, 10.5},
		"inch, default":          {Template{Unit: Inch}, 0, 2, 600},
		"inch, the picture's":    {Template{Unit: Inch}, 72, 2, 144},
		"inch, the template's":   {Template{Unit: Inch, DPI: 150}, 72, 2, 300},
		"millimetre":             {Template{Unit: Millimetre}, 0, 25.4, 300},
		"aspect ignores it":      {Template{Unit: Inch, Resize: ResizeAspect}, 72, 2, 2},
		"millimetre, fractional": {Template{Unit: Millimetre, DPI: 254}, 0, 1.5, 15},
	}
	for name, tt := range tests {
		if got := tt.template.Pixels(tt.length, tt.pictureDPI); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: %g, want %g", name, got, tt.want)
		}
	}
}
