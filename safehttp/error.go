package safehttp

import (
	"fmt"
)

// Class says what kind of failure a request met: the classes of webhooks.md, and
// those that only downloads have. The class of an HTTP status is "http_404" and
// the like; see StatusClass.
type Class string

// The classes.
const (
	ClassDNS         Class = "dns_error"          // the name has no address
	ClassRefused     Class = "connection_refused" // nobody listens there
	ClassReset       Class = "connection_reset"   // broken off before the answer was whole
	ClassUnreachable Class = "unreachable"        // no route to the address
	ClassTimeout     Class = "timeout"            // no connection, no answer or no progress in time
	ClassTLS         Class = "tls_error"          // handshake or certificate
	ClassRedirect    Class = "redirect"           // that is not followed
	ClassBlocked     Class = "blocked_address"    // by the guard
	ClassURL         Class = "invalid_url"        // not an address at all
	ClassAnswer      Class = "invalid_answer"     // not HTTP, or headers over the limit
	ClassTooLarge    Class = "too_large"          // over Limits.Bytes
	ClassNotPicture  Class = "not_a_picture"      // by its first bytes
	ClassNotClip     Class = "not_a_clip"         // likewise
	ClassInterrupted Class = "interrupted"        // our own context ended
)

// StatusClass returns the class of an HTTP status that means failure: ClassRedirect
// for 3xx, else "http_" and the number.
func StatusClass(status int) Class {
	if status >= 300 && status < 400 {
		return ClassRedirect
	}
	return Class(fmt.Sprintf("http_%d", status))
}

// Error is a failure that the other side, the network or the guard caused.
type Error struct {
	Class   Class
	Status  int    // of HTTP; 0 when there was no answer
	Address string // that was dialled last, "203.0.113.7:443"; empty when none was
	Message string // fit for the customer: it tells nothing of our network
	Err     error  // the cause, for operators' logs; may be nil
}

// Error returns "message: cause".
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Again reports whether the same request may fare better later: the network's
// failures and the statuses 408, 425, 429 and 5xx.
func (e *Error) Again() bool {
	switch e.Class {
	case ClassDNS, ClassRefused, ClassReset, ClassUnreachable, ClassTimeout, ClassTLS, ClassAnswer, ClassInterrupted:
		return true
	}
	return e.Status == 408 || e.Status == 425 || e.Status == 429 || e.Status >= 500
}

// blockedText is the one text for every address that the guard refuses, whether
// by its text, by what it resolved to or by its port: a customer who could tell
// them apart could map our network.
const blockedText = "the address is not one that this service may call; use a public host and port 80, 443, 8080 or 8443"

// blocked returns the refusal of the guard; why is for operators.
func blocked(why string, args ...any) *Error {
	return &Error{Class: ClassBlocked, Message: blockedText, Err: fmt.Errorf(why, args...)}
}

// invalidURL returns the refusal of a text that is no address.
func invalidURL(message string) *Error {
	return &Error{Class: ClassURL, Message: message}
}
