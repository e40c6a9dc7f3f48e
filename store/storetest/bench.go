package storetest

import (
	"testing"

	"mattebox"
)

// Bench measures what requests wait for: one caller at a time, then as many as
// there would be at once.
func Bench(b *testing.B, open opener) {
	benchDeliveries(b, open)
	for name, run := range map[string]func(*testing.B, func()){
		"SubmitImage": func(b *testing.B, do func()) {
			for b.Loop() {
				do()
			}
		},
		"SubmitImage/parallel": func(b *testing.B, do func()) {
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					do()
				}
			})
		},
	} {
		b.Run(name, func(b *testing.B) {
			h := build(b, open)
			a := h.account("a")
			order := mattebox.Submission{Account: a.ID, SourceURLs: []string{"https://pictures.example.com/shoe.jpg"}, Order: mattebox.Order{CallbackURL: callback, ProductID: "shoe", CustomerImageID: "sku-1"}}
			b.ResetTimer()
			run(b, func() {
				if _, err := h.SubmitImage(h.ctx, order); err != nil {
					b.Error(err)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
	b.Run("Authenticate", func(b *testing.B) {
		h := build(b, open)
		a, secrets, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "a@example.com"})
		h.check(err)
		for b.Loop() {
			if _, err := h.Authenticate(h.ctx, mattebox.Credentials{Email: a.Email, Key: secrets.APIKey}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Road", func(b *testing.B) {
		h := build(b, open)
		h.ProductWait = 0
		a := h.account("a")
		for b.Loop() {
			image := h.finishedImage(a.ID)
			h.attempt(h.deliveryOf(image.ID).ID, mattebox.DeliveryDelivered, 0)
		}
	})
}
