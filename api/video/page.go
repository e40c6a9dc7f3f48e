package video

import (
	"bytes"
	_ "embed" // for the page's template
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed pages/docs.html
var docsPage string

// pagePolicy has browsers load nothing from elsewhere: the page is whole.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsView is what docs.html shows: the OpenAPI document, for people.
type docsView struct {
	Title, Description, Server string
	Groups                     []groupView
}

type groupView struct {
	Name, Description string
	Operations        []operationView
}

type operationView struct {
	ID, Method, Path, Summary, Description string
	Header                                 string // that proves who asks; empty: none is needed
	Curl                                   string
	Parameters, Body, Answer               fieldsView
	Refusals                               []refusalView
}

type fieldsView struct {
	Name   string
	Fields []fieldView
}

type fieldView struct {
	Name, Type, Text string
	Required         bool
}

type refusalView struct{ Status, Text string }

// page renders the document for people.
func (a *api) page() ([]byte, error) {
	t, err := template.New("docs").Parse(docsPage)
	if err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	document := a.huma.OpenAPI()
	view := docsView{Title: document.Info.Title, Description: document.Info.Description, Server: a.Links.Public}
	for _, tag := range document.Tags {
		group := groupView{Name: tag.Name, Description: tag.Description}
		for _, op := range a.listed {
			if slices.Contains(op.Tags, tag.Name) {
				group.Operations = append(group.Operations, a.operationView(op))
			}
		}
		view.Groups = append(view.Groups, group)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, view); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	return out.Bytes(), nil
}

func (a *api) operationView(op *huma.Operation) operationView {
	v := operationView{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description,
		Parameters: fieldsView{Name: "Parameters"}, Body: fieldsView{Name: "Body"}, Answer: fieldsView{},
	}
	for _, scheme := range op.Security {
		if _, admin := scheme[adminScheme]; admin {
			v.Header = adminHeader
		} else {
			v.Header = keyHeader
		}
	}
	for _, p := range op.Parameters {
		v.Parameters.Fields = append(v.Parameters.Fields, fieldView{
			Name: p.Name, Type: typeName(p.Schema), Required: p.Required, Text: strings.TrimSpace("In the " + p.In + ". " + p.Description),
		})
	}
	if op.RequestBody != nil {
		for _, name := range []string{"application/json", "multipart/form-data", chunkType} {
			if media := op.RequestBody.Content[name]; media != nil {
				v.Body = fieldsView{Name: "Body (" + name + ")", Fields: a.fields("", media.Schema)}
			}
		}
	}
	if success := op.Responses["200"]; success != nil && success.Content["application/json"] != nil {
		v.Answer.Fields = a.fields("", success.Content["application/json"].Schema)
	}
	for status, response := range op.Responses {
		if status >= "400" {
			v.Refusals = append(v.Refusals, refusalView{status, response.Description})
		}
	}
	slices.SortFunc(v.Refusals, func(a, b refusalView) int { return strings.Compare(a.Status, b.Status) })
	v.Curl = a.curl(op, v)
	return v
}

// fields returns the members of a schema, those of objects in it with a dot.
func (a *api) fields(prefix string, s *huma.Schema) []fieldView {
	registry := a.huma.OpenAPI().Components.Schemas
	description := s.Description
	if s = resolve(registry, s); s == nil {
		return nil
	}
	var all []fieldView
	for _, name := range memberNames(s) {
		member := s.Properties[name]
		is := resolve(registry, member)
		field := fieldView{Name: prefix + name, Type: typeName(is), Required: slices.Contains(s.Required, name), Text: member.Description}
		if field.Text == "" && member != is {
			field.Text = description
		}
		all = append(all, field)
		all = append(all, a.fields(prefix+name+".", is)...)
		if is.Items != nil {
			all = append(all, a.fields(prefix+name+"[].", is.Items)...)
		}
	}
	return all
}

// memberNames are the required ones first.
func memberNames(s *huma.Schema) []string {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		first := slices.Contains(s.Required, x)
		if first != slices.Contains(s.Required, y) {
			if first {
				return -1
			}
			return 1
		}
		return strings.Compare(x, y)
	})
	return names
}

// typeName says in words what a value is.
func typeName(s *huma.Schema) string {
	name := s.Type
	switch {
	case s.Enum != nil:
		var words []string
		for _, value := range s.Enum {
			if value != nil && value != "" {
				words = append(words, fmt.Sprint(value))
			}
		}
		name = strings.Join(words, " | ")
	case s.AnyOf != nil:
		name = "string or array"
	case s.Format == "binary":
		name = "file"
	}
	if s.Minimum != nil && s.Maximum != nil {
		name += fmt.Sprintf(", %g to %g", *s.Minimum, *s.Maximum)
	}
	if s.Nullable {
		name += ", or null"
	}
	return name
}

// curl is a command that asks the operation.
func (a *api) curl(op *huma.Operation, v operationView) string {
	var b strings.Builder
	b.WriteString("curl ")
	switch op.Method {
	case http.MethodGet, http.MethodPost:
	case http.MethodHead:
		b.WriteString("-I ")
	default:
		b.WriteString("-X " + op.Method + " ")
	}
	if v.Header != "" {
		b.WriteString("-H '" + v.Header + ": ...' ")
	}
	switch {
	case strings.HasPrefix(op.Path, resumablePath):
		b.WriteString(resumableExample(op.Method))
	case op.RequestBody == nil:
	case op.RequestBody.Content["multipart/form-data"] != nil:
		b.WriteString("-F file=@clip.mp4 ")
	default:
		b.WriteString("-d '" + bodyExample(op.OperationID) + "' ")
	}
	id := "job_0123456789abcdef"
	if strings.HasPrefix(op.Path, "/v1/uploads/") {
		id = "vid_0123456789abcdef"
	}
	b.WriteString(a.Links.Public + strings.ReplaceAll(op.Path, "{id}", id))
	return b.String()
}

// resumableExample is what the request has beside the method and the key.
func resumableExample(method string) string {
	spoken := "-H 'Tus-Resumable: 1.0.0' "
	switch method {
	case http.MethodGet, http.MethodOptions:
		return ""
	case http.MethodPost:
		return "-X POST " + spoken + "-H 'Upload-Length: 1738970' -H 'Upload-Metadata: filename Y2xpcC5tcDQ=' "
	case http.MethodPatch:
		return spoken + "-H 'Upload-Offset: 0' -H 'Content-Type: " + chunkType + "' --data-binary @clip.mp4 "
	}
	return spoken
}

// bodyExample is a body that shows what an operation is for.
func bodyExample(id string) string {
	switch id {
	case "createJob":
		return `{"video_url": "https://example.com/clip.mp4", "model": "light", "background": {"type": "color", "color": "#00ff00"}, "output_format": "mp4"}`
	case "legacyProcess":
		return `{"video_id": "vid_0123456789abcdef"}`
	case "createKey":
		return `{"client_id": "shop", "note": "test"}`
	case "disableKey", "enableKey":
		return `{"key_fingerprint": "0123456789abcdef"}`
	}
	return "{}"
}
