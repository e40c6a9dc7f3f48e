package mattebox

import (
	"errors"
	"strings"
	"testing"
)

func TestEndpointValidate(t *testing.T) {
	for _, tt := range []struct {
		url, field string
		events     []EventType
	}{
		{url: "https://dev.example.com"},
		{url: "HTTPS://dev.example.com:8443/hook?a=b&c=%20", events: EventTypes()},
		{url: "https://[2001:db8::1]/hook"},
		{url: "", field: "url"},
		{url: "http://dev.example.com/hook", field: "url"},
		{url: "//dev.example.com/hook", field: "url"},
		{url: "dev.example.com", field: "url"},
		{url: "ftp://dev.example.com", field: "url"},
		{url: "https:dev.example.com", field: "url"},
		{url: "https://", field: "url"},
		{url: "https://:443/", field: "url"},
		{url: "https://user:word@dev.example.com/", field: "url"},
		{url: "https://dev.example.com/#part", field: "url"},
		{url: "https://dev.example.com/ a", field: "url"},
		{url: "https://dev.example.com/\r\nX: y", field: "url"},
		{url: "https://dév.example.com/", field: "url"},
		{url: "https://dev.example.com/%zz", field: "url"},
		{url: "https://dev.example.com/" + strings.Repeat("x", 2048), field: "url"},
		{url: "https://dev.example.com", events: []EventType{EventImageQueued, "image.*"}, field: "events"},
		{url: "https://dev.example.com", events: []EventType{""}, field: "events"},
	} {
		err := Endpoint{URL: tt.url, Events: tt.events}.Validate()
		if tt.field == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.url, err)
			}
			continue
		}
		var fault *Error
		if !errors.As(err, &fault) || fault.Code != CodeInvalid || fault.Field != tt.field {
			t.Errorf("%.60q with %q: %v, want a CodeInvalid error on %s", tt.url, tt.events, err, tt.field)
		}
	}
}

func TestEndpointWants(t *testing.T) {
	some := Endpoint{Events: []EventType{EventImageFailed}}
	for _, event := range EventTypes() {
		if !(Endpoint{}).Wants(event) {
			t.Errorf("an endpoint for all does not want %s", event)
		}
		if got, want := some.Wants(event), event == EventImageFailed; got != want {
			t.Errorf("an endpoint for image.failed wants %s: %v", event, got)
		}
	}
}

func TestEventSubject(t *testing.T) {
	for want, e := range map[string]Event{
		"t1":       {Image: &Image{Ticket: "t1"}},
		"INV-1315": {Invoice: &Invoice{Number: 1315}},
		"":         {},
	} {
		if got := e.Subject(); got != want {
			t.Errorf("subject %q, want %q", got, want)
		}
	}
}
