package rtb

import (
	"context"

	"mattebox"
)

// editContactRequest is contracts A12. The last name is spelled as the vendor does.
type editContactRequest struct {
	auth
	ContactName         string `rtb:"contactName"`
	ContactCompany      string `rtb:"contactCompany"`
	ContactAddress1     string `rtb:"contactAddress1"`
	ContactAddress2     string `rtb:"contactAddress2"`
	ContactZipCode      string `rtb:"contactZipCode"`
	ContactCity         string `rtb:"contactCity"`
	ContactState        string `rtb:"contactState"`
	ContactPhone        string `rtb:"contactPhone"`
	TimezoneIndex       string `rtb:"timezoneIndex"`
	BillingEmail        string `rtb:"billingEmail" max:"320"`
	BillingAddress1     string `rtb:"billingAddress1"`
	BillingAddress2     string `rtb:"billingAddress2"`
	BillingZipCode      string `rtb:"billingZipCode"`
	BillingCity         string `rtb:"billingCity"`
	BillingState        string `rtb:"billingState"`
	EUVATNumber         string `rtb:"euVatNumber"`
	IsReceivedNewslater string `rtb:"isReceivedNewslater"`
}

type editContactResponse struct{ outcome }

func (s *Service) editContact(ctx context.Context, account *mattebox.Account, req *editContactRequest) (*editContactResponse, error) {
	if req.BillingEmail != "" {
		if err := mattebox.ValidateEmail("billingEmail", req.BillingEmail); err != nil {
			return nil, err
		}
	}
	newsletter, err := flag("isReceivedNewslater", req.IsReceivedNewslater)
	if err != nil {
		return nil, err
	}
	err = s.c.Accounts.EditContact(ctx, account.ID, func(c *mattebox.Contact) {
		req.apply(c)
		if req.IsReceivedNewslater != "" {
			c.Newsletter = newsletter
		}
	})
	if err != nil {
		return nil, err
	}
	answer := &editContactResponse{}
	answer.settle(NoError, "Success")
	return answer, nil
}

// apply puts the texts that are given in place of the contact's (contracts F20).
func (r *editContactRequest) apply(c *mattebox.Contact) {
	for _, change := range [...]struct {
		to   *string
		text string
	}{
		{&c.Name, r.ContactName}, {&c.Company, r.ContactCompany},
		{&c.Address1, r.ContactAddress1}, {&c.Address2, r.ContactAddress2}, {&c.ZipCode, r.ContactZipCode},
		{&c.City, r.ContactCity}, {&c.State, r.ContactState}, {&c.Phone, r.ContactPhone},
		{&c.Timezone, r.TimezoneIndex},
		{&c.BillingEmail, r.BillingEmail}, {&c.BillingAddress1, r.BillingAddress1}, {&c.BillingAddress2, r.BillingAddress2},
		{&c.BillingZipCode, r.BillingZipCode}, {&c.BillingCity, r.BillingCity}, {&c.BillingState, r.BillingState},
		{&c.VATNumber, r.EUVATNumber},
	} {
		if change.text != "" {
			*change.to = change.text
		}
	}
}
