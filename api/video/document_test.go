package video

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mattebox"
	"mattebox/store"
)

// spec is as much of the OpenAPI document as the tests look at.
type spec struct {
	OpenAPI    string                          `json:"openapi"`
	Paths      map[string]map[string]specified `json:"paths"`
	Components struct {
		Schemas         map[string]map[string]any `json:"schemas"`
		SecuritySchemes map[string]any            `json:"securitySchemes"`
	} `json:"components"`
}

type specified struct {
	OperationID string                    `json:"operationId"`
	Responses   map[string]map[string]any `json:"responses"`
	RequestBody *struct {
		Content map[string]any `json:"content"`
	} `json:"requestBody"`
	Security []map[string]any `json:"security"`
}

func (h *house) spec() spec {
	h.Helper()
	answer := h.send("GET", "/openapi.json", nil)
	var s spec
	if err := json.Unmarshal([]byte(answer.body), &s); err != nil || answer.header.Get("Content-Type") != "application/json" {
		h.Fatalf("%d %v", answer.status, err)
	}
	return s
}

// The document tells every operation of contracts D1, with what it refuses.
func TestDocument(t *testing.T) {
	h := newHouse(t)
	s := h.spec()
	if s.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s", s.OpenAPI)
	}
	for _, want := range []string{
		"post /v1/uploads", "post /v1/jobs", "get /v1/jobs", "get /v1/jobs/{id}", "delete /v1/jobs/{id}", "post /v1/jobs/{id}/start",
		"get /v1/usage/summary", "get /v1/usage/events", "get /v1/admin/config", "get /v1/admin/keys", "post /v1/admin/keys",
		"post /v1/admin/keys/disable", "post /v1/admin/keys/enable", "get /api/pricing", "get /api/download/{id}", "post /api/upload", "post /api/process", "get /health",
	} {
		method, path, _ := strings.Cut(want, " ")
		op, told := s.Paths[path][method]
		if !told || op.OperationID == "" || op.Responses["200"] == nil {
			t.Errorf("%s is not told, or without its answer", want)
		}
		if strings.HasPrefix(path, "/v1/") && (op.Responses["401"] == nil || len(op.Security) == 0) {
			t.Errorf("%s does not tell that it needs a key", want)
		}
	}
	if _, told := s.Paths["/v1/uploads"]["post"].RequestBody.Content["multipart/form-data"]; !told {
		t.Error("uploads are not told as a form")
	}
	if _, told := s.Components.Schemas["ErrorModel"]; told {
		t.Error("huma's own errors are told")
	}
	ids := map[string]bool{}
	for path, methods := range s.Paths {
		for method, op := range methods {
			if ids[op.OperationID] {
				t.Errorf("%s %s: the operation id %s is not the only one", method, path, op.OperationID)
			}
			ids[op.OperationID] = true
			if _, told := op.Responses["422"]; told {
				t.Errorf("%s %s tells a 422, which never comes", method, path)
			}
		}
	}
}

// Every reference in the document leads to something.
func TestDocumentIsWhole(t *testing.T) {
	h := newHouse(t)
	text := h.send("GET", "/openapi.json", nil).body
	s := h.spec()
	refs := regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(text, -1)
	if len(refs) < 20 {
		t.Errorf("only %d references were seen", len(refs))
	}
	for _, ref := range refs {
		if s.Components.Schemas[ref[1]] == nil {
			t.Errorf("%s leads nowhere", ref[1])
		}
	}
	for _, body := range []string{"Creation", "Restart"} {
		schema := s.Components.Schemas[body]
		required, _ := schema["required"].([]any)
		for name, property := range schema["properties"].(map[string]any) {
			types, nullable := property.(map[string]any)["type"].([]any)
			_, other := property.(map[string]any)["$ref"]
			_, choice := property.(map[string]any)["anyOf"]
			if !slices.Contains(required, value(name)) && !other && !choice && !(nullable && slices.Contains(types, value("null"))) {
				t.Errorf("%s.%s may be left out and not be null: %v", body, name, property)
			}
		}
	}
}

// value is the text as JSON's values are compared.
func value(text string) any { return text }

// The page is whole by itself, and shows what the document has.
func TestPage(t *testing.T) {
	h := newHouse(t)
	answer := h.send("GET", "/docs", nil)
	if answer.status != 200 || answer.header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(answer.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Fatalf("%d %v", answer.status, answer.header)
	}
	for _, outside := range regexp.MustCompile(`(?i)(?:src|href|url\()\s*=?\s*["']?([^"'\s>)]+)`).FindAllStringSubmatch(answer.body, -1) {
		if !strings.HasPrefix(outside[1], "#") && outside[1] != "/openapi.json" {
			t.Errorf("the page names %s", outside[1])
		}
	}
	for path, methods := range h.spec().Paths {
		for method, op := range methods {
			if !strings.Contains(answer.body, `<h3 id="`+op.OperationID+`"><b>`+strings.ToUpper(method)+`</b> `+path+`</h3>`) {
				t.Errorf("the page does not have %s %s", method, path)
			}
		}
	}
	for _, text := range []string{"composition.canvas.width", "X-Admin-Token", "insufficient_credits", "curl -H", "anchor"} {
		if !strings.Contains(answer.body, text) {
			t.Errorf("the page does not have %s", text)
		}
	}
}

// A fault of ours tells nothing of itself, and the log tells it with the request.
func TestFaultsOfOurs(t *testing.T) {
	h := newHouse(t)
	h.config.Jobs = broken{h.store}
	h.serve()
	answer := h.ask(http.MethodGet, "/v1/jobs/job_0123456789abcdef", nil)
	code, message := answer.fault(t)
	if answer.status != 500 || code != "internal_error" || strings.Contains(message, "secret") || !strings.Contains(h.log.String(), "the secret reason") {
		t.Errorf("%d %s; log %s", answer.status, answer.body, h.log.String())
	}
}

// broken is a store that gives no job.
type broken struct{ *store.Store }

func (broken) JobByUID(context.Context, mattebox.VideoKeyID, string) (*mattebox.Job, error) {
	return nil, errors.New("the secret reason")
}
