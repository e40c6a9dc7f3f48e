package webhook

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// The vector of contracts.md D1, made as a delivery of ours.
func TestSignVideo(t *testing.T) {
	d := NewVideo(mattebox.EventJobCompleted, VideoJob{ID: "job_123", Status: "completed", OutputURL: "https://cdn.example.test/o.webm", Error: "not told"}, "http://h/", "uid")
	if want := `{"event":"job.completed","data":{"id":"job_123","status":"completed","output_url":"https://cdn.example.test/o.webm"}}`; string(d.Body) != want {
		t.Errorf("body %s, want %s", d.Body, want)
	}
	s := mattebox.Sending{
		Secrets:  []string{"whsec_demo", "the one before"},
		Delivery: mattebox.Delivery{UID: "uid", Event: d.Event, Body: d.Body},
	}
	want := map[string]string{
		"X-Webhook-Event":       "job.completed",
		"X-Webhook-Delivery-Id": "uid",
		"X-Webhook-Timestamp":   "2026-04-20T10:00:00.000Z",
		"X-Webhook-Signature":   "sha256=e70b41f02fd18569cce3df78ed7fd3b4bfac43b6fdaa4413d4ab3f750297235c",
	}
	if diff := cmp.Diff(want, Video().Sign(s, time.Date(2026, 4, 20, 12, 0, 0, 0, time.FixedZone("", 7200)))); diff != "" {
		t.Error(diff)
	}
}

func TestNewVideo(t *testing.T) {
	job := VideoJob{ID: "j", Status: "s", OutputURL: "o", Error: "e"}
	for event, want := range map[mattebox.EventType]string{
		mattebox.EventJobStarted:   `{"event":"job.started","data":{"id":"j","status":"s"}}`,
		mattebox.EventJobCompleted: `{"event":"job.completed","data":{"id":"j","status":"s","output_url":"o"}}`,
		mattebox.EventJobFailed:    `{"event":"job.failed","data":{"id":"j","status":"s","error":"e"}}`,
	} {
		got := NewVideo(event, job, "http://hook.example.test/", "uid")
		if string(got.Body) != want {
			t.Errorf("body %s, want %s", got.Body, want)
		}
		got.Body, got.Retries = nil, nil
		if diff := cmp.Diff(mattebox.NewDelivery{UID: "uid", Dialect: "video", Event: string(event), URL: "http://hook.example.test/", ContentType: "application/json"}, got); diff != "" {
			t.Error(diff)
		}
	}
}

// The developer's endpoint is told whose job it is, in the names of its other events.
func TestNewHWRJob(t *testing.T) {
	e := mattebox.Event{Type: mattebox.EventJobFailed, At: time.Unix(0, 0), Account: 1000004}
	got := NewHWRJob(e, VideoJob{ID: "j", Status: "failed", Error: "no frames"}, mattebox.Endpoint{URL: "https://h/"}, "uid")
	want := `{"event":"job.failed","data":{"occurred":"1970-01-01T00:00:00.000Z","accountId":1000004,"jobId":"j","status":"failed","error":"no frames"}}`
	if string(got.Body) != want || got.Dialect != DialectHWR || got.URL != "https://h/" {
		t.Errorf("%+v with %s, want %s", got, got.Body, want)
	}
}

// TestVideoOnTheWire pins the bytes of a delivery during a rotation: one signature
// of the newest secret where there is room for one, all of them where there is more.
func TestVideoOnTheWire(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := sample(t, DialectVideo, mattebox.EventJobStarted, "http://"+l.Addr().String()+"/hook", "new", "old")
	s.PartnerSecrets = []string{"of nobody's concern"}
	received := make(chan string, 1)
	go func() { received <- readRaw(l, s.Delivery.Body) }()
	now, start := ticking()
	if o := Attempt(t.Context(), localClient(t), s, now); o.Attempt.Class != mattebox.AttemptDelivered {
		t.Fatalf("outcome %+v", o)
	}
	want := strings.Join([]string{
		"POST /hook HTTP/1.1",
		"Host: " + l.Addr().String(),
		"User-Agent: Mattebox",
		"Content-Length: 98",
		"Accept-Encoding: identity",
		"Content-Type: application/json",
		"X-Webhook-Delivery-Id: " + s.Delivery.UID,
		"X-Webhook-Event: job.started",
		"X-Webhook-Signature: " + Video().Sign(s, start)[headerVideoSignature],
		"X-Webhook-Timestamp: 2026-04-20T10:00:00.000Z",
		"webhook-id: " + s.Delivery.UID,
		"webhook-signature: " + standardSignature("new", s.Delivery.UID, "1776679200", s.Delivery.Body) + " " +
			standardSignature("old", s.Delivery.UID, "1776679200", s.Delivery.Body),
		"webhook-timestamp: 1776679200",
		"Connection: close",
		"", string(s.Delivery.Body),
	}, "\r\n")
	if diff := cmp.Diff(want, <-received); diff != "" {
		t.Error(diff)
	}
}

func TestVideoSampleIsTheSeeds(t *testing.T) {
	seed, err := os.ReadFile("../../shared/seeds/001_68fa28f34cf57285.txt")
	if err != nil {
		t.Skipf("the seed is not at hand: %v", err)
	}
	sample, err := os.ReadFile("testdata/receivers/node/sample.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(seed, bytes.TrimSpace(sample)) {
		t.Error("sample.mjs is not the seed's sample")
	}
}
