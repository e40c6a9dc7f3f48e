package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"mattebox"
)

// ImagesShowCmd is "mattebox images show".
type ImagesShowCmd struct {
	DataFlags `embed:""`
	Ticket    string `arg:"" help:"The image's ticket."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// shownImage is what "mattebox images show --json" prints.
type shownImage struct {
	listedImage
	ID          mattebox.ImageID    `json:"id"`
	Template    mattebox.TemplateID `json:"template"`
	Format      mattebox.Format     `json:"format"`
	Callback    string              `json:"callback,omitempty"`
	Instruction string              `json:"instruction,omitempty"`
	Rejections  int                 `json:"rejections"`
	Productions int                 `json:"productions"`
	Price       string              `json:"price"`
	Sources     []shownSource       `json:"sources"`
	Result      *shownResult        `json:"result,omitempty"`
	History     []shownMove         `json:"history"`
	Deliveries  []shownDelivery     `json:"deliveries"`
}

type shownSource struct {
	URL    string `json:"url"`
	Key    string `json:"key,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	Format string `json:"format,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

type shownResult struct {
	Path      string `json:"path"`
	Key       string `json:"key"`
	Thumbnail string `json:"thumbnailKey,omitempty"`
	Bytes     int64  `json:"bytes"`
	MediaType string `json:"mediaType"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
}

type shownMove struct {
	At   time.Time       `json:"at"`
	From mattebox.Status `json:"from"`
	To   mattebox.Status `json:"to"`
	By   string          `json:"by"`
	Why  string          `json:"why,omitempty"`
}

// Run prints the image.
func (c *ImagesShowCmd) Run(app *App) error {
	return c.withImage(app, c.Ticket, func(ctx context.Context, r *records, i *mattebox.Image) error {
		shown, err := show(ctx, r, i)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(app.Stdout, shown)
		}
		return shown.print(app.Stdout)
	})
}

// withImage is withRecords for the image of a ticket.
func (f *DataFlags) withImage(app *App, ticket string, work func(context.Context, *records, *mattebox.Image) error) error {
	return f.withRecords(app, func(ctx context.Context, r *records) error {
		image, err := r.ImageByTicket(ctx, ticket)
		if mattebox.CodeOf(err) == mattebox.CodeNotFound {
			return mattebox.Errorf(mattebox.CodeNotFound, "no image has the ticket %.80q; see: mattebox images list", ticket)
		}
		if err != nil {
			return err
		}
		return work(ctx, r, image)
	})
}

func show(ctx context.Context, r *records, i *mattebox.Image) (*shownImage, error) {
	s := &shownImage{
		listedImage: listed(*i), ID: i.ID, Template: i.TemplateID, Format: i.Template.Format, Callback: i.Callback(), Instruction: i.Instruction,
		Rejections: i.Rejections, Productions: i.Production, Price: i.Price.String(),
		Sources: []shownSource{}, History: []shownMove{}, Deliveries: []shownDelivery{},
	}
	for _, source := range i.Sources {
		s.Sources = append(s.Sources, shownSource{source.URL, source.Key, source.Bytes, source.Format, source.Width, source.Height})
	}
	if result := i.Result; result != nil {
		s.Result = &shownResult{i.FinalPath(), result.Key, result.ThumbnailKey, result.Bytes, result.MediaType, result.Width, result.Height}
	}
	history, err := r.History(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range history {
		s.History = append(s.History, shownMove{m.At.UTC(), m.From, m.To, m.By, m.Why})
	}
	s.Deliveries, err = showDeliveries(ctx, r, mattebox.DeliveryFilter{Image: i.ID})
	return s, err
}

func (s *shownImage) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"ticket", s.Ticket}, {"status", fmt.Sprintf("%d %s", s.Status, s.StatusName)}, {"why", s.Reason}, {"comment", s.Comment},
		{"account", fmt.Sprint(s.Account)}, {"customer's id", s.CustomerImageID}, {"product", s.ProductID}, {"instruction", s.Instruction},
		{"template", fmt.Sprintf("%d, %s", s.Template, s.Format)}, {"callback", s.Callback},
		{"created", date(s.Created)}, {"due", date(s.Due)}, {"price", s.Price},
		{"productions", fmt.Sprintf("%d, after %d rejections", s.Productions, s.Rejections)}, {"confidence", confidence(s.Confidence)},
	} {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], oneLine(row[1]))
		}
	}
	for i, source := range s.Sources {
		fmt.Fprintf(table, "source %d\t%s\n", i+1, oneLine(source.URL))
		if source.Key != "" {
			fmt.Fprintf(table, "\t%s %dx%d, %d bytes, key %s\n", source.Format, source.Width, source.Height, source.Bytes, source.Key)
		}
	}
	if r := s.Result; r != nil {
		fmt.Fprintf(table, "result\t%s %dx%d, %d bytes, key %s\n", r.MediaType, r.Width, r.Height, r.Bytes, r.Key)
	}
	for _, m := range s.History {
		fmt.Fprintf(table, "%s\t%d -> %d by %s  %s\n", date(m.At), m.From, m.To, m.By, oneLine(m.Why))
	}
	if err := table.Flush(); err != nil || len(s.Deliveries) == 0 {
		return err
	}
	fmt.Fprintln(w)
	return printDeliveries(w, s.Deliveries)
}

func confidence(c float64) string {
	if c == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", c)
}
