package webhook

import (
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"strings"
)

// Report tells a receiver's developer how a request they received stands.
type Report struct {
	Valid   bool     // at least one signature holds
	Headers []Check  // every header that can sign, in a fixed order
	Advice  []string // what is wrong, the likeliest first; empty when Valid
}

// Check is one signing header.
type Check struct {
	Name    string
	Present bool
	Valid   bool
	Note    string // what the signature is made of, and why it may be missing or not hold
}

// Verify says which signatures of an RTB delivery hold with the secret and, when
// none does, why that is likely so: it tries what commonly happens to secrets,
// header values and bodies between our socket and a developer's eyes. The body
// must be the raw bytes; header names may be spelled in any case, or as CGI does
// it (PHP's $_SERVER, Rack, WSGI). It does not judge the age of the request.
func Verify(secret string, header http.Header, body []byte) Report {
	r := received{secret: secret, header: plainNames(header), body: body}
	report := Report{}
	for _, s := range signers() {
		c := r.check(s)
		report.Valid = report.Valid || c.Valid
		report.Headers = append(report.Headers, c)
	}
	if !report.Valid {
		report.Advice = r.advice()
	}
	return report
}

// A signer is a header that signs. key makes its key of the secret.
type signer struct {
	name     string
	key      func(secret string) []byte
	note     string
	standard bool // of Standard Webhooks: signs id and time as well
}

func signers() []signer {
	narrow := func(s string) []byte { return []byte(s) }
	const (
		ofPartner  = "made with the developer's application secret (the account's own when no developer's key came with the order), "
		ofCustomer = "made with the account's application secret, "
		asWide     = "as UTF-16LE"
		asNarrow   = "as UTF-8"
	)
	return []signer{
		{headerPartner, narrow, ofPartner + asNarrow, false},
		{headerCustomer, narrow, ofCustomer + asNarrow, false},
		{headerPartnerWide, wide, ofPartner + asWide, false},
		{headerCustomerWide, wide, ofCustomer + asWide, false},
		{headerSignature, narrow, "one signature for each of the two secrets, as UTF-8, over id.timestamp.body", true},
	}
}

// received is a request as the receiver has it.
type received struct {
	secret string
	header map[string]string // names by plainName
	body   []byte
}

// plainName is the form in which header names are compared: upper case, as CGI
// spells them but without its prefix.
func plainName(name string) string {
	return strings.ReplaceAll(strings.ToUpper(name), "-", "_")
}

// plainNames returns the first value of each header. Where one has a name that only
// CGI makes, all of them lose CGI's prefix.
func plainNames(header http.Header) map[string]string {
	cgi := false
	for name := range header {
		name = plainName(name)
		cgi = cgi || name == "HTTP_HOST" || strings.HasPrefix(name, "HTTP_HTTP_") || strings.HasPrefix(name, "HTTP_WEBHOOK_")
	}
	plain := map[string]string{}
	for name, values := range header {
		name = plainName(name)
		if cgi {
			name = strings.TrimPrefix(name, "HTTP_")
		}
		if len(values) > 0 {
			plain[name] = values[0]
		}
	}
	return plain
}

// get returns the header's value.
func (r received) get(name string) (value string, present bool) {
	value, present = r.header[plainName(name)]
	return value, present
}

// check judges one header by the letter.
func (r received) check(s signer) Check {
	c := Check{Name: s.name, Note: s.note}
	value, present := r.get(s.name)
	if !present {
		c.Note = "not there"
		if strings.Contains(s.name, "_") {
			c.Note += "; some web servers drop names with underscores (nginx: underscores_in_headers off)"
		}
		return c
	}
	c.Present = true
	for _, m := range macsIn(s, value) {
		c.Valid = c.Valid || hmac.Equal(m, mac(s.key(r.secret), r.signed(s, r.body)))
	}
	return c
}

// signed returns the bytes that the header signs when the body is as given.
func (r received) signed(s signer, body []byte) []byte {
	if !s.standard {
		return body
	}
	id, _ := r.get(headerID)
	stamp, _ := r.get(headerTimestamp)
	return append([]byte(id+"."+stamp+"."), body...)
}

// macsIn returns the signatures in a header's value.
func macsIn(s signer, value string) [][]byte {
	texts := []string{value}
	if s.standard {
		texts = strings.Fields(value)
	}
	var macs [][]byte
	for _, text := range texts {
		if s.standard {
			var found bool
			if text, found = strings.CutPrefix(text, "v1,"); !found {
				continue
			}
		}
		if m, err := base64.StdEncoding.DecodeString(text); err == nil {
			macs = append(macs, m)
		}
	}
	return macs
}
