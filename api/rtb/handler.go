package rtb

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"mattebox"
)

// maxBody is how many bytes of a request's body are read.
const maxBody = 1 << 20

// retryAfter is how many seconds a caller shall wait after TooManyRequests and
// ServiceUnavailable.
const retryAfter = 30

// New returns the REST binding, to be mounted at /REST.svc/ with the path as it is:
// XML at /REST.svc/..., JSON at /REST.svc/JSON/....
func New(c Config) http.Handler {
	service := NewService(c)
	return &handler{routes: routesOf(service.Operations()), contract: c.DataContract}
}

type handler struct {
	routes   routes
	contract bool
}

// refusal is the answer where there is no operation to answer for.
type refusal struct{ outcome }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := h.routes.at(r.URL.EscapedPath())
	note := mattebox.NoteOf(r.Context())
	out := writer{w: w, json: at.json, contract: h.contract || r.URL.Query().Get("namespace") == "datacontract"}
	if len(at.found) == 0 {
		note.Outcome = string(UnknownOperation)
		out.refuse(&Fault{Code: UnknownOperation, Message: "There is no operation at this address."})
		return
	}
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", at.allow())
		w.WriteHeader(http.StatusNoContent)
		return
	}
	m, ok := at.method(r.Method)
	if !ok {
		w.Header().Set("Allow", at.allow())
		note.Outcome = string(MethodNotAllowed)
		out.refuse(&Fault{Code: MethodNotAllowed, Message: "This address answers to " + at.allow() + "."})
		return
	}
	given, fault := read(w, r, m)
	if fault != nil {
		note.Operation, note.Outcome = m.operation.Name, string(fault.Code)
		out.write(m.operation.Fail(fault), fault)
		return
	}
	answer, fault := m.operation.Do(r.Context(), given)
	out.write(answer, fault)
}

// read returns the values of the request: those of the query for GET, else those
// of the JSON body, with the path's on top (contracts F15). Credentials in the query of
// a request with a body do not count; only customerImageId does.
func read(w http.ResponseWriter, r *http.Request, m match) (Values, *Fault) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &Fault{Code: InvalidRequest, Message: "The query cannot be read.", Err: err}
	}
	given := Values{}
	for name, texts := range query {
		if m.operation.Method == http.MethodGet || name == "customerImageId" {
			given[name] = Text(texts[len(texts)-1])
		}
	}
	if m.operation.Method != http.MethodGet {
		body, fault := readBody(w, r)
		if fault != nil {
			return nil, fault
		}
		given.add(body)
	}
	given.add(m.fields)
	return given, nil
}

// add puts the other values that are not blank in place of v's.
func (v Values) add(others Values) {
	for name, value := range others {
		if !others.blank(name) {
			v[name] = value
		}
	}
}

// readBody reads a JSON body, whatever its Content-Type says (contracts F32).
func readBody(w http.ResponseWriter, r *http.Request) (Values, *Fault) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &Fault{Code: RequestTooLarge, Message: "The body has more than " + strconv.Itoa(maxBody) + " bytes."}
	}
	if err != nil {
		return nil, &Fault{Code: InvalidRequest, Message: "The body did not arrive whole.", Err: err}
	}
	values, err := ReadJSON(data)
	if err != nil {
		return nil, &Fault{Code: InvalidRequest, Message: message(err)}
	}
	return values, nil
}

// message returns the error's text for the caller.
func message(err error) string {
	var e *mattebox.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "The body cannot be read."
}

// writer writes answers in the encoding of the route.
type writer struct {
	w        http.ResponseWriter
	json     bool
	contract bool
}

// refuse answers where no operation does.
func (o writer) refuse(fault *Fault) {
	answer := &refusal{}
	answer.settle(fault.Code, fault.Message)
	o.write(Tree("ErrorResponse", answer), fault)
}

func (o writer) write(answer Node, fault *Fault) {
	answer = answer.withoutSOAP()
	body, mediaType := writeXML(answer, o.contract), "application/xml; charset=utf-8"
	if o.json {
		body, mediaType = writeJSON(answer), "application/json; charset=utf-8"
	}
	status := http.StatusOK
	if fault != nil {
		status = fault.Code.Status()
	}
	header := o.w.Header()
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		header.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	header.Set("Content-Type", mediaType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	o.w.WriteHeader(status)
	_, _ = o.w.Write(body) // a caller that has gone needs no answer
}
