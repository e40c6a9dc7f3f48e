package rtb

import (
	"context"

	"mattebox"
)

// templatesRequest is contracts A3.
type templatesRequest struct{ auth }

type templatesResponse struct {
	outcome
	Templates []templateEntry `rtb:"Templates,Template"`
}

// templateEntry ends with what the vendor's SOAP binding has beyond REST (contracts B).
type templateEntry struct {
	Prices           []*amount `rtb:"Prices,Price"`
	TemplateID       int       `rtb:"TemplateId"`
	TemplateName     string    `rtb:"TemplateName"`
	IsCombinedImages bool      `rtb:"IsCombinedImages"`
	ContactID        int       `rtb:"ContactId,,soap"`
}

func (s *Service) templates(ctx context.Context, account *mattebox.Account, _ *templatesRequest) (*templatesResponse, error) {
	stored, err := s.c.Templates.Templates(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	entries := make([]templateEntry, 0, len(stored))
	for _, t := range stored {
		price, err := s.price(account, t.Template)
		if err != nil {
			return nil, err
		}
		entries = append(entries, templateEntry{
			Prices: []*amount{amountOf(price)}, TemplateID: int(t.ID),
			TemplateName: t.Template.Name, IsCombinedImages: t.Template.CombinedImages, ContactID: int(account.ID),
		})
	}
	return &templatesResponse{Templates: entries}, nil
}
