package work_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mattebox"
	"mattebox/blobs"
	"mattebox/work"
)

func (h *house) sweeper() *work.Sweeper {
	return &work.Sweeper{Store: h.store, Blobs: h.blobs, Now: h.clock.now, Close: 24 * time.Hour, Clean: 48 * time.Hour, Logger: h.log}
}

func TestSweepHandsBackWhatAKilledWorkerHeld(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	_, err := h.store.ClaimProduction(t.Context(), time.Minute)
	must(t, err)
	s := h.sweeper()
	must(t, work.SweepOnce(s, t.Context()))
	h.expect(id, mattebox.StatusProduction, "")
	h.clock.advance(2 * time.Minute)
	must(t, work.SweepOnce(s, t.Context()))
	h.expect(id, mattebox.StatusReady, "")
}

func TestRetirement(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
		must(t, h.producer().Run(t.Context(), 0))
		deleted := h.submit(mattebox.Order{}, h.site.picture(8, 8))
		must(t, h.store.DeleteImage(t.Context(), h.account, mattebox.ImageRef{Ticket: h.image(deleted).Ticket}))
		s := h.sweeper()
		must(t, work.SweepOnce(s, t.Context()))
		h.expect(id, mattebox.StatusFinished, "")
		h.clock.advance(25 * time.Hour)
		must(t, work.SweepOnce(s, t.Context()))
		if i := h.expect(id, mattebox.StatusClosed, ""); h.content(i.Result.Key) == "" {
			t.Error("the bytes went too early")
		}
		h.clock.advance(25 * time.Hour)
		stuck := h.sweeper()
		stuck.Blobs = stubborn{h.blobs}
		if err := work.SweepOnce(stuck, t.Context()); err == nil {
			t.Error("what could not be removed is not told of")
		}
		h.expect(id, mattebox.StatusClosed, "") // its bytes are still there
		must(t, work.SweepOnce(s, t.Context()))
		h.expect(id, mattebox.StatusCleaned, "")
		h.expect(deleted, mattebox.StatusCleaned, "")
		h.tidy()
	})
}

type stubborn struct{ *blobs.Store }

func (stubborn) DeletePrefix(context.Context, string) error { return errors.New("input/output error") }

func TestNothingRetiresUnlessItIsTold(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	must(t, h.producer().Run(t.Context(), 0))
	s := h.sweeper()
	s.Close, s.Clean = 0, 0
	h.clock.advance(10000 * time.Hour)
	must(t, work.SweepOnce(s, t.Context()))
	h.expect(id, mattebox.StatusFinished, "")
}

func TestSweeperStartsAndStops(t *testing.T) {
	h := onSQLite(t, nil)
	h.submit(mattebox.Order{}, h.site.picture(8, 8))
	registry := prometheus.NewRegistry()
	seen, err := work.NewMetrics(registry)
	must(t, err)
	s := h.sweeper()
	s.Seen, s.Every = seen, 10*time.Millisecond
	s.Start(t.Context())
	await(t, "the backlog in the metrics", func() bool { return gauge(t, registry, "mattebox_waiting", "fetch") == 1 })
	must(t, h.fetcher().Run(t.Context(), 0))
	await(t, "another sweep", func() bool { return gauge(t, registry, "mattebox_waiting", "produce") == 1 })
	s.Stop()
}

// gauge returns the value of a metric with the label, -1 when there is none.
func gauge(t *testing.T, registry *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := registry.Gather()
	must(t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == label {
				return m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return -1
}
