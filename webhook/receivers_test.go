package webhook

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/internal/webhooktest"
	"mattebox/safehttp"
)

// localClient reaches 127.0.0.1 and is impatient.
func localClient(t *testing.T) *safehttp.Client {
	t.Helper()
	c := safehttp.New(safehttp.Config{
		Allow:   []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Connect: 5 * time.Second, Post: 10 * time.Second, Answer: 200 * time.Millisecond,
	})
	t.Cleanup(c.Close)
	return c
}

// sending returns a delivery of a finished image to the address.
func sending(url, customer, partner string) mattebox.Sending {
	image := &mattebox.Image{
		Ticket: "33979dfe-5ea7-44ea-b3dd-7fde33bc37e9", TemplateID: 2000045,
		Order: mattebox.Order{CallbackURL: url, CustomerImageID: "blue + äöü & Co"},
	}
	d := NewRTB(image, "https://files.example.test/1000003/2000000/final/my%20image.jpg?sig=1.x", "0fd24cc2-2bb1-4fca-9f6b-4dd4cd2a5a0e")
	return mattebox.Sending{
		CustomerSecret: customer, PartnerSecret: partner,
		Delivery: mattebox.Delivery{
			ID: 7, UID: d.UID, Dialect: d.Dialect, URL: d.URL, ContentType: d.ContentType, Body: d.Body, Attempts: 1,
		},
	}
}

// TestReceivers delivers to the seed's samples, run by PHP and mono: they accept
// what is right and refuse another secret and another body.
func TestReceivers(t *testing.T) {
	const secret = "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9"
	for name, start := range map[string]func(testing.TB, string) *webhooktest.Receiver{"php": webhooktest.PHP, "mono": webhooktest.Mono} {
		for _, key := range []string{secret, webhooktest.SampleSecret, "sécret-€-😀"} {
			t.Run(name+" "+key, func(t *testing.T) {
				t.Parallel()
				r := start(t, key)
				good := sending(r.URL, "a customer's", key)
				body := string(good.Delivery.Body)
				deliver(t, good, mattebox.AttemptDelivered, 200)
				deliver(t, sending(r.URL, key, ""), mattebox.AttemptDelivered, 200) // the account's own in the partner's place
				deliver(t, sending(r.URL, key, "another partner's"), "http_403", 403)
				tampered := good
				tampered.Delivery.Body = append([]byte(body), "&x=1"...)
				post(t, tampered, good)

				want := []webhooktest.Verdict{{Verified: true, Body: body}, {Verified: true, Body: body}, {Verified: false, Body: body}, {Verified: false, Body: body + "&x=1"}}
				if diff := cmp.Diff(want, r.Verdicts(t)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func deliver(t *testing.T, s mattebox.Sending, class string, status int) {
	t.Helper()
	o := Attempt(t.Context(), localClient(t), s, time.Now)
	if o.Attempt.Class != class || o.Attempt.Status != status {
		t.Errorf("class %s, status %d (%s), want %s, %d", o.Attempt.Class, o.Attempt.Status, o.Attempt.Error, class, status)
	}
}

// post sends the body of one delivery under the signatures of another.
func post(t *testing.T, body, signed mattebox.Sending) {
	t.Helper()
	r := request(RTB(), signed, time.Now())
	r.Body = body.Delivery.Body
	answer, err := localClient(t).Post(t.Context(), r)
	if err != nil || answer.Status != 403 {
		t.Errorf("a tampered delivery comes to %+v, %v, want 403", answer, err)
	}
}
