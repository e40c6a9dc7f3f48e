// Package store keeps everything that the service must not lose: accounts and
// their secrets, templates, images and where they stand, deliveries and their
// attempts, and the ledger: postings in double entry, invoices and payments.
//
// A method is one use case and one transaction. Requests come in through
// SubmitImage and its like, workers through the Claim methods and what ends a
// claim (FinishFetch, FinishImage, RecordAttempt), and whatever has to happen next
// leaves through the Enqueuer in the same transaction as the row it is about. So
// what was acknowledged is on disk, and what is on disk will be worked on.
//
// Money moves in the transaction of what it is for: SubmitImage reserves, the
// first finish charges, an end without a result releases. Postings are never changed
// or removed, which the engines see to themselves, and CheckLedger proves that
// everything else agrees with them.
//
// The rules (which status may follow which) are the root package's; this one
// only stores. The SQL is one text for SQLite and PostgreSQL; what differs is a
// Dialect, made by store/sqlite and store/postgres. Times are microseconds since
// 1970 and come from the injected clock.
package store
