package soap

import (
	"net/http"
	"net/url"

	"mattebox"
	"mattebox/api/rtb"
)

// serveForm answers the HTTP POST binding: a form with the request's elements, whose
// answer is the result without an envelope.
func (h *handler) serveForm(w http.ResponseWriter, r *http.Request, name string) {
	note := mattebox.NoteOf(r.Context())
	note.Operation = "SOAP form"
	o := h.named(name)
	if o == nil {
		note.Outcome = string(rtb.UnknownOperation)
		http.Error(w, "There is no such operation. See "+h.address.String()+".", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		refuseMethod(w, r, http.MethodPost)
		return
	}
	note.Operation = "SOAP form " + o.Name
	given, refused := o.readForm(w, r)
	if refused != nil {
		note.Outcome = string(refused.Code)
		http.Error(w, refused.Message, refused.Code.Status())
		return
	}
	answer, failure := o.Do(r.Context(), given)
	note.Operation = "SOAP form " + o.Name
	status := http.StatusOK
	if failure != nil && failure.Code == rtb.InternalError {
		status = http.StatusInternalServerError
	}
	wait(w, failure)
	send(w, status, "text/xml; charset=utf-8", formDocument(o, answer))
}

// readForm returns the values of the body, which alone counts: credentials do not
// belong into addresses.
func (o *operation) readForm(w http.ResponseWriter, r *http.Request) (rtb.Values, *rtb.Fault) {
	if media, _ := mediaType(r.Header); media != "application/x-www-form-urlencoded" {
		return nil, &rtb.Fault{Code: rtb.InvalidRequest, Message: "The Content-Type has to be application/x-www-form-urlencoded; envelopes go to /" + file + "."}
	}
	data, refused := readBody(w, r)
	if refused != nil {
		return nil, refused
	}
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, &rtb.Fault{Code: rtb.InvalidRequest, Message: "The form cannot be read.", Err: err}
	}
	return o.formValues(form), nil
}

// formValues returns what a form gives for the operation's fields. Of a name given
// twice the last value counts, but for arrays, which are given so.
func (o *operation) formValues(form url.Values) rtb.Values {
	given := rtb.Values{}
	for _, p := range o.params {
		texts := form[p.name]
		switch {
		case len(texts) == 0:
		case p.list != "":
			given[p.field] = rtb.Value{Kind: rtb.ListValue, List: texts}
		default:
			given[p.field] = rtb.Text(texts[len(texts)-1])
		}
	}
	return given
}

// formDocument returns an answer as ASP.NET writes it: its root is named after its
// type.
func formDocument(o *operation, answer rtb.Node) []byte {
	w := &writer{}
	w.WriteString(declaration)
	w.begin(o.result.Name, "xmlns:xsd", "http://www.w3.org/2001/XMLSchema", "xmlns:xsi", instance, "xmlns", ours)
	w.members(o.result, answer)
	w.end(o.result.Name)
	return w.Bytes()
}
