package rtb

import (
	"context"
	"strings"

	"mattebox"
)

// addContactRequest is contracts A11.
type addContactRequest struct {
	DeveloperEmail  string `rtb:"developerEmail,required" max:"320"`
	DeveloperAPIKey string `rtb:"developerAPIkey,required"`
	ContactEmail    string `rtb:"contactEmail,required" max:"320"`
	ContactName     string `rtb:"contactName,required"`
	CountryCode     string `rtb:"countryCode,required"`
	ContactAddress1 string `rtb:"contactAddress1"`
	ContactAddress2 string `rtb:"contactAddress2"`
	ContactPhone    string `rtb:"contactPhone"`
	ContactCity     string `rtb:"contactCity"`
	ContactState    string `rtb:"contactState"`
	ContactZipCode  string `rtb:"contactZipCode"`
}

func (r *addContactRequest) credentials() mattebox.Credentials {
	return mattebox.Credentials{Email: r.DeveloperEmail, Key: r.DeveloperAPIKey}
}

type newContactResponse struct {
	outcome
	ContactAPIKey GUID    `rtb:"ContactAPIkey"`
	ContactEmail  *string `rtb:"ContactEmail"`
}

func (s *Service) addContact(ctx context.Context, developer *mattebox.Account, req *addContactRequest) (*newContactResponse, error) {
	if !developer.Developer {
		return nil, &Fault{Code: PermissionDenied, Message: "Only a developer's account may create contacts."}
	}
	contact, err := req.contact()
	if err != nil {
		return nil, err
	}
	_, secrets, err := s.c.Accounts.CreateAccount(ctx, mattebox.Account{
		Email: req.ContactEmail, Contact: contact, Partner: developer.ID,
		Balance: mattebox.Money{Currency: developer.Balance.Currency}, TrialImages: s.c.TrialImages,
	})
	if err != nil {
		return nil, renamed(err, mattebox.CodeConflict, Fault{Code: ContactAlreadyExists, Message: "contactEmail already has an account."})
	}
	answer := &newContactResponse{ContactAPIKey: GUID(secrets.APIKey), ContactEmail: &req.ContactEmail}
	answer.settle(NoError, "Success")
	return answer, nil
}

func (r *addContactRequest) contact() (mattebox.Contact, error) {
	if err := mattebox.ValidateEmail("contactEmail", r.ContactEmail); err != nil {
		return mattebox.Contact{}, err
	}
	country := strings.ToUpper(strings.TrimSpace(r.CountryCode))
	if !isCountry(country) {
		return mattebox.Contact{}, mattebox.Invalid("countryCode", "is %.20q, not a two-letter code of ISO 3166-1 such as US", r.CountryCode)
	}
	return mattebox.Contact{
		Name: r.ContactName, Country: country, Phone: r.ContactPhone,
		Address1: r.ContactAddress1, Address2: r.ContactAddress2,
		City: r.ContactCity, State: r.ContactState, ZipCode: r.ContactZipCode,
	}, nil
}
