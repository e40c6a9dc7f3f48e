package main

import (
	"cmp"
	"context"
	"fmt"

	"mattebox"
)

// AccountCreditCmd is "mattebox account credit".
type AccountCreditCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Amount    string `arg:"" help:"Amount in the currency of the balance; -5.00, behind --, corrects it downwards."`
	Reference string `help:"What the bank calls the payment. Said again with the same one, it is booked once." placeholder:"TEXT"`
	Note      string `help:"Why, for the ledger." placeholder:"TEXT"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// byOperator is who the ledger names for what an operator's command books.
const byOperator = "operator"

// Run adds the amount and prints the new balance.
func (c *AccountCreditCmd) Run(app *App) error {
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		amount, err := mattebox.ParseMoney(c.Amount, a.Balance.Currency)
		if err != nil {
			return err
		}
		if amount.Cents > 0 {
			err = r.TopUp(ctx, a.ID, amount, byOperator, c.Reference, c.Note)
		} else {
			err = r.Adjust(ctx, a.ID, amount, cmp.Or(c.Note, "corrected by the operator"))
		}
		if err != nil {
			return err
		}
		return tellBalance(ctx, app, r, a.ID, c.JSON)
	})
}

// tellBalance prints what an account has now.
func tellBalance(ctx context.Context, app *App, r *records, id mattebox.AccountID, asJSON bool) error {
	after, err := r.Account(ctx, id)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(app.Stdout, map[string]string{
			"email": after.Email, "balance": after.Balance.Amount(), "currency": string(after.Balance.Currency),
		})
	}
	fmt.Fprintf(app.Stdout, "%s now has %s\n", after.Email, after.Balance)
	return nil
}

// AccountRefundCmd is "mattebox account refund".
type AccountRefundCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Amount    string `arg:"" help:"Amount in the currency of the balance, or all."`
	Note      string `help:"Why, and by which way the money went, for the ledger." required:"" placeholder:"TEXT"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run books the refund and prints the new balance.
func (c *AccountRefundCmd) Run(app *App) error {
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		amount := a.Balance
		if c.Amount != "all" {
			var err error
			if amount, err = mattebox.ParseMoney(c.Amount, a.Balance.Currency); err != nil {
				return err
			}
		}
		if amount.Cents <= 0 {
			return mattebox.Errorf(mattebox.CodeInvalid, "%s cannot be paid back; use an amount above 0.00", amount)
		}
		if err := r.Refund(ctx, a.ID, amount, c.Note); err != nil {
			return err
		}
		return tellBalance(ctx, app, r, a.ID, c.JSON)
	})
}

// AccountTopUpCmd is "mattebox account top-up".
type AccountTopUpCmd struct {
	DataFlags `embed:""`
	LinkFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
}

// Run prints the address of the page.
func (c *AccountTopUpCmd) Run(app *App) error {
	return c.withAccount(app, c.Email, func(_ context.Context, r *records, a *mattebox.Account) error {
		links, err := c.links(app, &c.DataFlags, r.keys.Links())
		if err != nil {
			return err
		}
		fmt.Fprintln(app.Stdout, links.Absolute(fmt.Sprintf("topup/%d", a.ID)))
		return nil
	})
}

// AccountTrialCmd is "mattebox account trial".
type AccountTrialCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Images    int    `arg:"" help:"How many more free images it gets."`
}

// Run gives them and prints how many are left.
func (c *AccountTrialCmd) Run(app *App) error {
	if c.Images < 1 || c.Images > maxTrialImages {
		return mattebox.Errorf(mattebox.CodeInvalid, "%d is not a number of images from 1 to %d", c.Images, maxTrialImages)
	}
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		if err := r.AddTrialImages(ctx, a.ID, c.Images); err != nil {
			return err
		}
		after, err := r.Account(ctx, a.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(app.Stdout, "%s has %d free images left\n", after.Email, after.TrialImages)
		return nil
	})
}

// AccountDaysOfCreditCmd is "mattebox account days-of-credit".
type AccountDaysOfCreditCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Days      int    `arg:"" help:"Days after its invoice that an image may be paid; 0 has images paid before."`
}

// Run sets the number. Invoices that are made already keep their day.
func (c *AccountDaysOfCreditCmd) Run(app *App) error {
	if c.Days < 0 || c.Days > maxDaysOfCredit {
		return mattebox.Errorf(mattebox.CodeInvalid, "%d is not a number of days from 0 to %d", c.Days, maxDaysOfCredit)
	}
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		if err := r.SetDaysOfCredit(ctx, a.ID, c.Days); err != nil {
			return err
		}
		fmt.Fprintf(app.Stdout, "%s has %d days of credit\n", a.Email, c.Days)
		return nil
	})
}
