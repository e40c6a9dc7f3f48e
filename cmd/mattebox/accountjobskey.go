package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"mattebox"
)

// AccountJobsKeyCmd is "mattebox account jobs-key".
type AccountJobsKeyCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Add       string `help:"Make a key for this client, and print it, once." placeholder:"CLIENT"`
	Note      string `help:"With --add: a note on the key." placeholder:"TEXT"`
	List      bool   `help:"List the account's keys."`
	Disable   string `help:"Have the key with this fingerprint refused." placeholder:"FINGERPRINT"`
	Enable    string `help:"Have it accepted again." placeholder:"FINGERPRINT"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// shownKey is a key as "mattebox account jobs-key --json" prints it.
type shownKey struct {
	Client      string    `json:"clientId"`
	Fingerprint string    `json:"fingerprint"`
	APIKey      string    `json:"apiKey,omitempty"` // of a new one only
	Note        string    `json:"note,omitempty"`
	First       bool      `json:"first"`
	Enabled     bool      `json:"enabled"`
	Created     time.Time `json:"created"`
}

func shownKeyOf(k mattebox.VideoKey) shownKey {
	return shownKey{Client: k.ClientID, Fingerprint: k.Fingerprint, Note: k.Note, First: k.First, Enabled: !k.Disabled, Created: k.Created.UTC()}
}

// Run makes, lists or switches keys.
func (c *AccountJobsKeyCmd) Run(app *App) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		switch {
		case c.Add != "":
			return c.add(ctx, app, r, a)
		case c.List:
			return c.list(ctx, app, r, a)
		}
		return c.turn(ctx, app, r, a)
	})
}

// check finds what is wrong with the flags.
func (c *AccountJobsKeyCmd) check() error {
	asked := 0
	for _, given := range []bool{c.Add != "", c.List, c.Disable != "", c.Enable != ""} {
		if given {
			asked++
		}
	}
	if asked != 1 {
		return mattebox.Errorf(mattebox.CodeInvalid, "use one of --add, --list, --disable and --enable")
	}
	if c.Note != "" && c.Add == "" {
		return mattebox.Invalid("--note", "needs --add beside it")
	}
	return nil
}

func (c *AccountJobsKeyCmd) add(ctx context.Context, app *App, r *records, a *mattebox.Account) error {
	key, secret, err := r.AddVideoKey(ctx, a.ID, c.Add, c.Note)
	if err != nil {
		return withFlags(app, err, map[string]string{"client_id": "--add", "note": "--note"})
	}
	shown := shownKeyOf(*key)
	shown.APIKey = secret
	if c.JSON {
		return printJSON(app.Stdout, shown)
	}
	fmt.Fprintf(app.Stdout, "clientId: %s\nfingerprint: %s\napiKey: %s\n", oneLine(shown.Client), shown.Fingerprint, shown.APIKey)
	return nil
}

func (c *AccountJobsKeyCmd) list(ctx context.Context, app *App, r *records, a *mattebox.Account) error {
	keys, err := r.VideoKeys(ctx, a.ID)
	if err != nil {
		return err
	}
	rows := make([]shownKey, len(keys))
	for i, k := range keys {
		rows[i] = shownKeyOf(k)
	}
	if c.JSON {
		return printJSON(app.Stdout, rows)
	}
	return printKeys(app.Stdout, rows)
}

func printKeys(w io.Writer, rows []shownKey) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FINGERPRINT\tCLIENT\tSTATE\tCREATED\tNOTE")
	for _, k := range rows {
		state := "enabled"
		if !k.Enabled {
			state = "disabled"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", k.Fingerprint, oneLine(k.Client), state, date(k.Created), oneLine(k.Note))
	}
	return table.Flush()
}

// turn disables or enables one of the account's keys.
func (c *AccountJobsKeyCmd) turn(ctx context.Context, app *App, r *records, a *mattebox.Account) error {
	fingerprint := c.Disable + c.Enable // one of them is empty
	keys, err := r.VideoKeys(ctx, a.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(keys, func(k mattebox.VideoKey) bool { return k.Fingerprint == fingerprint }) {
		return mattebox.Errorf(mattebox.CodeNotFound, "%s has no key with the fingerprint %.40q; see: mattebox account jobs-key %s --list", a.Email, fingerprint, a.Email)
	}
	key, err := r.DisableVideoKey(ctx, fingerprint, c.Disable != "")
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(app.Stdout, shownKeyOf(*key))
	}
	state := "enabled"
	if key.Disabled {
		state = "disabled"
	}
	fmt.Fprintf(app.Stdout, "the key %s of %s is %s\n", key.Fingerprint, a.Email, state)
	return nil
}
