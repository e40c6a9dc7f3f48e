package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"mattebox"
)

// Config says what a queue runs on and what it does. DB is needed.
type Config struct {
	// DB is the database of the rows that jobs are about. SQLite's must be the one
	// connection that everybody writes through; PostgreSQL's lends one of its
	// connections for as long as the queue runs.
	DB     *sql.DB
	SQLite bool // DB is SQLite; else PostgreSQL

	// Workers are the kinds of jobs that this process runs. With none it only
	// enqueues, and needs neither Start nor Stop.
	Workers map[mattebox.Kind]Worker

	// Poll is how often each kind looks for jobs that it has not been told of:
	// default 500 ms. It is told of what this process enqueues, on PostgreSQL of what
	// any process does; what is left are scheduled jobs, and a command that is run
	// beside the service on SQLite.
	Poll time.Duration

	Logger *slog.Logger // default none
}

const (
	// Three kinds that look every 100 ms cost 4 % of a core while nothing happens,
	// every 500 ms 1 %.
	defaultPoll = 500 * time.Millisecond
	// The least time between two looks, so that a burst is fetched in batches.
	cooldown = 5 * time.Millisecond

	// Jobs that are done have nothing to say, and SQLite's file shall not grow.
	keepDone = time.Minute
	// A job whose process was killed is found by rescue, discarded and kept for as
	// long as a worker could possibly still be at it; see the package comment on
	// missing jobs.
	rescueAfter = time.Hour
	keepFailed  = 24 * time.Hour

	// How long Stop waits for workers whose context it has cancelled.
	afterGrace = 20 * time.Second
)

// Queue is an open queue. Enqueue may be called from several goroutines.
type Queue struct {
	client *river.Client[*sql.Tx]
	bell   *bell
	ear    *ear // nil on SQLite and without workers
	logger *slog.Logger
	sqlite bool
	kinds  map[mattebox.Kind]Worker
}

// New makes a queue whose tables Migrate has made.
func New(c Config) (*Queue, error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	q := &Queue{bell: &bell{hear: map[mattebox.Kind]func(){}}, logger: c.Logger, sqlite: c.SQLite, kinds: c.Workers}
	for kind, w := range c.Workers {
		if w.Hear != nil {
			q.bell.hear[kind] = w.Hear
		}
	}
	var driver riverdriver.Driver[*sql.Tx] = riverdatabasesql.New(c.DB)
	if c.SQLite {
		driver = riversqlite.New(c.DB)
	}
	config, err := c.river()
	if err != nil {
		return nil, err
	}
	if q.client, err = river.NewClient(belled{driver, q.bell}, config); err != nil {
		return nil, fmt.Errorf("making the job queue: %w", err)
	}
	if q.works() && !c.SQLite {
		q.ear = &ear{db: c.DB, bell: q.bell, kinds: c.Workers, logger: c.Logger}
	}
	return q, nil
}

// river returns River's configuration.
func (c Config) river() (*river.Config, error) {
	workers, err := register(c.Workers, c.Logger)
	if err != nil {
		return nil, err
	}
	config := &river.Config{
		Workers: workers,
		Hooks:   []rivertype.Hook{river.HookInsertBeginFunc(once)},
		Logger:  slog.New(newCalm(c.Logger.Handler(), time.Now)),

		MaxAttempts:                 1,
		JobTimeout:                  -1, // workers have limits of their own
		RescueStuckJobsAfter:        rescueAfter,
		CompletedJobRetentionPeriod: keepDone,
		CancelledJobRetentionPeriod: keepDone,
		DiscardedJobRetentionPeriod: keepFailed,
		FetchCooldown:               cooldown,
		FetchPollInterval:           c.Poll,
		PollOnly:                    true,
	}
	if c.Poll == 0 {
		config.FetchPollInterval = defaultPoll
	}
	if c.SQLite {
		config.ReindexerSchedule = river.NeverSchedule() // it is about PostgreSQL's indexes
	}
	for kind, w := range c.Workers {
		if w.Run == nil {
			continue
		}
		if config.Queues == nil {
			config.Queues = map[string]river.QueueConfig{}
		}
		config.Queues[string(kind)] = river.QueueConfig{MaxWorkers: max(w.Max, 1)}
	}
	return config, nil
}

// works reports whether this process runs jobs.
func (q *Queue) works() bool { return len(q.kinds) > 0 }

// Start begins to run jobs. They run until Stop, whatever becomes of ctx.
func (q *Queue) Start(ctx context.Context) error {
	if !q.works() {
		return nil
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	q.bell.hang()
	if q.ear != nil {
		q.ear.start()
	}
	return nil
}

// Stop takes no more jobs and waits for those that are running. When ctx ends, the
// time of grace is over: the running jobs' contexts are cancelled, and Stop waits
// a little for them to hand back what they hold. Its error is about workers that
// did not end then.
func (q *Queue) Stop(ctx context.Context) error {
	if !q.works() {
		return nil
	}
	q.bell.unhang()
	if q.ear != nil {
		q.ear.stop()
	}
	err := q.client.Stop(ctx)
	if err == nil {
		return nil
	}
	if ctx.Err() == nil {
		return fmt.Errorf("stopping the job queue: %w", err)
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterGrace)
	defer cancel()
	if err := q.client.StopAndCancel(hard); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopping the job queue, workers do not end: %w", err)
	}
	return nil
}
