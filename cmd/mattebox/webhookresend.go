package main

import (
	"context"
	"fmt"

	"mattebox"
)

// WebhookResendCmd is "mattebox webhook resend".
type WebhookResendCmd struct {
	DataFlags `embed:""`
	IDs       []int64 `arg:"" optional:"" name:"id" help:"Deliveries, by the number in mattebox webhook log."`
	Failed    bool    `help:"All that failed for good, as far back as --since says."`
	Account   string  `help:"With --failed: only those of the account." placeholder:"EMAIL"`
	Since     string  `help:"With --failed: since when, such as 2026-01-31 or 24h." placeholder:"WHEN"`
}

// resendPage is how many deliveries are queued in one transaction.
const resendPage = 500

// Run queues the deliveries; a running server sends them at once.
func (c *WebhookResendCmd) Run(app *App) error {
	if c.Failed == (len(c.IDs) > 0) {
		return mattebox.Errorf(mattebox.CodeInvalid, "name deliveries by their numbers, or use --failed --since WHEN")
	}
	if c.Failed && c.Since == "" {
		return mattebox.Invalid("--failed", "needs --since, such as --since 24h")
	}
	since, err := readSince(app, c.Since)
	if err != nil {
		return err
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		ids := make([]mattebox.DeliveryID, len(c.IDs))
		for i, id := range c.IDs {
			ids[i] = mattebox.DeliveryID(id)
		}
		if c.Failed {
			filter := mattebox.DeliveryFilter{State: mattebox.DeliveryFailed, From: since}
			if ids, err = c.failed(ctx, r, filter); err != nil {
				return err
			}
		}
		for i := 0; i < len(ids); i += resendPage {
			if err := r.Resend(ctx, ids[i:min(i+resendPage, len(ids))]...); err != nil {
				return err
			}
		}
		fmt.Fprintf(app.Stdout, "%d to be sent again\n", len(ids))
		return nil
	})
}

// failed returns all that the filter selects, page by page.
func (c *WebhookResendCmd) failed(ctx context.Context, r *records, filter mattebox.DeliveryFilter) ([]mattebox.DeliveryID, error) {
	if c.Account != "" {
		account, err := r.AccountByEmail(ctx, c.Account)
		if err != nil {
			return nil, namedAccount(c.Account, err)
		}
		filter.Account = account.ID
	}
	var ids []mattebox.DeliveryID
	for page := 1; ; page++ {
		filter.Page = mattebox.Page{Number: page, Size: resendPage}
		found, err := r.Deliveries(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			ids = append(ids, d.ID)
		}
		if len(found) < resendPage {
			return ids, nil
		}
	}
}
