package rtb

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func TestPostImage(t *testing.T) { onBoth(t, (*house).postImage) }

func (h *house) postImage() {
	template := h.template(nil)
	ticket := h.image(fields{
		"developerAPIkey": h.partner.APIKey, "templateId": template,
		"imageURL": " https://www.mydomain.com/1.jpg ", "imageURL2": "", "imageURL3": "http://www.mydomain.com/3.jpg", "imageURL5": "http://www.mydomain.com/5.jpg",
		"imageRequestedDeliveryTimeInHours": 72, "imageCallbackURL": "https://www.mydomain.com/callback?a=1&b=2",
		"customerImageId": "Ä 12345 <&>", "productId": "Crying Baby Tee 066",
		"customerFolder": "spring/shoes", "outputFileName": "shoe.png", "instruction": "mind the laces", "comment": "and the soles",
		"colorReferenceFileURL": "nonsense", "additionalResourceFileURLs": []string{"x"}, "colorwayIds": []int{1, 2},
		"colorChangeRequests": []any{map[string]any{"colorChangeRequestMarkers": []any{}}}, "markerX": 3.5, "unheardOf": map[string]any{},
	})
	row := h.row(ticket)
	if row.Account != h.customer.ID || row.Partner != h.developer.ID || float64(row.TemplateID) != template || row.Status != mattebox.StatusNew {
		h.Errorf("stored as %+v", row)
	}
	want := mattebox.Order{
		CustomerImageID: "Ä 12345 <&>", ProductID: "Crying Baby Tee 066", CallbackURL: "https://www.mydomain.com/callback?a=1&b=2",
		DeliveryHours: 72, Instruction: "mind the laces\nand the soles", Folder: "spring/shoes", OutputName: "shoe.png",
	}
	if diff := cmp.Diff(want, row.Order); diff != "" {
		h.Error(diff)
	}
	var sources []string
	for _, s := range row.Sources {
		sources = append(sources, s.URL)
	}
	if diff := cmp.Diff([]string{"https://www.mydomain.com/1.jpg", "http://www.mydomain.com/3.jpg", "http://www.mydomain.com/5.jpg"}, sources); diff != "" {
		h.Error(diff)
	}
}

func TestPostImageDefaults(t *testing.T) {
	h := newHouse(t)
	answer := h.ok("POST", "/Image", h.with(fields{"imageURL": "http://www.mydomain.com/a.jpg", "developerAPIkey": strings.ToUpper(h.secrets.APIKey), "templateId": nil, "customerImageId": ""}))
	if answer["CustomerImageId"] != "" || answer["IsTrial"] != false || answer["Message"] != "" {
		t.Errorf("%v", answer)
	}
	row := h.row(answer["ImageTicket"].(string))
	if row.Partner != 0 || row.TemplateID != 2000001 || row.DeliveryHours != mattebox.DefaultTemplate().DeliveryHours {
		t.Errorf("stored as %+v", row)
	}
}

func TestPostImageRefuses(t *testing.T) {
	h := newHouse(t)
	foreign := h.ok("POST", "/Template", fields{"contactEmail": h.stranger.Email, "contactAPIkey": h.foreign.APIKey,
		"templateName": "n", "templateOutputFormat": "PNG", "deliveryTimeInHour": 24, "backgroundType": 2})["TemplateId"]
	tests := map[string]struct {
		given fields
		code  string
		says  string
	}{
		"no address":           {fields{"imageURL": ""}, "MissingRequiredInformation", "imageURL is missing."},
		"file address":         {fields{"imageURL": "file:///etc/passwd"}, "InvalidParameter", "imageURL cannot be used: "},
		"loopback":             {fields{"imageURL": "http://127.0.0.1/a.jpg"}, "InvalidParameter", "imageURL cannot be used: "},
		"metadata":             {fields{"imageURL3": "http://169.254.169.254/latest"}, "InvalidParameter", "imageURL3 cannot be used: "},
		"long address":         {fields{"imageURL2": "http://a.example/" + strings.Repeat("x", 2048)}, "InvalidParameter", "imageURL2 has "},
		"callback":             {fields{"imageCallbackURL": "http://[::1]/"}, "InvalidParameter", "imageCallbackURL cannot be used: "},
		"unknown template":     {fields{"templateId": "9999999"}, "InvalidTemplate", "Not found"},
		"another's template":   {fields{"templateId": foreign}, "InvalidTemplate", "Not found"},
		"template 0":           {fields{"templateId": 0}, "InvalidTemplate", "Not found"},
		"template -1":          {fields{"templateId": -1}, "InvalidTemplate", "Not found"},
		"template by name":     {fields{"templateId": "T-shirts"}, "InvalidParameter", `templateId is "T-shirts", not a whole number.`},
		"template past 64 bit": {fields{"templateId": "99999999999999999999"}, "InvalidParameter", "templateId is "},
		"hours":                {fields{"imageRequestedDeliveryTimeInHours": "48"}, "InvalidParameter", "imageRequestedDeliveryTimeInHours is 48; use 24, 72 or 168."},
		"hours below":          {fields{"imageRequestedDeliveryTimeInHours": 1}, "InvalidParameter", "imageRequestedDeliveryTimeInHours is 1; "},
		"unknown developer":    {fields{"developerAPIkey": zeroGUID}, "InvalidDeveloperKey", "developerAPIkey is not the key of a developer."},
		"key of no developer":  {fields{"developerAPIkey": h.foreign.APIKey}, "InvalidDeveloperKey", "developerAPIkey is not the key of a developer."},
		"deadline form":        {fields{"imageDeadlineDateTimeUTC": "tomorrow"}, "InvalidParameter", `imageDeadlineDateTimeUTC is "tomorrow", not a time like 2013-01-31 18:00:00.`},
		"deadline too near":    {fields{"imageDeadlineDateTimeUTC": "2013-02-01 22:29:59"}, "InvalidParameter", "imageDeadlineDateTimeUTC is less than 24 hours ahead."},
		"object for address":   {fields{"imageURL": map[string]any{"url": "x"}}, "InvalidParameter", "imageURL must be text, a number, true, false or null."},
		"long identity":        {fields{"customerImageId": strings.Repeat("x", 256)}, "InvalidParameter", "customerImageId has 256 bytes; at most 255 are kept."},
		"control in product":   {fields{"productId": "a\x00b"}, "InvalidParameter", "productId holds a control character."},
		"instructions":         {fields{"instruction": strings.Repeat("x", 3000), "comment": strings.Repeat("x", 3000)}, "InvalidParameter", "instruction is longer than 4000 bytes."},
	}
	for name, tt := range tests {
		given := h.with(fields{"imageURL": "http://www.mydomain.com/a.jpg"})
		for field, value := range tt.given {
			given[field] = value
		}
		answer := h.json("POST", "/Image", given)
		if answer["ErrorCode"] != tt.code || !strings.HasPrefix(answer["Message"].(string), tt.says) {
			t.Errorf("%s: %v", name, answer)
		}
	}
	if n := h.ok("GET", "/Images/Count", h.with(nil))["ImagesCount"]; n != 0.0 {
		t.Errorf("%v images were stored", n)
	}
}

// A deadline picks the longest delivery time that keeps it.
func TestDeadlines(t *testing.T) {
	h := newHouse(t)
	for text, want := range map[string]int{
		"2013-02-01 22:30:00": 24, "2013-02-03 22:29:59": 24, "2013-02-03 22:30:00": 72, "2013-02-07 22:29:59": 72, "2013-02-07 22:30:00": 168, "2014-01-01 00:00:00": 168,
	} {
		if got := h.row(h.image(fields{"imageDeadlineDateTimeUTC": text})).DeliveryHours; got != want {
			t.Errorf("%s: %d hours, want %d", text, got, want)
		}
	}
	if got := h.row(h.image(fields{"imageDeadlineDateTimeUTC": "2014-01-01 00:00:00", "imageRequestedDeliveryTimeInHours": "24"})).DeliveryHours; got != 24 {
		t.Errorf("%d hours, want the requested 24", got)
	}
}

// Path and body may both name the image; the path wins (contracts F15).
func TestImageReferences(t *testing.T) { onBoth(t, (*house).imageReferences) }

func (h *house) imageReferences() {
	older := h.image(fields{"customerImageId": "twin"})
	newer := h.image(fields{"customerImageId": "twin"})
	ticketOf := func(path string, given fields) any {
		o := h.json("GET", path, h.with(given))
		if status, ok := o["ImageStatus"].(map[string]any); ok {
			return status["ImageTicket"]
		}
		return o["Message"]
	}
	tests := []struct {
		path  string
		given fields
		want  any
	}{
		{"/Image/" + older, nil, older},
		{"/Image/" + strings.ToUpper(older) + "/", nil, older},
		{"/Image/" + older, fields{"imageTicket": newer}, older},
		{"/Image/", fields{"imageTicket": older}, older},
		{"/Image/nonticket", fields{"customerImageId": "twin"}, newer},
		{"/Image/NonTicket/", fields{"customerImageId": "twin", "imageTicket": older}, newer},
		{"/Image/" + older, fields{"customerImageId": "another"}, older},
		{"/Image/nonticket", nil, "customerImageId is missing."},
		{"/Image/nonticket", fields{"customerImageId": "TWIN"}, "Image was not found."},
		{"/Image/" + zeroGUID, nil, "Image was not found."},
		{"/Image/nonsense", nil, "Image was not found."},
		{"/Image/", nil, "imageTicket is missing."},
	}
	for _, tt := range tests {
		if got := ticketOf(tt.path, tt.given); got != tt.want {
			h.Errorf("%s %v: %v, want %v", tt.path, tt.given, got, tt.want)
		}
	}
	if o := h.json("DELETE", "/Image/nonticket?customerImageId=twin", h.with(nil)); o["ErrorCode"] != "NoError" {
		h.Errorf("customerImageId in the query: %v", o)
	}
	if got := h.row(newer).Status; got != mattebox.StatusDeleted {
		h.Errorf("the newest of the two has status %d, want 0", got)
	}
	if o := h.json("DELETE", "/Image", h.with(fields{"imageTicket": older})); o["ErrorCode"] != "NoError" || h.row(older).Status != mattebox.StatusDeleted {
		h.Errorf("ticket in the body alone: %v", o)
	}
}

func TestDeleteOnlyBeforeProduction(t *testing.T) {
	h := newHouse(t)
	fresh := h.image(nil)
	if o := h.ok("DELETE", "/Image/"+fresh, h.with(nil)); o["Message"] != "Image was deleted" {
		t.Errorf("%v", o)
	}
	refused := func(ticket, when string) {
		t.Helper()
		if o := h.json("DELETE", "/Image/"+ticket, h.with(nil)); o["ErrorCode"] != "InvalidImageStatus" || o["Message"] == "" {
			t.Errorf("%s: %v", when, o)
		}
	}
	refused(fresh, "deleted")
	ticket := h.image(nil)
	h.fetch()
	claimed := h.claim()
	refused(ticket, "in production")
	h.finish(claimed[0])
	refused(ticket, "finished")
	if h.row(ticket).Status != mattebox.StatusFinished {
		t.Errorf("status %d", h.row(ticket).Status)
	}
	h.ok("PUT", "/Image/Reject/"+ticket, h.with(nil))
	h.ok("DELETE", "/Image/"+ticket, h.with(nil))
}

func TestRejectOnlyFinished(t *testing.T) {
	h := newHouse(t)
	ticket := h.image(nil)
	if o := h.json("PUT", "/Image/Reject/"+ticket, h.with(nil)); o["ErrorCode"] != "InvalidImageStatus" {
		t.Errorf("a new image: %v", o)
	}
	h.produce()
	o := h.ok("PUT", "/Image/Reject/"+ticket, h.with(fields{"comment": "the laces\nare gone", "markupImageUrl": "http://www.mydomain.com/marked.png"}))
	if o["Message"] != "Image was rejected." {
		t.Errorf("%v", o)
	}
	row := h.row(ticket)
	if row.Status != mattebox.StatusReturned || row.Comment != "the laces\nare gone\nMarkup: http://www.mydomain.com/marked.png" {
		t.Errorf("status %d, comment %q", row.Status, row.Comment)
	}
	if o := h.json("PUT", "/Image/Reject/"+ticket, h.with(nil)); o["ErrorCode"] != "InvalidImageStatus" {
		t.Errorf("a returned image: %v", o)
	}
}

// A stranger's image answers exactly as one that is not there, and nothing happens
// to it.
func TestAnothersImageIsNotThere(t *testing.T) { onBoth(t, (*house).anothersImageIsNotThere) }

func (h *house) anothersImageIsNotThere() {
	theirs := fields{"contactEmail": h.stranger.Email, "contactAPIkey": h.foreign.APIKey}
	waiting := h.image(fields{"customerImageId": "mine", "productId": "mine too"})
	finished := h.image(nil)
	h.fetch()
	for _, c := range h.claim() {
		if c.Image.Ticket == finished {
			h.finish(c)
		}
	}
	for method, path := range map[string]string{"GET": "/Image/", "DELETE": "/Image/", "PUT": "/Image/Reject/"} {
		for _, encoding := range []string{"", "/JSON"} {
			absent := h.ask(method, encoding+path+"8de624ab-593b-409d-8324-eb4890c4b867", theirs)
			for _, ticket := range []string{waiting, finished, "no-guid"} {
				if got := h.ask(method, encoding+path+ticket, theirs); got.status != absent.status || got.body != absent.body {
					h.Errorf("%s %s: %s, of one that is not there: %s", method, path, got.body, absent.body)
				}
			}
			byName := fields{"customerImageId": "mine", "contactEmail": h.stranger.Email, "contactAPIkey": h.foreign.APIKey}
			if got := h.ask(method, encoding+path+"nonticket", byName); got.body != absent.body {
				h.Errorf("%s %s by customerImageId: %s", method, path, got.body)
			}
		}
	}
	if h.row(waiting).Status != mattebox.StatusProduction || h.row(finished).Status != mattebox.StatusFinished {
		h.Errorf("statuses %d, %d", h.row(waiting).Status, h.row(finished).Status)
	}
	if o := h.ok("GET", "/Images", theirs); len(o["Images"].([]any)) != 0 {
		h.Errorf("listed: %v", o)
	}
	if o := h.ok("GET", "/Images/Count", theirs); o["ImagesCount"] != 0.0 {
		h.Errorf("counted: %v", o)
	}
	if o := h.ok("GET", "/ProductIds", theirs); len(o["ProductIds"].([]any)) != 0 {
		h.Errorf("products: %v", o)
	}
}

// Links are there while there is something to download.
func TestLinks(t *testing.T) {
	h := newHouse(t)
	ticket := h.image(nil)
	state := func() map[string]any {
		return h.ok("GET", "/Image/"+ticket, h.with(nil))["ImageStatus"].(map[string]any)
	}
	if s := state(); len(s["FinalImagesURL"].([]any)) != 0 || s["ThumbnailImageURL"] != "" || s["StatusName"] != "New" {
		t.Errorf("new: %v", s)
	}
	h.produce()
	s := state()
	path, sig, _ := strings.Cut(s["ThumbnailImageURL"].(string), "?sig=")
	if path != "1000001/2000001/thumbnail/my%20image.jpg" || h.files.Check("1000001/2000001/thumbnail/my image.jpg", sig) != nil {
		t.Errorf("thumbnail: %v", s)
	}
	h.clock = h.clock.Add(26 * time.Hour)
	if h.files.Check("1000001/2000001/thumbnail/my image.jpg", sig) == nil {
		t.Error("the link holds for ever")
	}
	if fresh := state()["ThumbnailImageURL"]; fresh == s["ThumbnailImageURL"] {
		t.Error("the expired link is given out again")
	}
}
