package webhook

import (
	"crypto/x509"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/internal/webhooktest"
	"mattebox/safehttp"
)

// localClient reaches 127.0.0.1, trusts the fronts and is impatient.
func localClient(t *testing.T, fronts ...*webhooktest.Front) *safehttp.Client {
	t.Helper()
	roots := x509.NewCertPool()
	for _, f := range fronts {
		roots.AddCert(f.Certificate)
	}
	c := safehttp.New(safehttp.Config{
		Allow:   []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Connect: 5 * time.Second, Post: 10 * time.Second, Answer: 200 * time.Millisecond, RootCAs: roots,
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
	s := mattebox.Sending{
		Secrets: []string{customer},
		Delivery: mattebox.Delivery{
			ID: 7, UID: d.UID, Dialect: d.Dialect, Event: d.Event, URL: d.URL, ContentType: d.ContentType, Body: d.Body, Attempts: 1,
		},
	}
	if partner != "" {
		s.PartnerSecrets = []string{partner}
	}
	return s
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
				client := localClient(t)
				good := sending(r.URL, "a customer's", key)
				body := string(good.Delivery.Body)
				deliver(t, client, good, mattebox.AttemptDelivered, 200)
				deliver(t, client, sending(r.URL, key, ""), mattebox.AttemptDelivered, 200) // the account's own in the partner's place
				deliver(t, client, sending(r.URL, key, "another partner's"), "http_403", 403)
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

// sample returns a delivery of an invented event to the address.
func sample(t *testing.T, dialect string, event mattebox.EventType, url string, secrets ...string) mattebox.Sending {
	t.Helper()
	d, err := Sample(dialect, event, 1000003, url, "0fd24cc2-2bb1-4fca-9f6b-4dd4cd2a5a0e", time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return mattebox.Sending{
		Secrets: secrets,
		Delivery: mattebox.Delivery{
			ID: 7, UID: d.UID, Dialect: d.Dialect, Event: d.Event, URL: d.URL, ContentType: d.ContentType, Body: d.Body, Attempts: 1,
		},
	}
}

// TestNewerReceivers delivers every event to the seed's samples for developers'
// webhooks and for video jobs, run by PHP and Node.
func TestNewerReceivers(t *testing.T) {
	for _, c := range []struct {
		name, dialect string
		start         func(testing.TB, string) *webhooktest.Receiver
		events        []mattebox.EventType
	}{
		{"php", DialectHWR, webhooktest.PHPDeveloper, mattebox.EventTypes()},
		{"node", DialectVideo, webhooktest.Node, []mattebox.EventType{mattebox.EventJobStarted, mattebox.EventJobCompleted, mattebox.EventJobFailed}},
	} {
		for _, key := range []string{"insert_your_secret_key_here", "sécret-€-😀"} {
			t.Run(c.name+" "+key, func(t *testing.T) {
				t.Parallel()
				r := c.start(t, key)
				front := webhooktest.NewFront(t, r)
				client := localClient(t, front)
				var want []webhooktest.Verdict
				expect := func(s mattebox.Sending, verified bool) {
					t.Helper()
					class, status := "http_403", 403
					if verified {
						class, status = mattebox.AttemptDelivered, 200
					}
					deliver(t, client, s, class, status)
					want = append(want, webhooktest.Verdict{Verified: verified, Body: string(s.Delivery.Body)})
				}
				for _, event := range c.events {
					expect(sample(t, c.dialect, event, front.URL, key), true)
				}
				expect(sample(t, c.dialect, "", front.URL, key, "the one before"), true) // one signature, of the newest
				expect(sample(t, c.dialect, "", front.URL, "the next", key), false)
				if diff := cmp.Diff(want, r.Verdicts(t)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func deliver(t *testing.T, client *safehttp.Client, s mattebox.Sending, class string, status int) {
	t.Helper()
	o := Attempt(t.Context(), client, s, time.Now)
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
