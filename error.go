package mattebox

import (
	"errors"
	"fmt"
)

// Code classifies an error for whoever has to act on it. Each edge maps the few
// codes to its own form (exit code, ErrorCode, SOAP fault, HTTP status).
type Code string

// The codes. An error without one is CodeInternal.
const (
	CodeInvalid         Code = "invalid"          // the request is wrong; the caller can mend it
	CodeUnauthenticated Code = "unauthenticated"  // no or unknown credentials
	CodeForbidden       Code = "forbidden"        // known, but not allowed
	CodeNotFound        Code = "not_found"        // no such thing, or not the caller's
	CodeConflict        Code = "conflict"         // the thing's state does not allow it
	CodePayment         Code = "payment_required" // no trial image, no balance and no credit is left for it
	CodeTooLarge        Code = "too_large"        // over a limit of bytes, pixels or memory
	CodeRateLimited     Code = "rate_limited"     // too many requests
	CodeUnavailable     Code = "unavailable"      // something we need is missing or down; try later
	CodeInternal        Code = "internal"         // our fault
)

// Error is an error with a code, the name of the offending field as the caller
// wrote it (empty when no single field is at fault), a message fit for the
// caller, and the cause, which is for logs only.
type Error struct {
	Code    Code
	Field   string
	Message string
	Err     error
}

// Error returns "field: message: cause", leaving out what is empty.
func (e *Error) Error() string {
	s := e.Message
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error of the code with a formatted message and no cause.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap returns an Error of the code with a formatted message, caused by err.
func Wrap(code Code, err error, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// Invalid returns a CodeInvalid error that names the field at fault.
func Invalid(field, format string, args ...any) error {
	return &Error{Code: CodeInvalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of the first Error in err's chain, CodeInternal when
// there is none, and the empty code for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
