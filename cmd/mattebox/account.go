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
	Create    AccountCreateCmd    `cmd:"" help:"Open an account and print its keys."`
	List      AccountListCmd      `cmd:"" help:"List the accounts."`
	RotateKey AccountRotateKeyCmd `cmd:"" help:"Give an account new keys; the old ones stop working at once."`
	Credit    AccountCreditCmd    `cmd:"" help:"Add to an account's balance, or take from it."`
	Developer AccountDeveloperCmd `cmd:"" help:"Let an account open others, or no more."`
	Review    AccountReviewCmd    `cmd:"" help:"Say which of an account's pictures an operator looks at."`
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
	Price     string `help:"Price of an image under the account's default template, as for serve." env:"MATTEBOX_PRICE" default:"0.95" placeholder:"AMOUNT"`
	Currency  string `help:"Currency of balance and price: USD, EUR, GBP or DKK." env:"MATTEBOX_CURRENCY" default:"USD" placeholder:"CODE"`
	JSON      bool   `name:"json" help:"Print JSON."`
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
	account, price, err := c.account(app)
	if err != nil {
		return err
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		r.Price = func(mattebox.Template) mattebox.Money { return price }
		created, secrets, err := r.CreateAccount(ctx, account)
		if err != nil {
			return err
		}
		return keysOf(created.Email, secrets).print(app.Stdout, c.JSON)
	})
}

// account reads the flags: the account, and the price of its default template.
func (c *AccountCreateCmd) account(app *App) (mattebox.Account, mattebox.Money, error) {
	faults := app.newFaults()
	if mattebox.ValidateEmail("", c.Email) != nil {
		faults.add("--email", "is %.80q, which is not an e-mail address", c.Email)
	}
	if c.Name == "" {
		faults.add("--name", "is empty")
	}
	currency, err := mattebox.ParseCurrency(c.Currency)
	if err != nil {
		faults.add("--currency", "%.20q %s", c.Currency, err)
	}
	credit, err := mattebox.ParseMoney(c.Credit, currency)
	if err != nil {
		faults.add("--credit", "is %.20q; use an amount such as 100.00", c.Credit)
	}
	price, err := mattebox.ParseMoney(c.Price, currency)
	if err != nil || price.Cents < 0 {
		faults.add("--price", "is %.20q; use an amount such as 0.95", c.Price)
	}
	return mattebox.Account{
		Email: c.Email, Developer: c.Developer, Balance: credit, Review: mattebox.ReviewNone,
		Contact: mattebox.Contact{Name: c.Name, Company: c.Company, Country: c.Country},
	}, price, faults.err()
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
	fmt.Fprintln(table, "ID\tE-MAIL\tNAME\tDEVELOPER\tBALANCE\tREVIEW\tCREATED")
	for _, r := range rows {
		developer := "no"
		if r.Developer {
			developer = "yes"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s %s\t%s\t%s\n", r.ID, r.Email, r.Name, developer, r.Balance, r.Currency, r.Review, date(r.Created))
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
