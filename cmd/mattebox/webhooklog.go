package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"mattebox"
)

// WebhookCmd is "mattebox webhook": what was sent to customers and developers, and
// tools for those who receive it. All but verify work beside a running server.
type WebhookCmd struct {
	Log    WebhookLogCmd    `cmd:"" help:"List deliveries with every attempt."`
	Show   WebhookShowCmd   `cmd:"" help:"Tell everything of one delivery."`
	Resend WebhookResendCmd `cmd:"" help:"Send deliveries again."`
	Replay WebhookReplayCmd `cmd:"" help:"Send everything again that an account was sent since a time."`
	Status WebhookStatusCmd `cmd:"" help:"List receivers that nothing is sent to for the time being, and what accounts were told of theirs."`
	Pause  WebhookPauseCmd  `cmd:"" help:"Keep back what goes to an address."`
	Resume WebhookResumeCmd `cmd:"" help:"Let go what was kept back for an address, whatever the reason."`
	Test   WebhookTestCmd   `cmd:"" help:"Send a signed sample to an address and show what came of it."`
	Verify WebhookVerifyCmd `cmd:"" help:"Say which signatures of a request that was received hold."`
}

// WebhookLogCmd is "mattebox webhook log".
type WebhookLogCmd struct {
	DataFlags     `embed:""`
	DeliveryFlags `embed:""`
	State         string `help:"Only deliveries that are pending, sending, delivered or failed." enum:"any,pending,sending,delivered,failed" default:"any" placeholder:"STATE"`
	Failed        bool   `help:"As --state failed: only deliveries that failed for good."`
	Limit         int    `help:"How many at most, the newest first." default:"100" placeholder:"N"`
	JSON          bool   `name:"json" help:"Print JSON."`
}

// shownDelivery is a row of "mattebox webhook log --json".
type shownDelivery struct {
	ID       mattebox.DeliveryID    `json:"id"`
	UID      string                 `json:"uid"`
	Image    mattebox.ImageID       `json:"image,omitempty"`
	Subject  string                 `json:"subject,omitempty"`
	Account  mattebox.AccountID     `json:"account"`
	Dialect  string                 `json:"dialect"`
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
	filter, err := c.filter(app)
	if err != nil {
		return err
	}
	filter.Page = mattebox.Page{Number: 1, Size: max(c.Limit, 1)}
	if c.State != "any" {
		filter.State = mattebox.DeliveryState(c.State)
	}
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

// showDeliveries returns the deliveries that the filter selects, with their attempts.
func showDeliveries(ctx context.Context, r *records, filter mattebox.DeliveryFilter) ([]shownDelivery, error) {
	deliveries, err := r.Deliveries(ctx, filter)
	if err != nil {
		return nil, err
	}
	rows := make([]shownDelivery, len(deliveries))
	for i, d := range deliveries {
		if rows[i], err = showDelivery(ctx, r, d); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func showDelivery(ctx context.Context, r *records, d mattebox.Delivery) (shownDelivery, error) {
	row := shownDelivery{
		ID: d.ID, UID: d.UID, Image: d.Image, Subject: d.Subject, Account: d.Account, Dialect: d.Dialect, Event: d.Event, URL: d.URL,
		State: d.State, Created: d.Created.UTC(), Body: string(d.Body), Attempts: []shownAttempt{},
	}
	if d.State == mattebox.DeliveryPending {
		next := d.NextAt.UTC()
		row.NextAt = &next
	}
	attempts, err := r.Attempts(ctx, d.ID)
	for _, a := range attempts {
		row.Attempts = append(row.Attempts, shownAttempt{
			Number: a.Number, Resend: a.Resend, Started: a.Started.UTC(), Seconds: a.Ended.Sub(a.Started).Seconds(),
			Address: a.Address, Status: a.Status, Class: a.Class, Error: a.Error, Response: string(a.Response),
		})
	}
	return row, err
}

func printDeliveries(w io.Writer, rows []shownDelivery) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "DELIVERY\tSTATE\tWHEN\tTOOK\tWHAT CAME OF IT\tOF\tADDRESS")
	for _, d := range rows {
		next := ""
		if d.NextAt != nil {
			next = ", again at " + date(*d.NextAt)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t\t%s %s%s\t%s\t%s\n", d.ID, d.State, date(d.Created), d.Dialect, d.Event, next, orHyphen(oneLine(d.Subject)), oneLine(d.URL))
		for _, a := range d.Attempts {
			fmt.Fprintf(table, "\t%s\t%s\t%.2f s\t%s\t\t%s\n", a.name(), date(a.Started), a.Seconds, oneLine(came(a)), a.Address)
		}
	}
	return table.Flush()
}

func (a shownAttempt) name() string {
	if a.Resend {
		return fmt.Sprintf("try %d, resent", a.Number)
	}
	return fmt.Sprintf("try %d", a.Number)
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

// WebhookShowCmd is "mattebox webhook show".
type WebhookShowCmd struct {
	DataFlags `embed:""`
	ID        int64 `arg:"" help:"The delivery, by its number in mattebox webhook log."`
	JSON      bool  `name:"json" help:"Print JSON."`
}

// Run prints the delivery.
func (c *WebhookShowCmd) Run(app *App) error {
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		d, err := r.Delivery(ctx, mattebox.DeliveryID(c.ID))
		if err != nil {
			return err
		}
		shown, err := showDelivery(ctx, r, *d)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(app.Stdout, shown)
		}
		return shown.print(app.Stdout)
	})
}

func (d shownDelivery) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	next := ""
	if d.NextAt != nil {
		next = date(*d.NextAt)
	}
	for _, row := range [][2]string{
		{"delivery", fmt.Sprint(d.ID)}, {"id", d.UID}, {"account", fmt.Sprint(d.Account)}, {"dialect", d.Dialect}, {"event", d.Event},
		{"of", d.Subject}, {"address", d.URL}, {"state", string(d.State)}, {"created", date(d.Created)}, {"again at", next}, {"body", d.Body},
	} {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], oneLine(row[1]))
		}
	}
	for _, a := range d.Attempts {
		fmt.Fprintf(table, "%s\t%s, %.2f s, %s %s\n", a.name(), date(a.Started), a.Seconds, oneLine(came(a)), a.Address)
		for line := range strings.Lines(a.Response) {
			fmt.Fprintf(table, "\t< %s\n", oneLine(strings.TrimRight(line, "\r\n")))
		}
	}
	return table.Flush()
}
