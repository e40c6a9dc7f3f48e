package billing

import (
	"strings"
	"testing"

	"mattebox"
)

func TestParseTerms(t *testing.T) {
	terms, err := LoadTerms(`{"seller": {"company": "Fritlægger ApS", "country": "dk", "vatNumber": "DK 12 34 56 78"}, "vatRate": 2500, "instructions": "IBAN {reference}"}`)
	if err != nil {
		t.Fatal(err)
	}
	if terms.Seller.Country != "DK" || terms.Seller.VATNumber != "DK12345678" || terms.VATRate != 2500 || terms.Instructions != "IBAN {reference}" {
		t.Errorf("read %+v", terms)
	}
	if err := DefaultTerms().Validate(); err != nil {
		t.Error(err)
	}
}

func TestTermsFaults(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "seller: has no company and no name",
		`{"seller": {"name": "A"}, "vatRate": 25}`:                                             "seller.country: is needed",
		`{"seller": {"name": "A", "country": "DK"}, "vatRate": 2500}`:                          "seller.vatNumber: is needed",
		`{"seller": {"name": "A"}, "vatRate": 10001}`:                                          "vatRate: is 10001",
		`{"seller": {"name": "A"}, "vatRate": -1}`:                                             "vatRate: is -1",
		`{"seller": {"name": "A"}, "vatRate": 0.25}`:                                           "vatRate takes a whole number",
		`{"seller": {"name": "A", "country": "US"}, "zeroOutsideEU": true}`:                    "zeroOutsideEU: is for sellers inside",
		`{"seller": {"name": "A", "fax": "1"}}`:                                                `unknown field "fax"`,
		`{"seller": {"name": "` + strings.Repeat("A", 201) + `"}}`:                             "longer than 200 bytes",
		`{"seller": {"name": "A"}, "instructions": "` + strings.Repeat("A", 2001) + `"}`:       "longer than 2000 bytes",
		`{"seller": {"name": "A"}, "seller": {"name": "B"}}`:                                   "given twice",
		`{"seller": {"name": "A", "country": "Denmark", "vatNumber": "DK1"}, "vatRate": 2500}`: "as two letters",
	} {
		if _, err := ParseTerms([]byte(text)); mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
}

func TestTax(t *testing.T) {
	seller := mattebox.Party{Company: "A", Country: "DK", VATNumber: "DK12345678"}
	ordinary := Tax{Rate: 2500}
	tests := map[string]struct {
		country, number string
		outside         bool
		want            Tax
	}{
		"same country":                   {"DK", "DK87654321", false, ordinary},
		"business elsewhere in the EU":   {"DE", "DE 123.456.789", false, Tax{Note: ReverseChargeNote}},
		"in small letters":               {"de", "de123456789", false, Tax{Note: ReverseChargeNote}},
		"Greece":                         {"GR", "EL123456789", false, Tax{Note: ReverseChargeNote}},
		"Ireland, with a plus":           {"IE", "IE1234567+A", false, Tax{Note: ReverseChargeNote}},
		"number of elsewhere, here":      {"DK", "DE123456789", false, Tax{Note: ReverseChargeNote}},
		"private person in the EU":       {"DE", "", false, ordinary},
		"a number that is none":          {"DE", "DEUTSCHLAND", false, ordinary},
		"a number without a country":     {"DE", "123456789", false, ordinary},
		"a country without VAT number":   {"DE", "US123456789", false, ordinary},
		"outside, and charged":           {"US", "", false, ordinary},
		"outside":                        {"US", "", true, Tax{Note: OutsideEUNote}},
		"no country":                     {"", "", true, ordinary},
		"outside, with a number of here": {"NO", "DK87654321", true, Tax{Note: OutsideEUNote}},
	}
	for name, test := range tests {
		terms := Terms{Seller: seller, VATRate: 2500, ZeroOutsideEU: test.outside}
		if got := terms.Tax(mattebox.Party{Country: test.country, VATNumber: test.number}); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
	abroad := Terms{Seller: mattebox.Party{Company: "A", Country: "US", VATNumber: "1"}, VATRate: 2500}
	if got := abroad.Tax(mattebox.Party{Country: "DE", VATNumber: "DE123456789"}); got != ordinary {
		t.Errorf("a seller outside the EU: %+v", got)
	}
	if got := (Terms{Seller: seller}).Tax(mattebox.Party{Country: "DE", VATNumber: "DE123456789"}); got != (Tax{}) {
		t.Errorf("a seller without VAT: %+v", got)
	}
}
