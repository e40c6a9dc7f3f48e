package webhook

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/internal/webhooktest"
)

// TestVerifiers delivers to the code of docs/api/webhooks.md in every language. The
// receivers answer with the names of the checks that hold.
func TestVerifiers(t *testing.T) {
	const secret = "sécret-€-😀"
	for _, language := range webhooktest.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			r := webhooktest.Verifier(t, language, secret)
			front := webhooktest.NewFront(t, r)
			client := localClient(t, front)
			soon, old := time.Now, func() time.Time { return time.Now().Add(-10 * time.Minute) }
			for _, d := range Dialects() {
				tampered := sample(t, d.Name, "", front.URL, secret)
				tampered.Delivery.Body = append(tampered.Delivery.Body, ' ')
				for _, c := range []struct {
					name  string
					sent  mattebox.Sending
					clock mattebox.Clock
					want  string
				}{
					{"signed", sample(t, d.Name, "", front.URL, secret), soon, "standard " + d.Name},
					{"before a rotation ends", sample(t, d.Name, "", front.URL, "the next", secret), soon, "standard"},
					{"after a rotation", sample(t, d.Name, "", front.URL, secret, "the one before"), soon, "standard " + d.Name},
					{"another's", sample(t, d.Name, "", front.URL, "another's"), soon, ""},
					{"old", sample(t, d.Name, "", front.URL, secret), old, strings.TrimPrefix(d.Name, DialectVideo)},
				} {
					if got := verdictOf(t, Attempt(t.Context(), client, c.sent, c.clock)); got != c.want {
						t.Errorf("%s, %s: %q holds, want %q", d.Name, c.name, got, c.want)
					}
				}
				post := request(d, sample(t, d.Name, "", front.URL, secret), time.Now())
				post.Body = tampered.Delivery.Body
				answer, err := client.Post(t.Context(), post)
				if err != nil || answer.Status != http.StatusForbidden {
					t.Errorf("%s, tampered with: %+v, %v", d.Name, answer, err)
				}
			}
			malformed(t, r.URL)
			deliver(t, client, sample(t, DialectHWR, "", front.URL, secret), mattebox.AttemptDelivered, 200) // it is still there
		})
	}
}

// verdictOf returns the receiver's answer.
func verdictOf(t *testing.T, o mattebox.Outcome) string {
	t.Helper()
	if delivered := o.Attempt.Class == mattebox.AttemptDelivered; delivered != (len(o.Attempt.Response) > 0) {
		t.Errorf("attempt %+v", o.Attempt)
	}
	return string(o.Attempt.Response)
}

// malformed posts what no sender of ours sends: the verifiers refuse and do not break.
func malformed(t *testing.T, url string) {
	t.Helper()
	for _, headers := range []map[string]string{
		{},
		{"Webhook-Id": "x", "Webhook-Timestamp": "soon", "Webhook-Signature": "v1,"},
		{"Webhook-Timestamp": "99999999999999999999999999", "Webhook-Signature": "  v1,é v2"},
		{"X-Webhook-Timestamp": "yesterday", "X-Webhook-Signature": "sha256="},
		{"X-Webhook-Timestamp": "2026-99-99T99:99:99.000Z", "X-Webhook-Signature": "é", "X-HWR-SIGNATURE": "é", "X-RTB-CUSTOMER-HMAC-SHA256": "é"},
		{"X-Webhook-Timestamp": time.Now().UTC().Format(videoTime)},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range headers {
			req.Header.Set(name, value)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%v: %v", headers, err)
			continue
		}
		body, _ := io.ReadAll(res.Body) // what there is of it
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %d %s", headers, res.StatusCode, body)
		}
	}
}
