package rtb

import (
	"maps"
	"net/http"
	"slices"
	"testing"
)

func TestRoutes(t *testing.T) {
	table := routesOf(NewService(Config{}).Operations())
	tests := []struct {
		method, path string
		name         string // empty: no operation
		json         bool
		field, value string
		allow        string
	}{
		{"POST", "/REST.svc/Template/", "POST Template", false, "", "", "GET, HEAD, OPTIONS, POST"},
		{"POST", "/REST.svc/JSON/Template", "POST Template", true, "", "", ""},
		{"GET", "/REST.svc/Template/2000001/", "GET Template", false, "templateId", "2000001", "GET, HEAD, OPTIONS"},
		{"GET", "/REST.svc/Template", "GET Template", false, "", "", ""},
		{"GET", "/REST.svc/JSON/Templates/", "GET Templates", true, "", "", "GET, HEAD, OPTIONS"},
		{"POST", "/REST.svc/Image", "POST Image", false, "", "", "DELETE, GET, HEAD, OPTIONS, POST"},
		{"GET", "/REST.svc/Image/a%2Fb%20c", "GET Status", false, "imageTicket", "a/b c", "DELETE, GET, HEAD, OPTIONS"},
		{"HEAD", "/REST.svc/Image/nonticket/", "GET Status", false, "imageTicket", "nonticket", ""},
		{"DELETE", "/REST.svc/JSON/Image/x/", "DELETE Image", true, "imageTicket", "x", ""},
		{"PUT", "/REST.svc/Image/Reject/x", "REJECT Image", false, "imageTicket", "x", "OPTIONS, PUT"},
		{"PUT", "/REST.svc/Image/Reject/", "REJECT Image", false, "", "", "DELETE, GET, HEAD, OPTIONS, PUT"},
		{"GET", "/REST.svc/Images/", "GET Images List", false, "", "", "GET, HEAD, OPTIONS"},
		{"GET", "/REST.svc/Images/Count/", "GET Count Images", false, "", "", "GET, HEAD, OPTIONS"},
		{"GET", "/REST.svc/JSON/ProductIds", "GET ProductIds List", true, "", "", "GET, HEAD, OPTIONS"},
		{"POST", "/REST.svc/Contact/", "POST Contact", false, "", "", "GET, HEAD, OPTIONS, POST, PUT"},
		{"PUT", "/REST.svc/Contact", "PUT Contact", false, "", "", ""},
		{"GET", "/REST.svc/Contact", "GET Contact", false, "", "", ""},
		{"PUT", "/REST.svc/Image", "", false, "", "", "DELETE, GET, HEAD, OPTIONS, POST"},
		{"get", "/REST.svc/Images", "", false, "", "", "GET, HEAD, OPTIONS"},
		{"GET", "/rest.svc/Images", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc/images", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc/json/Images", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc//Images", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc/Images//", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc/Image/x/y", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svcImages", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc/JSON", "", true, "", "", "OPTIONS"},
		{"GET", "/REST.svc/", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc", "", false, "", "", "OPTIONS"},
		{"GET", "/", "", false, "", "", "OPTIONS"},
		{"GET", "/REST.svc/Image/%zz", "", false, "", "", "OPTIONS"},
	}
	for _, tt := range tests {
		at := table.at(tt.path)
		m, _ := at.method(tt.method)
		if m.operation.Name != tt.name || at.json != tt.json {
			t.Errorf("%s %s: %q, JSON %v", tt.method, tt.path, m.operation.Name, at.json)
		}
		if m.fields[tt.field].Text != tt.value || tt.field == "" && len(m.fields) > 0 {
			t.Errorf("%s %s: fields %v", tt.method, tt.path, m.fields)
		}
		if got := at.allow(); tt.allow != "" && got != tt.allow {
			t.Errorf("%s %s: allow %s, want %s", tt.method, tt.path, got, tt.allow)
		}
	}
}

// Every address of the documentation finds one operation for each method.
func TestRoutesAreUnambiguous(t *testing.T) {
	operations := NewService(Config{}).Operations()
	table := routesOf(operations)
	for _, o := range operations {
		methods := map[string]int{}
		for _, m := range table.at("/REST.svc" + o.Path).found {
			methods[m.operation.Method]++
		}
		if methods[o.Method] != 1 || slices.Max(slices.Collect(maps.Values(methods))) != 1 {
			t.Errorf("%s: %v", o.Path, methods)
		}
	}
}

func FuzzRoutes(f *testing.F) {
	table := routesOf(NewService(Config{}).Operations())
	for _, path := range []string{"/REST.svc/JSON/Image/Reject/x/", "/REST.svc/Template/%31", "//", "/REST.svc/JSON//", "/REST.svc/Image/%"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, m := range table.at(path).found {
			if m.operation.Method != http.MethodGet && len(m.fields) > 1 {
				t.Fatalf("%q: %v", path, m.fields)
			}
		}
	})
}
