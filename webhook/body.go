package webhook

import (
	"bytes"
	"encoding/json"
	"time"

	"mattebox"
)

// The JSON bodies, {event, data}, as schema/*.json has them. Members come in the
// order of the fields; a nil pointer is a member that the event does not have.

type message[T any] struct {
	Event mattebox.EventType `json:"event"`
	Data  T                  `json:"data"`
}

type imageData struct {
	Occurred        string              `json:"occurred"`
	AccountID       mattebox.AccountID  `json:"accountId"`
	Ticket          string              `json:"ticket"`
	StatusID        mattebox.Status     `json:"statusId"`
	StatusName      string              `json:"statusName"`
	TemplateID      mattebox.TemplateID `json:"templateId"`
	CustomerImageID string              `json:"customerImageId"`
	ProductID       string              `json:"productId"`
	Created         string              `json:"created"`
	Due             string              `json:"due"`
	ResultURL       *string             `json:"resultUrl,omitempty"`
	Reason          *string             `json:"reason,omitempty"`
	Comment         *string             `json:"comment,omitempty"`
	Question        *string             `json:"question,omitempty"`
}

type invoiceData struct {
	Occurred     string             `json:"occurred"`
	AccountID    mattebox.AccountID `json:"accountId"`
	InvoiceID    string             `json:"invoiceId"`
	Created      string             `json:"created"`
	Due          string             `json:"due"`
	Currency     mattebox.Currency  `json:"currency"`
	Net          string             `json:"net"`
	VAT          string             `json:"vat"`
	AmountDue    string             `json:"amountDue"`
	IsPaid       bool               `json:"isPaid"`
	CreditNoteOf *string            `json:"creditNoteOf"` // null but for credit notes
}

type jobData struct {
	Occurred  string             `json:"occurred"`
	AccountID mattebox.AccountID `json:"accountId"`
	JobID     string             `json:"jobId"`
	Status    string             `json:"status"`
	OutputURL *string            `json:"outputUrl,omitempty"`
	Error     *string            `json:"error,omitempty"`
}

// videoData has the names of the job object (contracts D1).
type videoData struct {
	ID        string  `json:"id"`
	Status    string  `json:"status"`
	OutputURL *string `json:"output_url,omitempty"`
	Error     *string `json:"error,omitempty"`
}

// dataOf returns what is told of the event's image or invoice.
func dataOf(e mattebox.Event) any {
	switch {
	case e.Image != nil:
		return dataOfImage(e)
	case e.Invoice != nil:
		return dataOfInvoice(e)
	}
	return struct {
		Occurred  string             `json:"occurred"`
		AccountID mattebox.AccountID `json:"accountId"`
	}{stamp(e.At), e.Account}
}

func dataOfImage(e mattebox.Event) imageData {
	i := e.Image
	data := imageData{
		Occurred:        stamp(e.At),
		AccountID:       e.Account,
		Ticket:          i.Ticket,
		StatusID:        i.Status,
		StatusName:      i.Status.Name(),
		TemplateID:      i.TemplateID,
		CustomerImageID: i.CustomerImageID,
		ProductID:       i.ProductID,
		Created:         stamp(i.Created),
		Due:             stamp(i.Due),
	}
	switch e.Type {
	case mattebox.EventImageFinished, mattebox.EventImageDelivered:
		data.ResultURL = &e.Result
	case mattebox.EventImageFailed, mattebox.EventImageRefused:
		data.Reason = &i.Reason
	case mattebox.EventImageRejected:
		data.Comment = &i.Comment
	case mattebox.EventImageQuestion:
		data.Question = &i.Comment
	}
	return data
}

func dataOfInvoice(e mattebox.Event) invoiceData {
	i := e.Invoice
	data := invoiceData{
		Occurred:  stamp(e.At),
		AccountID: e.Account,
		InvoiceID: i.ID(),
		Created:   stamp(i.Created),
		Due:       stamp(i.DueBy),
		Currency:  i.Net.Currency,
		Net:       i.Net.Amount(),
		VAT:       i.VAT.Amount(),
		AmountDue: i.AmountDue().Amount(),
		IsPaid:    i.IsPaid(),
	}
	if i.Credited != 0 {
		of := (&mattebox.Invoice{Number: i.Credited}).ID()
		data.CreditNoteOf = &of
	}
	return data
}

// stamp writes a time as all bodies have it: RFC 3339 in UTC, with milliseconds.
func stamp(at time.Time) string { return at.UTC().Format(videoTime) }

// encode returns the body. It keeps & < > as they are: addresses stay readable.
func encode[T any](event mattebox.EventType, data T) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(message[T]{event, data}) // texts, numbers and booleans always encode
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
