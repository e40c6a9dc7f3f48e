package webhook

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// A variant is another reading of something, and what happened if it is the right
// one; the plain reading has no story.
type variant[T any] struct {
	value T
	story string
}

// readings returns what the header's value may stand for.
func readings(s signer, value string) []variant[[]byte] {
	var all []variant[[]byte]
	for _, m := range s.form.macs(value) {
		all = append(all, variant[[]byte]{m, ""})
	}
	if s.dialect == "" { // of Standard Webhooks, whose libraries do the reading
		return all
	}
	bare := strings.Trim(value, " \t\r\n\"'")
	for _, m := range s.form.macs(bare) {
		all = append(all, variant[[]byte]{m, s.name + " has white space or quotes around its value; compare without them"})
	}
	if s.dialect != DialectRTB {
		return append(all, hexReadings(s, bare)...)
	}
	if m, err := base64.RawStdEncoding.DecodeString(strings.ReplaceAll(strings.TrimRight(bare, "="), " ", "+")); err == nil {
		all = append(all, variant[[]byte]{m, s.name + " has lost its padding (=) or had + turned into a space; take the header as it came, without URL decoding"})
	}
	if m, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(bare, "=")); err == nil {
		all = append(all, variant[[]byte]{m, s.name + " is in base64url; the one we send is in standard base64 with padding"})
	}
	if m, err := hex.DecodeString(bare); err == nil {
		all = append(all, variant[[]byte]{m, s.name + " is in hexadecimal; the one we send is in base64"})
	}
	return all
}

// hexReadings is readings for the headers that are written in hexadecimal.
func hexReadings(s signer, bare string) []variant[[]byte] {
	var all []variant[[]byte]
	rest, prefixed := strings.CutPrefix(bare, "sha256=")
	if m, err := hex.DecodeString(rest); err == nil {
		story := s.name + " has lost the sha256= in front"
		if prefixed {
			story = s.name + " has a sha256= in front that the one we send does not have"
		}
		all = append(all, variant[[]byte]{m, story})
	}
	if m, err := base64.StdEncoding.DecodeString(rest); err == nil {
		all = append(all, variant[[]byte]{m, s.name + " is in base64; the one we send is in hexadecimal"})
	}
	return all
}

// keys returns what the secret's bytes may have been taken for.
func keys(s signer, secret string) []variant[[]byte] {
	little := wide(secret)
	big := bytes.Clone(little)
	for i := 0; i+1 < len(big); i += 2 {
		big[i], big[i+1] = big[i+1], big[i]
	}
	mixed := s.name + " holds with the secret as %s, but the one we send is made with its bytes as UTF-8"
	if s.dialect == DialectRTB {
		mixed = s.name + " holds with the secret as %s; the names with underscores (HTTP_X_RTB_...) carry the signature for UTF-16LE, those with hyphens (X-RTB-...) that for UTF-8, and CGI spells the latter like the former"
	}
	return []variant[[]byte]{
		{s.key(secret), ""},
		{[]byte(secret), fmt.Sprintf(mixed, "UTF-8")},
		{little, fmt.Sprintf(mixed, "UTF-16LE")},
		{big, fmt.Sprintf(mixed, "UTF-16BE")},
		{append([]byte{0xff, 0xfe}, little...), fmt.Sprintf(mixed, "UTF-16LE with a byte order mark")},
	}
}

// secrets returns what the secret may have been before it was copied.
func secrets(secret string) []variant[string] {
	bare := strings.Trim(strings.TrimSpace(secret), "\"'{}\ufeff")
	all := []variant[string]{
		{secret, ""},
		{strings.TrimSpace(secret), "the secret was given with white space around it"},
		{bare, "the secret was given with quotes or braces around it"},
		{strings.ToLower(bare), "the secret was given in upper case; it is in lower case"},
	}
	if text, found := strings.CutPrefix(bare, "whsec_"); found {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil {
			all = append(all, variant[string]{string(key), "the secret was given as libraries of Standard Webhooks take it; outside of them use it as the service shows it"})
		}
	}
	return all
}

// bodies returns what the body may have been before somebody touched it.
func bodies(body []byte) []variant[[]byte] {
	all := []variant[[]byte]{
		{body, ""},
		{bytes.TrimRight(body, "\r\n"), "the body has a line break behind it that was not sent"},
		{append(bytes.Clone(body), '\n'), "the body has lost the line break at its end"},
		{append(bytes.Clone(body), "\r\n"...), "the body has lost the line break at its end"},
		{bytes.TrimPrefix(body, []byte("\ufeff")), "the body has a byte order mark in front that was not sent"},
		{bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), "the body had its line breaks changed"},
		{bytes.TrimSpace(body), "the body has white space around it that was not sent"},
	}
	if original := restored(body); original != nil {
		all = append(all, variant[[]byte]{original, "the body was decoded and encoded anew; verify the raw bytes, before a framework has parsed them"})
	}
	return all
}

// restored returns the bytes that the body's content was sent in; nil when it is
// none of ours.
func restored(body []byte) []byte {
	var m message[json.RawMessage]
	if json.Unmarshal(body, &m) != nil || m.Event == "" {
		return restoredForm(body)
	}
	kind, _, _ := strings.Cut(string(m.Event), ".")
	switch {
	case kind == "image":
		return restoredData[imageData](m)
	case kind == "invoice":
		return restoredData[invoiceData](m)
	case kind == "job" && bytes.Contains(m.Data, []byte(`"jobId"`)):
		return restoredData[jobData](m)
	case kind == "job":
		return restoredData[videoData](m)
	}
	return nil
}

func restoredData[T any](m message[json.RawMessage]) []byte {
	var data T
	if json.Unmarshal(m.Data, &data) != nil {
		return nil
	}
	return encode(m.Event, data)
}

// restoredForm is restored for a finished image's form, or what became of it.
func restoredForm(body []byte) []byte {
	fields := url.Values{}
	var object map[string]any
	numbers := json.NewDecoder(bytes.NewReader(body))
	numbers.UseNumber() // 2000045 shall not become 2.000045e+06
	if numbers.Decode(&object) == nil {
		for name, value := range object {
			fields.Set(name, fmt.Sprint(value))
		}
	} else if parsed, err := url.ParseQuery(string(bytes.TrimSpace(body))); err == nil {
		fields = parsed
	}
	if !fields.Has("imageTicket") {
		return nil
	}
	var values []string
	for _, name := range rtbFields() {
		if !fields.Has(name) {
			break
		}
		values = append(values, fields.Get(name))
	}
	return rtbForm(values...)
}
