package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"mattebox"
)

// LedgerCmd is "mattebox ledger". Its commands work beside a running server.
type LedgerCmd struct {
	Check LedgerCheckCmd `cmd:"" help:"Prove that every figure follows from the ledger."`
	Show  LedgerShowCmd  `cmd:"" help:"List postings, the newest first."`
}

// LedgerCheckCmd is "mattebox ledger check".
type LedgerCheckCmd struct {
	DataFlags `embed:""`
	JSON      bool `name:"json" help:"Print JSON."`
}

// Run checks the ledger and tells every fault.
func (c *LedgerCheckCmd) Run(app *App) error {
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		report, err := r.CheckLedger(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			faults := append([]string{}, report.Faults...)
			err = printJSON(app.Stdout, map[string]any{"postings": report.Postings, "entries": report.Entries, "faults": faults})
		} else {
			for _, fault := range report.Faults {
				fmt.Fprintln(app.Stdout, fault)
			}
			fmt.Fprintf(app.Stdout, "%d postings with %d entries, %d faults\n", report.Postings, report.Entries, len(report.Faults))
		}
		if err == nil && len(report.Faults) > 0 {
			return told(exitFailed)
		}
		return err
	})
}

// LedgerShowCmd is "mattebox ledger show".
type LedgerShowCmd struct {
	DataFlags `embed:""`
	Account   string `help:"Only postings with an entry in a book of the account." placeholder:"EMAIL"`
	Ticket    string `help:"Only postings of the image." placeholder:"TICKET"`
	Job       string `help:"Only postings of the video job." placeholder:"job_..."`
	Invoice   string `help:"Only postings of the invoice." placeholder:"INV-N"`
	Since     string `help:"Only postings since: a time such as 2026-01-31 or 2026-01-31T12:00:00Z, or how long ago, such as 24h." placeholder:"WHEN"`
	Limit     int    `help:"How many at most." default:"100" placeholder:"N"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// shownPosting is a row of "mattebox ledger show --json".
type shownPosting struct {
	ID      int64                `json:"id"`
	Kind    mattebox.PostingKind `json:"kind"`
	At      time.Time            `json:"at"`
	By      string               `json:"by"`
	Note    string               `json:"note,omitempty"`
	Image   mattebox.ImageID     `json:"image,omitempty"`
	Job     mattebox.JobID       `json:"job,omitempty"`
	Invoice string               `json:"invoice,omitempty"`
	Payment string               `json:"payment,omitempty"`
	Entries []shownEntry         `json:"entries"`
}

type shownEntry struct {
	Account  mattebox.AccountID `json:"account,omitempty"` // none: a book of the house
	Book     mattebox.Book      `json:"book"`
	Amount   string             `json:"amount"`
	Currency mattebox.Currency  `json:"currency"`
}

// Run prints the postings.
func (c *LedgerShowCmd) Run(app *App) error {
	since, err := readSince(app, c.Since)
	if err != nil {
		return err
	}
	filter := mattebox.LedgerFilter{From: since, Limit: max(c.Limit, 1)}
	if c.Invoice != "" {
		if filter.Invoice, err = invoiceNumber(c.Invoice); err != nil {
			return err
		}
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		if err := c.narrow(ctx, r, &filter); err != nil {
			return err
		}
		postings, err := r.Postings(ctx, filter)
		if err != nil {
			return err
		}
		rows := make([]shownPosting, len(postings))
		for i, p := range postings {
			rows[i] = postingRow(p)
		}
		if c.JSON {
			return printJSON(app.Stdout, rows)
		}
		return printPostings(app.Stdout, rows)
	})
}

func (c *LedgerShowCmd) narrow(ctx context.Context, r *records, filter *mattebox.LedgerFilter) error {
	account, err := r.scope(ctx, c.Account)
	if err != nil {
		return err
	}
	filter.Account = account
	if c.Ticket != "" {
		image, err := r.ImageByTicket(ctx, c.Ticket)
		if err != nil {
			return err
		}
		filter.Image = image.ID
	}
	if c.Job != "" {
		job, err := r.JobByUID(ctx, 0, c.Job)
		if err != nil {
			return err
		}
		filter.Job = job.ID
	}
	return nil
}

func postingRow(p mattebox.Posting) shownPosting {
	row := shownPosting{ID: p.ID, Kind: p.Kind, At: p.At.UTC(), By: p.By, Note: p.Note, Image: p.Image, Job: p.Job, Payment: p.Payment, Entries: []shownEntry{}}
	if p.Invoice != 0 {
		row.Invoice = invoiceID(p.Invoice)
	}
	for _, e := range p.Entries {
		row.Entries = append(row.Entries, shownEntry{e.Account, e.Book, e.Amount.Amount(), e.Amount.Currency})
	}
	return row
}

func printPostings(w io.Writer, rows []shownPosting) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "POSTING\tWHEN\tWHAT\tBY\tBOOK\tAMOUNT\tABOUT")
	for _, p := range rows {
		for i, e := range p.Entries {
			book := string(e.Book)
			if e.Account != 0 {
				book = fmt.Sprintf("%d %s", e.Account, e.Book)
			}
			if i > 0 {
				fmt.Fprintf(table, "\t\t\t\t%s\t%s %s\t\n", book, e.Amount, e.Currency)
				continue
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s %s\t%s\n", p.ID, date(p.At), p.Kind, p.By, book, e.Amount, e.Currency, p.about())
		}
	}
	return table.Flush()
}

// about says in one line what a posting belongs to.
func (p shownPosting) about() string {
	var parts []string
	if p.Image != 0 {
		parts = append(parts, fmt.Sprintf("image %d", p.Image))
	}
	for _, text := range []string{p.Invoice, p.Payment, p.Note} {
		if text != "" {
			parts = append(parts, oneLine(text))
		}
	}
	return strings.Join(parts, ", ")
}
