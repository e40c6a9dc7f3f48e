// Package webhook delivers notices to customers' servers, one attempt at a time.
//
// A Dialect is all in which the kinds of notices differ: headers that sign, statuses
// that mean success, the schedule of tries, the schemes it goes over. There are RTB
// for finished images, HWR for developers' events and Video for video jobs. What
// happened becomes a mattebox.NewDelivery (NewRTB, NewHWR, NewVideo) whose body is
// fixed for good; a worker claims it and hands the mattebox.Sending to Attempt, which
// posts it through safehttp and says in a mattebox.Outcome what came of it and when
// to try again. Nothing here remembers anything: the store does.
//
// Verify is for the other side: it tells a receiver's developer which signature of
// a request holds and, when none does, why. Sample makes a delivery to try an
// address with.
//
// Wire formats: contracts.md C, D1, E, F1 to F5 and F27 to F31; rules of delivery:
// webhooks.md. The page for receivers' developers, docs/api/webhooks.md, shows code
// and samples that are tested here.
package webhook
