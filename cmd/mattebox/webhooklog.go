package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"mattebox"
)

// WebhookCmd is "mattebox webhook": what was sent to customers, and tools for
// those who receive it. log, resend and test work beside a running server.
type WebhookCmd struct {
	Log    WebhookLogCmd    `cmd:"" help:"List deliveries with every attempt."`
	Resend WebhookResendCmd `cmd:"" help:"Send deliveries again."`
	Test   WebhookTestCmd   `cmd:"" help:"Send a signed sample to an address and show what came of it."`
	Verify WebhookVerifyCmd `cmd:"" help:"Say which signatures of a request that was received hold."`
}

// WebhookLogCmd is "mattebox webhook log".
type WebhookLogCmd struct {
	DataFlags `embed:""`
	Ticket    string `help:"Only deliveries of the image." placeholder:"TICKET"`
	Account   string `help:"Only deliveries of the account." placeholder:"EMAIL"`
	Failed    bool   `help:"Only deliveries that failed for good."`
	Since     string `help:"Only deliveries since: a time such as 2026-01-31 or 2026-01-31T12:00:00Z, or how long ago, such as 24h." placeholder:"WHEN"`
	Limit     int    `help:"How many at most, the newest first." default:"100" placeholder:"N"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// shownDelivery is a row of "mattebox webhook log --json".
type shownDelivery struct {
	ID       mattebox.DeliveryID    `json:"id"`
	UID      string                 `json:"uid"`
	Image    mattebox.ImageID       `json:"image"`
	Account  mattebox.AccountID     `json:"account"`
	Event    string                 `json:"event"`
	URL      string                 `json:"url"`
	State    mattebox.DeliveryState `json:"state"`
	Created  time.Time              `json:"created"`
	NextAt   *time.Time             `json:"nextAt,omitempty"`
	Body     string                 `json:"body"`
	Attempts []shownAttempt         `json:"attempts"`
}

type shownAttempt struct {
	Number   int       `json:"number"`
	Resend   bool      `json:"resend,omitempty"`
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Address  string    `json:"address,omitempty"`
	Status   int       `json:"status,omitempty"`
	Class    string    `json:"class"`
	Error    string    `json:"error,omitempty"`
	Response string    `json:"response,omitempty"`
}

// Run prints the log.
func (c *WebhookLogCmd) Run(app *App) error {
	since, err := readSince(app, c.Since)
	if err != nil {
		return err
	}
	filter := mattebox.DeliveryFilter{From: since, Page: mattebox.Page{Number: 1, Size: max(c.Limit, 1)}}
	if c.Failed {
		filter.State = mattebox.DeliveryFailed
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		if err := c.narrow(ctx, r, &filter); err != nil {
			return err
		}
		rows, err := showDeliveries(ctx, r, filter)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(app.Stdout, rows)
		}
		return printDeliveries(app.Stdout, rows)
	})
}

func (c *WebhookLogCmd) narrow(ctx context.Context, r *records, filter *mattebox.DeliveryFilter) error {
	if c.Account != "" {
		account, err := r.AccountByEmail(ctx, c.Account)
		if err != nil {
			return namedAccount(c.Account, err)
		}
		filter.Account = account.ID
	}
	if c.Ticket != "" {
		image, err := r.ImageByTicket(ctx, c.Ticket)
		if err != nil {
			return err
		}
		filter.Image = image.ID
	}
	return nil
}

// readSince reads a time, or how long ago it was; empty is the zero time.
func readSince(app *App, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return time.Now().Add(-ago), nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, mattebox.Invalid(app.named("--since"), "is %.40q; use a time such as 2026-01-31 or 2026-01-31T12:00:00Z, or 24h", text)
}

// showDeliveries returns the deliveries that the filter selects, with their attempts.
func showDeliveries(ctx context.Context, r *records, filter mattebox.DeliveryFilter) ([]shownDelivery, error) {
	deliveries, err := r.Deliveries(ctx, filter)
	if err != nil {
		return nil, err
	}
	rows := make([]shownDelivery, len(deliveries))
	for i, d := range deliveries {
		rows[i] = shownDelivery{
			ID: d.ID, UID: d.UID, Image: d.Image, Account: d.Account, Event: d.Event, URL: d.URL, State: d.State,
			Created: d.Created.UTC(), Body: string(d.Body), Attempts: []shownAttempt{},
		}
		if d.State == mattebox.DeliveryPending {
			next := d.NextAt.UTC()
			rows[i].NextAt = &next
		}
		attempts, err := r.Attempts(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range attempts {
			rows[i].Attempts = append(rows[i].Attempts, shownAttempt{
				Number: a.Number, Resend: a.Resend, Started: a.Started.UTC(), Seconds: a.Ended.Sub(a.Started).Seconds(),
				Address: a.Address, Status: a.Status, Class: a.Class, Error: a.Error, Response: string(a.Response),
			})
		}
	}
	return rows, nil
}

func printDeliveries(w io.Writer, rows []shownDelivery) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "DELIVERY\tSTATE\tWHEN\tTOOK\tWHAT CAME OF IT\tADDRESS")
	for _, d := range rows {
		next := ""
		if d.NextAt != nil {
			next = ", again at " + date(*d.NextAt)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t\t%s%s\t%s\n", d.ID, d.State, date(d.Created), d.Event, next, oneLine(d.URL))
		for _, a := range d.Attempts {
			kind := fmt.Sprintf("try %d", a.Number)
			if a.Resend {
				kind += ", resent"
			}
			fmt.Fprintf(table, "\t%s\t%s\t%.2f s\t%s\t%s\n", kind, date(a.Started), a.Seconds, oneLine(came(a)), a.Address)
		}
	}
	return table.Flush()
}

// came says in a few words what came of an attempt.
func came(a shownAttempt) string {
	text := a.Class
	if a.Status != 0 {
		text += fmt.Sprintf(" (%d)", a.Status)
	}
	if a.Error != "" {
		text += ": " + a.Error
	}
	return text
}
