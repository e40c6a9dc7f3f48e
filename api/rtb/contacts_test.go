package rtb

import (
	"log/slog"
	"maps"
	"strings"
	"testing"

	"context"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// logged has faults written to lines, and every request be r-7.
func logged(lines *strings.Builder) func(*Config) {
	return func(c *Config) {
		c.Logger = slog.New(slog.NewTextHandler(lines, nil))
		c.RequestID = func(context.Context) string { return "r-7" }
	}
}

func (h *house) newContact(given fields) fields {
	all := fields{
		"developerEmail": h.developer.Email, "developerAPIkey": h.partner.APIKey,
		"contactEmail": "my_new_customer @ domain.com", "contactName": "My First Customer", "countryCode": "us",
	}
	maps.Copy(all, given)
	return all
}

func TestPostContact(t *testing.T) {
	h := newHouse(t)
	o := h.ok("POST", "/Contact", h.newContact(fields{
		"contactAddress1": "Street 1", "contactAddress2": "Floor 2", "contactPhone": 4512345678, "contactCity": "Århus", "contactState": "", "contactZipCode": "8000",
	}))
	if o["ContactEmail"] != "my_new_customer @ domain.com" || o["Message"] != "Success" || !isGUID(o["ContactAPIkey"].(string)) {
		t.Errorf("%v", o)
	}
	account, err := h.store.AccountByEmail(t.Context(), "My_New_Customer@domain.com")
	if err != nil {
		t.Fatal(err)
	}
	want := mattebox.Contact{Name: "My First Customer", Country: "US", Address1: "Street 1", Address2: "Floor 2", Phone: "4512345678", City: "Århus", ZipCode: "8000"}
	if diff := cmp.Diff(want, account.Contact); diff != "" {
		t.Error(diff)
	}
	if account.Partner != h.developer.ID || account.Developer || account.TrialImages != 3 || account.DaysOfCredit != 0 || account.Balance.String() != "0.00 USD" {
		t.Errorf("stored as %+v", account)
	}
	h.ok("GET", "/Contact", fields{"contactEmail": "my_new_customer@domain.com", "contactAPIkey": o["ContactAPIkey"]})
}

func TestPostContactRefuses(t *testing.T) {
	h := newHouse(t)
	h.ok("POST", "/Contact", h.newContact(nil))
	tests := map[string]struct {
		given fields
		code  string
		says  string
	}{
		"taken":             {nil, "ContactAlreadyExists", "contactEmail already has an account."},
		"taken, other case": {fields{"contactEmail": "MY_NEW_CUSTOMER@DOMAIN.COM"}, "ContactAlreadyExists", "contactEmail already has an account."},
		"no developer":      {fields{"developerEmail": h.customer.Email, "developerAPIkey": h.secrets.APIKey}, "PermissionDenied", "Only a developer's account may create contacts."},
		"wrong key":         {fields{"developerAPIkey": h.secrets.APIKey}, "AuthenticationFailed", ""},
		"no key":            {fields{"developerAPIkey": ""}, "MissingRequiredInformation", "developerAPIkey is missing."},
		"no email":          {fields{"contactEmail": nil}, "MissingRequiredInformation", "contactEmail is missing."},
		"no name":           {fields{"contactName": " "}, "MissingRequiredInformation", "contactName is missing."},
		"no country":        {fields{"countryCode": ""}, "MissingRequiredInformation", "countryCode is missing."},
		"country":           {fields{"countryCode": "UK"}, "InvalidParameter", `countryCode is "UK", not a two-letter code of ISO 3166-1 such as US.`},
		"country's name":    {fields{"countryCode": "Denmark"}, "InvalidParameter", `countryCode is "Denmark", `},
		"two countries":     {fields{"countryCode": "S D"}, "InvalidParameter", `countryCode is "S D", `},
		"email":             {fields{"contactEmail": "nobody"}, "InvalidParameter", "contactEmail is not an e-mail address."},
		"long name":         {fields{"contactEmail": "new@domain.com", "contactName": strings.Repeat("x", 256)}, "InvalidParameter", "contactName has 256 bytes; at most 255 are kept."},
		"two lines of name": {fields{"contactEmail": "new@domain.com", "contactName": "a\r\nBcc: b"}, "InvalidParameter", "contactName holds control characters."},
	}
	for name, tt := range tests {
		o := h.json("POST", "/Contact", h.newContact(tt.given))
		if o["ErrorCode"] != tt.code || !strings.HasPrefix(o["Message"].(string), tt.says) || o["ContactAPIkey"] != zeroGUID || o["ContactEmail"] != nil {
			t.Errorf("%s: %v", name, o)
		}
	}
}

func TestPutContact(t *testing.T) {
	h := newHouse(t)
	everything := fields{
		"contactName": "n", "contactCompany": "c", "contactAddress1": "1", "contactAddress2": "2", "contactZipCode": 8000, "contactCity": "t", "contactState": "s", "contactPhone": "p",
		"timezoneIndex": 105, "billingEmail": "billing @ example.com", "billingAddress1": "b1", "billingAddress2": "b2", "billingZipCode": "bz", "billingCity": "bc", "billingState": "bs",
		"euVatNumber": "DK12345678", "isReceivedNewslater": true, "countryCode": "DK",
	}
	want := mattebox.Contact{
		Name: "n", Company: "c", Address1: "1", Address2: "2", ZipCode: "8000", City: "t", State: "s", Phone: "p", Timezone: "105",
		BillingEmail: "billing @ example.com", BillingAddress1: "b1", BillingAddress2: "b2", BillingZipCode: "bz", BillingCity: "bc", BillingState: "bs",
		VATNumber: "DK12345678", Newsletter: true,
	}
	stored := func() mattebox.Contact {
		account, err := h.store.AccountByEmail(t.Context(), h.customer.Email)
		if err != nil {
			t.Fatal(err)
		}
		return account.Contact
	}
	if answer := h.ask("PUT", "/Contact/", h.with(everything)); answer.body != `<EditContactResponse><ErrorCode>NoError</ErrorCode><Message>Success</Message></EditContactResponse>` {
		t.Errorf("%s", answer.body)
	}
	if diff := cmp.Diff(want, stored()); diff != "" {
		t.Error(diff)
	}
	h.ok("PUT", "/Contact", h.with(fields{"contactName": "", "contactCity": nil, "contactPhone": "q", "isReceivedNewslater": ""}))
	want.Phone = "q"
	if diff := cmp.Diff(want, stored()); diff != "" {
		t.Errorf("absent and empty fields: %s", diff)
	}
	h.ok("PUT", "/Contact", h.with(fields{"isReceivedNewslater": "False"}))
	if stored().Newsletter {
		t.Error("the newsletter cannot be unsubscribed")
	}
	for field, value := range map[string]string{"billingEmail": "nobody", "isReceivedNewslater": "sometimes"} {
		if o := h.json("PUT", "/Contact", h.with(fields{field: value})); o["ErrorCode"] != "InvalidParameter" || !strings.HasPrefix(o["Message"].(string), field) {
			t.Errorf("%s: %v", field, o)
		}
	}
}

func TestGetContact(t *testing.T) {
	h := newHouse(t)
	account, secrets := h.account(mattebox.Account{
		Email: "Rich @ example.com", Contact: mattebox.Contact{Name: "Rich", Company: "A & B"},
		Balance: mattebox.Money{Cents: 8105, Currency: mattebox.EUR}, DaysOfCredit: 10000, TrialImages: 3,
	})
	got := h.ok("GET", "/Contact", fields{"contactEmail": account.Email, "contactAPIkey": secrets.APIKey})
	want := object{"ErrorCode": "NoError", "Message": "", "Contact": map[string]any{
		"ContactAccountBalance": map[string]any{"Amount": 81.05, "Currency": "EUR", "CurrencyId": 2.0},
		"ContactCompany":        "A & B", "ContactDaysOfCredit": 10000.0, "ContactEmail": "Rich @ example.com", "ContactPerson": "Rich", "NumberOfTrialImages": 3.0,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The list must be ISO 3166-1's, in order and without doubles.
func TestCountries(t *testing.T) {
	codes := strings.Fields(countries)
	if len(codes) != 249 {
		t.Errorf("%d countries, want 249", len(codes))
	}
	for i, code := range codes {
		if len(code) != 2 || i > 0 && codes[i-1] >= code {
			t.Errorf("%q is no code, or not in its place", code)
		}
	}
	for code, want := range map[string]bool{"US": true, "AD": true, "ZW": true, "XK": false, "EU": false, "": false, "D ": false, " D": false, "USA": false} {
		if isCountry(code) != want {
			t.Errorf("isCountry(%q) is %v", code, !want)
		}
	}
}
