package video

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// code is the code of an error object. Those up to codeTimeout are the vendor's
// (contracts D1); the others are ours.
type code string

const (
	codeInvalid     code = "invalid_request"
	codeNoKey       code = "missing_api_key"
	codeBadKey      code = "invalid_api_key"
	codeCredits     code = "insufficient_credits"
	codeNotFound    code = "not_found"
	codeRate        code = "rate_limited"
	codeInternal    code = "internal_error"
	codeTimeout     code = "timeout"
	codeForbidden   code = "forbidden"
	codeConflict    code = "conflict"
	codeMethod      code = "method_not_allowed"
	codeUnavailable code = "unavailable"
	codeGone        code = "gone"
)

// codes returns all codes.
func codes() []any {
	return []any{
		string(codeInvalid), string(codeNoKey), string(codeBadKey), string(codeCredits), string(codeNotFound), string(codeRate), string(codeInternal),
		string(codeTimeout), string(codeForbidden), string(codeConflict), string(codeMethod), string(codeUnavailable), string(codeGone),
	}
}

// errorAnswer is the body of every answer that is no success (contracts D1).
type errorAnswer struct {
	Error errorObject `json:"error"`
}

type errorObject struct {
	Code      code   `json:"code" doc:"For programs."`
	Message   string `json:"message" doc:"For people: what is wrong and what to do."`
	RequestID string `json:"request_id" doc:"As in the header X-Request-Id."`
}

// TransformSchema gives the code its values.
func (errorObject) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["code"].Enum = codes()
	return s
}

// fault is an error in the words of this API. It is what operations end with;
// huma writes it with the status.
type fault struct {
	status  int
	code    code
	message string
	header  http.Header // beside the usual ones; may be nil
	err     error       // for the log; nil when there is nothing more to say
}

// Error returns the code, the message and the cause.
func (f *fault) Error() string {
	text := string(f.code) + ": " + f.message
	if f.err != nil {
		text += ": " + f.err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (f *fault) Unwrap() error { return f.err }

// GetStatus is huma's way to ask for the HTTP status.
func (f *fault) GetStatus() int { return f.status }

// GetHeaders is huma's way to ask for headers.
func (f *fault) GetHeaders() http.Header { return f.header }

// sorry is what is said of a fault of ours.
const sorry = "Something went wrong on our side; please try again."

// retryAfter is how many seconds a caller shall wait after a 503.
const retryAfter = 30

// explain returns the fault that the error is, or becomes by its code.
func explain(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	var e *mattebox.Error
	if !errors.As(err, &e) {
		return &fault{status: http.StatusInternalServerError, code: codeInternal, message: sorry, err: err}
	}
	f = &fault{message: sentence(e), err: err}
	f.status, f.code = statusOf(e.Code)
	switch f.code {
	case codeInternal:
		f.message = sorry
	case codeUnavailable:
		f.header = http.Header{"Retry-After": {strconv.Itoa(retryAfter)}}
	}
	return f
}

// statusOf is the table from the house's codes to this API's. A file that is too
// large is a 400 here (contracts D1).
func statusOf(c mattebox.Code) (int, code) {
	switch c {
	case mattebox.CodeInvalid, mattebox.CodeTooLarge:
		return http.StatusBadRequest, codeInvalid
	case mattebox.CodeUnauthenticated:
		return http.StatusUnauthorized, codeBadKey
	case mattebox.CodeForbidden:
		return http.StatusForbidden, codeForbidden
	case mattebox.CodeNotFound:
		return http.StatusNotFound, codeNotFound
	case mattebox.CodeConflict:
		return http.StatusConflict, codeConflict
	case mattebox.CodePayment:
		return http.StatusPaymentRequired, codeCredits
	case mattebox.CodeRateLimited:
		return http.StatusTooManyRequests, codeRate
	case mattebox.CodeUnavailable:
		return http.StatusServiceUnavailable, codeUnavailable
	}
	return http.StatusInternalServerError, codeInternal
}

// sentence returns field and message.
func sentence(e *mattebox.Error) string {
	return strings.TrimSpace(e.Field + " " + e.Message)
}

// invalid returns a 400 that says what is wrong.
func invalid(format string, args ...any) *fault {
	return &fault{status: http.StatusBadRequest, code: codeInvalid, message: fmt.Sprintf(format, args...)}
}

// refused is the fault that huma's own error becomes: it has looked at a request
// before the operation did. Whatever it finds is the caller's, and a 400 here
// (contracts D1): a body that is no JSON, the wrong JSON, or too long, and one that
// could not be read, which it takes for a fault of the server.
func refused(e *huma.ErrorModel) *fault {
	f := invalid("%s", e.Detail)
	switch {
	case e.Status == http.StatusRequestTimeout:
		f.status, f.code, f.message = e.Status, codeTimeout, "The body did not come in time."
	case e.Status >= 500:
		f.message, f.err = "The body did not arrive whole.", e
	case len(e.Errors) > 0 && e.Errors[0] != nil:
		f.message = detail(e.Errors[0])
	}
	return f
}

// detail says what is wrong where: "model: expected value to be one of ...".
func detail(d *huma.ErrorDetail) string {
	place, field, found := strings.Cut(d.Location, ".")
	if !found {
		if _, ok := d.Value.(string); ok && place == "body" {
			return "The body is not valid JSON: " + d.Message
		}
		return d.Message
	}
	return field + ": " + d.Message
}

// answer returns the body for the fault.
func (f *fault) answer(requestID string) errorAnswer {
	return errorAnswer{errorObject{Code: f.code, Message: f.message, RequestID: requestID}}
}

// write answers where huma does not.
func (f *fault) write(w http.ResponseWriter, requestID string) {
	header := w.Header()
	for name, values := range f.header {
		header[name] = values
	}
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(f.status)
	_ = json.NewEncoder(w).Encode(f.answer(requestID)) // a caller that has gone needs no answer
}
