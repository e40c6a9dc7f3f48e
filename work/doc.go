// Package work is what is done between a request and its answer: one type for each
// kind of job, with a Run that the queue calls, and what the service does by
// itself, from Start to Stop.
//
//	fetch.go    Fetcher: an image's sources, through the guard, into the blobs
//	produce.go  Producer: sources through the engine's children into a result
//	deliver.go  Deliverer: what customers' servers are told (record.go: and what came of it; hands.go: how much at a time)
//	clip.go     Clips: a video job's steps (clip_fetch.go, clip_cut.go, clip_join.go), and how each ends (clip_end.go)
//	sweep.go    Sweeper: what crashes left behind, what is old, receivers that rest
//	invoice.go  Biller: invoices of the months that are over
//	intake.go   Intake: whether there is room for more
//
// All work the same way: claim a row of the store, which says what is to be done
// and gives a lease; do it, renewing the lease; end the claim with what came of it,
// in one transaction that a worker whose lease has passed on cannot make. Bytes are
// stored before the row that names them. A job's id is only what woke the worker:
// the store hands out what is fairest to do next.
//
// What goes wrong is told apart by whose fault it is. The customer's (a source that
// is not there, a file that is no picture, a template that cannot be) ends the image
// with a reason in plain words. A crash of the engine is tried once more. Ours (a
// full disk, a database that is gone, no engine) hands the image back as it was, and
// the worker pauses for longer each time.
package work
