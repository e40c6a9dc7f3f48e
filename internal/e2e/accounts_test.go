package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mattebox/internal/servicetest"
)

// accountCommands has an operator list, credit and promote accounts and rotate keys
// beside the running server, which heeds it at once.
func accountCommands(t *testing.T, h *house) {
	c := h.customer(t, "--credit", "100.00", "--company", "Acme")
	h.mattebox(t, "account credit", c.Email, "5.50")
	h.mattebox(t, "account credit", "--", c.Email, "-0.05")
	contact := c.do(http.MethodGet, "Contact", nil).Contact
	if contact.ContactAccountBalance.Amount != "105.45" || contact.ContactCompany != "Acme" {
		t.Errorf("the contact is %+v, want 105.45 and Acme", contact)
	}

	newcomer := fields{"developerEmail": c.Email, "developerAPIkey": c.Key, "contactEmail": "by-" + c.Email, "contactName": "N", "countryCode": "DK"}
	c.refused("PermissionDenied", http.MethodPost, "Contact", newcomer)
	h.mattebox(t, "account developer", c.Email)
	a := c.do(http.MethodPost, "Contact", newcomer)
	h.keep(servicetest.Account{APIKey: a.ContactAPIkey})

	listed := string(h.mattebox(t, "account list", "--json"))
	for _, want := range []string{c.Email, "by-" + c.Email, "105.45"} {
		if !strings.Contains(listed, want) {
			t.Errorf("the list of accounts lacks %s:\n%s", want, listed)
		}
	}
	for _, secret := range c.account.Secrets() {
		if strings.Contains(listed, secret) {
			t.Error("the list of accounts holds a key or secret")
		}
	}

	var fresh servicetest.Account
	if err := json.Unmarshal(h.mattebox(t, "account rotate-key", "--json", c.Email), &fresh); err != nil {
		t.Fatal(err)
	}
	h.keep(fresh)
	c.refused("AuthenticationFailed", http.MethodGet, "Contact", nil)
	c.Key = fresh.APIKey
	c.do(http.MethodGet, "Contact", nil)

	if _, err := h.CreateAccount(t.Context(), strings.ToUpper(c.Email)); err == nil {
		t.Error("an address got a second account")
	}
}
