package soap

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"mattebox"
	"mattebox/api/rtb"
)

// maxBody is how many bytes of a request's body are read, as in the REST binding.
const maxBody = 1 << 20

// retryAfter is how many seconds a caller shall wait after TooManyRequests and
// ServiceUnavailable.
const retryAfter = "30"

// serveEnvelope answers a message. What the caller's application has to act on is a
// result with an ErrorCode; a fault says that there is no result to read.
func (h *handler) serveEnvelope(w http.ResponseWriter, r *http.Request) {
	note := mattebox.NoteOf(r.Context())
	media, parameters := mediaType(r.Header)
	e, refused := receive(w, r, media, parameters["charset"])
	if e.version == nil {
		e.version = assumed(media)
	}
	var o *operation
	if refused == nil {
		o, refused = h.meant(e.body, actionOf(r.Header, parameters))
	}
	if refused != nil {
		note.Operation, note.Outcome = "SOAP message", refused.code(e.version)
		refuse(w, e.version, refused)
		return
	}
	answer, failure := o.Do(r.Context(), o.values(e.body))
	note.Operation = "SOAP " + o.Name
	if failure != nil && failure.Code == rtb.InternalError {
		refuse(w, e.version, &fault{cause: causeReceiver, reason: failure.Message})
		return
	}
	wait(w, failure)
	send(w, http.StatusOK, e.version.mediaType+"; charset=utf-8", resultDocument(e.version, o, answer))
}

func refuse(w http.ResponseWriter, v *version, f *fault) {
	send(w, f.httpStatus(v), v.mediaType+"; charset=utf-8", faultDocument(v, f))
}

// wait tells when to try again, where that is the advice.
func wait(w http.ResponseWriter, f *rtb.Fault) {
	if f != nil && (f.Code == rtb.TooManyRequests || f.Code == rtb.ServiceUnavailable) {
		w.Header().Set("Retry-After", retryAfter)
	}
}

// mediaType returns the media type of the body and its parameters. Parameters that
// cannot be read are none, because clients forget to quote the action.
func mediaType(header http.Header) (string, map[string]string) {
	media, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return "", nil
	}
	return media, parameters
}

// assumed returns the version in which a message is answered whose own cannot be read.
func assumed(media string) *version {
	if media == soap12().mediaType {
		return soap12()
	}
	return soap11()
}

// receive reads a message. With a fault, its version may be nil.
func receive(w http.ResponseWriter, r *http.Request, media, charset string) (envelope, *fault) {
	if refused := supported(r.Header, media); refused != nil {
		return envelope{}, refused
	}
	data, refused := readBody(w, r)
	if refused != nil {
		return envelope{}, sender("%s", refused.Message)
	}
	return read(data, charset)
}

// readBody reads a body, whatever is in it.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *rtb.Fault) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &rtb.Fault{Code: rtb.RequestTooLarge, Message: "The message has more than " + strconv.Itoa(maxBody) + " bytes."}
	}
	if err != nil {
		return nil, &rtb.Fault{Code: rtb.InvalidRequest, Message: "The message did not arrive whole.", Err: err}
	}
	return data, nil
}

// supported refuses what is no message at all, with a status that says so
// (SOAP 1.2 part 2, table 17).
func supported(header http.Header, media string) *fault {
	var refused *fault
	switch coding := header.Get("Content-Encoding"); {
	case coding != "" && !strings.EqualFold(coding, "identity"):
		refused = sender("Compressed messages are not supported.")
	case media == "text/xml" || media == "application/soap+xml" || media == "application/xml":
		return nil
	case strings.HasPrefix(media, "multipart/"):
		refused = sender("Messages with attachments are not supported.")
	default:
		refused = sender("The Content-Type has to be text/xml (SOAP 1.1) or application/soap+xml (SOAP 1.2).")
	}
	refused.status = http.StatusUnsupportedMediaType
	return refused
}

// read is what becomes of a message's bytes. With a fault, its version may be nil.
func read(data []byte, charset string) (envelope, *fault) {
	message, refused := decode(data, charset)
	if refused != nil {
		return envelope{}, refused
	}
	root, refused := parse(message)
	if refused != nil {
		return envelope{}, refused
	}
	e, refused := open(root)
	if refused != nil {
		return e, refused
	}
	return e, e.understood()
}

// actionOf returns the action that the request names: by the parameter of SOAP 1.2 or
// by the header of SOAP 1.1, with or without its quotes (contracts F21).
func actionOf(header http.Header, parameters map[string]string) string {
	action := parameters["action"]
	if action == "" {
		action = header.Get("SOAPAction")
	}
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(action), `"`))
}

// meant returns the operation of a message. It is named by the body, and by the action
// when there is one; an action that says otherwise is refused, because whoever
// let the message pass may have judged by it.
func (h *handler) meant(body *element, action string) (*operation, *fault) {
	name, known := strings.CutPrefix(action, ours)
	if action != "" && (!known || h.exactly(name) == nil) {
		return nil, sender("Server did not recognize the value of HTTP Header SOAPAction: %.200s.", action)
	}
	o := h.exactly(body.Local)
	if o == nil || !isOurs(body) {
		return nil, sender("There is no operation {%.200s}%.60s; the operations are in the namespace %s. See %s?WSDL.", body.Space, body.Local, ours, h.address)
	}
	if action != "" && name != o.Name {
		return nil, sender("The action is %.60s, but the body holds %.60s.", name, o.Name)
	}
	return o, nil
}

// exactly returns the operation of the name; nil when there is none.
func (h *handler) exactly(name string) *operation {
	if o := h.named(name); o != nil && o.Name == name {
		return o
	}
	return nil
}
