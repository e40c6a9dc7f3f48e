package main

import (
	"context"
	"fmt"

	"mattebox"
)

// AccountRotateKeyCmd is "mattebox account rotate-key".
type AccountRotateKeyCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run makes new keys.
func (c *AccountRotateKeyCmd) Run(app *App) error {
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		secrets, err := r.RotateKeys(ctx, a.ID)
		if err != nil {
			return err
		}
		return keysOf(a.Email, secrets).print(app.Stdout, c.JSON)
	})
}

// withAccount is withRecords for the account of an e-mail address.
func (f *DataFlags) withAccount(app *App, email string, work func(context.Context, *records, *mattebox.Account) error) error {
	return f.withRecords(app, func(ctx context.Context, r *records) error {
		account, err := r.named(ctx, email)
		if err != nil {
			return err
		}
		return work(ctx, r, account)
	})
}

// named returns the account of an e-mail address.
func (r *records) named(ctx context.Context, email string) (*mattebox.Account, error) {
	account, err := r.AccountByEmail(ctx, email)
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return nil, mattebox.Errorf(mattebox.CodeNotFound, "no account has the e-mail address %.80q; see: mattebox account list", email)
	}
	return account, err
}

// scope returns the account of an e-mail address for a filter: 0, which does not
// select, when none was given.
func (r *records) scope(ctx context.Context, email string) (mattebox.AccountID, error) {
	if email == "" {
		return 0, nil
	}
	account, err := r.named(ctx, email)
	if err != nil {
		return 0, err
	}
	return account.ID, nil
}

// AccountDeveloperCmd is "mattebox account developer".
type AccountDeveloperCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Off       bool   `help:"Take it back."`
}

// Run gives the right, or takes it.
func (c *AccountDeveloperCmd) Run(app *App) error {
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		if err := r.SetDeveloper(ctx, a.ID, !c.Off); err != nil {
			return err
		}
		if c.Off {
			fmt.Fprintf(app.Stdout, "%s is a developer no more\n", a.Email)
			return nil
		}
		fmt.Fprintf(app.Stdout, "%s is a developer\n", a.Email)
		return nil
	})
}

// AccountReviewCmd is "mattebox account review".
type AccountReviewCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Review    string `arg:"" enum:"none,low-confidence,all" help:"none, low-confidence (those whose matte is unsure) or all."`
}

// Run sets what is looked at.
func (c *AccountReviewCmd) Run(app *App) error {
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		if err := r.SetReview(ctx, a.ID, mattebox.Review(c.Review)); err != nil {
			return err
		}
		fmt.Fprintf(app.Stdout, "operators look at %s of %s's pictures\n", reviewed(c.Review), a.Email)
		return nil
	})
}

func reviewed(review string) string {
	switch mattebox.Review(review) {
	case mattebox.ReviewAll:
		return "all"
	case mattebox.ReviewLowConfidence:
		return "the unsure ones"
	}
	return "none"
}
