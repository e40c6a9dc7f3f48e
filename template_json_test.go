package mattebox

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is the payload that the RTB documentation prints for POST Template,
// with the two commas that it lacks.
const sample = `{
"contactEmail": "john @ removethebackground.com",
"contactAPIkey": "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9",
"templateName":"My_First_Template",
"templateOutputFormat":"JPG",
"deliveryTimeInHour":"72",
"backgroundType":"1",
"backgroundColor":"FFFFFF",
"backgroundVerticalGradientColor":"",
"resizeType":"1",
"resizeUnit":"",
"resizeHeight":"4",
"resizeWidth":"3",
"resizeMinSize":"",
"resizeMaxSize":"",
"marginType":"2",
"marginTop":"10",
"marginBottom":"10",
"marginLeft":"15",
"marginRight":"15",
"marginVerticalAlignment":"",
"shadowType":"",
"isKeptMannequin":"false",
"isKeptModel":"false"
}`

// full gives every field, each in another of the allowed JSON types.
const full = `{"templateName": 42, "templateOutputFormat": "psd", "deliveryTimeInHour": 168.0,
	"backgroundType": 3, "backgroundColor": " 00fF7f ", "backgroundVerticalGradientColor": 112233,
	"resizeType": "2", "resizeUnit": 1, "resizeHeight": 1.5e2, "resizeWidth": " 100.25 ",
	"resizeMinSize": null, "resizeMaxSize": "200", "marginType": "1.0", "marginTop": 1, "marginBottom": "2.5",
	"marginLeft": "+3", "marginRight": 4, "marginVerticalAlignment": 3, "shadowType": "2",
	"isKeptMannequin": true, "isKeptModel": "True", "isCombinedImages": 1, "callbackUrl": "https://example.test/cb?x=1",
	"comment": "Größe\nbleibt", "dpi": 300, "allowUpscale": "false"}`

// base is the shortest object that is accepted, with more members in place of %.
const base = `{"templateName":"a","templateOutputFormat":"PNG","deliveryTimeInHour":24,"backgroundType":2%}`

func withMembers(members string) string { return strings.Replace(base, "%", members, 1) }

func TestParseTemplate(t *testing.T) {
	tests := map[string]struct {
		json string
		want Template
	}{
		"documented sample": {sample, Template{
			Name: "My_First_Template", Format: JPG, DeliveryHours: 72,
			Background: BackgroundSolid, BackgroundColor: &Color{255, 255, 255},
			Resize: ResizeAspect, Width: 3, Height: 4,
			Margin: MarginPixels, Margins: Margins{10, 10, 15, 15}, Alignment: AlignCentre,
		}},
		"every field": {full, Template{
			Name: "42", Format: PSD, DeliveryHours: 168,
			Background: BackgroundGradient, BackgroundColor: &Color{0, 255, 127}, GradientColor: &Color{0x11, 0x22, 0x33},
			Resize: ResizeFixed, Unit: Millimetre, Width: 100.25, Height: 150, MaxSize: 200, DPI: 300,
			Margin: MarginPercent, Margins: Margins{1, 2.5, 3, 4}, Alignment: AlignBottom, Shadow: ShadowDrop,
			KeepMannequin: true, KeepModel: true, CombinedImages: true,
			CallbackURL: "https://example.test/cb?x=1", Comment: "Größe\nbleibt",
		}},
		"least": {withMembers(""), Template{
			Name: "a", Format: PNG, DeliveryHours: 24, Background: BackgroundTransparent, Alignment: AlignCentre,
		}},
		"byte order mark": {"\ufeff" + withMembers(` , "allowUpscale":"1"`), Template{
			Name: "a", Format: PNG, DeliveryHours: 24, Background: BackgroundTransparent, Alignment: AlignCentre, AllowUpscale: true,
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseTemplate([]byte(tt.json))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseTemplateRefusesForm(t *testing.T) {
	tests := map[string]struct{ json, field, says string }{
		"empty":             {"  ", "", "empty"},
		"not an object":     {`[1]`, "", "not a JSON object"},
		"a string":          {`"x"`, "", "not a JSON object"},
		"broken":            {"{\n\"a\":\"1\"\n\"b\":\"2\"}", "", "line 3"},
		"trailing comma":    {withMembers(","), "", "not JSON"},
		"two objects":       {withMembers("") + "{}", "", "not JSON"},
		"cut short":         {`{"templateName":"a"`, "", "not JSON"},
		"not UTF-8":         {withMembers(`,"comment":"` + "\xff" + `"`), "", "UTF-8"},
		"too long":          {withMembers(`,"comment":"` + strings.Repeat("x", 64<<10) + `"`), "", "at most 65536"},
		"deep":              {strings.Repeat("[", 60000), "", "not JSON"},
		"nested object":     {withMembers(`,"dpi":{"a":1}`), "dpi", "must be text"},
		"nested list":       {withMembers(`,"marginTop":[1]`), "marginTop", "must be text"},
		"twice":             {withMembers(`,"dpi":1,"dpi":""`), "dpi", "twice"},
		"twice by escape":   {withMembers(`,"dpi":1,"\u0064pi":2`), "dpi", "twice"},
		"unknown":           {withMembers(`,"resizeDepth":1`), "resizeDepth", "not a field"},
		"near name":         {withMembers(`,"callbackURL":"x"`), "callbackURL", "did you mean callbackUrl?"},
		"missing name":      {`{"templateOutputFormat":"PNG","deliveryTimeInHour":24,"backgroundType":2}`, "templateName", "required"},
		"blank name":        {`{"templateName":" ","templateOutputFormat":"PNG","deliveryTimeInHour":24,"backgroundType":2}`, "templateName", "required"},
		"null format":       {`{"templateName":"a","templateOutputFormat":null,"deliveryTimeInHour":24,"backgroundType":2}`, "templateOutputFormat", "required"},
		"missing delivery":  {`{"templateName":"a","templateOutputFormat":"PNG","backgroundType":2}`, "deliveryTimeInHour", "required"},
		"empty background":  {`{"templateName":"a","templateOutputFormat":"PNG","deliveryTimeInHour":24,"backgroundType":""}`, "backgroundType", "required"},
		"word as number":    {withMembers(`,"resizeWidth":"wide"`), "resizeWidth", "decimal"},
		"decimal comma":     {withMembers(`,"marginTop":"2,5"`), "marginTop", "decimal"},
		"hexadecimal":       {withMembers(`,"marginTop":"0x10"`), "marginTop", "decimal"},
		"infinity":          {withMembers(`,"marginTop":"Inf"`), "marginTop", "decimal"},
		"overflow":          {withMembers(`,"marginTop":1e999`), "marginTop", "range"},
		"sign alone":        {withMembers(`,"marginTop":"-"`), "marginTop", "decimal"},
		"flag as number":    {withMembers(`,"marginTop":true`), "marginTop", "decimal"},
		"half an enum":      {withMembers(`,"shadowType":1.5`), "shadowType", "whole number"},
		"huge enum":         {withMembers(`,"shadowType":4294967297`), "shadowType", "range"},
		"not a flag":        {withMembers(`,"isKeptModel":"maybe"`), "isKeptModel", "true or false"},
		"not a colour":      {withMembers(`,"backgroundColor":"red"`), "backgroundColor", "hexadecimal"},
		"not a format":      {`{"templateOutputFormat":"BMP"}`, "templateOutputFormat", "use JPG"},
		"system resize":     {withMembers(`,"resizeType":5,"resizeMaxSize":9`), "resizeType", "system"},
		"control character": {withMembers(`,"comment":"\u0000"`), "comment", "control"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ParseTemplate([]byte(tt.json))
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeInvalid {
				t.Fatalf("error = %v, want an invalid one", err)
			}
			if e.Field != tt.field || !strings.Contains(e.Error(), tt.says) {
				t.Errorf("error = %q on %q; want %q on %q", e.Error(), e.Field, tt.says, tt.field)
			}
		})
	}
}

func TestTemplateWith(t *testing.T) {
	got, err := DefaultTemplate().With([]byte(`{"backgroundType":1,"backgroundColor":"#ffffff","templateOutputFormat":""}`))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultTemplate()
	want.Background, want.BackgroundColor = BackgroundSolid, &Color{255, 255, 255}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := DefaultTemplate().With([]byte(`{"templateOutputFormat":"JPG"}`)); CodeOf(err) != CodeInvalid {
		t.Errorf("a transparent JPG passed: %v", err)
	}
}

func TestTemplateJSONRoundTrip(t *testing.T) {
	stored := DefaultTemplate()
	stored.Resize, stored.MinSize, stored.MaxSize = ResizeSystem, 1000, 3000
	text, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	var back Template
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(stored, back); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := json.Unmarshal([]byte(`{"templateName":"a"}`), &back); CodeOf(err) != CodeInvalid {
		t.Errorf("Unmarshal of an incomplete template = %v, want an invalid error", err)
	}
}

func FuzzParseTemplate(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(full))
	f.Add([]byte(withMembers(`,"dpi":1e-3,"comment":"\ud800"`)))
	f.Add([]byte(withMembers(`,"marginType":1,"marginTop":99.99999999999999,"marginBottom":"-0"`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ParseTemplate(data)
		if err != nil {
			if CodeOf(err) != CodeInvalid || err.Error() == "" {
				t.Fatalf("error %q has code %s", err, CodeOf(err))
			}
			return
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseTemplate(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(got, back); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	})
}
