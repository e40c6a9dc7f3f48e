package webhook

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"

	"mattebox"
	"mattebox/safehttp"
)

// Attempt makes one try and returns what is to be recorded of it. It has no error:
// whatever goes wrong is in the outcome's class.
//
//   - The dialect's success: delivered.
//   - Our context ended before there was a status, or the delivery cannot be sent
//     by this program: interrupted, pending, due at once or, where the dialect wants
//     its Rest, that long after this try began. How often in a row that spends no
//     try is the store's to say (webhooks.md, "One attempt").
//   - The dialect does not speak the address's scheme: ClassScheme, a failed try.
//   - Everything else: pending by the dialect's schedule, counted from the end of
//     this try and not before a Retry-After; failed after the last try.
//
// Of a resend, which stands outside the schedule, only delivered counts: when it
// fails the store leaves the delivery as it was. Attempt.Number is the store's.
//
// Timestamp and signatures are made for this try; the body goes out as it is stored.
func Attempt(ctx context.Context, client *safehttp.Client, s mattebox.Sending, now mattebox.Clock) mattebox.Outcome {
	o := mattebox.Outcome{
		Delivery: s.Delivery.ID,
		Lease:    s.Lease,
		Attempt:  mattebox.Attempt{Resend: s.Resend, Started: now()},
		State:    mattebox.DeliveryPending,
	}
	a := &o.Attempt
	dialect, err := sendable(s)
	if err != nil {
		a.Ended, a.Class, a.Error = a.Started, mattebox.AttemptInterrupted, err.Error()
		o.NextAt = a.Ended
		return o
	}
	header := try(ctx, client, dialect, s, a)
	a.Ended = now()
	o.State, o.NextAt = verdict(s, dialect, a, retryAfter(header.Get("Retry-After"), a.Ended))
	return o
}

// ClassScheme is the class of an attempt at an address that the dialect does not
// go to, as it is not https.
const ClassScheme = "blocked_scheme"

// try posts the delivery and notes what happened. It returns the answer's headers;
// nil when there was none.
func try(ctx context.Context, client *safehttp.Client, d Dialect, s mattebox.Sending, a *mattebox.Attempt) http.Header {
	if u, err := url.Parse(s.Delivery.URL); d.Secure && err == nil && u.Scheme != "https" {
		a.Class, a.Error = ClassScheme, "these webhooks go over https only; register an address that begins with https://"
		return nil
	}
	answer, err := client.Post(ctx, request(d, s, a.Started))
	if err != nil {
		recordFailure(a, err)
		return nil
	}
	recordAnswer(a, answer, d)
	return answer.Header
}

// sendable returns the dialect, or what this program lacks to send the delivery.
func sendable(s mattebox.Sending) (Dialect, error) {
	dialect, known := Named(s.Delivery.Dialect)
	if !known {
		return Dialect{}, fmt.Errorf("this version of the service does not know the dialect %.20q", s.Delivery.Dialect)
	}
	if len(s.Secrets) == 0 || s.Secrets[0] == "" {
		return Dialect{}, errors.New("the account has no secret to sign with")
	}
	return dialect, nil
}

// request returns what one try sends.
func request(d Dialect, s mattebox.Sending, at time.Time) safehttp.Request {
	header := standardHeaders(d, s, at)
	maps.Copy(header, d.Sign(s, at))
	header["Content-Type"] = s.Delivery.ContentType
	return safehttp.Request{URL: s.Delivery.URL, Header: header, Body: s.Delivery.Body}
}

// recordFailure notes why there was no answer.
func recordFailure(a *mattebox.Attempt, err error) {
	var known *safehttp.Error
	if !errors.As(err, &known) {
		a.Class, a.Error = mattebox.AttemptInterrupted, "the request could not be made"
		return
	}
	a.Class, a.Error, a.Address = string(known.Class), known.Message, known.Address
}

// recordAnswer notes the answer and whether it means success.
func recordAnswer(a *mattebox.Attempt, answer *safehttp.Answer, d Dialect) {
	a.Status, a.Address, a.Response = answer.Status, answer.Address, answer.Body
	if d.Accepts(answer.Status) {
		a.Class = mattebox.AttemptDelivered
		return
	}
	class := safehttp.StatusClass(answer.Status)
	a.Class = string(class)
	a.Error = fmt.Sprintf("the server answered %d %s", answer.Status, http.StatusText(answer.Status))
	if class == safehttp.ClassRedirect {
		a.Error += "; redirects are not followed, register the final address"
	}
}

// verdict returns where the delivery stands after the try and when it is due next.
func verdict(s mattebox.Sending, d Dialect, a *mattebox.Attempt, after time.Duration) (mattebox.DeliveryState, time.Time) {
	switch {
	case a.Class == mattebox.AttemptDelivered:
		return mattebox.DeliveryDelivered, time.Time{}
	case a.Class == mattebox.AttemptInterrupted:
		return mattebox.DeliveryPending, latest(a.Ended, a.Started.Add(d.Rest))
	}
	next, again := d.Next(s.Delivery.UID, s.Delivery.Attempts, a.Ended, after)
	if !again {
		return mattebox.DeliveryFailed, time.Time{}
	}
	return mattebox.DeliveryPending, next
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
