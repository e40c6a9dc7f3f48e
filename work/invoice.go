package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"mattebox"
)

// BillStore is what a Biller needs of the store.
type BillStore interface {
	// AccountsToBill returns of each account that has something to bill the oldest
	// month that was over by then, in the account's time zone.
	AccountsToBill(ctx context.Context, then time.Time) ([]mattebox.BillingPeriod, error)
	// CloseInvoice bills a period; nil when there is nothing to bill.
	CloseInvoice(ctx context.Context, id mattebox.AccountID, from, to time.Time, terms mattebox.InvoiceTerms) (*mattebox.Invoice, error)
}

// Biller makes the invoices of months that are over. Every process with workers has
// one; the store lets each month be billed once. Months that passed while nothing
// ran are billed by the next round.
type Biller struct {
	Store  BillStore
	Terms  mattebox.InvoiceTerms
	Now    mattebox.Clock
	Every  time.Duration // default 10 min
	Logger *slog.Logger

	cancel context.CancelFunc
	done   sync.WaitGroup
}

const defaultBilling = 10 * time.Minute

// Start bills now and every so often until Stop.
func (b *Biller) Start(ctx context.Context) {
	ctx, b.cancel = context.WithCancel(context.WithoutCancel(ctx))
	every := b.Every
	if every <= 0 {
		every = defaultBilling
	}
	b.done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if err := b.runOnce(ctx); err != nil && ctx.Err() == nil {
				b.Logger.Error("invoices were not made", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Stop ends the rounds, if there are any; one that is under way is broken off and
// waited for.
func (b *Biller) Stop() {
	if b.cancel == nil {
		return
	}
	b.cancel()
	b.done.Wait()
}

// runOnce bills all that is due.
func (b *Biller) runOnce(ctx context.Context) error {
	return Bill(ctx, b.Store, b.Now(), b.Terms, func(i *mattebox.Invoice) {
		b.Logger.Info("invoiced", "invoice", i.ID(), "account", i.Account, "images", imagesOn(i))
	})
}

// Bill makes the invoices of all months that were over by then, the oldest first
// for each account, and tells of each. An account that cannot be billed does not
// keep the others from it.
func Bill(ctx context.Context, store BillStore, then time.Time, terms mattebox.InvoiceTerms, tell func(*mattebox.Invoice)) error {
	failed := map[mattebox.AccountID]error{}
	told := map[int64]bool{}
	for {
		due, err := store.AccountsToBill(ctx, then)
		if err != nil {
			return err
		}
		made := 0
		for _, period := range due {
			if failed[period.Account] != nil {
				continue
			}
			invoice, err := store.CloseInvoice(ctx, period.Account, period.From, period.To, terms)
			if err != nil {
				failed[period.Account] = fmt.Errorf("invoice account %d: %w", period.Account, err)
				continue
			}
			if invoice != nil && !told[invoice.Number] {
				made, told[invoice.Number] = made+1, true
				tell(invoice)
			}
		}
		if made == 0 {
			return errors.Join(slices.Collect(maps.Values(failed))...)
		}
	}
}

func imagesOn(i *mattebox.Invoice) (n int) {
	for _, line := range i.Lines {
		n += line.Count
	}
	return n
}
