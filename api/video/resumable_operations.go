package video

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// resumableOperations registers what an upload in pieces needs, and how any upload is
// asked for.
func (a *api) resumableOperations() {
	add(a, operation{
		method: http.MethodGet, path: "/v1/uploads/{id}", id: "getUpload", tag: tagUploads, summary: "See an upload", door: keyed,
		description: "A complete one as POST /v1/uploads told it, with a fresh address; one that comes in pieces with how much of it is there.",
		refusals:    []int{http.StatusNotFound},
	}, a.getUpload)
	if a.Parts == nil {
		return
	}
	one := resumablePath + "/{id}"
	created := add(a, operation{
		method: http.MethodPost, path: resumablePath, id: "createResumableUpload", tag: tagUploads, summary: "Begin an upload that can be resumed (tus 1.0.0)",
		description: "The bytes follow with PATCH to the address in Location; the first of them may come as the body. " +
			"What is not complete is removed 24 hours after its last byte.",
		door: resumable, status: http.StatusCreated,
		refusals: []int{http.StatusRequestEntityTooLarge, http.StatusConflict, http.StatusLocked},
	}, a.createResumable)
	created.RequestBody = chunkBody(false)
	add(a, operation{
		method: http.MethodHead, path: one, id: "headResumableUpload", tag: tagUploads, summary: "See how many bytes are there", door: resumable,
		refusals: []int{http.StatusNotFound, http.StatusLocked},
	}, a.headResumable)
	patched := add(a, operation{
		method: http.MethodPatch, path: one, id: "patchResumableUpload", tag: tagUploads, summary: "Send more bytes", door: resumable,
		description: "When the line breaks, what had come is kept: go on from where HEAD says. With the last byte the file becomes an upload like any other.",
		refusals: []int{http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
			http.StatusLocked},
	}, a.patchResumable)
	patched.RequestBody = chunkBody(true)
	add(a, operation{
		method: http.MethodDelete, path: one, id: "deleteResumableUpload", tag: tagUploads, summary: "Give up an upload that is not complete", door: resumable,
		refusals: []int{http.StatusNotFound, http.StatusConflict, http.StatusLocked},
	}, a.deleteResumable)
	add(a, operation{
		method: http.MethodGet, path: one, id: "getResumableUpload", tag: tagUploads, summary: "See an upload", description: "As GET /v1/uploads/{id}.", door: resumable,
		refusals: []int{http.StatusNotFound},
	}, a.getUpload)
	add(a, operation{
		method: http.MethodOptions, path: resumablePath, id: "resumableUploadOptions", tag: tagUploads, summary: "See what is spoken here", door: preflight,
	}, func(context.Context, *noInput) (*optionsOut, error) { return a.resumableOptions(), nil })
	add(a, operation{
		method: http.MethodOptions, path: one, id: "oneResumableUploadOptions", tag: tagUploads, summary: "See what is spoken here", door: preflight,
	}, func(context.Context, *uploadStateIn) (*optionsOut, error) { return a.resumableOptions(), nil })
	// Without this the address would be taken for an upload of that name.
	a.mux.HandleFunc("GET "+resumablePath, func(w http.ResponseWriter, r *http.Request) {
		f := &fault{
			status: http.StatusMethodNotAllowed, code: codeMethod, message: "This address answers to OPTIONS, POST.", header: http.Header{"Allow": {"OPTIONS, POST"}},
		}
		a.report(r.Context(), f).write(w, a.requestID(r.Context()))
	})
	a.explainTus(one)
}

// explainTus says in the document what 409 means here.
func (a *api) explainTus(one string) {
	create := a.huma.OpenAPI().Paths[resumablePath].Post
	create.Responses[strconv.Itoa(http.StatusConflict)].Description = "The key has too many open uploads, or the account's uploads are as large together as they may be: " + string(codeConflict) + "."
	path := a.huma.OpenAPI().Paths[one]
	conflict := strconv.Itoa(http.StatusConflict)
	path.Patch.Responses[conflict].Description = "The bytes do not begin where those that are there end; Upload-Offset tells where that is: " + string(codeConflict) + "."
	path.Delete.Responses[conflict].Description = "The upload is complete: " + string(codeConflict) + "."
}

func chunkBody(required bool) *huma.RequestBody {
	return &huma.RequestBody{Required: required, Content: map[string]*huma.MediaType{
		chunkType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
}

// tusParameter is the version of the protocol, which only requests that change
// something have to name.
func tusParameter(method string) *huma.Param {
	return &huma.Param{
		Name: tusHeader, In: "header", Required: method != http.MethodGet && method != http.MethodHead, Description: "The version of the protocol.",
		Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{tusVersion}},
	}
}
