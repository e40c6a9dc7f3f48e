package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"mattebox"
)

// UsageCmd is "mattebox usage". Its commands work beside a running server.
type UsageCmd struct {
	Export UsageExportCmd `cmd:"" help:"Write what an account ordered and what it cost, image by image."`
}

// UsageExportCmd is "mattebox usage export".
type UsageExportCmd struct {
	DataFlags `embed:""`
	Account   string `help:"E-mail address of the account." required:"" placeholder:"EMAIL"`
	From      string `help:"First day, such as 2026-10-01, in the account's time zone." placeholder:"DAY"`
	To        string `help:"Last day." placeholder:"DAY"`
	Format    string `help:"csv or json." enum:"csv,json" default:"csv" placeholder:"FORMAT"`
}

// usageRow is one image, as JSON and in the order of the CSV's columns.
type usageRow struct {
	Ticket          string              `json:"ticket"`
	CustomerImageID string              `json:"customerImageId"`
	ProductID       string              `json:"productId"`
	TemplateID      mattebox.TemplateID `json:"templateId"`
	TemplateName    string              `json:"templateName"`
	Partner         mattebox.AccountID  `json:"partner"`
	Photographs     int                 `json:"photographs"`
	DeliveryHours   int                 `json:"deliveryHours"`
	Ordered         string              `json:"ordered"`
	Finished        string              `json:"finished"`
	StatusID        mattebox.Status     `json:"statusId"`
	Funding         mattebox.Funding    `json:"funding"`
	Price           string              `json:"price"`
	Currency        mattebox.Currency   `json:"currency"`
	Charged         bool                `json:"charged"`
	Invoice         string              `json:"invoice"`
	IsPaid          bool                `json:"isPaid"`
}

func usageColumns() []string {
	return []string{
		"ticket", "customerImageId", "productId", "templateId", "templateName", "partner", "photographs", "deliveryHours", "ordered", "finished",
		"statusId", "funding", "price", "currency", "charged", "invoice", "isPaid",
	}
}

func (r usageRow) cells() []string {
	return []string{
		r.Ticket, harmless(r.CustomerImageID), harmless(r.ProductID), strconv.FormatInt(int64(r.TemplateID), 10), harmless(r.TemplateName),
		optionalNumber(int64(r.Partner)), strconv.Itoa(r.Photographs), strconv.Itoa(r.DeliveryHours), r.Ordered, r.Finished,
		strconv.Itoa(int(r.StatusID)), string(r.Funding), r.Price, string(r.Currency), strconv.FormatBool(r.Charged), r.Invoice, strconv.FormatBool(r.IsPaid),
	}
}

// harmless keeps a customer's text from being a formula where a spreadsheet opens
// the file (OWASP, CSV injection).
func harmless(text string) string {
	if text == "" {
		return text
	}
	switch text[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return "'" + text
	}
	return text
}

func optionalNumber(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// rfc3339 is how exports write times; none is empty.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Run writes the export.
func (c *UsageExportCmd) Run(app *App) error {
	return c.withAccount(app, c.Account, func(ctx context.Context, r *records, a *mattebox.Account) error {
		from, to, err := c.span(app, a.Location())
		if err != nil {
			return err
		}
		out := c.writer(app.Stdout)
		err = r.UsageRows(ctx, a.ID, from, to, func(u mattebox.Usage) error { return out.row(rowOfUsage(u)) })
		if err := errors.Join(err, out.end()); err != nil {
			return fmt.Errorf("writing the export: %w", err)
		}
		return nil
	})
}

// usageWriter writes rows as they come: there may be millions.
type usageWriter interface {
	row(usageRow) error
	end() error
}

func (c *UsageExportCmd) writer(w io.Writer) usageWriter {
	if c.Format == "json" {
		return &usageJSON{w: bufio.NewWriter(w), between: "[\n"}
	}
	out := csv.NewWriter(w)
	_ = out.Write(usageColumns()) // tells of a failure when it is flushed
	return usageCSV{out}
}

type usageCSV struct{ *csv.Writer }

func (c usageCSV) row(r usageRow) error { return c.Write(r.cells()) }

func (c usageCSV) end() error {
	c.Flush()
	return c.Error()
}

// usageJSON writes an array with an object a line.
type usageJSON struct {
	w       *bufio.Writer
	between string
}

func (j *usageJSON) row(r usageRow) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.w, "%s  %s", j.between, text)
	j.between = ",\n"
	return err
}

func (j *usageJSON) end() error {
	if j.between == "[\n" {
		j.w.WriteString("[")
	}
	j.w.WriteString("\n]\n")
	return j.w.Flush() // tells of every failure
}

// span reads both days; both are inside.
func (c *UsageExportCmd) span(app *App, zone *time.Location) (from, to time.Time, err error) {
	r := settingReader{app.newFaults()}
	day := func(flag, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		at, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			r.add(flag, "is %.20q; use a day such as 2026-10-01", text)
		}
		return at
	}
	from, to = day("--from", c.From), day("--to", c.To)
	if !to.IsZero() {
		to = to.AddDate(0, 0, 1)
	} else {
		to = time.Now().Add(time.Hour) // of a host whose clock is ahead
	}
	return from, to, r.err()
}

func rowOfUsage(u mattebox.Usage) usageRow {
	row := usageRow{
		Ticket: u.Ticket, CustomerImageID: u.CustomerImageID, ProductID: u.ProductID, TemplateID: u.TemplateID, TemplateName: u.TemplateName,
		Partner: u.Partner, Photographs: u.Photographs, DeliveryHours: u.DeliveryHours, Ordered: rfc3339(u.Ordered), Finished: rfc3339(u.Finished),
		StatusID: u.Status, Funding: u.Funding, Price: u.Price.Amount(), Currency: u.Price.Currency, Charged: u.Charged, IsPaid: u.Paid,
	}
	if u.Invoice != 0 {
		row.Invoice = invoiceID(u.Invoice)
	}
	return row
}
