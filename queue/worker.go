package queue

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/riverqueue/river"

	"mattebox"
)

// Worker runs the jobs of a kind.
type Worker struct {
	// Run does what is to be done for the row. Its context ends when the queue
	// stops and its time of grace is over. An error is logged and nothing more:
	// what is to happen next has to be in the rows.
	Run func(ctx context.Context, id int64) error
	Max int // jobs at a time, at least 1

	// Hear is called instead, for a kind that has no jobs (KindDeliver), when there
	// may be something to do: on PostgreSQL once the transaction that says so is
	// committed, on SQLite, and only for this process's own, shortly before. Words may
	// get lost. It must not block.
	Hear func()
}

// row is what a job carries.
type row struct {
	ID int64 `json:"id"`
}

func (r row) id() int64 { return r.ID }

// River tells kinds by the type of their arguments.
type (
	fetchArgs   struct{ row }
	produceArgs struct{ row }
	deliverArgs struct{ row }

	videoFetchArgs   struct{ row }
	videoSegmentArgs struct{ row }
	videoJoinArgs    struct{ row }
)

func (fetchArgs) Kind() string   { return string(mattebox.KindFetch) }
func (produceArgs) Kind() string { return string(mattebox.KindProduce) }
func (deliverArgs) Kind() string { return string(mattebox.KindDeliver) }

func (videoFetchArgs) Kind() string   { return string(mattebox.KindVideoFetch) }
func (videoSegmentArgs) Kind() string { return string(mattebox.KindVideoSegment) }
func (videoJoinArgs) Kind() string    { return string(mattebox.KindVideoJoin) }

func argsOf(kind mattebox.Kind, id int64) (river.JobArgs, error) {
	switch kind {
	case mattebox.KindFetch:
		return fetchArgs{row{id}}, nil
	case mattebox.KindProduce:
		return produceArgs{row{id}}, nil
	case mattebox.KindDeliver:
		return deliverArgs{row{id}}, nil
	case mattebox.KindVideoFetch:
		return videoFetchArgs{row{id}}, nil
	case mattebox.KindVideoSegment:
		return videoSegmentArgs{row{id}}, nil
	case mattebox.KindVideoJoin:
		return videoJoinArgs{row{id}}, nil
	}
	return nil, fmt.Errorf("enqueueing a job: there is no kind %q", kind)
}

// register registers every kind, those that this process does not run as well: the
// maintenance discards jobs of kinds that it does not know.
func register(workers map[mattebox.Kind]Worker, logger *slog.Logger) (*river.Workers, error) {
	for kind, w := range workers {
		if _, err := argsOf(kind, 0); err != nil {
			return nil, err
		}
		if hears := kind == mattebox.KindDeliver; hears != (w.Hear != nil) || hears != (w.Run == nil) {
			return nil, fmt.Errorf("making the job queue: the worker of %s does nothing", kind)
		}
	}
	all := river.NewWorkers()
	add[fetchArgs](all, workers, logger)
	add[produceArgs](all, workers, logger)
	add[deliverArgs](all, workers, logger)
	add[videoFetchArgs](all, workers, logger)
	add[videoSegmentArgs](all, workers, logger)
	add[videoJoinArgs](all, workers, logger)
	return all, nil
}

type jobArgs interface {
	river.JobArgs
	id() int64
}

func add[A jobArgs](all *river.Workers, workers map[mattebox.Kind]Worker, logger *slog.Logger) {
	var args A
	kind := mattebox.Kind(args.Kind())
	w := workers[kind]
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[A]) error {
		if w.Run != nil {
			run(ctx, w, kind, job.Args.id(), logger)
		}
		return nil
	}))
}

// run runs one job. River hears of no error: it would only keep a row about it.
func run(ctx context.Context, w Worker, kind mattebox.Kind, id int64, logger *slog.Logger) {
	logger = logger.With("kind", kind, "id", id)
	defer func() {
		if fault := recover(); fault != nil {
			logger.Error("worker panicked", "fault", fault, "stack", string(debug.Stack()))
		}
	}()
	if err := w.Run(ctx, id); err != nil {
		logger.Error("worker failed", "error", err)
	}
}

// compare orders wakes by kind, row and time.
func compare(a, b mattebox.Wake) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), a.At.Compare(b.At))
}
