package webhook

import (
	"encoding/hex"
	"slices"
	"time"

	"mattebox"
)

// DialectVideo names the dialect of video jobs.
const DialectVideo = "video"

// Headers of the video dialect (contracts D1).
const (
	headerVideoEvent     = "X-Webhook-Event"
	headerVideoID        = "X-Webhook-Delivery-Id"
	headerVideoTimestamp = "X-Webhook-Timestamp"
	headerVideoSignature = "X-Webhook-Signature" // sha256=hex over timestamp.body
)

// videoTime is the form of X-Webhook-Timestamp, in UTC (contracts F28).
const videoTime = "2006-01-02T15:04:05.000Z"

// Video returns the dialect of video jobs (contracts D1, F5, F28, F29).
func Video() Dialect {
	return Dialect{
		Name:        DialectVideo,
		ContentType: "application/json",
		// From 10 s to 6 h, each 3.6 times the one before: the sixth root of 2160.
		Retries: []time.Duration{
			10 * time.Second, 36 * time.Second, 129 * time.Second, 465 * time.Second, 1671 * time.Second, 6008 * time.Second, 6 * time.Hour,
		},
		Jitter:  .2,
		Accepts: func(status int) bool { return status >= 200 && status <= 299 },
		Sign:    signVideo,
	}
}

// VideoJob is what webhooks tell of a video job.
type VideoJob struct {
	ID        string
	Status    string // of the job object: processing, completed, failed
	OutputURL string // absolute; told with job.completed
	Error     string // fit for the customer; told with job.failed
}

// NewVideo returns the delivery that tells the address of an event of a video job,
// one of mattebox.EventJobStarted, -Completed and -Failed. uid is the GUID that
// stays the same through all tries.
func NewVideo(event mattebox.EventType, job VideoJob, url, uid string) mattebox.NewDelivery {
	data := videoData{ID: job.ID, Status: job.Status}
	data.OutputURL, data.Error = job.outcome(event)
	return Video().delivery(event, url, uid, encode(event, data))
}

// outcome returns what only some events tell; nil: not this one.
func (j VideoJob) outcome(event mattebox.EventType) (output, fault *string) {
	switch event {
	case mattebox.EventJobCompleted:
		return &j.OutputURL, nil
	case mattebox.EventJobFailed:
		return nil, &j.Error
	}
	return nil, nil
}

func signVideo(s mattebox.Sending, at time.Time) map[string]string {
	timestamp := at.UTC().Format(videoTime)
	signed := slices.Concat([]byte(timestamp+"."), s.Delivery.Body)
	return map[string]string{
		headerVideoEvent:     s.Delivery.Event,
		headerVideoID:        s.Delivery.UID,
		headerVideoTimestamp: timestamp,
		headerVideoSignature: "sha256=" + hex.EncodeToString(mac([]byte(s.Secrets[0]), signed)),
	}
}
