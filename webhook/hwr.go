package webhook

import (
	"encoding/hex"
	"slices"
	"time"

	"mattebox"
)

// DialectHWR names the dialect of developers' webhooks.
const DialectHWR = "hwr"

// headerHWR carries the HMAC of the body in lower-case hexadecimal (contracts E).
const headerHWR = "X-HWR-SIGNATURE"

// hwrRest lies between two tries of one delivery, whatever happens (contracts E,
// F31).
const hwrRest = 15 * time.Minute

// HWR returns the dialect of developers' webhooks (contracts E, F31).
func HWR() Dialect {
	return Dialect{
		Name:        DialectHWR,
		ContentType: "application/json",
		Secure:      true,
		Retries:     slices.Repeat([]time.Duration{hwrRest}, 9),
		Rest:        hwrRest,
		Accepts:     onlyOK,
		Sign:        signHWR,
	}
}

// NewHWR returns the delivery that tells a developer's endpoint of an event of an
// image or an invoice. uid is the GUID that stays the same through all tries.
func NewHWR(e mattebox.Event, to mattebox.Endpoint, uid string) mattebox.NewDelivery {
	return HWR().delivery(e.Type, to.URL, uid, encode(e.Type, dataOf(e)))
}

// NewHWRJob returns the delivery that tells a developer's endpoint of an event of a
// video job, which belongs to the event's account.
func NewHWRJob(e mattebox.Event, job VideoJob, to mattebox.Endpoint, uid string) mattebox.NewDelivery {
	data := jobData{Occurred: stamp(e.At), AccountID: e.Account, JobID: job.ID, Status: job.Status}
	data.OutputURL, data.Error = job.outcome(e.Type)
	return HWR().delivery(e.Type, to.URL, uid, encode(e.Type, data))
}

func signHWR(s mattebox.Sending, _ time.Time) map[string]string {
	return map[string]string{headerHWR: hex.EncodeToString(mac([]byte(s.Secrets[0]), s.Delivery.Body))}
}
