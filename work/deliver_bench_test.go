package work_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"mattebox"
	"mattebox/internal/pgtest"
	"mattebox/store"
	"mattebox/store/postgres"
	"mattebox/store/sqlite"
)

// BenchmarkDeliver sends deliveries that all wait for one quick receiver, with every
// commit on the disk.
func BenchmarkDeliver(b *testing.B) {
	for name, open := range map[string]func() (*store.DB, error){
		"sqlite":   func() (*store.DB, error) { return sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "b.db")) },
		"postgres": func() (*store.DB, error) { return postgres.Open(b.Context(), pgtest.URL(b)) },
	} {
		b.Run(name, func(b *testing.B) {
			db, err := open()
			if err != nil {
				b.Fatal(err)
			}
			h := newHouse(b, db, nil)
			var came atomic.Int64
			all := make(chan bool)
			quick := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				if came.Add(1) == int64(b.N) {
					close(all)
				}
			}))
			defer quick.Close()
			_, err = db.Writer.ExecContext(b.Context(), `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
				INSERT INTO deliveries (uid, account, dialect, event, url, host, receiver, subject, content_type, body, retries, tries, state, next_at, ready_at, created)
				SELECT 'u' || i, $2, 'video', 'job.completed', $3, '127.0.0.1', $3, 's', 'application/json', $4, '60', 2, 'pending', 1, 1, 1 FROM n`,
				b.N, int64(h.account), quick.URL, []byte(`{"event": "job.completed"}`))
			if err != nil {
				b.Fatal(err)
			}
			d := h.deliverer()
			d.Logger = slog.New(slog.DiscardHandler)
			b.ResetTimer()
			d.Start(b.Context())
			<-all
			if err := d.Stop(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
			if n, err := h.store.Deliveries(b.Context(), mattebox.DeliveryFilter{State: mattebox.DeliveryPending}); err != nil || len(n) > 0 {
				b.Errorf("%d were left, %v", len(n), err)
			}
		})
	}
}
