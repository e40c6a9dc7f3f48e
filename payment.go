package mattebox

import (
	"net/url"
	"strings"
)

// PaymentOrder asks a provider to take a payment.
type PaymentOrder struct {
	Payment     Payment // with a Ref: go on with what was begun under it
	Description string  // for the payer: "Invoice INV-1315"
	Email       string  // of the payer, for a receipt; may be empty
	Success     string  // absolute addresses of the pages that the provider leads the payer to
	Cancel      string
}

// PaymentStart is where the payer pays.
type PaymentStart struct {
	Ref string // the provider's identity of the payment
	URL string // the provider's page
}

// PaymentEvent is what a provider has proved to have said of a payment.
type PaymentEvent struct {
	ID      string // the provider's identity of the event
	Payment string // ours of the payment, as we gave it; empty when the provider does not echo it
	Ref     string // the provider's identity of the payment
	State   PaymentState
	Amount  Money // what is paid
}

// maxReturnURL is the longest address to return to, in bytes.
const maxReturnURL = 2048

// ParseReturnURL reads the address to which a payer goes on after paying. It
// returns a CodeInvalid error of the field returnUrl unless it is an absolute http
// or https address with a host and no user name, written in printable ASCII
// without spaces and backslashes, so that the host that is shown is the one that
// browsers go to.
func ParseReturnURL(text string) (*url.URL, error) {
	if len(text) > maxReturnURL {
		return nil, Invalid("returnUrl", "is longer than %d bytes", maxReturnURL)
	}
	strange := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }
	if strings.ContainsFunc(text, strange) {
		return nil, Invalid("returnUrl", "has characters that do not belong into an address; percent-encode them, and write the host's name in ASCII (xn--...)")
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" || u.Hostname() == "" {
		return nil, Invalid("returnUrl", "is not an address that begins with http:// or https:// and a host")
	}
	if u.User != nil {
		return nil, Invalid("returnUrl", "has a user name in front of its host; leave it out")
	}
	if strings.Trim(strings.ToLower(u.Hostname()), "abcdefghijklmnopqrstuvwxyz0123456789-._:") != "" {
		return nil, Invalid("returnUrl", "has no proper host name")
	}
	return u, nil
}
