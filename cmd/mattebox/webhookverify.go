package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"mattebox"
	"mattebox/webhook"
)

// WebhookVerifyCmd is "mattebox webhook verify". It needs nothing of the service.
type WebhookVerifyCmd struct {
	Secret string   `help:"The secret that signs: the account's application secret, or a developer's webhook secret." required:"" env:"MATTEBOX_WEBHOOK_SECRET" placeholder:"SECRET"`
	Header []string `help:"A header of the request as it came, 'Name: value'; may be given several times." sep:"none" placeholder:"LINE"`
}

// maxWebhookBody is more than any webhook of ours has.
const maxWebhookBody = 1 << 20

// Run reads the body from stdin. It ends with 1 when no signature holds.
func (c *WebhookVerifyCmd) Run(app *App) error {
	header := http.Header{}
	for _, line := range c.Header {
		name, value, found := strings.Cut(line, ":")
		if !found || strings.TrimSpace(name) == "" {
			return mattebox.Invalid("--header", "has %.60q; use 'Name: value'", line)
		}
		name = strings.TrimSpace(name)
		header[name] = append(header[name], strings.TrimSpace(value))
	}
	if isTerminalReader(app.Stdin) {
		return mattebox.Errorf(mattebox.CodeInvalid, "stdin is a terminal; redirect the request's body into it, byte by byte as it came")
	}
	body, err := io.ReadAll(io.LimitReader(app.Stdin, maxWebhookBody))
	if err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	report := webhook.Verify(c.Secret, header, body)
	printVerdict(app.Stdout, report)
	if !report.Valid {
		return told(exitFailed)
	}
	return nil
}

func printVerdict(w io.Writer, report webhook.Report) {
	for _, check := range report.Headers {
		verdict := "missing"
		switch {
		case check.Valid:
			verdict = "holds"
		case check.Present:
			verdict = "does not hold"
		}
		fmt.Fprintf(w, "%-14s %s", verdict, check.Name)
		if check.Note != "" {
			fmt.Fprintf(w, "  (%s)", check.Note)
		}
		fmt.Fprintln(w)
	}
	for _, advice := range report.Advice {
		fmt.Fprintln(w, "->", advice)
	}
}
