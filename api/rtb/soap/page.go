package soap

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"mattebox"
	"mattebox/api/rtb"
)

//go:embed pages
var files embed.FS

// loadPages reads the templates, and makes the policy under which browsers show
// them: nothing but our own style, and forms that lead nowhere but to us.
func loadPages() (*template.Template, string, error) {
	style, err := files.ReadFile("pages/style.css")
	if err != nil {
		return nil, "", fmt.Errorf("read the style: %w", err)
	}
	pages, err := template.New("").Funcs(template.FuncMap{"style": func() template.CSS { return template.CSS(style) }}).ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, "", fmt.Errorf("read the pages: %w", err)
	}
	sum := sha256.Sum256(style)
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return pages, policy, nil
}

// listPage is the list of the operations.
type listPage struct {
	Home       string // the path of the binding
	Address    string
	Namespace  string
	Operations []entry
}

type entry struct{ Name, Does string }

// operationPage tells of one operation.
type operationPage struct {
	Home, Name, Does string
	Inputs           []input
	Elsewhere        []string // arrays, which the form does not have
	Samples          []samples
}

// input is a field of the form.
type input struct {
	Name     string
	Required bool
	Secret   bool
}

// unknownPage says that there is no such operation.
type unknownPage struct{ Home, Name string }

func (h *handler) showList(w http.ResponseWriter, _ *http.Request) {
	page := listPage{Home: h.home(), Address: h.address.String(), Namespace: ours}
	for _, o := range h.operations {
		page.Operations = append(page.Operations, entry{o.Name, o.does})
	}
	h.show(w, http.StatusOK, "list.html", page)
}

func (h *handler) showOperation(w http.ResponseWriter, r *http.Request, name string) {
	o := h.named(name)
	if o == nil {
		mattebox.NoteOf(r.Context()).Outcome = string(rtb.UnknownOperation)
		h.show(w, http.StatusNotFound, "unknown.html", unknownPage{h.home(), name})
		return
	}
	page := operationPage{Home: h.home(), Name: o.Name, Does: o.does, Samples: h.samplesOf(o, h.address)}
	for _, p := range o.params {
		if p.list != "" {
			page.Elsewhere = append(page.Elsewhere, p.name)
			continue
		}
		page.Inputs = append(page.Inputs, input{p.name, p.required, strings.HasSuffix(p.name, "APIkey") || p.name == "applicationCode"})
	}
	h.show(w, http.StatusOK, "operation.html", page)
}

// home returns the path of the binding at the public address.
func (h *handler) home() string { return h.address.EscapedPath() }

// show answers with a page, once all of it stands.
func (h *handler) show(w http.ResponseWriter, status int, name string, data any) {
	var out bytes.Buffer
	if err := h.pages.ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Security-Policy", h.policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Robots-Tag", "noindex")
	send(w, status, "text/html; charset=utf-8", out.Bytes())
}

// addressOf returns the address of the binding below that of the service.
func addressOf(public string) (*url.URL, error) {
	address, err := url.Parse(strings.TrimSuffix(public, "/") + "/" + file)
	if err != nil {
		return nil, fmt.Errorf("read the public address: %w", err)
	}
	return address, nil
}
