package main

import (
	"context"
	"fmt"

	"mattebox"
)

// WebhookResendCmd is "mattebox webhook resend".
type WebhookResendCmd struct {
	DataFlags     `embed:""`
	DeliveryFlags `embed:""`
	IDs           []int64 `arg:"" optional:"" name:"id" help:"Deliveries, by the number in mattebox webhook log."`
	Failed        bool    `help:"All that failed for good, as far back as --since says, and that the other flags select."`
	JSON          bool    `name:"json" help:"Print JSON."`
}

// resendPage is how many deliveries are queued in one transaction.
const resendPage = 500

// Run queues the deliveries; a running server sends them at once.
func (c *WebhookResendCmd) Run(app *App) error {
	if c.Failed == (len(c.IDs) > 0) {
		return mattebox.Errorf(mattebox.CodeInvalid, "name deliveries by their numbers, or use --failed --since WHEN; delivered ones go again by: mattebox webhook replay")
	}
	if c.Failed && c.Since == "" {
		return mattebox.Invalid("--failed", "needs --since, such as --since 24h")
	}
	filter, err := c.filter(app)
	if err != nil {
		return err
	}
	filter.State = mattebox.DeliveryFailed
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		if !c.Failed {
			return c.numbers(ctx, app, r)
		}
		if err := c.narrow(ctx, r, &filter); err != nil {
			return err
		}
		return resend(ctx, app, r, filter, c.JSON)
	})
}

// numbers queues deliveries by their numbers.
func (c *WebhookResendCmd) numbers(ctx context.Context, app *App, r *records) error {
	ids := make([]mattebox.DeliveryID, len(c.IDs))
	for i, id := range c.IDs {
		ids[i] = mattebox.DeliveryID(id)
	}
	for i := 0; i < len(ids); i += resendPage {
		if err := r.Resend(ctx, ids[i:min(i+resendPage, len(ids))]...); err != nil {
			return err
		}
	}
	return tellResent(app, len(ids), c.JSON)
}

// resend queues all that the filter selects.
func resend(ctx context.Context, app *App, r *records, filter mattebox.DeliveryFilter, asJSON bool) error {
	n, err := r.ResendWhere(ctx, filter)
	if err != nil {
		return err
	}
	return tellResent(app, n, asJSON)
}

func tellResent(app *App, n int, asJSON bool) error {
	if asJSON {
		return printJSON(app.Stdout, map[string]int{"resent": n})
	}
	fmt.Fprintf(app.Stdout, "%d to be sent again\n", n)
	return nil
}

// WebhookReplayCmd is "mattebox webhook replay".
type WebhookReplayCmd struct {
	DataFlags     `embed:""`
	DeliveryFlags `embed:""`
	JSON          bool `name:"json" help:"Print JSON."`
}

// Run queues the deliveries, those that were delivered among them.
func (c *WebhookReplayCmd) Run(app *App) error {
	faults := app.newFaults()
	if c.Account == "" {
		faults.add("--account", "is needed: whose receiver shall see everything again")
	}
	if c.Since == "" {
		faults.add("--since", "is needed, such as --since 24h")
	}
	if err := faults.err(); err != nil {
		return err
	}
	filter, err := c.filter(app)
	if err != nil {
		return err
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		if err := c.narrow(ctx, r, &filter); err != nil {
			return err
		}
		return resend(ctx, app, r, filter, c.JSON)
	})
}
