package webhook

import (
	"slices"
	"time"

	"mattebox"
)

// Dialect is one family of notices: what differs between them on the wire and in
// time. The zero value is none; RTB, HWR and Video are the ones there are.
type Dialect struct {
	Name        string
	ContentType string

	// Secure says that only https is spoken: an attempt at another address fails
	// with ClassScheme before anything leaves.
	Secure bool

	// Partnered says that the partner's secrets sign as well as the account's.
	Partnered bool

	// Retries are the waits after the first, second, ... failed try, so there is
	// one try more than there are waits. Jitter is the share of itself by which a
	// wait may be shorter or longer; see Waits.
	Retries []time.Duration
	Jitter  float64

	// Rest is the least time from the start of a try that we broke ourselves to the
	// next one: the receiver may have seen it.
	Rest time.Duration

	// Accepts reports whether an HTTP status means that the receiver has it.
	Accepts func(status int) bool

	// Sign returns the dialect's own headers for one try, signed with one secret
	// each: the newest. Names are written byte by byte as they stand here.
	Sign func(s mattebox.Sending, at time.Time) map[string]string
}

// Dialects returns all dialects.
func Dialects() []Dialect { return []Dialect{RTB(), HWR(), Video()} }

// Named returns the dialect of a mattebox.Delivery.
func Named(name string) (Dialect, bool) {
	for _, d := range Dialects() {
		if d.Name == name {
			return d, true
		}
	}
	return Dialect{}, false
}

// secrets returns all secrets in force that the dialect signs with, each once: the
// account's, newest first, then the partner's.
func (d Dialect) secrets(s mattebox.Sending) []string {
	all := slices.Clone(s.Secrets)
	if d.Partnered {
		all = append(all, partners(s)...)
	}
	var each []string
	for _, secret := range all {
		if secret != "" && !slices.Contains(each, secret) {
			each = append(each, secret)
		}
	}
	return each
}

// partners returns the partner's secrets, newest first, or the account's own when
// there is no partner (contracts F2).
func partners(s mattebox.Sending) []string {
	if len(s.PartnerSecrets) > 0 {
		return s.PartnerSecrets
	}
	return s.Secrets
}

// delivery returns what tells the address of an event in the dialect.
func (d Dialect) delivery(event mattebox.EventType, url, uid string, body []byte) mattebox.NewDelivery {
	return mattebox.NewDelivery{
		UID:         uid,
		Dialect:     d.Name,
		Event:       string(event),
		URL:         url,
		ContentType: d.ContentType,
		Body:        body,
		Retries:     d.Waits(uid),
	}
}
