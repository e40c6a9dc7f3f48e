package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mattebox"
	"mattebox/internal/pgtest"
	"mattebox/queue"
)

// With an hour between polls only the bell can bring the jobs.
func TestJobsBeginAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		ids := make(chan int64, 10)
		q := newQueue(t, db, queue.Config{Poll: time.Hour, Workers: workers(mattebox.KindFetch, seen(ids))})
		start(t, q)
		await(t, db, 1, "SELECT count(*) FROM river_queue")
		for id := range int64(5) {
			enqueue(t, db, q, wake(mattebox.KindFetch, id))
			if got := receive(t, ids, "the job"); got != id {
				t.Errorf("job %d, want %d", got, id)
			}
		}
	})
}

func TestJobsOfAnotherProcess(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		ids := make(chan int64, 10)
		poll := time.Hour // PostgreSQL tells
		if db.sqlite {
			poll = 0 // the default
		}
		start(t, newQueue(t, db, queue.Config{Poll: poll, Workers: workers(mattebox.KindFetch, seen(ids))}))
		other := newQueue(t, db, queue.Config{})
		start(t, other) // does nothing
		for id := range int64(3) {
			enqueue(t, db, other, wake(mattebox.KindFetch, id))
			receive(t, ids, "the other process's job")
		}
	})
}

func TestListeningResumes(t *testing.T) {
	db := onPostgres(t)
	ids := make(chan int64, 10)
	q := newQueue(t, db, queue.Config{Poll: time.Hour, Workers: workers(mattebox.KindFetch, seen(ids))})
	start(t, q)
	const listening = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
	await(t, db, 1, listening)
	execute(t, db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
	await(t, db, 0, listening)
	await(t, db, 1, listening)
	enqueue(t, db, q, wake(mattebox.KindFetch, 1))
	receive(t, ids, "the job after the connection was lost")
}

func TestARolledBackJobNeverRuns(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		ids := make(chan int64, 10)
		q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, seen(ids))})
		start(t, q)
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Enqueue(t.Context(), tx, wake(mattebox.KindFetch, 1)); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		enqueue(t, db, q, wake(mattebox.KindFetch, 2))
		if got := receive(t, ids, "the job"); got != 2 {
			t.Errorf("job %d ran", got)
		}
	})
}

// An image's job works on whichever image's turn it is: two wakes of one are two
// jobs, or an image that is handed back would be without.
func TestEveryImageHasItsJob(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		q := newQueue(t, db, queue.Config{})
		for range 2 {
			enqueue(t, db, q, wake(mattebox.KindProduce, 7), wake(mattebox.KindDeliver, 7))
		}
		await(t, db, 2, "SELECT count(*) FROM river_job WHERE kind = 'produce'")
		await(t, db, 2, "SELECT count(*) FROM river_job")
	})
}

func TestWaitingJobsHaveNoDoubles(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		begun, finish := make(chan int64, 10), make(chan struct{})
		q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindProduce, queue.Worker{Max: 1, Run: func(_ context.Context, id int64) error {
			begun <- id
			<-finish
			return nil
		}})})
		same := mattebox.Wake{Kind: mattebox.KindProduce, ID: 7, Again: true}
		past := same
		past.At = time.Now().Add(-time.Hour) // due: the same as at once
		enqueue(t, db, q, same, same, past)
		enqueue(t, db, q, same, wake(mattebox.KindFetch, 7))
		await(t, db, 2, "SELECT count(*) FROM river_job")
		start(t, q)
		receive(t, begun, "the job")
		// What runs may have read what is now out of date: this one counts.
		enqueue(t, db, q, same)
		enqueue(t, db, q, same)
		await(t, db, 1, "SELECT count(*) FROM river_job WHERE kind = 'produce' AND state = 'available'")
		close(finish)
		receive(t, begun, "the second job")
		await(t, db, 2, "SELECT count(*) FROM river_job WHERE kind = 'produce' AND state = 'completed'")
	})
}

// Deliveries have no jobs: who sends them hears that there are some, of this
// process's and on PostgreSQL of others' transactions, committed ones only.
func TestDeliveriesAreHeardOf(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		heard := make(chan int, 100)
		hears := queue.Worker{Hear: func() { heard <- 1 }}
		q := newQueue(t, db, queue.Config{Poll: time.Hour, Workers: map[mattebox.Kind]queue.Worker{mattebox.KindDeliver: hears, mattebox.KindFetch: seen(nil)}})
		start(t, q)
		from := q
		if !db.sqlite {
			from = newQueue(t, db, queue.Config{})
			await(t, db, 1, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
		}
		enqueue(t, db, from, wake(mattebox.KindDeliver, 1), wake(mattebox.KindDeliver, 2))
		receive(t, heard, "the word")
		enqueue(t, db, from, mattebox.Wake{Kind: mattebox.KindDeliver, ID: 3, At: time.Now().Add(time.Hour)})
		await(t, db, 0, "SELECT count(*) FROM river_job")
	})
}

// Two transactions that enqueue the same in opposite order must not wait for each
// other in a circle.
func TestEnqueueInAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		q := newQueue(t, db, queue.Config{})
		var wakes []mattebox.Wake
		for id := range int64(20) {
			wakes = append(wakes, mattebox.Wake{Kind: mattebox.KindFetch, ID: id, Again: true}, mattebox.Wake{Kind: mattebox.KindProduce, ID: id, Again: true})
		}
		backwards := slices.Clone(wakes)
		slices.Reverse(backwards)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { enqueue(t, db, q, wakes...) })
			wg.Go(func() { enqueue(t, db, q, backwards...) })
		}
		wg.Wait()
		await(t, db, len(wakes), "SELECT count(*) FROM river_job")
	})
}

func TestAScheduledJobComesWhenItIsDue(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		ids := make(chan int64, 10)
		q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, seen(ids))})
		due := time.Now().Add(1500 * time.Millisecond)
		enqueue(t, db, q, mattebox.Wake{Kind: mattebox.KindFetch, ID: 5, At: due}, mattebox.Wake{Kind: mattebox.KindFetch, ID: 6, At: due.Add(time.Hour)})
		start(t, q)
		if got := receive(t, ids, "the scheduled job"); got != 5 {
			t.Errorf("job %d", got)
		}
		if early := time.Until(due); early > 0 {
			t.Errorf("it came %v early", early)
		}
		await(t, db, 1, "SELECT count(*) FROM river_job WHERE state = 'scheduled'")
	})
}

func TestFailuresAndPanicsAreLoggedOnly(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		ids := make(chan int64, 10)
		var log logged
		w := queue.Worker{Run: func(_ context.Context, id int64) error {
			switch id {
			case 1:
				return errors.New("broken pipe")
			case 2:
				panic("index out of range")
			}
			ids <- id
			return nil
		}}
		q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, w), Logger: slog.New(slog.NewTextHandler(&log, nil))})
		start(t, q)
		enqueue(t, db, q, wake(mattebox.KindFetch, 1), wake(mattebox.KindFetch, 2), wake(mattebox.KindFetch, 3))
		receive(t, ids, "the good job")
		await(t, db, 3, "SELECT count(*) FROM river_job WHERE state = 'completed'")
		for _, want := range []string{`"worker failed" kind=fetch id=1 error="broken pipe"`, `"worker panicked" kind=fetch id=2 fault="index out of range"`, "queue_test.go"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, log.String())
			}
		}
	})
}

type logged struct {
	sync.Mutex
	strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Builder.Write(p)
}

func (l *logged) String() string {
	l.Lock()
	defer l.Unlock()
	return l.Builder.String()
}

func TestNoMoreThanMaxAtATime(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		var now, most atomic.Int32
		done := make(chan int64, 100)
		w := queue.Worker{Max: 3, Run: func(_ context.Context, id int64) error {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			if n < 3 { // let the others come
				select {
				case <-time.After(50 * time.Millisecond):
				case <-t.Context().Done():
				}
			}
			done <- id
			return nil
		}}
		q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindProduce, w)})
		var wakes []mattebox.Wake
		for id := range int64(30) {
			wakes = append(wakes, wake(mattebox.KindProduce, id))
		}
		enqueue(t, db, q, wakes...)
		start(t, q)
		for range wakes {
			receive(t, done, "a job")
		}
		if most.Load() != 3 {
			t.Errorf("%d at a time, want 3", most.Load())
		}
	})
}

func TestStopWaitsAndThenCancels(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		begun, finish := make(chan int64, 10), make(chan struct{})
		ended := make(chan error, 10)
		w := queue.Worker{Max: 2, Run: func(ctx context.Context, id int64) error {
			begun <- id
			select {
			case <-ctx.Done():
			case <-finish:
			}
			ended <- ctx.Err()
			return ctx.Err()
		}}
		q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, w)})
		start(t, q)
		enqueue(t, db, q, wake(mattebox.KindFetch, 1))
		receive(t, begun, "the job")
		stopping := make(chan error, 1)
		go func() { stopping <- q.Stop(context.Background()) }()
		select {
		case err := <-stopping:
			t.Fatalf("Stop did not wait: %v", err)
		case err := <-ended:
			t.Fatalf("the job ended with %v", err)
		case <-time.After(300 * time.Millisecond):
		}
		close(finish)
		if err := errors.Join(receive(t, ended, "the job's end"), receive(t, stopping, "the end of Stop")); err != nil {
			t.Error(err)
		}

		finish = make(chan struct{}) // never closed: only the end of the grace ends the next one
		q = newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, w)})
		start(t, q)
		enqueue(t, db, q, wake(mattebox.KindFetch, 2))
		receive(t, begun, "the second job")
		grace, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := q.Stop(grace); err != nil {
			t.Error(err)
		}
		if err := receive(t, ended, "the second job's end"); !errors.Is(err, context.Canceled) {
			t.Errorf("the second job ended with %v", err)
		}
	})
}

func TestDoneJobsAreRemoved(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		ids := make(chan int64, 10)
		q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, seen(ids))})
		start(t, q)
		enqueue(t, db, q, wake(mattebox.KindFetch, 1))
		receive(t, ids, "the job")
		await(t, db, 1, "SELECT count(*) FROM river_job WHERE state = 'completed'")
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if db.sqlite {
			execute(t, db, "UPDATE river_job SET finalized_at = datetime('now', 'subsec', '-61 seconds')")
		} else {
			execute(t, db, "UPDATE river_job SET finalized_at = now() - interval '61 seconds'")
		}
		start(t, newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, seen(ids))}))
		await(t, db, 0, "SELECT count(*) FROM river_job")
	})
}

func TestTakeOver(t *testing.T) {
	db := onSQLite(t)
	ids := make(chan int64, 10)
	q := newQueue(t, db, queue.Config{Workers: workers(mattebox.KindFetch, seen(ids))})
	enqueue(t, db, q, mattebox.Wake{Kind: mattebox.KindFetch, ID: 1, Again: true}, mattebox.Wake{Kind: mattebox.KindFetch, ID: 2, Again: true})
	execute(t, db, "UPDATE river_job SET state = 'running', attempt = 1")
	enqueue(t, db, q, mattebox.Wake{Kind: mattebox.KindFetch, ID: 2, Again: true}) // again, while it ran
	execute(t, db, "INSERT INTO river_leader (elected_at, expires_at, leader_id, name) VALUES (datetime('now'), datetime('now', '+1 hour'), 'the dead', 'default')")

	if err := queue.TakeOver(t.Context(), db.DB); err != nil {
		t.Fatal(err)
	}
	await(t, db, 0, "SELECT count(*) FROM river_leader")
	await(t, db, 2, "SELECT count(*) FROM river_job WHERE state = 'available'")
	await(t, db, 2, "SELECT count(*) FROM river_job")
	start(t, q)
	got := []int64{receive(t, ids, "the first job"), receive(t, ids, "the second job")}
	if slices.Sort(got); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("jobs %d", got)
	}
}

func TestNewAndEnqueueRefuse(t *testing.T) {
	db := onSQLite(t)
	for kind, w := range map[mattebox.Kind]queue.Worker{"dance": seen(nil), mattebox.KindFetch: {}, mattebox.KindDeliver: seen(nil)} {
		if q, err := queue.New(queue.Config{DB: db.DB, SQLite: true, Workers: workers(kind, w)}); err == nil {
			t.Errorf("New(%s) = %v", kind, q)
		}
	}
	q := newQueue(t, db, queue.Config{})
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := q.Enqueue(t.Context(), tx, wake("dance", 1)); err == nil {
		t.Error("enqueued a job of no kind")
	}
	if err := q.Enqueue(t.Context(), tx); err != nil {
		t.Errorf("enqueueing nothing: %v", err)
	}
}

func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	server := pgtest.Start(t)
	db := migrated(t, database{connect(t, "pgx", server.URL(t)), false})
	ids := make(chan int64, 10)
	var log logged
	q := newQueue(t, db, queue.Config{Poll: 20 * time.Millisecond, Workers: workers(mattebox.KindFetch, seen(ids)), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	start(t, q)
	enqueue(t, db, q, wake(mattebox.KindFetch, 1))
	receive(t, ids, "the first job")
	server.Crash(t)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(log.String(), "Error fetching jobs") {
		receive(t, tick.C, "the next look at the log")
	}
	server.Resume(t)
	enqueue(t, db, q, wake(mattebox.KindFetch, 2))
	receive(t, ids, "the job after the crash")
}

func TestCheckSchema(t *testing.T) {
	for name, empty := range map[string]database{
		"sqlite":   {connect(t, "sqlite", "file:"+filepath.Join(t.TempDir(), "queue.sqlite")), true},
		"postgres": {connect(t, "pgx", pgtest.URL(t)), false},
	} {
		if err := queue.CheckSchema(t.Context(), empty.DB, empty.sqlite); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
			t.Errorf("%s: an empty database: %v", name, err)
		}
		if err := queue.CheckSchema(t.Context(), migrated(t, empty).DB, empty.sqlite); err != nil {
			t.Errorf("%s: a migrated one: %v", name, err)
		}
	}
}
