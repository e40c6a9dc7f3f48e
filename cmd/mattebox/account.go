package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"mattebox"
)

// AccountCmd is "mattebox account": who may use the service. Its commands work
// beside a running server.
type AccountCmd struct {
	Create       AccountCreateCmd       `cmd:"" help:"Open an account and print its keys."`
	List         AccountListCmd         `cmd:"" help:"List the accounts."`
	RotateKey    AccountRotateKeyCmd    `cmd:"" help:"Give an account new keys; the old ones stop working at once."`
	RotateSecret AccountRotateSecretCmd `cmd:"" help:"Give an account a new secret that signs webhooks; the old one signs on for a while."`
	Webhook      AccountWebhookCmd      `cmd:"" help:"Say where an account is told of events: a developer's webhooks."`
	JobsKey      AccountJobsKeyCmd      `cmd:"" name:"jobs-key" help:"Make, list and disable an account's keys of the video API."`
	Credit       AccountCreditCmd       `cmd:"" help:"Add money that came in to an account's balance, or correct it."`
	Refund       AccountRefundCmd       `cmd:"" help:"Pay balance back to the customer."`
	TopUp        AccountTopUpCmd        `cmd:"" name:"top-up" help:"Print the address of the page on which the customer pays in."`
	Trial        AccountTrialCmd        `cmd:"" help:"Give an account more free images."`
	DaysOfCredit AccountDaysOfCreditCmd `cmd:"" name:"days-of-credit" help:"Say how long after its invoice an account may pay."`
	Developer    AccountDeveloperCmd    `cmd:"" help:"Let an account open others, or no more."`
	Review       AccountReviewCmd       `cmd:"" help:"Say which of an account's pictures an operator looks at."`
}

// withRecords opens the records, does the work and closes them.
func (f *DataFlags) withRecords(app *App, work func(ctx context.Context, r *records) error) error {
	r, err := f.open(app.Context, app)
	if err != nil {
		return err
	}
	defer r.close() // what was written is committed
	return work(app.Context, r)
}

// AccountCreateCmd is "mattebox account create".
type AccountCreateCmd struct {
	DataFlags `embed:""`
	Email     string `help:"E-mail address; the account's name in requests." required:"" placeholder:"EMAIL"`
	Name      string `help:"Name of the person." required:"" placeholder:"NAME"`
	Company   string `help:"Company." placeholder:"NAME"`
	Country   string `help:"Country, as two letters (ISO 3166-1)." placeholder:"CC"`
	Developer bool   `help:"Let the account open others."`
	Credit    string `help:"First balance." default:"0.00" placeholder:"AMOUNT"`
	Timezone  string `help:"Time zone whose months are invoiced, such as Europe/Copenhagen. Default: UTC." placeholder:"ZONE"`

	PriceFlags   `embed:""` // as serve's
	DaysOfCredit string     `name:"days-of-credit" help:"Days after its invoice that an image may be paid; 0 for images that are paid before." default:"0" placeholder:"DAYS"`
	JSON         bool       `name:"json" help:"Print JSON."`
}

// newKeys is what "account create" and "account rotate-key" print.
type newKeys struct {
	Email             string `json:"email"`
	APIKey            string `json:"apiKey"`
	ApplicationSecret string `json:"applicationSecret"`
	JobsKey           string `json:"jobsKey"`
}

func keysOf(email string, s mattebox.Secrets) newKeys {
	return newKeys{Email: email, APIKey: s.APIKey, ApplicationSecret: s.ApplicationSecret, JobsKey: s.JobsKey}
}

// lines prints "name: value" lines, names as in JSON.
func (k newKeys) lines(w io.Writer) {
	fmt.Fprintf(w, "email: %s\napiKey: %s\napplicationSecret: %s\njobsKey: %s\n", k.Email, k.APIKey, k.ApplicationSecret, k.JobsKey)
}

func (k newKeys) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, k)
	}
	k.lines(w)
	return nil
}

// Run opens the account.
func (c *AccountCreateCmd) Run(app *App) error {
	account, prices, err := c.account(app)
	if err != nil {
		return err
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		r.Prices = prices
		created, secrets, err := r.CreateAccount(ctx, account)
		if err != nil {
			return err
		}
		return keysOf(created.Email, secrets).print(app.Stdout, c.JSON)
	})
}

// account reads the flags: the account, and what images cost it.
func (c *AccountCreateCmd) account(app *App) (mattebox.Account, mattebox.PriceTable, error) {
	r := settingReader{app.newFaults()}
	if mattebox.ValidateEmail("", c.Email) != nil {
		r.add("--email", "is %.80q, which is not an e-mail address", c.Email)
	}
	if c.Name == "" {
		r.add("--name", "is empty")
	}
	prices, currency := c.prices(r)
	credit, err := mattebox.ParseMoney(c.Credit, currency)
	if err != nil || credit.Cents < 0 {
		r.add("--credit", "is %.20q; use an amount such as 100.00", c.Credit)
	}
	if c.Timezone != "" {
		if _, err := time.LoadLocation(c.Timezone); err != nil {
			r.add("--timezone", "is %.40q; use a name such as Europe/Copenhagen", c.Timezone)
		}
	}
	return mattebox.Account{
		Email: c.Email, Developer: c.Developer, Balance: credit, Review: mattebox.ReviewNone,
		TrialImages:  r.number("--trial-images", c.TrialImages, 0, maxTrialImages),
		DaysOfCredit: r.number("--days-of-credit", c.DaysOfCredit, 0, maxDaysOfCredit),
		Contact:      mattebox.Contact{Name: c.Name, Company: c.Company, Country: c.Country, Timezone: c.Timezone},
	}, prices, r.err()
}

// AccountListCmd is "mattebox account list".
type AccountListCmd struct {
	DataFlags `embed:""`
	JSON      bool `name:"json" help:"Print JSON."`
}

// listedAccount is a row of "mattebox account list --json".
type listedAccount struct {
	ID        mattebox.AccountID `json:"id"`
	Email     string             `json:"email"`
	Name      string             `json:"name"`
	Company   string             `json:"company,omitempty"`
	Developer bool               `json:"developer"`
	Partner   mattebox.AccountID `json:"partner,omitempty"`
	Balance   string             `json:"balance"`
	Currency  mattebox.Currency  `json:"currency"`
	Trial     int                `json:"trialImages"`
	Credit    int                `json:"daysOfCredit"`
	Review    mattebox.Review    `json:"review"`
	Created   time.Time          `json:"created"`
}

// Run prints the accounts.
func (c *AccountListCmd) Run(app *App) error {
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		accounts, err := r.Accounts(ctx)
		if err != nil {
			return err
		}
		rows := make([]listedAccount, len(accounts))
		for i, a := range accounts {
			rows[i] = listedAccount{
				ID: a.ID, Email: a.Email, Name: a.Name, Company: a.Company, Developer: a.Developer, Partner: a.Partner,
				Balance: a.Balance.Amount(), Currency: a.Balance.Currency, Review: a.Review, Created: a.Created.UTC(),
				Trial: a.TrialImages, Credit: a.DaysOfCredit,
			}
		}
		if c.JSON {
			return printJSON(app.Stdout, rows)
		}
		return printAccounts(app.Stdout, rows)
	})
}

func printAccounts(w io.Writer, rows []listedAccount) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tE-MAIL\tNAME\tDEVELOPER\tBALANCE\tTRIAL\tCREDIT\tREVIEW\tCREATED")
	for _, r := range rows {
		developer := "no"
		if r.Developer {
			developer = "yes"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s %s\t%d\t%d days\t%s\t%s\n", r.ID, r.Email, r.Name, developer, r.Balance, r.Currency, r.Trial, r.Credit, r.Review, date(r.Created))
	}
	return table.Flush()
}

// date is how tables show a time; none is a hyphen.
func date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
