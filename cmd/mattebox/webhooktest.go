package main

import (
	"cmp"
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
	OutsideFlags `embed:""`
	URL          string `arg:"" optional:"" help:"Address that would get the webhooks. Default with --dialect hwr: the account's own."`
	Account      string `help:"Account whose secret signs." required:"" placeholder:"EMAIL"`
	Dialect      string `help:"rtb (finished images), hwr (a developer's events) or video (jobs). Default: ${default}." enum:"rtb,hwr,video" default:"rtb" placeholder:"DIALECT"`
	Event        string `help:"Event that the sample tells of. Default: image.finished, with --dialect video job.completed." placeholder:"EVENT"`
	Ticket       string `help:"Image that the sample tells of, as finished. Default: an invented one." placeholder:"TICKET"`
}

// Run makes one try, outside every log and schedule. It ends with 1 when the
// receiver does not accept.
func (c *WebhookTestCmd) Run(app *App) error {
	guard, err := c.guard(app)
	if err != nil {
		return err
	}
	defer guard.Close()
	return c.withAccount(app, c.Account, func(ctx context.Context, r *records, a *mattebox.Account) error {
		secret, err := c.signer(ctx, r, a)
		if err != nil {
			return err
		}
		if err := guard.CheckURL(c.URL); err != nil {
			return mattebox.Wrap(mattebox.CodeInvalid, err, "the address cannot be used")
		}
		sending, err := c.sample(ctx, app, r, a)
		if err != nil {
			return withFlags(app, err, map[string]string{"event": "--event", "dialect": "--dialect"})
		}
		sending.Secrets, sending.PartnerSecrets = []string{secret}, []string{secret}
		return try(ctx, app, guard, sending)
	})
}

// signer returns the secret that signs the dialect, and settles the address where
// none was given.
func (c *WebhookTestCmd) signer(ctx context.Context, r *records, a *mattebox.Account) (string, error) {
	if c.Dialect == webhook.DialectHWR {
		e, secret, err := r.Endpoint(ctx, a.ID)
		if err != nil {
			return "", err
		}
		c.URL = cmp.Or(c.URL, e.URL)
		return secret, nil
	}
	if c.URL == "" {
		return "", mattebox.Errorf(mattebox.CodeInvalid, "name the address that shall get the sample")
	}
	secrets, err := r.Secrets(ctx, a.ID)
	return secrets.ApplicationSecret, err
}

// try sends the sample and prints both sides.
func try(ctx context.Context, app *App, guard *safehttp.Client, sending mattebox.Sending) error {
	started := time.Now()
	headers, err := webhook.Headers(sending, started)
	if err != nil {
		return err
	}
	printSent(app.Stdout, sending, headers)
	first := true
	outcome := webhook.Attempt(ctx, guard, sending, func() time.Time { // its first reading is what signs
		if first {
			first = false
			return started
		}
		return time.Now()
	})
	printAnswer(app.Stdout, outcome.Attempt)
	if outcome.State != mattebox.DeliveryDelivered {
		return told(exitFailed)
	}
	return nil
}

// sample is the delivery of the image that was named, or of something that never
// was.
func (c *WebhookTestCmd) sample(ctx context.Context, app *App, r *records, a *mattebox.Account) (mattebox.Sending, error) {
	d, err := webhook.Sample(c.Dialect, mattebox.EventType(c.Event), a.ID, c.URL, uuid.NewString(), time.Now())
	if err == nil && c.Ticket != "" {
		d, err = c.sampleOf(ctx, app, r)
	}
	return mattebox.Sending{Delivery: mattebox.Delivery{
		UID: d.UID, Account: a.ID, Dialect: d.Dialect, Event: d.Event, URL: d.URL, ContentType: d.ContentType, Body: d.Body, Attempts: 1,
	}}, err
}

// sampleOf tells of a real image.
func (c *WebhookTestCmd) sampleOf(ctx context.Context, app *App, r *records) (mattebox.NewDelivery, error) {
	if c.Dialect == webhook.DialectVideo || c.Event != "" && c.Event != string(mattebox.EventImageFinished) {
		return mattebox.NewDelivery{}, mattebox.Invalid(app.named("--ticket"), "goes with the event image.finished of the dialects rtb and hwr only")
	}
	image, err := r.ImageByTicket(ctx, c.Ticket)
	if err != nil {
		return mattebox.NewDelivery{}, err
	}
	links, err := c.links(app, &c.DataFlags, r.keys.Links())
	if err != nil {
		return mattebox.NewDelivery{}, err
	}
	if c.Dialect == webhook.DialectRTB {
		image.CallbackURL = c.URL
		return webhook.NewRTB(image, links.Absolute(image.FinalPath()), uuid.NewString()), nil
	}
	e := mattebox.Event{Type: mattebox.EventImageFinished, At: time.Now(), Account: image.Account, Image: image, Result: links.Absolute(image.FinalPath())}
	return webhook.NewHWR(e, mattebox.Endpoint{Account: image.Account, URL: c.URL}, uuid.NewString()), nil
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
