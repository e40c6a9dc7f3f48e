package mattebox

import "testing"

func TestCallback(t *testing.T) {
	i := Image{}
	if i.Callback() != "" {
		t.Error("a callback out of nothing")
	}
	i.Template.CallbackURL = "http://template.test/"
	if i.Callback() != "http://template.test/" {
		t.Error("the template's is not used")
	}
	i.CallbackURL = "http://image.test/" // the seed: ImageCallbackURL has higher priority
	if i.Callback() != "http://image.test/" {
		t.Error("the image's does not win")
	}
}

func TestPaths(t *testing.T) {
	i := Image{Account: 1000003, ID: 2000000, Status: StatusFinished}
	if i.FinalPath() != "" {
		t.Error("a path without a result")
	}
	i.Result = &Result{Name: "myimage.jpg"}
	if got := i.FinalPath(); got != "1000003/2000000/final/myimage.jpg" { // as in the seed
		t.Errorf("final path %q", got)
	}
	if got := i.ThumbnailPath(); got != "1000003/2000000/thumbnail/myimage.jpg" {
		t.Errorf("thumbnail path %q", got)
	}
	for _, s := range Statuses() {
		i.Status = s
		shown := s >= 70 && s <= 80 || s == StatusReturned || s == StatusClosed
		if (i.FinalPath() != "") != shown {
			t.Errorf("at %d the result is at %q", s, i.FinalPath())
		}
	}
}

func TestAfterProduction(t *testing.T) {
	for _, c := range []struct {
		name       string
		image      Image
		confidence float64
		review     Review
		want       Status
	}{
		{"plain", Image{}, .2, ReviewNone, StatusFinished},
		{"sure", Image{}, .8, ReviewLowConfidence, StatusFinished},
		{"unsure", Image{}, .79, ReviewLowConfidence, StatusQuality},
		{"all", Image{}, 1, ReviewAll, StatusQuality},
		{"rejected before", Image{Rejections: 1}, 1, ReviewNone, StatusQuality},
		{"mannequin", Image{Template: Template{KeepMannequin: true}}, 1, ReviewNone, StatusQuality},
		{"model", Image{Template: Template{KeepModel: true}}, 1, ReviewNone, StatusQuality},
	} {
		status, why := c.image.AfterProduction(c.confidence, c.review)
		if status != c.want || (why == "") != (status == StatusFinished) {
			t.Errorf("%s: %d %q, want %d", c.name, status, why, c.want)
		}
	}
}

func TestEffort(t *testing.T) {
	if q := (&Image{}).Effort(); q != QualityStandard {
		t.Errorf("first production at %s", q)
	}
	if q := (&Image{Rejections: 1}).Effort(); q != QualityBest {
		t.Errorf("after a rejection at %s", q)
	}
}

func TestByCustomer(t *testing.T) {
	if !(ImageRef{Ticket: "nonticket"}).ByCustomer() || !(ImageRef{Ticket: "NonTicket"}).ByCustomer() {
		t.Error("nonticket is taken for a ticket")
	}
	if (ImageRef{Ticket: "8de624ab-593b-409d-8324-eb4890c4b867"}).ByCustomer() {
		t.Error("a ticket is not")
	}
}

func TestPageOffset(t *testing.T) {
	for _, c := range []struct {
		page Page
		want int
	}{{Page{1, 10}, 0}, {Page{3, 10}, 20}, {Page{0, 10}, 0}, {Page{-4, 10}, 0}} {
		if got := c.page.Offset(); got != c.want {
			t.Errorf("%v: %d, want %d", c.page, got, c.want)
		}
	}
}
