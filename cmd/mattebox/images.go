package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"mattebox"
)

// ImagesCmd is "mattebox images": what an operator sees and judges. Its commands
// work beside a running server.
type ImagesCmd struct {
	List    ImagesListCmd    `cmd:"" help:"List images, the newest first."`
	Show    ImagesShowCmd    `cmd:"" help:"Tell everything of one image."`
	Approve ImagesApproveCmd `cmd:"" help:"Give an image that waits for an operator to the customer."`
	Refuse  ImagesRefuseCmd  `cmd:"" help:"Refuse an image, with a reason for the customer."`
	Ask     ImagesAskCmd     `cmd:"" help:"Ask the customer a question about an image."`
	Upload  ImagesUploadCmd  `cmd:"" help:"Give the customer a picture made by hand."`
}

// ImagesListCmd is "mattebox images list".
type ImagesListCmd struct {
	DataFlags          `embed:""`
	Status             []int  `help:"Only images with the status; may be given several times." placeholder:"N"`
	WaitingForOperator bool   `help:"Only images that wait for an operator: status 62, 64 and 66."`
	Account            string `help:"Only images of the account." placeholder:"EMAIL"`
	Product            string `help:"Only images of the product." placeholder:"ID"`
	Limit              int    `help:"How many at most." default:"50" placeholder:"N"`
	JSON               bool   `name:"json" help:"Print JSON."`
}

// listedImage is a row of "mattebox images list --json".
type listedImage struct {
	Ticket          string             `json:"ticket"`
	Account         mattebox.AccountID `json:"account"`
	CustomerImageID string             `json:"customerImageId,omitempty"`
	ProductID       string             `json:"productId,omitempty"`
	Status          mattebox.Status    `json:"status"`
	StatusName      string             `json:"statusName"`
	Reason          string             `json:"reason,omitempty"`
	Comment         string             `json:"comment,omitempty"`
	Confidence      float64            `json:"confidence,omitempty"`
	Created         time.Time          `json:"created"`
	Due             time.Time          `json:"due"`
}

func listed(i mattebox.Image) listedImage {
	return listedImage{
		Ticket: i.Ticket, Account: i.Account, CustomerImageID: i.CustomerImageID, ProductID: i.ProductID,
		Status: i.Status, StatusName: i.Status.Name(), Reason: i.Reason, Comment: i.Comment, Confidence: i.Confidence,
		Created: i.Created.UTC(), Due: i.Due.UTC(),
	}
}

// Run prints the list.
func (c *ImagesListCmd) Run(app *App) error {
	filters, err := c.filters(app)
	if err != nil {
		return err
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		images, err := c.find(ctx, r, filters)
		if err != nil {
			return err
		}
		rows := make([]listedImage, len(images))
		for i, image := range images {
			rows[i] = listed(image)
		}
		if c.JSON {
			return printJSON(app.Stdout, rows)
		}
		return printImages(app.Stdout, rows)
	})
}

// filters returns one for each status asked for, or one for all.
func (c *ImagesListCmd) filters(app *App) ([]mattebox.ImageFilter, error) {
	faults := app.newFaults()
	if c.Limit < 1 || c.Limit > 10_000 {
		faults.add("--limit", "is %d; use 1 to 10000", c.Limit)
	}
	statuses := make([]mattebox.Status, 0, len(c.Status)+3)
	for _, n := range c.Status {
		if !mattebox.Status(n).Known() {
			faults.add("--status", "has %d; use one of %v", n, mattebox.Statuses())
		}
		statuses = append(statuses, mattebox.Status(n))
	}
	if c.WaitingForOperator {
		statuses = append(statuses, mattebox.StatusAssigned, mattebox.StatusWithEditor, mattebox.StatusQuality)
	}
	base := mattebox.ImageFilter{
		ProductID: c.Product, Sort: mattebox.SortByID, Descending: true, Page: mattebox.Page{Number: 1, Size: c.Limit},
	}
	if len(statuses) == 0 {
		return []mattebox.ImageFilter{base}, faults.err()
	}
	slices.Sort(statuses)
	var all []mattebox.ImageFilter
	for _, s := range slices.Compact(statuses) {
		filter := base
		filter.Status = &s
		all = append(all, filter)
	}
	return all, faults.err()
}

// find returns the newest images that any of the filters selects.
func (c *ImagesListCmd) find(ctx context.Context, r *records, filters []mattebox.ImageFilter) ([]mattebox.Image, error) {
	account, err := r.scope(ctx, c.Account)
	if err != nil {
		return nil, err
	}
	var all []mattebox.Image
	for _, f := range filters {
		f.Account = account
		images, err := r.Images(ctx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, images...)
	}
	slices.SortFunc(all, func(a, b mattebox.Image) int { return int(b.ID - a.ID) })
	return all[:min(len(all), c.Limit)], nil
}

func printImages(w io.Writer, rows []listedImage) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TICKET\tACCOUNT\tSTATUS\tCREATED\tDUE\tCUSTOMER'S ID\tWHY")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%d\t%d %s\t%s\t%s\t%s\t%s\n", r.Ticket, r.Account, r.Status, r.StatusName,
			date(r.Created), date(r.Due), orHyphen(r.CustomerImageID), orHyphen(oneLine(r.Reason)))
	}
	return table.Flush()
}

func orHyphen(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// oneLine keeps what strangers wrote from moving a terminal's cursor.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}
