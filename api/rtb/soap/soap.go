package soap

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"mattebox"
	"mattebox/api/rtb"
)

// Config is what the binding needs. All fields are required.
type Config struct {
	Operations []rtb.Operation // rtb.Service's
	Public     string          // the service's address, for the WSDL: "https://images.example.com"
}

// file is what the binding's addresses begin with, in any case: ASP.NET's hosts do not
// tell upper from lower.
const file = "soap.asmx"

// Owns reports whether a path is the binding's.
func Owns(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return strings.EqualFold(first, file)
}

// handler answers at /soap.asmx and below.
type handler struct {
	operations []*operation
	address    *url.URL // of the binding
	wsdl       []byte
	pages      *template.Template
	policy     string // under which browsers show the pages
}

// New returns the SOAP binding, to be asked for paths that it Owns.
func New(c Config) (http.Handler, error) {
	address, err := addressOf(c.Public)
	if err != nil {
		return nil, err
	}
	types := &schema{}
	h := &handler{operations: operationsOf(c.Operations, types), address: address}
	if h.wsdl, err = writeWSDL(h.operations, types, address.String()); err != nil {
		return nil, err
	}
	if h.pages, h.policy, err = loadPages(); err != nil {
		return nil, err
	}
	return h, nil
}

// ServeHTTP answers envelopes at /soap.asmx, forms at /soap.asmx/<Operation>, and
// requests for the WSDL and the help pages.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	_, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name = strings.TrimSuffix(name, "/"); name != "" {
		h.serveForm(w, r, name)
		return
	}
	switch r.Method {
	case http.MethodPost:
		h.serveEnvelope(w, r)
	case http.MethodGet, http.MethodHead:
		h.serveDescription(w, r)
	case http.MethodOptions:
		header.Set("Allow", "GET, HEAD, OPTIONS, POST")
		w.WriteHeader(http.StatusNoContent)
	default:
		refuseMethod(w, r, "GET, HEAD, OPTIONS, POST")
	}
}

func refuseMethod(w http.ResponseWriter, r *http.Request, allowed string) {
	mattebox.NoteOf(r.Context()).Outcome = string(rtb.MethodNotAllowed)
	w.Header().Set("Allow", allowed)
	http.Error(w, "This address answers to "+allowed+".", http.StatusMethodNotAllowed)
}

// serveDescription answers with the WSDL or a help page.
func (h *handler) serveDescription(w http.ResponseWriter, r *http.Request) {
	note := mattebox.NoteOf(r.Context())
	for name, values := range r.URL.Query() {
		switch strings.ToLower(name) {
		case "wsdl", "singlewsdl":
			note.Operation = "SOAP WSDL"
			send(w, http.StatusOK, "text/xml; charset=utf-8", h.wsdl)
			return
		case "op":
			note.Operation = "SOAP help"
			h.showOperation(w, r, values[0])
			return
		}
	}
	note.Operation = "SOAP help"
	h.showList(w, r)
}

// send answers with a whole document. Who has gone needs no answer.
func send(w http.ResponseWriter, status int, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// named returns the operation of the name, in any case; nil when there is none.
func (h *handler) named(name string) *operation {
	for _, o := range h.operations {
		if strings.EqualFold(o.Name, name) {
			return o
		}
	}
	return nil
}
