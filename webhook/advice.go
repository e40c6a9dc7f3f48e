package webhook

import (
	"bytes"
	"crypto/hmac"
	"fmt"
	"slices"
	"strconv"
)

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

// guess says what can be said when no reading explains the signatures.
func (r received) guess(present []signer) []string {
	var all []string
	if n, ok := r.get("Content-Length"); ok && n != strconv.Itoa(len(r.body)) {
		all = append(all, fmt.Sprintf("the body has %d bytes but Content-Length says %s: it was cut or altered", len(r.body), n))
	}
	if len(r.body) == 0 {
		all = append(all, "the body is empty; frameworks that have parsed it often leave nothing to read, so read the raw bytes first")
	}
	for _, s := range present {
		value, _ := r.get(s.name)
		if len(s.form.macs(value)) == 0 {
			all = append(all, s.name+" is not a signature: it must be "+s.form.name)
		}
		for _, name := range s.before {
			if _, ok := r.get(name); !ok {
				all = append(all, name+" is not there, and "+s.name+" signs its value with the body")
			}
		}
	}
	wrong := wrongSecret(present[0].dialect)
	const altered = "the body is not what was sent, or it was altered on its way"
	if bytes.Equal(restored(r.body), r.body) { // it has the form that we give it
		return append(all, wrong, altered)
	}
	return append(all, altered, wrong)
}

// wrongSecret says which secret signs in the dialect.
func wrongSecret(dialect string) string {
	switch dialect {
	case DialectRTB:
		return "the secret is probably another account's: PARTNER headers are made with the developer's application secret, CUSTOMER headers with the account's own, and the API key signs nothing"
	case DialectHWR:
		return "the secret is probably another one: the developer secret of the endpoint signs, neither the application secret nor the API key"
	case DialectVideo:
		return "the secret is probably another one: the account's application secret signs, not the API key"
	}
	return "the secret is probably another one: developers' webhooks are signed with the endpoint's developer secret, all others with the application secret"
}
