package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"mattebox"
)

// DeliveryFlags select deliveries.
type DeliveryFlags struct {
	Account  string   `help:"Only deliveries of the account." placeholder:"EMAIL"`
	Ticket   string   `help:"Only deliveries that tell of the image." placeholder:"TICKET"`
	Event    []string `help:"Only deliveries of the events, with commas between them." placeholder:"EVENT"`
	Receiver string   `help:"Only deliveries to the address; what follows a ? in it does not count." placeholder:"URL"`
	Since    string   `help:"Only deliveries since: a time such as 2026-01-31 or 2026-01-31T12:00:00Z, or how long ago, such as 24h." placeholder:"WHEN"`
	Until    string   `help:"Only deliveries before the time." placeholder:"WHEN"`
}

// filter returns what the flags say by themselves.
func (f *DeliveryFlags) filter(app *App) (filter mattebox.DeliveryFilter, err error) {
	r := settingReader{app.newFaults()}
	filter.From, filter.To = r.when("--since", f.Since), r.when("--until", f.Until)
	filter.Receiver, _, _ = strings.Cut(f.Receiver, "?")
	filter.Events = r.events("--event", f.Event)
	return filter, r.err()
}

// narrow adds what has to be looked up.
func (f *DeliveryFlags) narrow(ctx context.Context, r *records, filter *mattebox.DeliveryFilter) error {
	account, err := r.scope(ctx, f.Account)
	if err != nil {
		return err
	}
	filter.Account = account
	if f.Ticket != "" {
		image, err := r.ImageByTicket(ctx, f.Ticket)
		if err != nil {
			return err
		}
		filter.Subject = image.Ticket
		if filter.From.Before(image.Created) { // the index knows times, not subjects
			filter.From = image.Created
		}
	}
	return nil
}

// events reads names of events.
func (r settingReader) events(flag string, names []string) []mattebox.EventType {
	var events []mattebox.EventType
	for _, name := range names {
		event := mattebox.EventType(strings.TrimSpace(name))
		if !slices.Contains(mattebox.EventTypes(), event) {
			r.add(flag, "has %.40q; use one of %v", name, mattebox.EventTypes())
		}
		events = append(events, event)
	}
	return events
}

// when reads a time, or how long ago it was; empty is the zero time.
func (r settingReader) when(flag, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return time.Now().Add(-ago)
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	r.add(flag, "is %.40q; use a time such as 2026-01-31 or 2026-01-31T12:00:00Z, or 24h", text)
	return time.Time{}
}

// readSince reads --since alone.
func readSince(app *App, text string) (time.Time, error) {
	r := settingReader{app.newFaults()}
	at := r.when("--since", text)
	return at, r.err()
}
