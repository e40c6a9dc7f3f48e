package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"mattebox"
)

// An Enqueuer puts jobs into the queue within a transaction, so that they exist
// exactly when the rows do that they are about.
type Enqueuer interface {
	Enqueue(ctx context.Context, tx *sql.Tx, wakes ...mattebox.Wake) error
}

// Store is the house's memory. Its methods may be called from many goroutines,
// and from several processes over one database.
//
// Errors that a caller can act on are *mattebox.Error: CodeNotFound for what is
// not there or another account's, CodeConflict for a state that does not allow the
// call, CodeInvalid for a field that cannot be stored, CodeUnavailable when the
// database cannot be had.
type Store struct {
	// ProductWait is how long an image of a product waits, once it is ready, for
	// others of the product, each of which starts the time anew; never more than
	// two minutes in all. New sets 10 s; change it before the store is used.
	ProductWait time.Duration

	// Prices are what images cost that are ordered from now on; nil stands for
	// nothing. Change it before the store is used.
	Prices mattebox.PriceTable

	// Tell makes what is sent to a developer's endpoint of an event; an error undoes
	// what has happened, so that nothing happens untold. Nil stands for no
	// developers' webhooks. Change it before the store is used.
	Tell func(mattebox.Event, mattebox.Endpoint) (mattebox.NewDelivery, error)

	// TellJob makes what is sent to a video job's webhook of an event; an error undoes
	// what has happened. Nil stands for no such webhooks. Change it before the store is
	// used.
	TellJob func(mattebox.Event) (mattebox.NewDelivery, error)

	// BreakAfter is after how many failed attempts in a row a receiver rests, but for
	// one probe at a time. New sets 5; change it before the store is used.
	BreakAfter int

	db    *DB
	keys  Keys
	queue Enqueuer
	now   mattebox.Clock
	round round
}

// New returns a store over a database that Migrate has prepared.
func New(db *DB, keys Keys, queue Enqueuer, now mattebox.Clock) *Store {
	return &Store{db: db, keys: keys, queue: queue, now: now, ProductWait: 10 * time.Second, BreakAfter: 5}
}

// Ping returns a CodeUnavailable error when the database does not answer.
func (s *Store) Ping(ctx context.Context) error {
	return s.fault("ask the database", s.db.Reader.PingContext(ctx))
}

// tx is one use case on its way: everything it writes, and the jobs that follow
// from it, becomes true together.
type tx struct {
	*sql.Tx
	store *Store
	at    int64 // the one time that all its rows get, in microseconds
	wakes []mattebox.Wake
}

// write runs do in a transaction and commits it with the jobs that do has asked
// for. doing says in errors what was being done.
func (s *Store) write(ctx context.Context, doing string, do func(*tx) error) error {
	begun, err := s.db.Writer.BeginTx(ctx, nil)
	if err != nil {
		return s.fault(doing, err)
	}
	defer begun.Rollback() // of no effect after the commit
	t := &tx{Tx: begun, store: s, at: micros(s.now())}
	if err := do(t); err != nil {
		return s.fault(doing, err)
	}
	if len(t.wakes) > 0 {
		if err := s.queue.Enqueue(ctx, begun, t.wakes...); err != nil {
			return s.fault(doing+": enqueue", err)
		}
	}
	return s.fault(doing, begun.Commit())
}

// deadlocks is how often a transaction on many deliveries is tried.
const deadlocks = 6

// ErrDeadlock is in a Dialect's fault when the engine has ended the transaction
// because it and another waited for each other: begun anew it may well pass.
var ErrDeadlock = errors.New("deadlock")

// writeMany is write for a transaction that holds many rows, in whatever order an
// index gives them: when it ends in a deadlock, do is called again, from the
// beginning.
func (s *Store) writeMany(ctx context.Context, doing string, do func(*tx) error) error {
	for try := 1; ; try++ {
		err := s.write(ctx, doing, do)
		if try == deadlocks || !errors.Is(err, ErrDeadlock) {
			return err
		}
	}
}

// wake asks for a job; at 0, or any time that is past, is at once.
func (t *tx) wake(kind mattebox.Kind, id, at int64) {
	if at <= t.at {
		at = 0
	}
	t.wakes = append(t.wakes, mattebox.Wake{Kind: kind, ID: id, At: timeOf(at)})
}

// wakeLost asks for a job in place of one that may have been lost.
func (t *tx) wakeLost(kind mattebox.Kind, id int64) {
	t.wakes = append(t.wakes, mattebox.Wake{Kind: kind, ID: id, Again: true})
}

// fault says what was being done in what the driver says, and leaves our own
// errors, which are fit for the caller, as they are.
func (s *Store) fault(doing string, err error) error {
	var ours *mattebox.Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	err = s.db.Dialect.Fault(err)
	if errors.As(err, &ours) {
		return &mattebox.Error{Code: ours.Code, Field: ours.Field, Message: ours.Message, Err: fmt.Errorf("%s: %w", doing, ours.Err)}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// micros is how a time is stored: microseconds since 1970, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// timeOf is the reverse of micros.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
