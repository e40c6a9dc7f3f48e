// Package webhook delivers notices to customers' servers, one attempt at a time.
//
// A Dialect is all in which the wire formats differ: headers that sign, statuses
// that mean success, the schedule of tries. A finished image becomes a
// mattebox.NewDelivery (NewRTB) whose body is fixed for good; a worker claims it
// and hands the mattebox.Sending to Attempt, which posts it through safehttp and
// says in a mattebox.Outcome what came of it and when to try again. Nothing here
// remembers anything: the store does.
//
// Verify is for the other side: it tells a receiver's developer which signature of
// a request holds and, when none does, why.
//
// Wire formats: contracts.md C and F1 to F5; rules of delivery: webhooks.md.
package webhook
