package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"mattebox"
)

// AccountWebhookCmd is "mattebox account webhook".
type AccountWebhookCmd struct {
	DataFlags    `embed:""`
	OutsideFlags `embed:""`
	Email        string   `arg:"" help:"E-mail address of the account."`
	URL          string   `name:"url" help:"https address that gets the events from now on." placeholder:"URL"`
	Events       []string `help:"With --url: only these events, with commas between them. Default: all." placeholder:"EVENT"`
	Show         bool     `help:"Print what is set."`
	Drop         bool     `help:"Send no more events."`
	JSON         bool     `name:"json" help:"Print JSON."`
}

// shownEndpoint is what "mattebox account webhook --json" prints.
type shownEndpoint struct {
	Email   string               `json:"email"`
	URL     string               `json:"url"`
	Events  []mattebox.EventType `json:"events"` // all of them, when none was chosen
	Secret  string               `json:"webhookSecret"`
	Created time.Time            `json:"created"`
	Updated time.Time            `json:"updated"`
}

func (s shownEndpoint) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
	}
	names := make([]string, len(s.Events))
	for i, e := range s.Events {
		names[i] = string(e)
	}
	fmt.Fprintf(w, "email: %s\nurl: %s\nevents: %s\nwebhookSecret: %s\n", s.Email, oneLine(s.URL), strings.Join(names, ","), s.Secret)
	return nil
}

// Run sets, shows or drops the address.
func (c *AccountWebhookCmd) Run(app *App) error {
	if err := c.check(app); err != nil {
		return err
	}
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		switch {
		case c.Drop:
			if err := r.DropEndpoint(ctx, a.ID); err != nil {
				return err
			}
			fmt.Fprintf(app.Stdout, "%s gets no more events\n", a.Email)
			return nil
		case c.Show:
			e, secret, err := r.Endpoint(ctx, a.ID)
			if err != nil {
				return err
			}
			return endpointOf(a, *e, secret).print(app.Stdout, c.JSON)
		}
		events := make([]mattebox.EventType, len(c.Events))
		for i, name := range c.Events {
			events[i] = mattebox.EventType(strings.TrimSpace(name))
		}
		e, secret, err := r.SetEndpoint(ctx, a.ID, c.URL, events)
		if err != nil {
			return c.worded(app, err)
		}
		return endpointOf(a, e, secret).print(app.Stdout, c.JSON)
	})
}

// check finds what is wrong with the flags, and with an address that could never
// be called.
func (c *AccountWebhookCmd) check(app *App) error {
	asked := 0
	for _, given := range []bool{c.URL != "", c.Show, c.Drop} {
		if given {
			asked++
		}
	}
	if asked != 1 {
		return mattebox.Errorf(mattebox.CodeInvalid, "use one of --url, --show and --drop")
	}
	if c.URL == "" {
		if len(c.Events) > 0 {
			return mattebox.Invalid("--events", "needs --url beside it")
		}
		return nil
	}
	guard, err := c.guard(app)
	if err != nil {
		return err
	}
	defer guard.Close()
	if err := guard.CheckURL(c.URL); err != nil {
		return mattebox.Wrap(mattebox.CodeInvalid, err, "the address cannot be used")
	}
	return nil
}

// worded names the flags in what the store says of its fields.
func (c *AccountWebhookCmd) worded(app *App, err error) error {
	return withFlags(app, err, map[string]string{"url": "--url", "events": "--events"})
}

func endpointOf(a *mattebox.Account, e mattebox.Endpoint, secret string) shownEndpoint {
	events := e.Events
	if len(events) == 0 {
		events = mattebox.EventTypes()
	}
	return shownEndpoint{Email: a.Email, URL: e.URL, Events: events, Secret: secret, Created: e.Created.UTC(), Updated: e.Updated.UTC()}
}

// AccountRotateSecretCmd is "mattebox account rotate-secret".
type AccountRotateSecretCmd struct {
	DataFlags `embed:""`
	Email     string `arg:"" help:"E-mail address of the account."`
	Webhook   bool   `help:"The developer secret, which signs events. Default: the application secret, which signs webhooks of images."`
	Overlap   string `help:"How long the old one signs beside the new one, in the Standard Webhooks headers; 0s for not at all. Default: ${default}." default:"24h" placeholder:"TIME"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// rotatedSecret is what "mattebox account rotate-secret --json" prints.
type rotatedSecret struct {
	Email  string     `json:"email"`
	Kind   string     `json:"kind"`
	Secret string     `json:"secret"`
	Until  *time.Time `json:"oldUntil,omitempty"` // the old one signs so long
}

// Run makes a new secret and prints it.
func (c *AccountRotateSecretCmd) Run(app *App) error {
	r := settingReader{app.newFaults()}
	overlap := r.duration("--overlap", c.Overlap, 0, mattebox.MostOverlap)
	if err := r.err(); err != nil {
		return err
	}
	which := mattebox.SecretApplication
	if c.Webhook {
		which = mattebox.SecretWebhook
	}
	return c.withAccount(app, c.Email, func(ctx context.Context, r *records, a *mattebox.Account) error {
		secret, err := r.RotateSecret(ctx, a.ID, which, overlap)
		if err != nil {
			return err
		}
		shown := rotatedSecret{Email: a.Email, Kind: string(which), Secret: secret}
		if overlap > 0 {
			until := time.Now().Add(overlap).UTC()
			shown.Until = &until
		}
		return shown.print(app.Stdout, c.JSON)
	})
}

func (s rotatedSecret) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
	}
	name := "applicationSecret"
	if s.Kind == string(mattebox.SecretWebhook) {
		name = "webhookSecret"
	}
	fmt.Fprintf(w, "email: %s\n%s: %s\n", s.Email, name, s.Secret)
	if s.Until != nil {
		fmt.Fprintf(w, "oldUntil: %s\n", s.Until.Format(time.RFC3339))
	}
	return nil
}
