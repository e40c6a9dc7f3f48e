package billing

import (
	"regexp"
	"slices"
	"strings"

	"mattebox"
)

// Terms are who sells, and with which value added tax.
type Terms struct {
	Seller mattebox.Party `json:"seller"`

	// VATRate is in hundredths of a percent: 2500 is 25 %. 0, the default, is for
	// sellers who charge none.
	VATRate int `json:"vatRate"`
	// ZeroOutsideEU charges no VAT to buyers whose country is outside the European
	// Union. It needs a seller inside.
	ZeroOutsideEU bool `json:"zeroOutsideEU"`
	// Instructions say how to pay without a provider; see Manual. Lines are kept.
	Instructions string `json:"instructions"`
}

// Tax is the VAT of one buyer.
type Tax struct {
	Rate int    // in hundredths of a percent
	Note string // why it is not the seller's rate; empty when it is
}

// The notes that invoices without VAT must bear (Directive 2006/112/EC, article
// 226, points 11 and 11a).
const (
	ReverseChargeNote = "Reverse charge: VAT is to be accounted for by the recipient (articles 44 and 196, Directive 2006/112/EC)."
	OutsideEUNote     = "Not subject to EU VAT: the recipient is established outside the European Union (articles 44 and 59, Directive 2006/112/EC)."
)

// DefaultTerms are those of an operator who gave none: no VAT, and a seller's name
// that says what is missing.
func DefaultTerms() Terms {
	return Terms{Seller: mattebox.Party{Company: "Mattebox"}}
}

// LoadTerms reads terms from a JSON file, or from the text itself when that begins
// with a brace; see ParseTerms.
func LoadTerms(pathOrJSON string) (Terms, error) {
	if strings.HasPrefix(strings.TrimSpace(pathOrJSON), "{") {
		return ParseTerms([]byte(pathOrJSON))
	}
	return readSettings(pathOrJSON, ParseTerms)
}

// ParseTerms reads terms from JSON, strictly, and validates them. The members of
// seller are Name, Company, Address1, Address2, ZipCode, City, State, Country
// (ISO 3166-1 alpha-2), VATNumber and Email, in any case.
func ParseTerms(data []byte) (Terms, error) {
	var t Terms
	if err := strict(data, &t); err != nil {
		return Terms{}, err
	}
	t.Seller.Country = strings.ToUpper(strings.TrimSpace(t.Seller.Country))
	t.Seller.VATNumber = normalVAT(t.Seller.VATNumber)
	return t, t.Validate()
}

// maxText bounds one field of a party, in bytes.
const maxText = 200

// maxInstructions bounds the instructions, in bytes.
const maxInstructions = 2000

// Validate returns a CodeInvalid error for a seller without a name, a rate outside
// 0..100 %, and a rate whose seller has no country or no VAT number: their invoices
// would not be valid.
func (t Terms) Validate() error {
	switch {
	case t.Seller.Name == "" && t.Seller.Company == "":
		return mattebox.Invalid("seller", "has no company and no name; invoices need one")
	case t.VATRate < 0 || t.VATRate > 10000:
		return mattebox.Invalid("vatRate", "is %d; write hundredths of a percent, 2500 for 25 %%", t.VATRate)
	case t.VATRate > 0 && len(t.Seller.Country) != 2:
		return mattebox.Invalid("seller.country", "is needed where VAT is charged, as two letters like DK")
	case t.VATRate > 0 && t.Seller.VATNumber == "":
		return mattebox.Invalid("seller.vatNumber", "is needed where VAT is charged")
	case t.ZeroOutsideEU && !inEU(t.Seller.Country):
		return mattebox.Invalid("zeroOutsideEU", "is for sellers inside the European Union")
	case len(t.Instructions) > maxInstructions:
		return mattebox.Invalid("instructions", "are longer than %d bytes", maxInstructions)
	}
	for _, text := range partyTexts(t.Seller) {
		if len(text) > maxText {
			return mattebox.Invalid("seller", "has a field longer than %d bytes", maxText)
		}
	}
	return nil
}

// Tax returns what VAT the buyer pays, by one rule:
//
//   - a seller and a buyer in two countries of the EU, the buyer's shown by a VAT
//     number of that country: none, reverse charge;
//   - with ZeroOutsideEU, a buyer whose country is outside the EU: none;
//   - everybody else: the seller's rate.
//
// The number's form is checked, not whether it is in use.
func (t Terms) Tax(buyer mattebox.Party) Tax {
	if t.VATRate == 0 {
		return Tax{}
	}
	seller, country := t.Seller.Country, strings.ToUpper(buyer.Country)
	if of := vatCountry(buyer.VATNumber); of != "" && inEU(seller) && of != seller {
		return Tax{Note: ReverseChargeNote}
	}
	if t.ZeroOutsideEU && len(country) == 2 && !inEU(country) {
		return Tax{Note: OutsideEUNote}
	}
	return Tax{Rate: t.VATRate}
}

// vatForm is the form that all VAT numbers of the EU have: two letters, then 2 to
// 12 letters, digits, + and * (Ireland).
var vatForm = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z+*]{2,12}$`)

// vatCountry returns the EU country of a VAT number, and empty for text that is
// none.
func vatCountry(number string) string {
	number = normalVAT(number)
	if !vatForm.MatchString(number) || !strings.ContainsAny(number, "0123456789") {
		return ""
	}
	country := number[:2]
	if country == "EL" { // Greece's numbers do not begin with its country code
		country = "GR"
	}
	if !inEU(country) {
		return ""
	}
	return country
}

// normalVAT leaves out what people write between the groups of a number.
func normalVAT(number string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(number))
}

func inEU(country string) bool {
	return slices.Contains([]string{
		"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
		"NL", "PL", "PT", "RO", "SE", "SI", "SK",
	}, country)
}

// partyTexts returns all fields of a party.
func partyTexts(p mattebox.Party) []string {
	return []string{p.Name, p.Company, p.Address1, p.Address2, p.ZipCode, p.City, p.State, p.Country, p.VATNumber, p.Email}
}
