package main

import (
	"cmp"

	"github.com/google/uuid"

	"mattebox"
	"mattebox/webhook"
)

// teller makes what developers are sent of events, the address of a result by the
// links, which are asked for when there is one.
func teller(links func() (mattebox.Links, error)) func(mattebox.Event, mattebox.Endpoint) (mattebox.NewDelivery, error) {
	return func(e mattebox.Event, to mattebox.Endpoint) (mattebox.NewDelivery, error) {
		if e.Image != nil && e.Image.Result != nil {
			l, err := links()
			if err != nil {
				return mattebox.NewDelivery{}, err
			}
			e.Result = l.Absolute(e.Image.FinalPath())
		}
		return webhook.NewHWR(e, to, uuid.NewString()), nil
	}
}

// defaultLinkValid is that of --link-valid.
const defaultLinkValid = "168h"

// teller is for commands without flags about links: the running server's address,
// or what the environment says.
func (f *DataFlags) teller(app *App, secret []byte) func(mattebox.Event, mattebox.Endpoint) (mattebox.NewDelivery, error) {
	env := func(string) string { return "" }
	if app.Env != nil {
		env = app.Env
	}
	links := LinkFlags{PublicURL: env("MATTEBOX_PUBLIC_URL"), LinkValid: cmp.Or(env("MATTEBOX_LINK_VALID"), defaultLinkValid)}
	return teller(func() (mattebox.Links, error) { return links.links(app, f, secret) })
}

// tells has what the command does told with its links.
func (f *LinkFlags) tells(app *App, data *DataFlags, r *records) {
	r.Tell = teller(func() (mattebox.Links, error) { return f.links(app, data, r.keys.Links()) })
}
