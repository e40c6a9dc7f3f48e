package rtb

import (
	"context"

	"mattebox"
)

// contactRequest is contracts A13.
type contactRequest struct{ auth }

type contactResponse struct {
	outcome
	Contact *contactDetails `rtb:"Contact"`
}

type contactDetails struct {
	ContactAccountBalance *amount `rtb:"ContactAccountBalance"`
	ContactCompany        string  `rtb:"ContactCompany"`
	ContactDaysOfCredit   int     `rtb:"ContactDaysOfCredit"`
	ContactEmail          string  `rtb:"ContactEmail"`
	ContactPerson         string  `rtb:"ContactPerson"`
	NumberOfTrialImages   int     `rtb:"NumberOfTrialImages"`
}

func (s *Service) contact(_ context.Context, account *mattebox.Account, _ *contactRequest) (*contactResponse, error) {
	return &contactResponse{Contact: &contactDetails{
		ContactAccountBalance: amountOf(account.Balance), ContactCompany: account.Company,
		ContactDaysOfCredit: account.DaysOfCredit, ContactEmail: account.Email,
		ContactPerson: account.Name, NumberOfTrialImages: account.TrialImages,
	}}, nil
}
