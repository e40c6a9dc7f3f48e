package storetest

import (
	"strings"
	"testing"
	"time"

	"mattebox"
)

func testSubmit(t *testing.T, open opener) {
	t.Run("keeps the order and freezes the template", func(t *testing.T) {
		h := build(t, open)
		a, partner := h.account("a"), h.account("partner")
		template, err := h.AddTemplate(h.ctx, a.ID, mattebox.DefaultTemplate(), mattebox.Money{Currency: mattebox.USD})
		h.check(err)
		order := mattebox.Submission{
			Account: a.ID, Partner: partner.ID, TemplateID: template.ID,
			SourceURLs: []string{"https://e.com/1.jpg", "", "http://e.com/3.png?a=b&c=d"},
			Order: mattebox.Order{
				CustomerImageID: "sku 1/æ", ProductID: "shoe", CallbackURL: callback, DeliveryHours: 72, Instruction: "keep\nthe hook", Folder: "spring", OutputName: "out.png",
			},
		}
		got, err := h.SubmitImage(h.ctx, order)
		h.check(err)
		if len(got.Ticket) != 36 || strings.ToLower(got.Ticket) != got.Ticket {
			t.Errorf("ticket %q", got.Ticket)
		}
		now := h.clock.Now()
		h.wantSame("submitted", *got, mattebox.Image{
			ID: 2000001, Ticket: got.Ticket, Account: a.ID, Partner: partner.ID, TemplateID: template.ID, Template: template.Template, Order: order.Order,
			Status: mattebox.StatusNew, Price: template.Price, Funding: mattebox.FundingFree, Created: now, Updated: now, Due: now.Add(72 * time.Hour),
			Sources: []mattebox.Source{{Position: 1, URL: "https://e.com/1.jpg"}, {Position: 3, URL: "http://e.com/3.png?a=b&c=d"}},
		})
		read, err := h.Image(h.ctx, a.ID, mattebox.ImageRef{Ticket: strings.ToUpper(got.Ticket)})
		h.check(err)
		h.wantSame("read", read, got)
		h.wantSame("jobs", h.woken(), []string{"fetch 2000001"})
	})
	t.Run("uses the default template", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		if image.Template.Name != "Default" || image.DeliveryHours != 24 || image.Due != h.clock.Now().Add(24*time.Hour) {
			t.Errorf("%+v", image)
		}
	})
	t.Run("refuses another's template", func(t *testing.T) {
		h := build(t, open)
		a, b := h.account("a"), h.account("b")
		theirs, err := h.AddTemplate(h.ctx, b.ID, mattebox.DefaultTemplate(), mattebox.Money{Currency: mattebox.USD})
		h.check(err)
		_, err = h.SubmitImage(h.ctx, mattebox.Submission{Account: a.ID, TemplateID: theirs.ID, SourceURLs: []string{"https://e.com/1.jpg"}})
		h.wantCode(err, mattebox.CodeNotFound, "templateId")
		h.wantSame("jobs", len(h.woken()), 0)
	})
	t.Run("refuses what cannot be stored", func(t *testing.T) { testSubmitFields(t, open) })
}

func testSubmitFields(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	for _, tt := range []struct {
		field  string
		change func(*mattebox.Submission)
	}{
		{"customerImageId", func(o *mattebox.Submission) { o.CustomerImageID = strings.Repeat("x", 256) }},
		{"customerImageId", func(o *mattebox.Submission) { o.CustomerImageID = "a\nb" }},
		{"productId", func(o *mattebox.Submission) { o.ProductID = "\x00" }},
		{"imageCallbackURL", func(o *mattebox.Submission) { o.CallbackURL = "https://e.com/" + strings.Repeat("x", 2048) }},
		{"imageURL", func(o *mattebox.Submission) { o.SourceURLs = nil }},
		{"imageURL", func(o *mattebox.Submission) { o.SourceURLs[0] = "" }},
		{"imageURL", func(o *mattebox.Submission) { o.SourceURLs = make([]string, 6); o.SourceURLs[0] = "https://e.com" }},
		{"imageURL3", func(o *mattebox.Submission) {
			o.SourceURLs = append(o.SourceURLs, "", "https://e.com/"+strings.Repeat("x", 2048))
		}},
		{"instruction", func(o *mattebox.Submission) { o.Instruction = strings.Repeat("x", 4001) }},
		{"instruction", func(o *mattebox.Submission) { o.Instruction = "\x1b[2J" }},
		{"customerFolder", func(o *mattebox.Submission) { o.Folder = "\xff" }},
		{"outputFileName", func(o *mattebox.Submission) { o.OutputName = "a\rb" }},
	} {
		order := mattebox.Submission{Account: a.ID, SourceURLs: []string{"https://e.com/1.jpg"}}
		tt.change(&order)
		_, err := h.SubmitImage(h.ctx, order)
		h.wantCode(err, mattebox.CodeInvalid, tt.field)
	}
	if n := h.number(`SELECT COUNT(*) FROM images`); n != 0 {
		t.Errorf("%d images, want none", n)
	}
	longest := mattebox.Submission{Account: a.ID, SourceURLs: []string{strings.Repeat("u", 2048)}, Order: mattebox.Order{
		CustomerImageID: strings.Repeat("c", 255), ProductID: strings.Repeat("p", 255), Instruction: strings.Repeat("\n", 4000),
	}}
	_, err := h.SubmitImage(h.ctx, longest)
	h.check(err)
}

func testLists(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a"), h.account("b")
	var mine []mattebox.Image
	for n := range 6 { // at 0, 10, 20, ... hours
		mine = append(mine, *h.submit(a.ID, func(o *mattebox.Submission) {
			o.ProductID, o.CustomerImageID = []string{"", "hat", "shoe"}[n%3], []string{"x", "y"}[n%2]
		}))
		h.clock.pass(10 * time.Hour)
	}
	theirs := h.submit(b.ID, func(o *mattebox.Submission) { o.CustomerImageID, o.ProductID = "x", "hat" })
	h.check(h.DeleteImage(h.ctx, a.ID, mattebox.ImageRef{Ticket: mine[4].Ticket}))

	t.Run("filter", func(t *testing.T) { testFilters(h.in(t), a.ID, mine, theirs) })
	t.Run("by the customer's id", func(t *testing.T) {
		h := h.in(t)
		got, err := h.Image(h.ctx, a.ID, mattebox.ImageRef{Ticket: "NonTicket", CustomerImageID: "x"})
		h.check(err)
		h.wantSame("newest of x", got.ID, mine[4].ID)
		_, err = h.Image(h.ctx, a.ID, mattebox.ImageRef{Ticket: mattebox.NonTicket, CustomerImageID: "z"})
		h.wantCode(err, mattebox.CodeNotFound, "")
		_, err = h.Image(h.ctx, a.ID, mattebox.ImageRef{Ticket: mattebox.NonTicket})
		h.wantCode(err, mattebox.CodeInvalid, "customerImageId")
		_, err = h.Image(h.ctx, a.ID, mattebox.ImageRef{Ticket: theirs.Ticket})
		h.wantCode(err, mattebox.CodeNotFound, "")
		_, err = h.ImageByTicket(h.ctx, theirs.Ticket)
		h.check(err)
	})
	t.Run("products", func(t *testing.T) {
		h := h.in(t)
		got, err := h.Products(h.ctx, a.ID, mattebox.Page{Number: 1, Size: 10})
		h.check(err)
		h.wantSame("products", got, []mattebox.ProductStatistic{{ProductID: "hat", Todo: 1}, {ProductID: "shoe", Todo: 2}})
		got, err = h.Products(h.ctx, a.ID, mattebox.Page{Number: 2, Size: 1})
		h.check(err)
		h.wantSame("second page", got, []mattebox.ProductStatistic{{ProductID: "shoe", Todo: 2}})
	})
}

func testFilters(h *house, a mattebox.AccountID, mine []mattebox.Image, theirs *mattebox.Image) {
	deleted, fresh := mattebox.StatusDeleted, mattebox.StatusNew
	for _, tt := range []struct {
		name   string
		filter mattebox.ImageFilter
		want   []int // of mine; 6 is theirs
		count  int
	}{
		{"all", mattebox.ImageFilter{}, []int{0, 1, 2, 3, 4, 5}, 6},
		{"everybody's", mattebox.ImageFilter{Account: -1}, []int{0, 1, 2, 3, 4, 5, 6}, 7},
		{"status", mattebox.ImageFilter{Status: &deleted}, []int{4}, 1},
		{"not the status", mattebox.ImageFilter{Exclude: &fresh}, []int{4}, 1},
		{"neither", mattebox.ImageFilter{Status: &deleted, Exclude: &deleted}, nil, 0},
		{"product", mattebox.ImageFilter{ProductID: "shoe", Descending: true}, []int{5, 2}, 2},
		{"from", mattebox.ImageFilter{From: mine[4].Created}, []int{4, 5}, 2},
		{"to", mattebox.ImageFilter{To: mine[2].Created, Sort: mattebox.SortByDate, Descending: true}, []int{1, 0}, 2},
		{"by status", mattebox.ImageFilter{Sort: mattebox.SortByStatus}, []int{4, 0, 1, 2, 3, 5}, 6},
		{"page", mattebox.ImageFilter{Sort: mattebox.SortByDate, Page: mattebox.Page{Number: 2, Size: 4}}, []int{4, 5}, 6},
		{"past the end", mattebox.ImageFilter{Page: mattebox.Page{Number: 9, Size: 4}}, nil, 6},
	} {
		if tt.filter.Account += a; tt.name == "everybody's" {
			tt.filter.Account = 0
		}
		got, err := h.Images(h.ctx, tt.filter)
		h.check(err)
		var ids, want []mattebox.ImageID
		for _, image := range got {
			ids = append(ids, image.ID)
			if len(image.Sources) != 1 {
				h.t.Errorf("%s: image %d has %d sources", tt.name, image.ID, len(image.Sources))
			}
		}
		for _, n := range tt.want {
			want = append(want, append(mine, *theirs)[n].ID)
		}
		h.wantSame(tt.name, ids, want)
		count, err := h.CountImages(h.ctx, tt.filter)
		h.check(err)
		h.wantSame("count of "+tt.name, count, tt.count)
	}
}
