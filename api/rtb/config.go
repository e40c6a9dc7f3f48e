package rtb

import (
	"context"
	"log/slog"

	"mattebox"
)

// Accounts is who may ask, and what they say of themselves.
type Accounts interface {
	// Authenticate returns the account that the credentials prove, or a
	// CodeUnauthenticated error that says no more.
	Authenticate(ctx context.Context, c mattebox.Credentials) (*mattebox.Account, error)
	// DeveloperByKey returns the developer whose API key it is, or a CodeUnauthenticated
	// error.
	DeveloperByKey(ctx context.Context, key string) (mattebox.AccountID, error)
	// CreateAccount opens an account with its default template. An e-mail address
	// that is taken is a CodeConflict error.
	CreateAccount(ctx context.Context, a mattebox.Account) (mattebox.Account, mattebox.Secrets, error)
	// EditContact changes what an account says of itself.
	EditContact(ctx context.Context, id mattebox.AccountID, edit func(*mattebox.Contact)) error
}

// Templates are an account's templates. Another account's are CodeNotFound.
type Templates interface {
	AddTemplate(ctx context.Context, id mattebox.AccountID, t mattebox.Template, price mattebox.Money) (mattebox.StoredTemplate, error)
	Template(ctx context.Context, id mattebox.AccountID, template mattebox.TemplateID) (mattebox.StoredTemplate, error)
	Templates(ctx context.Context, id mattebox.AccountID) ([]mattebox.StoredTemplate, error)
}

// Images are an account's images. Another account's are CodeNotFound.
type Images interface {
	// SubmitImage stores an order, sets aside what it costs and has it begun. A
	// template that the account does not have is a CodeNotFound error; an order without
	// one, for an account without a default, is a CodeInvalid error on templateId
	// (contracts F14). When the account has nothing left to pay with it is a
	// CodePayment error, and nothing is stored.
	SubmitImage(ctx context.Context, s mattebox.Submission) (*mattebox.Image, error)
	Image(ctx context.Context, id mattebox.AccountID, ref mattebox.ImageRef) (*mattebox.Image, error)
	Images(ctx context.Context, f mattebox.ImageFilter) ([]mattebox.Image, error)
	CountImages(ctx context.Context, f mattebox.ImageFilter) (int, error)
	Products(ctx context.Context, id mattebox.AccountID, page mattebox.Page) ([]mattebox.ProductStatistic, error)
	// DeleteImage and RejectImage give a CodeConflict error for an image whose
	// status forbids it (mattebox.Status.Deletable, Rejectable).
	DeleteImage(ctx context.Context, id mattebox.AccountID, ref mattebox.ImageRef) error
	RejectImage(ctx context.Context, id mattebox.AccountID, ref mattebox.ImageRef, comment string) error
}

// Invoices are an account's invoices.
type Invoices interface {
	Invoices(ctx context.Context, f mattebox.InvoiceFilter) ([]mattebox.Invoice, error)
}

// Config is what the operations need. All fields are required but those that say
// otherwise.
type Config struct {
	Accounts  Accounts
	Templates Templates
	Images    Images
	Invoices  Invoices
	Intake    mattebox.Intake // asked before an image is taken
	Links     mattebox.Links  // sign the addresses of results, invoices and payments
	Now       mattebox.Clock

	// CheckURL refuses, as far as the text alone tells, an address that the service
	// must not call: a source or a callback. Its error is fit for the caller.
	CheckURL func(text string) error

	// Prices say what an image costs: what templates show. The store has the same
	// ones, for orders.
	Prices mattebox.PriceTable

	// TrialImages is how many free images a contact begins with that a developer
	// makes.
	TrialImages int

	// DataContract has XML written in the namespaces and the element order of the
	// vendor's own service (contracts A0, F9) instead of those of its documentation.
	// One request asks for it with ?namespace=datacontract.
	DataContract bool

	// RequestID returns the id that a request's records in the log have, so that
	// answers to faults of ours can name it. Nil: none is named.
	RequestID func(context.Context) string

	// Logger gets faults of ours, with the request's context, and nothing that a
	// caller can cause. Nil: slog.Default().
	Logger *slog.Logger
}
