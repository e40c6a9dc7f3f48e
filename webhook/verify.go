package webhook

import (
	"crypto/hmac"
	"net/http"
	"strings"
)

// Report tells a receiver's developer how a request they received stands.
type Report struct {
	Dialect string   // by the headers that are there; empty when none tells
	Valid   bool     // at least one signature holds
	Headers []Check  // those that can sign in this dialect, in a fixed order
	Advice  []string // what is wrong, the likeliest first; empty when Valid
}

// Check is one signing header.
type Check struct {
	Name    string
	Present bool
	Valid   bool
	Note    string // what the signature is made of, and why it may be missing or not hold
}

// Verify says which signatures of a delivery hold with the secret and, when none
// does, why that is likely so: it tries what commonly happens to secrets, header
// values and bodies between our socket and a developer's eyes. Which dialect it is
// the headers tell. The body must be the raw bytes; header names may be spelled in
// any case, or as CGI does it (PHP's $_SERVER, Rack, WSGI). It does not judge the
// age of the request.
func Verify(secret string, header http.Header, body []byte) Report {
	r := received{secret: secret, header: plainNames(header), body: body}
	report := Report{Dialect: r.dialect()}
	for _, s := range r.signers(report.Dialect) {
		c := r.check(s)
		report.Valid = report.Valid || c.Valid
		report.Headers = append(report.Headers, c)
	}
	if !report.Valid {
		report.Advice = r.advice()
	}
	return report
}

// received is a request as the receiver has it.
type received struct {
	secret string
	header map[string]string // names by plainName
	body   []byte
}

// dialect returns that of the first signing header that is there.
func (r received) dialect() string {
	for _, s := range signers() {
		if _, present := r.get(s.name); present && s.dialect != "" {
			return s.dialect
		}
	}
	return ""
}

// signers returns what can sign in the dialect. When no header tells the dialect:
// all, or only Standard Webhooks' when that is there.
func (r received) signers(dialect string) []signer {
	_, standard := r.get(headerSignature)
	var can []signer
	for _, s := range signers() {
		if s.dialect == dialect || s.dialect == "" || dialect == "" && !standard {
			can = append(can, s)
		}
	}
	return can
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
		cgi = cgi || name == "HTTP_HOST" || name == "HTTP_X_HWR_SIGNATURE" || strings.HasPrefix(name, "HTTP_HTTP_") ||
			strings.HasPrefix(name, "HTTP_WEBHOOK_") || strings.HasPrefix(name, "HTTP_X_WEBHOOK_")
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
	for _, m := range s.form.macs(value) {
		c.Valid = c.Valid || hmac.Equal(m, mac(s.key(r.secret), r.signed(s, r.body)))
	}
	return c
}

// signed returns the bytes that the header signs when the body is as given.
func (r received) signed(s signer, body []byte) []byte {
	var text strings.Builder
	for _, name := range s.before {
		value, _ := r.get(name)
		text.WriteString(value + ".")
	}
	return append([]byte(text.String()), body...)
}
