package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"mattebox"
	"mattebox/safehttp"
	"mattebox/webhook"
)

// WebhookTestCmd is "mattebox webhook test".
type WebhookTestCmd struct {
	DataFlags    `embed:""`
	LinkFlags    `embed:""`
	URL          string   `arg:"" help:"Address that would get the webhooks."`
	Account      string   `help:"Account whose application secret signs." required:"" placeholder:"EMAIL"`
	Ticket       string   `help:"Image that the sample tells of. Default: an invented one." placeholder:"TICKET"`
	AllowNetwork []string `help:"Network beside the public internet that may be called, as for serve." env:"MATTEBOX_ALLOW_NETWORK" placeholder:"CIDR"`
}

// Run makes one try, outside every log and schedule. It ends with 1 when the
// receiver does not accept.
func (c *WebhookTestCmd) Run(app *App) error {
	r := settingReader{app.newFaults()}
	allow := r.networks("--allow-network", c.AllowNetwork)
	if err := r.err(); err != nil {
		return err
	}
	guard := safehttp.New(safehttp.Config{Allow: allow})
	defer guard.Close()
	if err := guard.CheckURL(c.URL); err != nil {
		return mattebox.Wrap(mattebox.CodeInvalid, err, "the address cannot be used")
	}
	return c.withAccount(app, c.Account, func(ctx context.Context, r *records, a *mattebox.Account) error {
		sending, err := c.sample(ctx, app, r, a)
		if err != nil {
			return err
		}
		started := time.Now()
		headers, err := webhook.Headers(sending, started)
		if err != nil {
			return err
		}
		printSent(app.Stdout, sending, headers)
		clock := func() mattebox.Clock { // its first reading is what signs
			first := true
			return func() time.Time {
				if first {
					first = false
					return started
				}
				return time.Now()
			}
		}()
		outcome := webhook.Attempt(ctx, guard, sending, clock)
		printAnswer(app.Stdout, outcome.Attempt)
		if outcome.State != mattebox.DeliveryDelivered {
			return told(exitFailed)
		}
		return nil
	})
}

// sample is the delivery of an image: the one named, or one that never was.
func (c *WebhookTestCmd) sample(ctx context.Context, app *App, r *records, a *mattebox.Account) (mattebox.Sending, error) {
	image := &mattebox.Image{
		Account: a.ID, ID: 2000000, TemplateID: 2000001, Ticket: uuid.NewString(), Status: mattebox.StatusFinished,
		Order:  mattebox.Order{CustomerImageID: "sample"},
		Result: &mattebox.Result{Name: "sample.png"},
	}
	if c.Ticket != "" {
		found, err := r.ImageByTicket(ctx, c.Ticket)
		if err != nil {
			return mattebox.Sending{}, err
		}
		image = found
	}
	links, err := c.links(app, &c.DataFlags, r.keys.Links())
	if err != nil {
		return mattebox.Sending{}, err
	}
	secrets, err := r.Secrets(ctx, a.ID)
	if err != nil {
		return mattebox.Sending{}, err
	}
	image.CallbackURL = c.URL
	d := webhook.NewRTB(image, links.Absolute(image.FinalPath()), uuid.NewString())
	return mattebox.Sending{
		Delivery: mattebox.Delivery{
			UID: d.UID, Account: a.ID, Dialect: d.Dialect, Event: d.Event, URL: d.URL, ContentType: d.ContentType, Body: d.Body, Attempts: 1,
		},
		CustomerSecret: secrets.ApplicationSecret, PartnerSecret: secrets.ApplicationSecret,
	}, nil
}

func printSent(w io.Writer, s mattebox.Sending, headers map[string]string) {
	path := s.Delivery.URL
	if u, err := url.Parse(path); err == nil {
		path = u.RequestURI()
	}
	fmt.Fprintf(w, "> POST %s HTTP/1.1\n", oneLine(path))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(w, "> %s: %s\n", name, headers[name])
	}
	fmt.Fprintf(w, ">\n> %s\n", s.Delivery.Body)
}

func printAnswer(w io.Writer, a mattebox.Attempt) {
	fmt.Fprintf(w, "%s after %.2f s", a.Class, a.Ended.Sub(a.Started).Seconds())
	if a.Address != "" {
		fmt.Fprintf(w, " from %s", a.Address)
	}
	if a.Error != "" {
		fmt.Fprintf(w, ": %s", a.Error)
	}
	fmt.Fprintln(w)
	if a.Status != 0 {
		fmt.Fprintf(w, "< status %d\n", a.Status)
	}
	for line := range strings.Lines(string(a.Response)) {
		fmt.Fprintf(w, "< %s\n", oneLine(strings.TrimRight(line, "\r\n")))
	}
}
