package webhook

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A variant is another reading of something, and what happened if it is the right
// one; the plain reading has no story.
type variant[T any] struct {
	value T
	story string
}

// advice returns why no signature holds: the stories of the first readings under
// which one does, else what can be said without.
func (r received) advice() []string {
	var present []signer
	for _, s := range signers() {
		if _, ok := r.get(s.name); ok {
			present = append(present, s)
		}
	}
	if len(present) == 0 {
		return []string{"none of the signing headers is there; pass all headers of the request, and see that no proxy drops them"}
	}
	for _, s := range present {
		if stories := r.explain(s); stories != nil {
			return stories
		}
	}
	return r.guess(present)
}

// maxExplained is how long a body may be for its readings to be tried: ours have a
// few kilobytes, and there are thousands of readings.
const maxExplained = 64 << 10

// explain looks for readings of value, secret and body under which the header's
// signature holds.
func (r received) explain(s signer) []string {
	if len(r.body) > maxExplained {
		return nil
	}
	value, _ := r.get(s.name)
	for _, v := range readings(s, value) {
		for _, body := range bodies(r.body) {
			for _, secret := range secrets(r.secret) {
				for _, key := range keys(s, secret.value) {
					if hmac.Equal(v.value, mac(key.value, r.signed(s, body.value))) {
						return slices.DeleteFunc([]string{v.story, body.story, secret.story, key.story}, isEmpty)
					}
				}
			}
		}
	}
	return nil
}

func isEmpty(s string) bool { return s == "" }

// readings returns what the header's value may stand for.
func readings(s signer, value string) []variant[[]byte] {
	var all []variant[[]byte]
	for _, m := range macsIn(s, value) {
		all = append(all, variant[[]byte]{m, ""})
	}
	if s.standard {
		return all
	}
	bare := strings.Trim(value, " \t\r\n\"'")
	if m, err := base64.StdEncoding.DecodeString(bare); err == nil && bare != value {
		all = append(all, variant[[]byte]{m, s.name + " has white space or quotes around its value; compare without them"})
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

// keys returns what the secret's bytes may have been taken for.
func keys(s signer, secret string) []variant[[]byte] {
	little := wide(secret)
	big := bytes.Clone(little)
	for i := 0; i+1 < len(big); i += 2 {
		big[i], big[i+1] = big[i+1], big[i]
	}
	mixed := s.name + " holds with the secret as %s; the names with underscores (HTTP_X_RTB_...) carry the signature for UTF-16LE, those with hyphens (X-RTB-...) that for UTF-8, and CGI spells the latter like the former"
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
	return []variant[string]{
		{secret, ""},
		{strings.TrimSpace(secret), "the secret was given with white space around it"},
		{bare, "the secret was given with quotes or braces around it"},
		{strings.ToLower(bare), "the secret was given in upper case; it is in lower case"},
	}
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
	if original := reencoded(body); original != nil {
		all = append(all, variant[[]byte]{original, "the body was decoded and encoded anew; verify the raw bytes, before a framework has parsed them"})
	}
	return all
}

// reencoded returns the form that the fields in the body came in; nil when they
// cannot be found.
func reencoded(body []byte) []byte {
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

// guess says what can be said when no reading explains the signatures.
func (r received) guess(present []signer) []string {
	var all []string
	if n, ok := r.get("Content-Length"); ok && n != strconv.Itoa(len(r.body)) {
		all = append(all, fmt.Sprintf("the body has %d bytes but Content-Length says %s: it was cut or altered", len(r.body), n))
	}
	if len(r.body) == 0 {
		all = append(all, "the body is empty; frameworks that have parsed a form often leave nothing to read, so read the raw bytes first")
	}
	for _, s := range present {
		value, _ := r.get(s.name)
		if len(macsIn(s, value)) == 0 {
			all = append(all, s.name+" is not a signature: it must be the base64 of 32 bytes")
		}
	}
	wrongSecret := "the secret is probably another account's: PARTNER headers are made with the developer's application secret, CUSTOMER headers with the account's own, and the API key signs nothing"
	altered := "the body is not what was sent, or it was altered on its way"
	if bytes.Equal(reencoded(r.body), r.body) { // it has the form that we give it
		return append(all, wrongSecret, altered)
	}
	return append(all, altered, wrongSecret)
}
