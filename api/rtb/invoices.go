package rtb

import (
	"context"
	"net/url"
	"strings"

	"mattebox"
)

// invoicesRequest is contracts A14.
type invoicesRequest struct {
	auth
	FromDate  string `rtb:"fromDate"`
	ToDate    string `rtb:"toDate"`
	Page      string `rtb:"page"`
	ReturnURL string `rtb:"returnUrl" max:"2048"`
}

type invoicesResponse struct {
	messageFirst
	Invoices []invoiceEntry `rtb:"Invoices,Invoice"`
}

type invoiceEntry struct {
	InvoiceID   string `rtb:"InvoiceId"`
	CreatedDate string `rtb:"CreatedDate"`
	AmountDue   string `rtb:"AmountDue"`
	IsPaid      bool   `rtb:"IsPaid"`
	PaymentURL  string `rtb:"PaymentUrl"`
	InvoiceURL  string `rtb:"InvoiceUrl"`
}

// invoicesPerPage is contracts A14's.
const invoicesPerPage = 50

func (s *Service) invoices(ctx context.Context, account *mattebox.Account, req *invoicesRequest) (*invoicesResponse, error) {
	filter, err := req.filter()
	if err != nil {
		return nil, err
	}
	back := strings.TrimSpace(req.ReturnURL)
	if back != "" {
		if _, err := mattebox.ParseReturnURL(back); err != nil {
			return nil, err
		}
	}
	filter.Account = account.ID
	invoices, err := s.c.Invoices.Invoices(ctx, filter)
	if err != nil {
		return nil, err
	}
	entries := make([]invoiceEntry, 0, len(invoices))
	for i := range invoices {
		entries = append(entries, s.entryOf(&invoices[i], back))
	}
	return &invoicesResponse{Invoices: entries}, nil
}

func (r *invoicesRequest) filter() (f mattebox.InvoiceFilter, err error) {
	if f.From, f.To, err = span(r.FromDate, r.ToDate); err != nil {
		return f, err
	}
	f.Page.Size = invoicesPerPage
	f.Page.Number, err = whole("page", r.Page, 1, 1, maxPage)
	return f, err
}

// entryOf returns an invoice with the addresses of its two pages, which hold
// without credentials. The one to pay at carries where the payer goes on to, and is
// empty when there is nothing to pay.
func (s *Service) entryOf(i *mattebox.Invoice, back string) invoiceEntry {
	entry := invoiceEntry{
		InvoiceID: i.ID(), CreatedDate: date(i.Created), AmountDue: i.AmountDue().Amount(), IsPaid: i.IsPaid(),
		InvoiceURL: s.c.Links.Absolute("invoice/" + i.ID() + ".pdf"),
	}
	if entry.IsPaid {
		return entry
	}
	entry.PaymentURL = s.c.Links.Absolute("pay/" + i.ID())
	if back != "" {
		entry.PaymentURL += "&returnUrl=" + url.QueryEscape(back)
	}
	return entry
}
