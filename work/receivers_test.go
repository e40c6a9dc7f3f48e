package work_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mattebox"
	"mattebox/work"
)

// A receiver that rests is counted with every sweep and told of once, until it works
// again.
func TestSweepTellsOfReceiversThatRest(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/status/410")[0]
	send(t, h.deliverer())
	h.sent(id, 1)
	registry := prometheus.NewRegistry()
	seen, err := work.NewMetrics(registry)
	must(t, err)
	var log bytes.Buffer
	s := h.sweeper()
	s.Seen, s.Logger = seen, slog.New(slog.NewTextHandler(&log, nil))
	for range 2 {
		must(t, work.SweepOnce(s, t.Context()))
	}
	if n := strings.Count(log.String(), "webhooks wait for a receiver"); n != 1 || !strings.Contains(log.String(), "/status/410") {
		t.Errorf("it was told of %d times:\n%s", n, &log)
	}
	if got := gauge(t, registry, "mattebox_receivers", string(mattebox.ReceiverGone)); got != 1 {
		t.Errorf("%v receivers are gone, want 1", got)
	}
	must(t, h.store.ResumeReceiver(t.Context(), h.account, h.site.URL+"/status/410"))
	must(t, work.SweepOnce(s, t.Context()))
	if got := gauge(t, registry, "mattebox_receivers", string(mattebox.ReceiverGone)); got != 0 {
		t.Errorf("%v receivers are gone after the resume", got)
	}
}
