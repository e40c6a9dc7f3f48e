package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"mattebox"
)

// WebhookStatusCmd is "mattebox webhook status".
type WebhookStatusCmd struct {
	DataFlags `embed:""`
	Account   string `help:"Only receivers of the account." placeholder:"EMAIL"`
	Read      bool   `help:"With --account: mark what it was told as read."`
	Limit     int    `help:"How many notices at most, the newest first." default:"20" placeholder:"N"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// shownStatus is what "mattebox webhook status --json" prints.
type shownStatus struct {
	Receivers []shownReceiver `json:"receivers"`
	Notices   []shownNotice   `json:"notices"`

	newest int64 // of the notices
}

type shownReceiver struct {
	Account  mattebox.AccountID     `json:"account"`
	URL      string                 `json:"url"`
	State    mattebox.ReceiverState `json:"state"`
	Failures int                    `json:"failures"`
	Since    time.Time              `json:"since"`
	ProbeAt  *time.Time             `json:"probeAt,omitempty"`
	Why      string                 `json:"why"`
	Waiting  int                    `json:"waiting"`
}

type shownNotice struct {
	Account mattebox.AccountID `json:"account"`
	At      time.Time          `json:"at"`
	Text    string             `json:"text"`
	Read    bool               `json:"read"`
}

// Run prints the receivers and the notices.
func (c *WebhookStatusCmd) Run(app *App) error {
	if c.Read && c.Account == "" {
		return mattebox.Invalid("--read", "needs --account beside it")
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		account, err := r.scope(ctx, c.Account)
		if err != nil {
			return err
		}
		shown, err := statusOf(ctx, r, account, c.Limit)
		if err != nil {
			return err
		}
		if c.Read {
			if err := r.ReadNotices(ctx, account, shown.newest); err != nil {
				return err
			}
		}
		if c.JSON {
			return printJSON(app.Stdout, shown)
		}
		return shown.print(app.Stdout)
	})
}

func statusOf(ctx context.Context, r *records, account mattebox.AccountID, limit int) (*shownStatus, error) {
	s := &shownStatus{Receivers: []shownReceiver{}, Notices: []shownNotice{}}
	receivers, err := r.Receivers(ctx, mattebox.ReceiverFilter{Account: account})
	if err != nil {
		return nil, err
	}
	for _, v := range receivers {
		row := shownReceiver{Account: v.Account, URL: v.URL, State: v.State, Failures: v.Failures, Since: v.Since.UTC(), Why: v.Why, Waiting: v.Waiting}
		if v.State == mattebox.ReceiverBroken {
			probe := v.ProbeAt.UTC()
			row.ProbeAt = &probe
		}
		s.Receivers = append(s.Receivers, row)
	}
	notices, err := r.Notices(ctx, account, mattebox.Page{Number: 1, Size: max(limit, 1)})
	for _, n := range notices {
		s.newest = max(s.newest, n.ID)
		s.Notices = append(s.Notices, shownNotice{Account: n.Account, At: n.At.UTC(), Text: n.Text, Read: n.Read})
	}
	return s, err
}

func (s *shownStatus) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STATE\tACCOUNT\tSINCE\tFAILURES\tWAITING\tNEXT TRY\tRECEIVER\tWHY")
	for _, r := range s.Receivers {
		probe := "-"
		if r.ProbeAt != nil {
			probe = date(*r.ProbeAt)
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%d\t%d\t%s\t%s\t%s\n", r.State, r.Account, date(r.Since), r.Failures, r.Waiting, probe, oneLine(r.URL), oneLine(r.Why))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, n := range s.Notices {
		read := ""
		if n.Read {
			read = " (read)"
		}
		fmt.Fprintf(w, "%s  account %d: %s%s\n", date(n.At), n.Account, oneLine(n.Text), read)
	}
	return nil
}

// WebhookPauseCmd is "mattebox webhook pause".
type WebhookPauseCmd struct {
	DataFlags `embed:""`
	URL       string `arg:"" help:"Address; what follows a ? in it does not count."`
	Account   string `help:"Whose deliveries." required:"" placeholder:"EMAIL"`
	Why       string `help:"Why, for mattebox webhook status." default:"paused by the operator" placeholder:"TEXT"`
}

// Run pauses the receiver.
func (c *WebhookPauseCmd) Run(app *App) error {
	return c.withAccount(app, c.Account, func(ctx context.Context, r *records, a *mattebox.Account) error {
		if err := r.PauseReceiver(ctx, a.ID, c.URL, c.Why); err != nil {
			return withFlags(app, err, map[string]string{"url": "the address"})
		}
		fmt.Fprintf(app.Stdout, "what goes to %s waits until: mattebox webhook resume\n", oneLine(c.URL))
		return nil
	})
}

// WebhookResumeCmd is "mattebox webhook resume".
type WebhookResumeCmd struct {
	DataFlags `embed:""`
	URL       string `arg:"" help:"Address; what follows a ? in it does not count."`
	Account   string `help:"Whose deliveries." required:"" placeholder:"EMAIL"`
}

// Run lets the receiver have what waits.
func (c *WebhookResumeCmd) Run(app *App) error {
	return c.withAccount(app, c.Account, func(ctx context.Context, r *records, a *mattebox.Account) error {
		if err := r.ResumeReceiver(ctx, a.ID, c.URL); err != nil {
			return withFlags(app, err, map[string]string{"url": "the address"})
		}
		fmt.Fprintf(app.Stdout, "what waited for %s is sent\n", oneLine(c.URL))
		return nil
	})
}
