package mattebox

import (
	"fmt"
	"strings"
	"time"
)

// Invoice bills an account for what was charged on credit in a period, and shows
// what was paid from its balance. Numbers are gapless.
type Invoice struct {
	Number   int64
	Account  AccountID
	Credited int64  // number of the invoice that this one, a credit note, takes back; 0 for none
	Reason   string // of a credit note
	From, To time.Time
	Created  time.Time
	DueBy    time.Time // Created plus the account's days of credit
	Seller   Party
	Buyer    Party
	Lines    []InvoiceLine
	VATRate  int // percent, in hundredths: 2500 is 25 %
	VATNote  string
	Net      Money // of the lines
	VAT      Money
	Prepaid  Money // of Net and VAT, paid from the balance already
	Paid     time.Time
	Payment  string // the provider's identity of the payment; empty when unpaid
}

// InvoiceLine is the images of one template in the period, or, with TemplateID 0,
// the video jobs.
type InvoiceLine struct {
	TemplateID TemplateID
	Text       string
	Count      int
	Amount     Money
}

// Party is a name and address on an invoice, as it was when the invoice was made.
type Party struct {
	Name, Company, Address1, Address2, ZipCode, City, State, Country, VATNumber, Email string
}

// ID returns the InvoiceId of the wire, "INV-1315".
func (i *Invoice) ID() string { return fmt.Sprintf("INV-%d", i.Number) }

// Gross is the net amount with VAT.
func (i *Invoice) Gross() Money {
	return Money{Cents: i.Net.Cents + i.VAT.Cents, Currency: i.Net.Currency}
}

// AmountDue is what is still to be paid (contracts A14): nothing once it is paid.
func (i *Invoice) AmountDue() Money {
	due := Money{Currency: i.Net.Currency}
	if !i.IsPaid() {
		due.Cents = i.Gross().Cents - i.Prepaid.Cents
	}
	return due
}

// IsPaid reports whether nothing is left to be paid.
func (i *Invoice) IsPaid() bool {
	return !i.Paid.IsZero() || i.Gross().Cents <= i.Prepaid.Cents
}

// In returns the invoice with its times in the zone, in which its dates are to be
// read: that of its account.
func (i *Invoice) In(zone *time.Location) *Invoice {
	local := *i
	local.From, local.To, local.Created, local.DueBy, local.Paid = i.From.In(zone), i.To.In(zone), i.Created.In(zone), i.DueBy.In(zone), i.Paid.In(zone)
	return &local
}

// CreditedBy returns the credit note that took the unpaid invoice back, "INV-1320";
// empty when none did.
func (i *Invoice) CreditedBy() string {
	if strings.HasPrefix(i.Payment, "INV-") {
		return i.Payment
	}
	return ""
}

// Payment is money on its way to us through a provider: for an invoice, or to top
// a balance up.
type Payment struct {
	ID       string // ours, a GUID: the idempotency key towards the provider
	Account  AccountID
	Invoice  int64 // 0: a top-up
	Amount   Money
	Provider string
	Ref      string // the provider's identity of it; empty before it has one
	State    PaymentState
	Created  time.Time
	Ended    time.Time
}

// PaymentState says where a payment stands.
type PaymentState string

// The states.
const (
	PaymentOpen   PaymentState = "open"
	PaymentDone   PaymentState = "done"
	PaymentFailed PaymentState = "failed"
)

// InvoiceFilter selects invoices, credit notes among them. Zero fields do not
// select.
type InvoiceFilter struct {
	Account AccountID
	From    time.Time // created at or after
	To      time.Time // created before
	Unpaid  bool      // with something still to be paid
	Page    Page      // newest first; Size 0: all
}

// InvoiceTerms are the seller's side of an invoice.
type InvoiceTerms struct {
	Seller Party
	// VAT returns what the buyer pays: the rate in hundredths of a percent (2500 is
	// 25 %), and what the invoice has to say of it, such as why it is 0. Nil: no VAT.
	VAT func(buyer Party) (rate int, note string)
}

// BillingPeriod is a month of an account, in its time zone, that is over and has
// not been billed.
type BillingPeriod struct {
	Account  AccountID
	From, To time.Time // To is not part of it
}

// VATOf returns the VAT on a net amount at a rate in hundredths of a percent,
// rounded half away from zero.
func VATOf(net Money, rate int) Money {
	half := int64(5000)
	if net.Cents < 0 {
		half = -half
	}
	return Money{Cents: (net.Cents*int64(rate) + half) / 10000, Currency: net.Currency}
}
