package rtb

import (
	"errors"
	"net/http"
	"strings"

	"mattebox"
)

// ErrorCode is the ErrorCode of an answer. NoError and MissingRequiredInformation
// are the vendor's; InvalidTemplate is seen in a client of theirs; the others are
// ours (contracts F8).
type ErrorCode string

// The codes.
const (
	NoError                    ErrorCode = "NoError"
	MissingRequiredInformation ErrorCode = "MissingRequiredInformation"
	InvalidTemplate            ErrorCode = "InvalidTemplate"

	InvalidParameter     ErrorCode = "InvalidParameter"
	AuthenticationFailed ErrorCode = "AuthenticationFailed"
	PermissionDenied     ErrorCode = "PermissionDenied"
	InvalidDeveloperKey  ErrorCode = "InvalidDeveloperKey"
	InsufficientFunds    ErrorCode = "InsufficientFunds"
	ImageNotFound        ErrorCode = "ImageNotFound"
	InvalidImageStatus   ErrorCode = "InvalidImageStatus"
	ContactAlreadyExists ErrorCode = "ContactAlreadyExists"
	NotFound             ErrorCode = "NotFound"
	Conflict             ErrorCode = "Conflict"

	InvalidRequest     ErrorCode = "InvalidRequest"
	UnknownOperation   ErrorCode = "UnknownOperation"
	MethodNotAllowed   ErrorCode = "MethodNotAllowed"
	RequestTooLarge    ErrorCode = "RequestTooLarge"
	TooManyRequests    ErrorCode = "TooManyRequests"
	ServiceUnavailable ErrorCode = "ServiceUnavailable"
	InternalError      ErrorCode = "InternalError"
)

// ErrorCodes returns all codes, in the order of this file.
func ErrorCodes() []ErrorCode {
	return []ErrorCode{
		NoError, MissingRequiredInformation, InvalidTemplate,
		InvalidParameter, AuthenticationFailed, PermissionDenied, InvalidDeveloperKey, InsufficientFunds,
		ImageNotFound, InvalidImageStatus, ContactAlreadyExists, NotFound, Conflict,
		InvalidRequest, UnknownOperation, MethodNotAllowed, RequestTooLarge, TooManyRequests, ServiceUnavailable, InternalError,
	}
}

// Status returns the HTTP status under which an answer with the code goes out:
// 200 for everything that the caller's application has to act on, so that clients
// read the ErrorCode (contracts A0).
func (c ErrorCode) Status() int {
	switch c {
	case InvalidRequest:
		return http.StatusBadRequest
	case UnknownOperation:
		return http.StatusNotFound
	case MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case RequestTooLarge:
		return http.StatusRequestEntityTooLarge
	case TooManyRequests:
		return http.StatusTooManyRequests
	case ServiceUnavailable:
		return http.StatusServiceUnavailable
	case InternalError:
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

// Fault is an error in the words of this API.
type Fault struct {
	Code    ErrorCode
	Message string // a sentence for the caller
	Err     error  // for the log; nil when there is nothing more to say
}

// Error returns the code, the message and the cause.
func (f *Fault) Error() string {
	text := string(f.Code) + ": " + f.Message
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

func missing(field string) error {
	return &Fault{Code: MissingRequiredInformation, Message: field + " is missing."}
}

// explain returns the Fault that the error is, or becomes by its code. given are
// the request's values: a fault of a field that they leave out means that it is
// missing.
func explain(err error, given Values) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	var e *mattebox.Error
	if !errors.As(err, &e) {
		return &Fault{Code: InternalError, Err: err}
	}
	code := codeOf(e.Code)
	if e.Code == mattebox.CodeInvalid && e.Field != "" && given.blank(e.Field) {
		code = MissingRequiredInformation
	}
	return &Fault{Code: code, Message: sentence(e), Err: err}
}

// codeOf is the table from the house's codes to this API's.
func codeOf(code mattebox.Code) ErrorCode {
	switch code {
	case mattebox.CodeInvalid, mattebox.CodeTooLarge:
		return InvalidParameter
	case mattebox.CodeUnauthenticated:
		return AuthenticationFailed
	case mattebox.CodeForbidden:
		return PermissionDenied
	case mattebox.CodeNotFound:
		return NotFound
	case mattebox.CodeConflict:
		return Conflict
	case mattebox.CodePayment:
		return InsufficientFunds
	case mattebox.CodeRateLimited:
		return TooManyRequests
	case mattebox.CodeUnavailable:
		return ServiceUnavailable
	}
	return InternalError
}

// sentence returns field and message with a full stop.
func sentence(e *mattebox.Error) string {
	text := strings.TrimSpace(e.Field + " " + e.Message)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// renamed returns err with the Fault in its place when err has the house's code.
func renamed(err error, code mattebox.Code, f Fault) error {
	if mattebox.CodeOf(err) != code {
		return err
	}
	f.Err = err
	return &f
}
