package work_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/internal/pgtest"
	"mattebox/queue"
	"mattebox/store/postgres"
	"mattebox/work"
)

// staff are workers that are made once the house stands.
type staff struct {
	fetch   *work.Fetcher
	produce *work.Producer
	deliver *work.Deliverer
}

func (s *staff) workers(*house) map[mattebox.Kind]queue.Worker {
	return map[mattebox.Kind]queue.Worker{
		mattebox.KindFetch:   {Max: 2, Run: func(ctx context.Context, id int64) error { return s.fetch.Run(ctx, id) }},
		mattebox.KindProduce: {Max: 3, Run: func(ctx context.Context, id int64) error { return s.produce.Run(ctx, id) }},
		mattebox.KindDeliver: {Hear: func() { s.deliver.Wake() }},
	}
}

// From the order to the webhook, with nothing but the queue to call the workers.
func TestTheWholeRoad(t *testing.T) {
	for name, open := range map[string]func(*staff) *house{
		"sqlite": func(s *staff) *house { return onSQLite(t, s.workers) },
		"postgres": func(s *staff) *house {
			db, err := postgres.Open(t.Context(), pgtest.URL(t))
			must(t, err)
			return newHouse(t, db, s.workers)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var s staff
			h := open(&s)
			h.t = t
			h.store.ProductWait = 0 // scheduled jobs are the queue's tests' business
			s = staff{h.fetcher(), h.producer(), h.deliverer()}
			registry := prometheus.NewRegistry()
			seen, err := work.NewMetrics(registry)
			must(t, err)
			s.fetch.Seen, s.produce.Seen, s.deliver.Seen = seen, seen, seen
			h.engine.failing(func(_ context.Context, op pool.Op, width int) error {
				if op == pool.OpRemove && width == 13 {
					return crash()
				}
				return nil
			})
			must(t, h.queue.Start(t.Context()))
			s.deliver.Start(t.Context())

			var good []mattebox.ImageID
			for i := range 12 {
				good = append(good, h.submit(mattebox.Order{CallbackURL: h.site.URL + "/hook", ProductID: fmt.Sprint(i / 4)}, h.site.picture(20+i, 10)))
			}
			crashing := h.submit(mattebox.Order{}, h.site.picture(13, 10))
			missing := h.submit(mattebox.Order{}, h.site.URL+"/status/404")
			for _, id := range good {
				await(t, "a delivered image", func() bool { return h.image(id).Status == mattebox.StatusDelivered })
			}
			await(t, "a refused image", func() bool { return h.image(crashing).Status == mattebox.StatusRefused })
			h.expect(crashing, mattebox.StatusRefused, "the engine fail twice")
			await(t, "a failed image", func() bool { return h.image(missing).Status == mattebox.StatusDownloadFailed })
			s.fetch.Drain()
			s.produce.Drain()
			must(t, h.queue.Stop(t.Context()))
			must(t, s.deliver.Stop(t.Context()))

			for metric, want := range map[[2]string]float64{
				{"mattebox_images_total", "finished"}: 12, {"mattebox_images_total", "crashed"}: 2, {"mattebox_images_total", "fetch failed"}: 1,
				{"mattebox_delivery_attempts_total", "delivered"}: 12, {"mattebox_step_seconds", "engine net"}: 12,
			} {
				if got := gauge(t, registry, metric[0], metric[1]); got < want {
					t.Errorf("%s of %s is %v, want %v", metric[0], metric[1], got, want)
				}
			}
			if len(h.site.posts) != 12 {
				t.Errorf("%d notices arrived", len(h.site.posts))
			}
			if left := files(t, h.temp); len(left) > 0 {
				t.Errorf("temporary files are left: %q", left)
			}
		})
	}
}

func TestEmptyTemp(t *testing.T) {
	h := onSQLite(t, nil)
	for range 2 {
		must(t, work.EmptyTemp(h.temp+"/new"))
	}
	must(t, work.EmptyTemp(h.temp))
	if left := files(t, h.temp); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if err := work.EmptyTemp("/dev/null/x"); err == nil {
		t.Error("a folder below a file")
	}
}
