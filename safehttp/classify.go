package safehttp

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// classify returns what a round trip or a read failed of. ours is the context of
// the caller: when it has ended, nobody else is to blame.
func classify(ours context.Context, err error, trip *journey) *Error {
	address := trip.last()
	var known *Error
	if errors.As(err, &known) {
		if known.Class == ClassBlocked {
			address = "" // it would tell what the name resolves to in our network
		}
		return &Error{Class: known.Class, Status: known.Status, Address: address, Message: known.Message, Err: known.Err}
	}
	class, message := classOf(ours, err, trip)
	return &Error{Class: class, Message: message, Address: address, Err: err}
}

func classOf(ours context.Context, err error, trip *journey) (Class, string) {
	var dns *net.DNSError
	var handshake *handshakeError
	switch {
	case ours.Err() != nil:
		return ClassInterrupted, "the request was interrupted by this service"
	case errors.As(err, &dns):
		return ClassDNS, "the host name could not be resolved"
	case timedOut(err):
		return ClassTimeout, "the server did not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return ClassRefused, "the server refused the connection"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return ClassUnreachable, "the server cannot be reached"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ClassReset, "the server broke the connection off"
	case errors.As(err, &handshake):
		return ClassTLS, "no secure connection could be made; check the server's certificate, its chain and its name"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ClassReset, "the server broke the connection off"
	case !trip.connected.Load():
		return ClassUnreachable, "the server cannot be reached"
	case !trip.answered.Load(): // most of the transport's errors have no type
		return ClassReset, "the server broke the connection off"
	}
	return ClassAnswer, "the server's answer is not valid HTTP"
}

// timedOut reports whether a limit of ours was reached. A cancellation is one as
// well: the caller's context has not ended, so the watch gave up.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.Is(err, syscall.ETIMEDOUT) || errors.As(err, &timeout) && timeout.Timeout()
}
