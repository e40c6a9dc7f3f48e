package mattebox

import "time"

// Funding says what an image is paid from.
type Funding string

// The fundings, in the order in which an order tries them.
const (
	FundingTrial   Funding = "trial"   // one of the account's free images
	FundingBalance Funding = "balance" // money paid in before, reserved at the order
	FundingCredit  Funding = "credit"  // to be invoiced, for accounts with days of credit
	FundingFree    Funding = "free"    // costs nothing
)

// Book is one of the ledger's books. Those of a customer exist once for each
// account, those of the house once.
type Book string

// The books. A positive entry increases what the book's comment says.
const (
	BookBalance    Book = "balance"    // customer: what we owe them, free to be spent
	BookReserved   Book = "reserved"   // customer: what we owe them, set aside for orders in hand
	BookReceivable Book = "receivable" // customer: what they owe us (negative: they owe)
	BookCash       Book = "cash"       // house: received (negative entries: money in)
	BookRevenue    Book = "revenue"    // house: earned
	BookVAT        Book = "vat"        // house: owed to the tax office
)

// Entry is one line of a posting. Entries are never changed or removed.
type Entry struct {
	Account AccountID // 0 for the house's books
	Book    Book
	Amount  Money
}

// Posting is one event in the ledger; its entries sum to zero in each currency.
type Posting struct {
	ID      int64
	Kind    PostingKind
	At      time.Time
	By      string // customer, engine, operator, payment, sweeper
	Note    string
	Image   ImageID // 0 for none
	Job     JobID   // 0 for none
	Run     int     // of the Job: each start reserves anew
	Invoice int64   // number; 0 for none
	Payment string  // the provider's identity of the payment; empty for none
	Entries []Entry
}

// PostingKind names an event of the ledger.
type PostingKind string

// The kinds.
const (
	PostTopUp   PostingKind = "top-up"  // money in: cash to balance
	PostReserve PostingKind = "reserve" // an order, or a job's start: balance to reserved
	PostRelease PostingKind = "release" // deleted, failed or refused: reserved to balance
	PostCharge  PostingKind = "charge"  // first finished: reserved, or receivable, to revenue
	PostTax     PostingKind = "tax"     // an invoice's VAT: receivable to vat
	PostPayment PostingKind = "payment" // an invoice is paid: cash to receivable
	PostCredit  PostingKind = "credit"  // a credit note: revenue and vat to receivable or balance
	PostRefund  PostingKind = "refund"  // money out: balance to cash
	PostAdjust  PostingKind = "adjust"  // an operator's correction, with a note
)

// LedgerReport is what a check of the ledger found.
type LedgerReport struct {
	Postings, Entries int
	Faults            []string // in words; empty when all is well
}

// LedgerFilter selects postings. Zero fields do not select.
type LedgerFilter struct {
	Account AccountID // with an entry in a book of the account
	Image   ImageID
	Job     JobID
	Invoice int64
	From    time.Time // at or after
	To      time.Time // before
	Limit   int       // the newest so many
}

// Usage is one image in an export of an account's usage: what was charged, and
// what it was paid from.
type Usage struct {
	Image           ImageID
	Ticket          string
	CustomerImageID string
	ProductID       string
	TemplateID      TemplateID
	TemplateName    string
	Partner         AccountID // 0 for none
	Photographs     int
	DeliveryHours   int
	Ordered         time.Time
	Finished        time.Time // zero when it never was
	Status          Status
	Funding         Funding
	Price           Money
	Charged         bool
	Invoice         int64 // number; 0 for none yet
	Paid            bool
}
