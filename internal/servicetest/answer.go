package servicetest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
)

// Answer is any response of the RTB operations: the members of all of them, of
// which one response fills some. Both encodings fill the same members.
type Answer struct {
	HTTP   int    `xml:"-" json:"-"` // status
	Body   []byte `xml:"-" json:"-"` // as it came
	Format Format `xml:"-" json:"-"`

	XMLName   xml.Name `json:"-"`
	ErrorCode string
	Message   string

	TemplateId      int // names as on the wire
	Price           *Money
	Template        *Template
	Templates       []TemplateRow `xml:"Templates>Template"`
	ImageTicket     string
	IsTrial         bool
	CustomerImageId string
	ImageStatus     *ImageStatus
	Images          []ImageStatus `xml:"Images>ImageStatus"`
	ImagesCount     int
	ProductIds      []ProductStatistic `xml:"ProductIds>ProductIdStatistic"`
	ContactAPIkey   string
	ContactEmail    string
	Contact         *Contact
	Invoices        []Invoice `xml:"Invoices>Invoice"`
}

// Money is an amount on the wire.
type Money struct {
	Amount     Text
	Currency   string
	CurrencyId int
}

// Text is a scalar that one encoding writes as a string and another as a number.
type Text string

// UnmarshalJSON accepts a string, a number, a boolean or null.
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = Text(strings.Trim(strings.TrimSuffix(string(b), "null"), `"`))
	return nil
}

// Template is a template as GET Template shows it.
type Template struct {
	BackgroundColor     string
	BackgroundType      int
	CallbackUrl         string
	CreatedDate         string
	DeliveryTimeInHours int
	Id                  int
	IsDeleted           bool
	MarginType          int
	Name                string
	OutputFormat        string
	Price               Money
	ResizeType          int
}

// TemplateRow is a template as GET Templates lists it.
type TemplateRow struct {
	Prices           []Money `xml:"Prices>Price"`
	TemplateId       int
	TemplateName     string
	IsCombinedImages bool
}

// ImageStatus is where an image stands, as GET Status shows it.
type ImageStatus struct {
	FinalImagesURL    []string `xml:"FinalImagesURL>string"`
	ImageTicket       string
	StatusId          int
	StatusName        string
	IsPaid            bool
	ThumbnailImageURL string
	CustomerImageId   string
	ProductId         string
}

// ProductStatistic counts a product's images.
type ProductStatistic struct {
	ProductId            string
	DoneCount, TodoCount int
}

// Invoice is an invoice as GET Invoices lists it.
type Invoice struct {
	InvoiceId   string
	CreatedDate string
	AmountDue   string
	IsPaid      bool
	PaymentUrl  string
	InvoiceUrl  string
}

// Contact is an account as GET Contact shows it.
type Contact struct {
	ContactAccountBalance Money
	ContactCompany        string
	ContactDaysOfCredit   int
	ContactEmail          string
	ContactPerson         string
	NumberOfTrialImages   int
}

// decode fills the answer from its body.
func (a *Answer) decode() error {
	if len(bytes.TrimSpace(a.Body)) == 0 {
		return fmt.Errorf("an empty body with HTTP status %d", a.HTTP)
	}
	var err error
	if a.Format == JSON {
		err = json.Unmarshal(a.Body, a)
	} else {
		err = xml.Unmarshal(a.Body, a)
	}
	if err != nil {
		return fmt.Errorf("reading the answer (HTTP status %d) %.300q: %w", a.HTTP, a.Body, err)
	}
	return nil
}

// Err returns nil for ErrorCode NoError, else an error with code and message.
func (a *Answer) Err() error {
	if a.ErrorCode == "NoError" {
		return nil
	}
	return fmt.Errorf("ErrorCode %s: %s", a.ErrorCode, a.Message)
}
