package webhook

import (
	"encoding/json"
	"testing"
	"time"

	"mattebox"
)

func TestSample(t *testing.T) {
	at := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	invent := func(dialect string, event mattebox.EventType) (mattebox.NewDelivery, error) {
		return Sample(dialect, event, 1000003, "https://hook.example.test/", "uid", at)
	}
	for _, event := range mattebox.EventTypes() {
		job := event == mattebox.EventJobStarted || event == mattebox.EventJobCompleted || event == mattebox.EventJobFailed
		for dialect, has := range map[string]bool{DialectHWR: true, DialectVideo: job, DialectRTB: event == mattebox.EventImageFinished} {
			d, err := invent(dialect, event)
			if (err == nil) != has || err != nil && mattebox.CodeOf(err) != mattebox.CodeInvalid {
				t.Errorf("%s, %s: %v", dialect, event, err)
			}
			if err == nil && (d.Dialect != dialect || d.Event != string(event) || d.URL != "https://hook.example.test/" || d.UID != "uid") {
				t.Errorf("%s, %s: %+v", dialect, event, d)
			}
			if err == nil && dialect != DialectRTB && !json.Valid(d.Body) {
				t.Errorf("%s, %s: %s", dialect, event, d.Body)
			}
		}
	}
	for dialect, want := range map[string]string{DialectRTB: "image.finished", DialectHWR: "image.finished", DialectVideo: "job.completed"} {
		if d, err := invent(dialect, ""); err != nil || d.Event != want {
			t.Errorf("%s: %s, %v", dialect, d.Event, err)
		}
	}
	for _, c := range [][2]string{{"carrier pigeon", ""}, {DialectHWR, "image.lost"}} {
		if _, err := invent(c[0], mattebox.EventType(c[1])); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("%v: %v", c, err)
		}
	}
}
