package rtb

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// template makes a template of the customer's and returns its id.
func (h *house) template(given fields) float64 {
	h.Helper()
	return h.ok("POST", "/Template", h.templateOf(given))["TemplateId"].(float64)
}

func (h *house) templateOf(given fields) fields {
	all := h.with(fields{"templateName": "Shoes (2013)_a", "templateOutputFormat": "JPG", "deliveryTimeInHour": "72", "backgroundType": "1", "backgroundColor": "FFFFFF"})
	for name, value := range given {
		all[name] = value
	}
	return all
}

// What is written is read back under the other names.
func TestTemplateRoundTrip(t *testing.T) {
	h := newHouse(t)
	id := h.template(fields{
		"templateOutputFormat": "tiff", "deliveryTimeInHour": 168, "backgroundType": "3", "backgroundColor": "FFaa00", "backgroundVerticalGradientColor": "00BBff",
		"resizeType": 2, "resizeUnit": "1", "resizeHeight": 200.5, "resizeWidth": "300", "resizeMinSize": "", "resizeMaxSize": nil,
		"marginType": "1", "marginTop": "1", "marginBottom": "2.5", "marginLeft": 3, "marginRight": "4", "marginVerticalAlignment": "3", "shadowType": 2,
		"isKeptMannequin": true, "isKeptModel": "false", "isCombinedImages": "true", "callbackUrl": "https://www.mydomain.com/callback?a=1&b=2", "comment": "text",
		"dpi": "300", "allowUpscale": "true", "unheardOf": "x", "templatename": "another case",
	})
	got := h.ok("GET", "/Template/2000004", h.with(nil))
	want := object{"ErrorCode": "NoError", "Message": "Success", "Template": map[string]any{
		"BackgroundColor": "ffaa00", "BackgroundType": 3.0, "BackgroundVerticalGradientColor": "00bbff", "CallbackFtp": nil,
		"CallbackUrl": "https://www.mydomain.com/callback?a=1&b=2", "CreatedDate": "2013-01-31", "DeliveryTimeInHours": 168.0, "Id": id, "IsDeleted": false,
		"MarginBottom": 2.5, "MarginLeft": 3.0, "MarginRight": 4.0, "MarginTop": 1.0, "MarginType": 1.0, "ModifiedDate": "2013-01-31", "Name": "Shoes (2013)_a", "OutputFormat": "TIFF",
		"Price":        map[string]any{"Amount": 1.97, "Currency": "USD", "CurrencyId": 1.0},
		"ResizeHeight": 200.5, "ResizeMaxSize": 0.0, "ResizeMinSize": 0.0, "ResizeType": 2.0, "ResizeUnit": 1.0, "ResizeWidth": 300.0, "ShadowType": 2.0, "VerticalAlignment": 3.0,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	entries := h.ok("GET", "/Templates", h.with(nil))["Templates"].([]any)
	wantEntry := map[string]any{
		"Prices":     []any{map[string]any{"Amount": 1.97, "Currency": "USD", "CurrencyId": 1.0}},
		"TemplateId": id, "TemplateName": "Shoes (2013)_a", "IsCombinedImages": true,
	}
	if len(entries) != 2 {
		t.Fatalf("%d templates, want the default one and the new one", len(entries))
	}
	if diff := cmp.Diff(any(wantEntry), entries[1]); diff != "" {
		t.Error(diff)
	}
}

func TestPostTemplateRefuses(t *testing.T) {
	h := newHouse(t)
	tests := map[string]struct {
		given fields
		code  string
		says  string
	}{
		"name":                {fields{"templateName": nil}, "MissingRequiredInformation", "templateName is missing."},
		"format":              {fields{"templateOutputFormat": ""}, "MissingRequiredInformation", "templateOutputFormat is missing."},
		"delivery":            {fields{"deliveryTimeInHour": ""}, "MissingRequiredInformation", "deliveryTimeInHour is missing."},
		"background":          {fields{"backgroundType": ""}, "MissingRequiredInformation", "backgroundType is missing."},
		"colour of solid":     {fields{"backgroundColor": ""}, "MissingRequiredInformation", "backgroundColor is required by backgroundType 1."},
		"colour of gradient":  {fields{"backgroundType": 3}, "MissingRequiredInformation", "backgroundVerticalGradientColor is required by backgroundType 3."},
		"ratio without":       {fields{"resizeType": 1, "resizeWidth": 3}, "MissingRequiredInformation", "resizeHeight is required by resizeType 1."},
		"letters of name":     {fields{"templateName": "Schuhe für alle"}, "InvalidParameter", "templateName holds "},
		"unknown format":      {fields{"templateOutputFormat": "GIF"}, "InvalidParameter", "templateOutputFormat is "},
		"transparent JPG":     {fields{"backgroundType": "2"}, "InvalidParameter", "templateOutputFormat is JPG, which cannot be transparent"},
		"background 4":        {fields{"backgroundType": "4"}, "InvalidParameter", "backgroundType is 4; use 0, 1, 2 or 3."},
		"hours":               {fields{"deliveryTimeInHour": 48}, "InvalidParameter", "deliveryTimeInHour is 48; use 168, 72 or 24."},
		"hours in words":      {fields{"deliveryTimeInHour": "soon"}, "InvalidParameter", "deliveryTimeInHour is "},
		"colour":              {fields{"backgroundColor": "white"}, "InvalidParameter", "backgroundColor is "},
		"colour with #":       {fields{"backgroundColor": "#ffffff"}, "InvalidParameter", `backgroundColor is "#ffffff"; use six hexadecimal digits such as ffffff, without #.`},
		"gradient with #":     {fields{"backgroundType": 3, "backgroundVerticalGradientColor": " #fff"}, "InvalidParameter", "backgroundVerticalGradientColor is "},
		"system's resizeType": {fields{"resizeType": 5, "resizeMaxSize": 100}, "InvalidParameter", "resizeType is 5"},
		"flag":                {fields{"isKeptModel": "maybe"}, "InvalidParameter", "isKeptModel is "},
		"list":                {fields{"marginTop": []int{1}}, "InvalidParameter", "marginTop must be text"},
		"callback":            {fields{"callbackUrl": "http://10.0.0.1/x"}, "InvalidParameter", "callbackUrl cannot be used: "},
		"callback scheme":     {fields{"callbackUrl": "ftp://www.mydomain.com/"}, "InvalidParameter", "callbackUrl "},
		"comment":             {fields{"comment": strings.Repeat("ä", 4001)}, "InvalidParameter", "comment has 4001 characters; at most 4000 are kept."},
	}
	for name, tt := range tests {
		answer := h.json("POST", "/Template", h.templateOf(tt.given))
		if answer["ErrorCode"] != tt.code || !strings.HasPrefix(answer["Message"].(string), tt.says) || answer["TemplateId"] != 0.0 {
			t.Errorf("%s: %v", name, answer)
		}
	}
	h.template(fields{"comment": strings.Repeat("ä", 4000)})
	if entries := h.ok("GET", "/Templates", h.with(nil))["Templates"].([]any); len(entries) != 2 {
		t.Errorf("%d templates, want the default one and the last", len(entries))
	}
}

func TestTemplatesOfOthersAreNotFound(t *testing.T) {
	h := newHouse(t)
	id := h.template(nil)
	if id != 2000004 {
		t.Fatalf("the template has the id %v", id)
	}
	theirs := fields{"contactEmail": h.stranger.Email, "contactAPIkey": h.foreign.APIKey}
	absent := h.ask("GET", "/Template/2999999", theirs)
	if !strings.Contains(absent.body, "<ErrorCode>InvalidTemplate</ErrorCode><Message>Not found</Message>") {
		t.Errorf("%s", absent.body)
	}
	if got := h.ask("GET", "/Template/2000004/", theirs); got.body != absent.body {
		t.Errorf("%s, of one that is not there: %s", got.body, absent.body)
	}
	if o := h.ok("GET", "/Templates", theirs); len(o["Templates"].([]any)) != 1 {
		t.Errorf("listed: %v", o)
	}
	if o := h.json("GET", "/Template/mine", theirs); o["ErrorCode"] != "InvalidParameter" {
		t.Errorf("%v", o)
	}
	if o := h.json("GET", "/Template", h.with(fields{"templateId": "2000004"})); o["ErrorCode"] != "NoError" {
		t.Errorf("templateId in the query: %v", o)
	}
}
