package queue

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"mattebox"
)

// channel is where kinds are named that have new jobs, when the transaction that
// enqueued them is committed. River has one of its own, on which it leaves out what
// comes shortly after another, and which its database/sql driver cannot listen to.
const channel = "mattebox_jobs"

// tell sends a notice with the transaction.
func tell(ctx context.Context, tx *sql.Tx, kinds []mattebox.Kind) error {
	for _, kind := range kinds {
		if _, err := tx.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, string(kind)); err != nil {
			return fmt.Errorf("telling of new jobs: %w", err)
		}
	}
	return nil
}

// ear hears the notices of all processes on one connection of the pool. The polls
// go on: a notice that gets lost costs one interval.
type ear struct {
	db     *sql.DB
	bell   *bell
	kinds  map[mattebox.Kind]Worker
	logger *slog.Logger
	cancel context.CancelFunc
	done   chan struct{}
}

// retryListening is the pause after the connection was lost.
const retryListening = time.Second

func (e *ear) start() {
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel, e.done = cancel, make(chan struct{})
	go func() {
		defer close(e.done)
		for {
			err := e.listen(ctx)
			if ctx.Err() != nil {
				return
			}
			e.logger.Warn("not hearing of new jobs, polling only", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(retryListening):
			}
		}
	}()
}

func (e *ear) stop() {
	e.cancel()
	<-e.done
}

// listen takes a connection and rings until it breaks or ctx ends.
func (e *ear) listen(ctx context.Context) error {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var cause error
	_ = conn.Raw(func(c any) error {
		std, ok := c.(*stdlib.Conn)
		if !ok {
			cause = fmt.Errorf("the driver is %T, not pgx", c)
			return nil
		}
		cause = e.hear(ctx, std.Conn())
		return driver.ErrBadConn // it listens, so it is of no use to others
	})
	return cause
}

func (e *ear) hear(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	for kind := range e.kinds { // what came while nobody listened
		e.bell.ring(kind)
	}
	for {
		notice, err := conn.WaitForNotification(ctx)
		if err != nil {
			return errors.Join(err, ctx.Err())
		}
		e.bell.ring(mattebox.Kind(notice.Payload))
	}
}
