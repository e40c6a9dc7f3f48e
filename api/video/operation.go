package video

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// The groups of the document.
const (
	tagJobs    = "Jobs"
	tagUploads = "Uploads"
	tagUsage   = "Usage"
	tagAdmin   = "Administration"
	tagLegacy  = "Legacy"
)

// answer is what an operation gives: a body, and nothing that huma has to find.
type answer[T any] struct{ Body T }

// door is who may call an operation.
type door int

const (
	open     door = iota // anybody
	keyed                // with a key
	legacy               // with a key, or without one where the service says so
	tokened              // with the administrator's token
	keyedOne             // keyed, and answered once (Idempotency-Key)
	legacyOne
	resumable // keyed, and speaks tus
	preflight // anybody, and speaks tus
)

// operation is a row of the table of operations.
type operation struct {
	method, path string
	id           string // in the document
	tag          string
	summary      string
	description  string
	door         door
	status       int   // of a success; 0: 200, or 204 where there is no body
	refusals     []int // statuses beyond those of the door, of a validation and of a fault of ours
}

// add registers the operation. What run returns as an error goes out as explain
// says.
func add[I, O any](a *api, o operation, run func(context.Context, *I) (*O, error)) *huma.Operation {
	op := huma.Operation{
		Method: o.method, Path: o.path, OperationID: o.id, Tags: []string{o.tag}, Summary: o.summary, Description: o.description,
		MaxBodyBytes: maxBody, BodyReadTimeout: -1, // httpd's limits hold
		DefaultStatus: o.status, Responses: a.refusals(o),
	}
	a.guard(&op, o.door)
	name := o.method + " " + o.path
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		note := mattebox.NoteOf(ctx)
		note.Operation, note.Outcome = name, "ok"
		out, err := run(ctx, in)
		if err != nil {
			return nil, explain(err)
		}
		return out, nil
	})
	registered := a.registered(o)
	a.listed = append(a.listed, registered)
	return registered
}

// registered returns the operation as it stands in the document.
func (a *api) registered(o operation) *huma.Operation {
	path := a.huma.OpenAPI().Paths[o.path]
	switch o.method {
	case http.MethodGet:
		return path.Get
	case http.MethodDelete:
		return path.Delete
	case http.MethodHead:
		return path.Head
	case http.MethodPatch:
		return path.Patch
	case http.MethodOptions:
		return path.Options
	}
	return path.Post
}

// guard puts the door in front of the operation, and onto its page.
func (a *api) guard(op *huma.Operation, d door) {
	switch d {
	case keyed, keyedOne:
		op.Security = []map[string][]string{{keyScheme: {}}}
		op.Middlewares = huma.Middlewares{a.withKey}
	case legacy, legacyOne:
		op.Security = []map[string][]string{{keyScheme: {}}}
		op.Middlewares = huma.Middlewares{a.withLegacyKey}
	case tokened:
		op.Security = []map[string][]string{{adminScheme: {}}}
		op.Middlewares = huma.Middlewares{a.withToken}
	case resumable:
		op.Security = []map[string][]string{{keyScheme: {}}}
		op.Middlewares = huma.Middlewares{a.speakTus, a.withKey}
		op.Parameters = append(op.Parameters, tusParameter(op.Method))
	case preflight:
		op.Middlewares = huma.Middlewares{a.speakTus}
	}
	if d == keyedOne || d == legacyOne {
		op.Middlewares = append(op.Middlewares, a.once)
		op.Parameters = append(op.Parameters, onceParameter())
	}
}

func onceParameter() *huma.Param {
	most := maxOnce
	return &huma.Param{
		Name: onceHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most, Pattern: `^[ -~]*$`},
		Description: "The same request with the same value is carried out once: within 24 hours it gets the first answer again. Another request with the same value is refused (409).",
	}
}

// refusals are the answers of an operation that are no successes.
func (a *api) refusals(o operation) map[string]*huma.Response {
	statuses := append([]int{http.StatusBadRequest, http.StatusInternalServerError, http.StatusServiceUnavailable}, o.refusals...)
	switch o.door {
	case keyedOne, legacyOne:
		statuses = append(statuses, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusConflict)
	case resumable:
		statuses = append(statuses, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusPreconditionFailed)
	case keyed, legacy:
		statuses = append(statuses, http.StatusUnauthorized, http.StatusTooManyRequests)
	case tokened:
		statuses = append(statuses, http.StatusUnauthorized)
	}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(errorType(), true, "Error")
	all := map[string]*huma.Response{}
	for _, status := range statuses {
		all[strconv.Itoa(status)] = &huma.Response{
			Description: reason(status), Headers: headersOf(status), Content: map[string]*huma.MediaType{"application/json": {Schema: schema}},
		}
	}
	return all
}

// reason says what a status means here.
func reason(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The request is wrong: " + string(codeInvalid) + "."
	case http.StatusUnauthorized:
		return "No key, or no good one: " + string(codeNoKey) + ", " + string(codeBadKey) + "."
	case http.StatusPaymentRequired:
		return "The account cannot pay for it: " + string(codeCredits) + "."
	case http.StatusNotFound:
		return "There is no such thing, or it is another key's: " + string(codeNotFound) + "."
	case http.StatusConflict:
		return "Its state does not allow it, or the Idempotency-Key was used before: " + string(codeConflict) + "."
	case http.StatusPreconditionFailed:
		return "Tus-Resumable is missing, or names another version: " + string(codeInvalid) + "."
	case http.StatusRequestEntityTooLarge:
		return "More bytes than are taken, or than were announced: " + string(codeInvalid) + "."
	case http.StatusUnsupportedMediaType:
		return "The Content-Type is another one: " + string(codeInvalid) + "."
	case http.StatusLocked:
		return "Another request has the upload in hand; try again in a second: " + string(codeConflict) + "."
	case http.StatusTooManyRequests:
		return "Too many requests: " + string(codeRate) + "."
	case http.StatusRequestTimeout:
		return "The body did not come in time: " + string(codeTimeout) + "."
	case http.StatusServiceUnavailable:
		return "There is no room for it at the moment: " + string(codeUnavailable) + "."
	}
	return "A fault of ours: " + string(codeInternal) + "."
}

func headersOf(status int) map[string]*huma.Header {
	headers := map[string]*huma.Header{"X-Request-Id": {Description: "Names the request, for support.", Schema: &huma.Schema{Type: huma.TypeString}}}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable || status == http.StatusLocked {
		headers["Retry-After"] = &huma.Header{Description: "Seconds to wait.", Schema: &huma.Schema{Type: huma.TypeInteger}}
	}
	return headers
}
