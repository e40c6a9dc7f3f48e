// Package safehttp is the HTTP client for addresses that customers give us:
// pictures to download, callbacks to post to. Such an address may point at our
// own machine, at the network behind it or at a server that means harm.
//
// An address enters twice. CheckURL judges its text when a customer saves it, so
// that a hopeless one is refused at once. Download and Post judge the text again
// and then, in the dialler, the concrete IP address that a connection is about to
// be made to: whatever a name resolved to before, only that address counts, which
// is what closes DNS rebinding. What comes back is bounded in bytes and in time,
// and a download is taken for what its first bytes say, never for its name.
//
// Every failure that the other side or the guard caused is an *Error with a Class
// for logs and schedules and a Message fit for the customer. Any other error is
// our own (a full disk, for one).
//
// The rules are those of webhooks.md, "The guard for outside addresses".
package safehttp
