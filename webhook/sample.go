package webhook

import (
	"time"

	"mattebox"
)

// Sample returns a delivery of something that never was, for testing the address
// in a dialect. The event is one that the dialect has: of DialectRTB
// image.finished alone, of DialectVideo those of jobs; empty: image.finished or
// job.completed. The error is CodeInvalid.
func Sample(dialect string, event mattebox.EventType, account mattebox.AccountID, url, uid string, at time.Time) (mattebox.NewDelivery, error) {
	if event == "" {
		event = mattebox.EventImageFinished
		if dialect == DialectVideo {
			event = mattebox.EventJobCompleted
		}
	}
	e := mattebox.Event{Type: event, At: at, Account: account}
	to := mattebox.Endpoint{Account: account, URL: url}
	job, ofJob := sampleJob(event)
	image, ofImage := sampleImage(event, account, at)
	invoice, ofInvoice := sampleInvoice(event, account, at)
	switch {
	case dialect == DialectRTB && event == mattebox.EventImageFinished:
		image.CallbackURL = url
		return NewRTB(image, sampleResult, uid), nil
	case dialect == DialectVideo && ofJob:
		return NewVideo(event, job, url, uid), nil
	case dialect == DialectHWR && ofJob:
		return NewHWRJob(e, job, to, uid), nil
	case dialect == DialectHWR && ofImage:
		e.Image, e.Result = image, sampleResult
		return NewHWR(e, to, uid), nil
	case dialect == DialectHWR && ofInvoice:
		e.Invoice = invoice
		return NewHWR(e, to, uid), nil
	}
	if _, known := Named(dialect); !known {
		return mattebox.NewDelivery{}, mattebox.Invalid("dialect", "%.20q is none; use rtb, hwr or video", dialect)
	}
	return mattebox.NewDelivery{}, mattebox.Invalid("event", "the dialect %s does not tell of %.30q", dialect, event)
}

const sampleResult = "https://files.example.com/1000003/2000000/final/sample.png?sig=1776679200.c2FtcGxl"

func sampleImage(event mattebox.EventType, account mattebox.AccountID, at time.Time) (*mattebox.Image, bool) {
	image := &mattebox.Image{
		Ticket: "33979dfe-5ea7-44ea-b3dd-7fde33bc37e9", Account: account, TemplateID: 2000001,
		Order:   mattebox.Order{CustomerImageID: "sample", ProductID: "shoe-42"},
		Created: at.Add(-time.Minute), Due: at.Add(24*time.Hour - time.Minute),
	}
	switch event {
	case mattebox.EventImageQueued:
		image.Status = mattebox.StatusNew
	case mattebox.EventImageFailed:
		image.Status, image.Reason = mattebox.StatusDownloadFailed, "the server answered 404 Not Found"
	case mattebox.EventImageFinished:
		image.Status = mattebox.StatusFinished
	case mattebox.EventImageDelivered:
		image.Status = mattebox.StatusDelivered
	case mattebox.EventImageRejected:
		image.Status, image.Comment = mattebox.StatusReturned, "The laces are cut off."
	case mattebox.EventImageRefused:
		image.Status, image.Reason = mattebox.StatusRefused, "there is no object in the photograph"
	case mattebox.EventImageQuestion:
		image.Status, image.Comment = mattebox.StatusQuestion, "Which of the two shoes shall be kept?"
	default:
		return nil, false
	}
	return image, true
}

func sampleInvoice(event mattebox.EventType, account mattebox.AccountID, at time.Time) (*mattebox.Invoice, bool) {
	invoice := &mattebox.Invoice{
		Number: 1315, Account: account, Created: at.Add(-time.Minute), DueBy: at.Add(14*24*time.Hour - time.Minute), VATRate: 2500,
		Net: mattebox.Money{Cents: 12000, Currency: mattebox.USD}, VAT: mattebox.Money{Cents: 3000, Currency: mattebox.USD},
	}
	switch event {
	case mattebox.EventInvoiceCreated:
	case mattebox.EventInvoicePaid:
		invoice.Paid = at
	default:
		return nil, false
	}
	return invoice, true
}

func sampleJob(event mattebox.EventType) (VideoJob, bool) {
	job := VideoJob{ID: "7f6d0c58-0f0a-4c8e-9d3a-3c1f6a5c2b10"}
	switch event {
	case mattebox.EventJobStarted:
		job.Status = "processing"
	case mattebox.EventJobCompleted:
		job.Status, job.OutputURL = "completed", "https://files.example.com/jobs/7f6d0c58-0f0a-4c8e-9d3a-3c1f6a5c2b10/output.webm?sig=1776679200.c2FtcGxl"
	case mattebox.EventJobFailed:
		job.Status, job.Error = "failed", "the video could not be decoded"
	default:
		return VideoJob{}, false
	}
	return job, true
}
