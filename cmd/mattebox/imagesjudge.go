package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mattebox"
	"mattebox/work"
)

// publicName is the file in the data folder where the server notes its public
// address, so that commands beside it put the same one into webhooks.
const publicName = "public-url"

// LinkFlags say what the address of a result looks like.
type LinkFlags struct {
	PublicURL string `name:"public-url" help:"Address under which customers reach the service. Default: the running server's." env:"MATTEBOX_PUBLIC_URL" placeholder:"URL"`
	LinkValid string `help:"How long the signed address of a result holds." env:"MATTEBOX_LINK_VALID" default:"168h" placeholder:"TIME"`
}

// links returns what signs addresses as the server does.
func (f *LinkFlags) links(app *App, data *DataFlags, secret []byte) (mattebox.Links, error) {
	r := settingReader{app.newFaults()}
	links := mattebox.Links{
		Public: r.public("--public-url", f.PublicURL), Secret: secret, Now: time.Now,
		Valid: r.duration("--link-valid", f.LinkValid, time.Minute, 3650*day),
	}
	if links.Public == "" {
		noted, err := os.ReadFile(filepath.Join(data.folder(app), publicName))
		if err != nil {
			r.add("--public-url", "is needed: the server has not noted its address in %s", data.folder(app))
		}
		links.Public = strings.TrimSpace(string(noted))
	}
	return links, r.err()
}

// notice returns the webhook that tells of the image, nil when nobody is to be told.
func (f *LinkFlags) notice(app *App, data *DataFlags, secret []byte, i *mattebox.Image) (*mattebox.NewDelivery, error) {
	if i.Callback() == "" {
		return nil, nil
	}
	links, err := f.links(app, data, secret)
	if err != nil {
		return nil, err
	}
	return work.NewDelivery(*i, *i.Result, links), nil
}

// ImagesApproveCmd is "mattebox images approve".
type ImagesApproveCmd struct {
	DataFlags `embed:""`
	LinkFlags `embed:""`
	Tickets   []string `arg:"" name:"ticket" help:"Tickets of images that wait for an operator."`
}

// Run approves one after the other.
func (c *ImagesApproveCmd) Run(app *App) error {
	for _, ticket := range c.Tickets {
		err := c.withImage(app, ticket, func(ctx context.Context, r *records, i *mattebox.Image) error {
			if i.Result == nil {
				return mattebox.Errorf(mattebox.CodeConflict, "image %s has no result yet; make one with: mattebox images upload", ticket)
			}
			return c.approve(ctx, app, &c.DataFlags, r, i)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// approve gives the image to the customer.
func (f *LinkFlags) approve(ctx context.Context, app *App, data *DataFlags, r *records, i *mattebox.Image) error {
	f.tells(app, data, r)
	notice, err := f.notice(app, data, r.keys.Links(), i)
	if err != nil {
		return err
	}
	if err := r.ApproveImage(ctx, i.ID, notice); err != nil {
		return err
	}
	told := "no callback"
	if notice != nil {
		told = "webhook to " + oneLine(notice.URL)
	}
	fmt.Fprintf(app.Stdout, "%s is finished (%s)\n", i.Ticket, told)
	return nil
}

// ImagesRefuseCmd is "mattebox images refuse".
type ImagesRefuseCmd struct {
	DataFlags `embed:""`
	Ticket    string `arg:"" help:"The image's ticket."`
	Reason    string `help:"Why, in words for the customer." required:"" placeholder:"TEXT"`
}

// Run refuses the image.
func (c *ImagesRefuseCmd) Run(app *App) error {
	return c.withImage(app, c.Ticket, func(ctx context.Context, r *records, i *mattebox.Image) error {
		if err := r.RefuseByOperator(ctx, i.ID, c.Reason); err != nil {
			return err
		}
		fmt.Fprintf(app.Stdout, "%s is refused\n", i.Ticket)
		return nil
	})
}

// ImagesAskCmd is "mattebox images ask".
type ImagesAskCmd struct {
	DataFlags `embed:""`
	Ticket    string `arg:"" help:"The image's ticket."`
	Question  string `help:"What the customer shall answer." required:"" placeholder:"TEXT"`
}

// Run asks the question.
func (c *ImagesAskCmd) Run(app *App) error {
	return c.withImage(app, c.Ticket, func(ctx context.Context, r *records, i *mattebox.Image) error {
		if err := r.AskCustomer(ctx, i.ID, c.Question); err != nil {
			return err
		}
		fmt.Fprintf(app.Stdout, "%s waits for the customer's answer\n", i.Ticket)
		return nil
	})
}
