package mattebox

import "testing"

// testPrices is a table in which every part of a price has its own amount.
func testPrices() PriceTable {
	return PriceTable{USD: {
		Delivery: map[int]int64{24: 145, 72: 95, 168: 75}, Format: map[Format]int64{PSD: 50, TIF: 7},
		Shadow: map[Shadow]int64{ShadowDrop: 10}, Gradient: 5, Operator: 100, Combined: 30, Partner: 10,
	}}
}

func TestPrice(t *testing.T) {
	table := testPrices()
	if err := table.Validate(); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		template           Template
		hours, photographs int
		partner            bool
		want               string
	}{
		"plain":            {Template{Format: PNG}, 72, 1, false, "0.95 USD"},
		"soon":             {Template{Format: PNG}, 24, 1, false, "1.45 USD"},
		"layered":          {Template{Format: PSD}, 72, 1, false, "1.45 USD"},
		"TIFF is TIF":      {Template{Format: TIFF}, 72, 1, false, "1.02 USD"},
		"shadow, gradient": {Template{Format: JPG, Shadow: ShadowDrop, Background: BackgroundGradient}, 72, 1, false, "1.10 USD"},
		"an operator":      {Template{Format: JPG, KeepModel: true, KeepMannequin: true}, 72, 1, false, "1.95 USD"},
		"photographs":      {Template{Format: JPG}, 168, 3, false, "1.35 USD"},
		"partner":          {Template{Format: JPG}, 72, 1, true, "0.85 USD"}, // a tenth of 95 is 9.5, rounded up
	}
	for name, tt := range tests {
		got, err := table.Price(USD, tt.template, tt.hours, tt.photographs, tt.partner)
		if err != nil || got.String() != tt.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, tt.want)
		}
	}
	for name, ask := range map[string]struct {
		currency Currency
		hours    int
	}{"currency": {EUR, 72}, "hours": {USD, 0}} {
		if got, err := table.Price(ask.currency, Template{Format: PNG}, ask.hours, 1, false); CodeOf(err) != CodeInvalid {
			t.Errorf("%s without a price: %s, %v", name, got, err)
		}
	}
}
