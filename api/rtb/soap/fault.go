package soap

import (
	"encoding/xml"
	"fmt"
	"net/http"
)

// cause is why there is no result.
type cause int

const (
	causeSender cause = iota // the message is at fault
	causeReceiver
	causeVersion
	causeHeader // a header that has to be understood is not
)

// fault is an answer without a result (SOAP 1.1, 4.4; SOAP 1.2 part 1, 5.4).
type fault struct {
	cause   cause
	reason  string     // a sentence for the developer
	headers []xml.Name // that were not understood
	status  int        // of HTTP; 0: the one that SOAP prescribes
}

// sender returns the fault of a message that is wrong.
func sender(format string, args ...any) *fault {
	return &fault{cause: causeSender, reason: fmt.Sprintf(format, args...)}
}

// code returns the fault's code in the version, without the prefix.
func (f *fault) code(v *version) string {
	switch f.cause {
	case causeVersion:
		return "VersionMismatch"
	case causeHeader:
		return "MustUnderstand"
	case causeReceiver:
		return v.receiver
	}
	return v.sender
}

// httpStatus returns the status that goes with the fault: SOAP 1.1 has 500 for all of
// them (SOAP 1.1, 6.2), SOAP 1.2 400 for the sender's (SOAP 1.2 part 2, table 20).
func (f *fault) httpStatus(v *version) int {
	if f.status != 0 {
		return f.status
	}
	if f.cause == causeSender {
		return v.senderStatus
	}
	return http.StatusInternalServerError
}

// version is what differs between SOAP 1.1 and SOAP 1.2.
type version struct {
	number       string
	namespace    string
	prefix       string // that answers use (contracts B)
	mediaType    string
	sender       string // fault codes
	receiver     string
	senderStatus int
	actor        string   // the attribute that says who a header is for
	roles        []string // that are ours
	fault        func(w *writer, v *version, f *fault)
}

func soap11() *version {
	return &version{
		number: "1.1", namespace: envelope11, prefix: "soap", mediaType: "text/xml",
		sender: "Client", receiver: "Server", senderStatus: http.StatusInternalServerError,
		actor: "actor", roles: []string{"", nextActor}, fault: writeFault11,
	}
}

func soap12() *version {
	return &version{
		number: "1.2", namespace: envelope12, prefix: "soap12", mediaType: "application/soap+xml",
		sender: "Sender", receiver: "Receiver", senderStatus: http.StatusBadRequest,
		actor: "role", roles: []string{"", nextRole, lastRole}, fault: writeFault12,
	}
}

// writeFault11 writes the fault of SOAP 1.1. One of a header has no detail
// (SOAP 1.1, 4.4).
func writeFault11(w *writer, v *version, f *fault) {
	w.begin("soap:Fault")
	w.element("faultcode", "soap:"+f.code(v))
	w.element("faultstring", f.reason)
	if f.cause == causeSender || f.cause == causeReceiver {
		w.element("detail", "")
	}
	w.end("soap:Fault")
}

func writeFault12(w *writer, v *version, f *fault) {
	w.begin("soap12:Fault")
	w.begin("soap12:Code")
	w.element("soap12:Value", "soap12:"+f.code(v))
	w.end("soap12:Code")
	w.begin("soap12:Reason")
	w.element("soap12:Text", f.reason, "xml:lang", "en")
	w.end("soap12:Reason")
	w.end("soap12:Fault")
}
