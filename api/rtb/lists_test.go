package rtb

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shelf has images a to e, a day apart from 2013-01-31 22:30 on: a finished, b
// delivered, c and d new, e deleted; a and c are of the product "p q".
func (h *house) shelf() map[string]string {
	h.Helper()
	names := map[string]string{} // by ticket
	order := func(name, product string) string {
		ticket := h.image(fields{"customerImageId": name, "productId": product})
		names[ticket] = name
		return ticket
	}
	order("a", "p q")
	h.clock = h.clock.Add(24 * time.Hour)
	b := order("b", "")
	h.produce()
	h.downloaded(b)
	h.clock = h.clock.Add(24 * time.Hour)
	order("c", "p q")
	h.clock = h.clock.Add(24 * time.Hour)
	order("d", "")
	h.clock = h.clock.Add(24 * time.Hour)
	h.ok("DELETE", "/Image/"+order("e", "r"), h.with(nil))
	return names
}

func TestImagesList(t *testing.T) { onBoth(t, (*house).imagesList) }

func (h *house) imagesList() {
	names := h.shelf()
	tests := map[string]struct {
		given fields
		want  string
	}{
		"all":              {nil, "abcde"},
		"descending":       {fields{"isDescending": "true"}, "edcba"},
		"by id":            {fields{"sortBy": "id", "isDescending": "false"}, "abcde"},
		"by date":          {fields{"sortBy": "DATE", "isDescending": "True"}, "edcba"},
		"by status":        {fields{"sortBy": "status"}, "ecdab"},
		"status":           {fields{"imageStatus": "70"}, "a"},
		"status 0":         {fields{"imageStatus": "0"}, "e"},
		"without":          {fields{"excludeImageStatus": "10"}, "abe"},
		"with and without": {fields{"imageStatus": "10", "excludeImageStatus": "10"}, ""},
		"product":          {fields{"productId": "p q"}, "ac"},
		"no such product":  {fields{"productId": "p"}, ""},
		"from":             {fields{"fromDate": "2013-02-02"}, "cde"},
		"to":               {fields{"toDate": "2013-02-01"}, "ab"},
		"one day":          {fields{"fromDate": "2013-02-01", "toDate": "2013-02-01"}, "b"},
		"the wrong way":    {fields{"fromDate": "2013-02-02", "toDate": "2013-02-01"}, ""},
		"page 1":           {fields{"imagesPerPage": "2"}, "ab"},
		"page 2":           {fields{"imagesPerPage": "2", "page": "2"}, "cd"},
		"page 3":           {fields{"imagesPerPage": "2", "page": "3"}, "e"},
		"page 4":           {fields{"imagesPerPage": "2", "page": "4"}, ""},
		"last page":        {fields{"page": "21474836"}, ""},
		"more than 100":    {fields{"imagesPerPage": "1000"}, "abcde"},
		"blanks":           {fields{"imageStatus": "", "page": " ", "sortBy": "", "isDescending": "", "fromDate": ""}, "abcde"},
	}
	for name, tt := range tests {
		given := h.with(nil)
		maps.Copy(given, tt.given)
		got := ""
		for _, image := range h.ok("GET", "/Images", given)["Images"].([]any) {
			got += names[image.(map[string]any)["ImageTicket"].(string)]
		}
		if got != tt.want {
			h.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// A page has 10 images when nothing is said, and never more than 100.
func TestPageSizes(t *testing.T) {
	h := newHouse(t)
	for range 101 {
		h.image(nil)
	}
	for size, want := range map[string]int{"": 10, "1": 1, "100": 100, "101": 100, "2147483647": 100} {
		o := h.ok("GET", "/Images", h.with(fields{"imagesPerPage": size}))
		if got := len(o["Images"].([]any)); got != want {
			t.Errorf("imagesPerPage=%s: %d images, want %d", size, got, want)
		}
	}
}

func TestImagesCount(t *testing.T) { onBoth(t, (*house).imagesCount) }

func (h *house) imagesCount() {
	h.shelf()
	for want, given := range map[float64]fields{
		5: nil, 2: {"imageStatus": "10"}, 0: {"imageStatus": "999"}, 3: {"fromDate": "2013-02-02"}, 1: {"fromDate": "2013-02-01", "toDate": "2013-02-01"},
	} {
		all := h.with(nil)
		maps.Copy(all, given)
		if got := h.ok("GET", "/Images/Count", all)["ImagesCount"]; got != want {
			h.Errorf("%v: %v, want %v", given, got, want)
		}
	}
}

func TestProductIDs(t *testing.T) { onBoth(t, (*house).productIDs) }

func (h *house) productIDs() {
	h.shelf()
	statistic := func(id string, done, todo float64) any {
		return map[string]any{"ProductId": id, "DoneCount": done, "TodoCount": todo}
	}
	tests := map[string]struct {
		given fields
		want  []any
	}{
		"all":    {nil, []any{statistic("p q", 1, 1), statistic("r", 0, 0)}},
		"page 1": {fields{"productIdsPerPage": "1"}, []any{statistic("p q", 1, 1)}},
		"page 2": {fields{"productIdsPerPage": "1", "page": "2"}, []any{statistic("r", 0, 0)}},
		"page 3": {fields{"productIdsPerPage": "1", "page": "3"}, []any{}},
	}
	for name, tt := range tests {
		given := h.with(nil)
		maps.Copy(given, tt.given)
		if diff := cmp.Diff(any(tt.want), h.ok("GET", "/ProductIds", given)["ProductIds"]); diff != "" {
			h.Errorf("%s: %s", name, diff)
		}
	}
}

func TestListsRefuseNonsense(t *testing.T) {
	h := newHouse(t)
	tests := []struct {
		path    string
		given   fields
		message string
	}{
		{"/Images", fields{"imageStatus": "finished"}, `imageStatus is "finished", not a whole number.`},
		{"/Images", fields{"imageStatus": "71"}, "imageStatus is 71, which is no image status."},
		{"/Images", fields{"excludeImageStatus": "-1"}, "excludeImageStatus is -1, which is no image status."},
		{"/Images", fields{"fromDate": "31.01.2013"}, `fromDate is "31.01.2013", not a date like 2013-01-31.`},
		{"/Images", fields{"toDate": "2013-02-30"}, `toDate is "2013-02-30", not a date like 2013-01-31.`},
		{"/Images", fields{"page": "0"}, "page is 0; use a number from 1 to 21474836."},
		{"/Images", fields{"page": "99999999999999999999"}, `page is "99999999999999999999", not a whole number.`},
		{"/Images", fields{"imagesPerPage": "0"}, "imagesPerPage is 0; use a number from 1 to 2147483647."},
		{"/Images", fields{"imagesPerPage": "ten"}, `imagesPerPage is "ten", not a whole number.`},
		{"/Images", fields{"sortBy": "name"}, `sortBy is "name"; use id, date or status.`},
		{"/Images", fields{"isDescending": "yes"}, `isDescending is "yes"; use true or false.`},
		{"/Images/Count", fields{"imageStatus": "x"}, `imageStatus is "x", not a whole number.`},
		{"/Images/Count", fields{"toDate": "x"}, `toDate is "x", not a date like 2013-01-31.`},
		{"/ProductIds", fields{"page": "-1"}, "page is -1; use a number from 1 to 21474836."},
		{"/ProductIds", fields{"productIdsPerPage": "0x10"}, `productIdsPerPage is "0x10", not a whole number.`},
	}
	for _, tt := range tests {
		given := h.with(nil)
		maps.Copy(given, tt.given)
		if o := h.json("GET", tt.path, given); o["ErrorCode"] != "InvalidParameter" || o["Message"] != tt.message {
			t.Errorf("%s %v: %v", tt.path, tt.given, o)
		}
	}
}
