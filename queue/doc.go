// Package queue wakes workers. A transaction that leaves something to do enqueues
// a job with it (Enqueue, the store's Enqueuer); when the transaction has been
// committed, the job runs once in one of the processes that have a worker of its
// kind. A job carries nothing but a row's id: what is to be done, and whether it
// still is, the worker reads from the row. Deliveries, of which there may be
// hundreds in a second, have no jobs: who sends them is only told that there are
// some, and looks by itself, too.
//
// The jobs are River's, on SQLite and PostgreSQL alike. River is only trusted to
// wake: jobs are tried once, failures are logged, and what was lost on the way is
// enqueued again by the store's sweep, which looks at the rows. River's faults on
// SQLite therefore cost seconds and no work:
//
//   - A job that has just finished may be run again by the rescuer: the second run
//     finds nothing to claim.
//
//   - Cancelling a job does not stop it: we never cancel one.
//
//   - A leader killed with kill -9 holds up scheduled jobs for a quarter of a minute:
//     TakeOver removes it.
//
//   - Stopping counts as a job's failure: workers return no error.
//
//   - A completed job that is missing when it is recorded leaves the rest of its batch
//     unrecorded: nothing removes running jobs but TakeOver, before there are any.
//
//   - Jobs of unknown kind are discarded: every kind is registered everywhere.
//
//   - Ids of removed jobs come back and times have mixed precision: we keep neither.
//
// Where what is:
//
//	queue.go     Config, New, Start, Stop: the whole life
//	enqueue.go   jobs go in
//	worker.go    jobs come out
//	bell.go      workers of this process hear of a job at once, not at the next poll
//	listen.go    the same across processes, on PostgreSQL
//	schema.go    Migrate, TakeOver; check.go says whether Migrate has to be run
//	calm.go      River's log, quieter
package queue
