package queue_test

import (
	"testing"
	"time"

	"mattebox"
	"mattebox/queue"
)

// BenchmarkInsertToStart measures from the call of Commit to the worker's first
// line, one job after the other.
func BenchmarkInsertToStart(b *testing.B) {
	for name, open := range map[string]func(testing.TB) database{"sqlite": onSQLite, "postgres": onPostgres} {
		b.Run(name, func(b *testing.B) {
			db := open(b)
			ids := make(chan int64, 1)
			q := newQueue(b, db, queue.Config{Workers: workers(mattebox.KindFetch, seen(ids))})
			start(b, q)
			var worst time.Duration
			for b.Loop() {
				began := time.Now()
				enqueue(b, db, q, wake(mattebox.KindFetch, 1))
				<-ids
				worst = max(worst, time.Since(began))
			}
			b.ReportMetric(float64(worst.Milliseconds()), "worst-ms")
		})
	}
}

// BenchmarkDrain measures jobs that do nothing, 1,000 at a time.
func BenchmarkDrain(b *testing.B) {
	for name, open := range map[string]func(testing.TB) database{"sqlite": onSQLite, "postgres": onPostgres} {
		b.Run(name, func(b *testing.B) {
			db := open(b)
			ids := make(chan int64, 1000)
			q := newQueue(b, db, queue.Config{Workers: workers(mattebox.KindFetch, seen(ids))})
			start(b, q)
			var wakes []mattebox.Wake
			for id := range int64(1000) {
				wakes = append(wakes, wake(mattebox.KindFetch, id))
			}
			for b.Loop() {
				enqueue(b, db, q, wakes...)
				for range wakes {
					<-ids
				}
			}
			b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
