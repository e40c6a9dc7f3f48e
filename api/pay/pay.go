// Package pay serves what a customer's bookkeeper sees: an invoice as PDF, a page
// on which it is paid, a page on which a balance is topped up, and the way back
// from there; and it takes the payment provider's events.
//
// A request comes with an address that the service has signed (mattebox.Links),
// and with nothing else: who has the address may see the invoice and pay it. The
// address may name where the payer goes on to, which is shown before it is
// followed. What happens is the store's and the provider's business; pages come out
// of html/template, work without scripts, and are kept by nobody.
package pay

import (
	"context"
	"html/template"
	"io"
	"log/slog"
	"net/http"

	"mattebox"
)

// Books are where invoices and accounts are read.
type Books interface {
	// Invoice returns the invoice or credit note of the number, or a CodeNotFound error.
	Invoice(ctx context.Context, number int64) (*mattebox.Invoice, error)
	// Account returns the account, or a CodeNotFound error.
	Account(ctx context.Context, id mattebox.AccountID) (*mattebox.Account, error)
}

// Payments are the rows of payments.
type Payments interface {
	// OpenPayment begins a payment of an invoice, or finds the one that is open with the
	// provider; without an invoice, a top-up. A paid invoice is a CodeConflict error.
	OpenPayment(ctx context.Context, p mattebox.Payment) (*mattebox.Payment, error)
	// NamePayment stores the provider's identity of an open payment.
	NamePayment(ctx context.Context, id, ref string) error
	// EndPayment books what a provider has said. A payment that is not ours is a
	// CodeNotFound error; what was said before, or has been overtaken, changes nothing.
	EndPayment(ctx context.Context, provider string, e mattebox.PaymentEvent) (*mattebox.Payment, error)
	// Payment returns the payment, or a CodeNotFound error.
	Payment(ctx context.Context, id string) (*mattebox.Payment, error)
}

// Provider takes payments; package billing says what is expected of it.
type Provider interface {
	Name() string
	Instructions(reference string) string
	Begin(ctx context.Context, order mattebox.PaymentOrder) (mattebox.PaymentStart, error)
	Event(body []byte, header http.Header) (*mattebox.PaymentEvent, error)
}

// Config is what the handler needs; all but Logger are required.
type Config struct {
	Books    Books
	Payments Payments
	Provider Provider
	PDF      func(io.Writer, *mattebox.Invoice) error
	Seller   mattebox.Party // named on pages that have no invoice
	Links    mattebox.Links
	Logger   *slog.Logger // nil: slog.Default()
}

type handler struct {
	Config
	pages  *template.Template
	policy string // Content-Security-Policy
}

// New returns the handler of the addresses below /invoice/, /pay/ and /topup/. It
// answers 403 to one that is not signed or has expired, 404 when there is nothing
// of that name, 409 when there is nothing to pay.
func New(c Config) (http.Handler, error) {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	pages, policy, err := loadPages()
	if err != nil {
		return nil, err
	}
	h := &handler{c, pages, policy}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /invoice/{file}", h.page("GET Invoice PDF", h.pdf))              // InvoiceUrl
	mux.HandleFunc("GET /pay/{invoice}", h.page("GET Payment", h.invoice))               // PaymentUrl
	mux.HandleFunc("POST /pay/{invoice}", h.page("POST Payment", h.beginInvoice))        // its button
	mux.HandleFunc("GET /pay/{invoice}/done", h.page("GET Payment", h.invoiceDone))      // back from the provider
	mux.HandleFunc("GET /topup/{account}", h.page("GET Top-up", h.topUp))                // given out by an operator, or the portal
	mux.HandleFunc("POST /topup/{account}", h.page("POST Top-up", h.beginTopUp))         // its button
	mux.HandleFunc("GET /topup/{account}/done", h.page("GET Top-up", h.topUpDone))       // back from the provider
	mux.HandleFunc("POST /pay/{provider}/events", h.page("POST Payment event", h.event)) // the provider itself
	return mux, nil
}
