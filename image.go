package mattebox

import (
	"fmt"
	"strings"
	"time"
)

// ImageID names an image inside the house; customers see its ticket.
type ImageID int64

// TemplateID names a stored template; seven digits, as in the seed.
type TemplateID int64

// StoredTemplate is a template of an account.
type StoredTemplate struct {
	ID       TemplateID
	Account  AccountID
	Template Template
	Price    Money
	Default  bool // used by orders that name no template (contracts F14)
	Deleted  bool
	Created  time.Time
	Modified time.Time
}

// MaxSources is how many source addresses one order may name: imageURL to imageURL5.
const MaxSources = 5

// Image is an order for one finished picture, and where it stands.
type Image struct {
	ID         ImageID
	Ticket     string // GUID
	Account    AccountID
	Partner    AccountID // the developer whose key came with the order; 0 for none
	TemplateID TemplateID
	Template   Template // as it was when ordered
	Order

	Status     Status
	Reason     string // why it stands where it stands, fit for the customer; empty when all is well
	Comment    string // of the last rejection or the operator's question
	Rejections int
	Production int // how often an engine began with it; names the result's folder
	Crashes    int // of the engine with this picture, since it was last rejected
	Confidence float64
	Sources    []Source
	Result     *Result // nil before there is one

	Price    Money   // what it costs; frozen when ordered
	Funding  Funding // what it is paid from
	Paid     bool
	Created  time.Time
	Updated  time.Time
	Due      time.Time // Created plus the delivery hours: what production is ordered by
	Finished time.Time // zero before it first reached StatusFinished
}

// Order is what a customer asks for in POST Image (contracts A4).
type Order struct {
	CustomerImageID string
	ProductID       string
	CallbackURL     string // of this image; beats the template's
	DeliveryHours   int    // 24, 72 or 168
	Instruction     string // free text, for operators
	Folder          string // customerFolder, kept and not used
	OutputName      string // outputFileName: of the finished file, without folder; empty: the first source's
}

// Source is one photograph of an image. Position counts from 1 (imageURL).
type Source struct {
	Position      int
	URL           string
	Key           string // of the stored bytes; empty before they are downloaded
	Bytes         int64
	Format        string // as imaging names it
	Width, Height int
}

// Result is a finished picture with its thumbnail.
type Result struct {
	Name           string // of the file, safe as one element of a path
	Key            string // of the stored bytes
	ThumbnailKey   string
	Bytes          int64
	ThumbnailBytes int64
	MediaType      string
	Width, Height  int
}

// Callback returns the address to notify: the image's, else the template's, else
// none.
func (i *Image) Callback() string {
	if i.CallbackURL != "" {
		return i.CallbackURL
	}
	return i.Template.CallbackURL
}

// FinalPath is the relative address of the result in the seed's shape,
// "1000003/2000000/final/myimage.jpg"; empty when there is none to be had.
func (i *Image) FinalPath() string { return i.path("final") }

// ThumbnailPath is FinalPath for the thumbnail, which has the result's name
// whatever its format.
func (i *Image) ThumbnailPath() string { return i.path("thumbnail") }

func (i *Image) path(kind string) string {
	if i.Result == nil || !i.Downloadable() {
		return ""
	}
	return fmt.Sprintf("%d/%d/%s/%s", i.Account, i.ID, kind, i.Result.Name)
}

// Downloadable reports whether the customer may have the result: from
// StatusFinished until it is cleaned. A returned image shows its old result until
// it is produced anew.
func (i *Image) Downloadable() bool {
	return i.Result != nil && (i.Status.Done() || i.Status == StatusReturned)
}

// Effort returns the quality at which the image is produced: a rejected one at
// the best there is.
func (i *Image) Effort() Quality {
	if i.Rejections > 0 {
		return QualityBest
	}
	return QualityStandard
}

// AfterProduction returns where an image goes whose matte has the confidence, and
// why it does not go to StatusFinished.
func (i *Image) AfterProduction(confidence float64, review Review) (Status, string) {
	switch {
	case i.Rejections > 0:
		return StatusQuality, "produced again after a rejection"
	case i.Template.KeepMannequin:
		return StatusQuality, "isKeptMannequin needs an operator's eye"
	case i.Template.KeepModel:
		return StatusQuality, "isKeptModel needs an operator's eye"
	case review == ReviewAll:
		return StatusQuality, "the account has every picture looked at"
	case review == ReviewLowConfidence && confidence < LowConfidence:
		return StatusQuality, fmt.Sprintf("the matte's confidence is %.2f", confidence)
	}
	return StatusFinished, ""
}

// ImageRef addresses an image of an account: by ticket, or by the customer's own
// identity when Ticket is NonTicket; the newest one when several share it
// (contracts A5, F15).
type ImageRef struct {
	Ticket          string
	CustomerImageID string
}

// NonTicket stands in the ticket's place of an address when the customer's own
// identity is meant.
const NonTicket = "nonticket"

// ByCustomer reports whether the reference goes by the customer's own identity.
func (r ImageRef) ByCustomer() bool { return strings.EqualFold(r.Ticket, NonTicket) }

// ImageFilter selects images of an account (contracts A7, A8). Zero fields do not
// select.
type ImageFilter struct {
	Account    AccountID // 0: all accounts, for operators
	Status     *Status
	Exclude    *Status
	ProductID  string
	From       time.Time // created at or after
	To         time.Time // created before
	Sort       ImageSort
	Descending bool
	Page       Page
}

// ImageSort is the field that a list is ordered by; equal ones by id.
type ImageSort string

// The fields.
const (
	SortByID     ImageSort = "id"
	SortByDate   ImageSort = "date"
	SortByStatus ImageSort = "status"
)

// Page is a part of a list: Number counts from 1, Size is at least 1.
type Page struct{ Number, Size int }

// Offset is how many entries lie before the page.
func (p Page) Offset() int { return (max(p.Number, 1) - 1) * p.Size }

// ProductStatistic counts a product's images (contracts A9).
type ProductStatistic struct {
	ProductID  string
	Done, Todo int
}

// Move is one entry of an image's history.
type Move struct {
	From, To Status
	At       time.Time
	By       string // customer, engine, webhook, operator or sweeper
	Why      string
}

// Submission is an order on its way to becoming an Image.
type Submission struct {
	Account    AccountID
	Partner    AccountID  // 0 for none
	TemplateID TemplateID // 0: the account's default
	SourceURLs []string   // 1..MaxSources
	Order
}
