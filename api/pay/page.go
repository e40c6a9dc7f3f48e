package pay

import (
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// invoicePage is what invoice.html shows.
type invoicePage struct {
	Seller       string
	Title        string // "Invoice INV-1315"
	ID           string
	Buyer        []string // lines
	Created      string
	Period       string
	DueBy        string // empty when nothing is due
	State        string // "due", "overdue", "paid", "credited" or "note", for a credit note
	CreditedBy   string
	Currency     string
	Lines        []linePage
	Sums         []sumPage
	Due          string
	Note         string // on VAT
	Instructions []string
	PDF          string
	Sig          string
	Return       string // as given, for the form; empty when it cannot be followed
	Back         *back
	BadBack      bool // an address was given that cannot be followed
}

type linePage struct {
	Text   string
	Count  int
	Amount string
}

type sumPage struct {
	Name, Amount string
	Strong       bool
}

// back is an address outside to which the payer may go on.
type back struct{ URL, Host string }

// backOf returns the address with its host; nil for one that cannot be followed.
func backOf(text string) *back {
	if text == "" {
		return nil
	}
	u, err := mattebox.ParseReturnURL(text)
	if err != nil {
		return nil
	}
	return &back{u.String(), u.Host}
}

func (h *handler) invoicePage(i *mattebox.Invoice, sig, returnURL string) invoicePage {
	page := invoicePage{
		Seller: called(i.Seller), Title: kindOf(i) + " " + i.ID(), ID: i.ID(), Buyer: linesOf(i.Buyer), Created: day(i.Created), Period: periodOf(i),
		State: h.state(i), CreditedBy: i.CreditedBy(), Currency: string(i.Net.Currency), Sums: sumsOf(i), Due: i.AmountDue().String(), Note: i.VATNote,
		PDF: h.Links.Absolute("invoice/" + i.ID() + ".pdf"), Sig: sig, Back: backOf(returnURL), BadBack: returnURL != "" && backOf(returnURL) == nil,
	}
	if page.Back != nil {
		page.Return = returnURL
	}
	for _, line := range i.Lines {
		page.Lines = append(page.Lines, linePage{line.Text, line.Count, line.Amount.Amount()})
	}
	if !i.IsPaid() {
		page.DueBy = day(i.DueBy)
		page.Instructions = h.instructions(i.ID())
	}
	return page
}

// instructions are the provider's, in lines.
func (h *handler) instructions(reference string) []string {
	text := strings.TrimSpace(h.Provider.Instructions(reference))
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func (h *handler) state(i *mattebox.Invoice) string {
	switch {
	case i.Credited != 0:
		return "note"
	case i.CreditedBy() != "":
		return "credited"
	case i.IsPaid():
		return "paid"
	case h.Links.Now().After(i.DueBy):
		return "overdue"
	}
	return "due"
}

func kindOf(i *mattebox.Invoice) string {
	if i.Credited != 0 {
		return "Credit note"
	}
	return "Invoice"
}

// sumsOf are the lines below the table.
func sumsOf(i *mattebox.Invoice) []sumPage {
	rate := strings.TrimSuffix(strings.TrimRight(money(int64(i.VATRate), "").Amount(), "0"), ".")
	sums := []sumPage{{Name: "Net", Amount: i.Net.String()}, {Name: "VAT " + rate + " %", Amount: i.VAT.String()}}
	if i.Credited != 0 {
		return append(sums, sumPage{"Credited", i.Gross().String(), true})
	}
	sums = append(sums, sumPage{Name: "Total", Amount: i.Gross().String()})
	if i.Prepaid.Cents != 0 {
		sums = append(sums, sumPage{Name: "Paid from the balance", Amount: money(-i.Prepaid.Cents, i.Net.Currency).String()})
	}
	if rest := restOf(i); i.IsPaid() && rest.Cents > 0 {
		name := "Paid on " + day(i.Paid)
		if i.CreditedBy() != "" {
			name = "Taken back by " + i.CreditedBy()
		}
		sums = append(sums, sumPage{Name: name, Amount: money(-rest.Cents, i.Net.Currency).String()})
	}
	return append(sums, sumPage{"Amount due", i.AmountDue().String(), true})
}

// restOf is what was, or is, to be paid after the balance.
func restOf(i *mattebox.Invoice) mattebox.Money {
	return money(max(i.Gross().Cents-i.Prepaid.Cents, 0), i.Net.Currency)
}

func periodOf(i *mattebox.Invoice) string {
	if i.From.IsZero() || !i.To.After(i.From) {
		return ""
	}
	return day(i.From) + " to " + day(i.To.Add(-time.Nanosecond))
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// called is the name by which a party is called.
func called(p mattebox.Party) string {
	if p.Company != "" {
		return p.Company
	}
	return p.Name
}

func linesOf(p mattebox.Party) []string {
	var lines []string
	for _, line := range []string{p.Company, p.Name, p.Address1, p.Address2, p.ZipCode + " " + p.City, p.State + " " + p.Country, p.VATNumber} {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// topUpPage is what topup.html shows.
type topUpPage struct {
	Seller       string
	Account      string
	Email        string
	Balance      string
	Currency     string
	Amount       string // proposed, or what was written
	Fault        string // what is wrong with it
	Least, Most  string
	Instructions []string
	Sig          string
	Return       string
	Back         *back
	BadBack      bool
}

func (h *handler) topUpPage(a *mattebox.Account, sig, returnURL string) topUpPage {
	id, currency := strconv.FormatInt(int64(a.ID), 10), a.Balance.Currency
	page := topUpPage{
		Seller: called(h.Seller), Account: id, Email: a.Email, Balance: a.Balance.String(), Currency: string(currency), Amount: "100.00",
		Least: money(leastTopUp, currency).Amount(), Most: money(mostTopUp, currency).Amount(), Instructions: h.instructions("Top-up " + id),
		Sig: sig, Back: backOf(returnURL), BadBack: returnURL != "" && backOf(returnURL) == nil,
	}
	if page.Back != nil {
		page.Return = returnURL
	}
	return page
}

// How a payment stands when its payer comes back.
const (
	donePaid    = "paid"
	doneWaiting = "waiting"
	doneFailed  = "failed"
)

func stateOf(paid bool) string {
	if paid {
		return donePaid
	}
	return doneWaiting
}

// donePage is what done.html shows.
type donePage struct {
	Seller  string
	Title   string
	Amount  string
	State   string // donePaid, doneWaiting or doneFailed
	Balance string // of a top-up
	Again   string // this page
	Retry   string // where the payment may be made (again)
	PDF     string // of an invoice
	Back    *back
}
