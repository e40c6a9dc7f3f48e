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
		if e.Job != nil {
			told, err := toldOf(e.Job, links)
			return webhook.NewHWRJob(e, told, to, uuid.NewString()), err
		}
		return webhook.NewHWR(e, to, uuid.NewString()), nil
	}
}

// jobTeller makes what a video job's webhook is sent.
func jobTeller(links func() (mattebox.Links, error)) func(mattebox.Event) (mattebox.NewDelivery, error) {
	return func(e mattebox.Event) (mattebox.NewDelivery, error) {
		told, err := toldOf(e.Job, links)
		return webhook.NewVideo(e.Type, told, e.Job.WebhookURL, uuid.NewString()), err
	}
}

// toldOf is what webhooks say of a job.
func toldOf(j *mattebox.Job, links func() (mattebox.Links, error)) (webhook.VideoJob, error) {
	v := webhook.VideoJob{ID: j.UID, Status: string(j.State), Error: j.Fault.Message}
	if path := j.OutputPath(); path != "" {
		l, err := links()
		if err != nil {
			return v, err
		}
		v.OutputURL = l.Absolute(path)
	}
	return v, nil
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
