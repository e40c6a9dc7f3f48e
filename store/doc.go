// Package store keeps everything that the service must not lose: accounts and
// their secrets, templates, images and where they stand, deliveries and their
// attempts, and the ledger: postings in double entry, invoices and payments.
//
// A method is one use case and one transaction. Requests come in through
// SubmitImage and its like, workers through the Claim methods and what ends a
// claim (FinishFetch, FinishImage, RecordAttempts), and whatever has to happen next
// leaves through the Enqueuer in the same transaction as the row it is about. So
// what was acknowledged is on disk, and what is on disk will be worked on.
//
// Money moves in the transaction of what it is for: SubmitImage reserves, the
// first finish charges, an end without a result releases. Postings are never changed
// or removed, which the engines see to themselves, and CheckLedger proves that
// everything else agrees with them.
//
// What happens to an image or an invoice is told to developers in the transaction in
// which it happens: Store.Tell makes a delivery for each endpoint that it concerns.
// Every process that changes them has to be given the same Tell.
//
// Deliveries have no jobs: who sends them claims whatever is due (ClaimDeliveries),
// many in a transaction, and is told when to look again (NextDelivery). What goes to
// a receiver that rests, because it fails or a person paused it, is put aside by the
// claim that meets it, and brought back by claims, so that no transaction is long.
//
// The rules (which status may follow which) are the root package's; this one
// only stores. The SQL is one text for SQLite and PostgreSQL; what differs is a
// Dialect, made by store/sqlite and store/postgres. Times are microseconds since
// 1970 and come from the injected clock.
package store
