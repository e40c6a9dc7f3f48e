package video

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// Owns reports whether the path is one of this API's.
func Owns(path string) bool {
	path = strings.TrimPrefix(path, "/")
	first, _, _ := strings.Cut(path, "/")
	switch first {
	case "v1", "api", "health", "openapi.json", "docs":
		return true
	}
	_, result := parseOutput(path)
	return result
}

// LargeBody returns how many bytes the body of a request may have that sends a file of
// at most maxUpload bytes; 0 for other requests.
func LargeBody(r *http.Request, maxUpload int64) int64 {
	whole := r.Method == http.MethodPost && (r.URL.Path == "/v1/uploads" || r.URL.Path == "/api/upload")
	piece := (r.Method == http.MethodPost || r.Method == http.MethodPatch) && (r.URL.Path == resumablePath || strings.HasPrefix(r.URL.Path, resumablePath+"/"))
	if whole || piece {
		return maxUpload + 4<<20 // a form comes on top; what is above is refused in our own words
	}
	return 0
}

// New returns the handler of the paths that Owns names.
func New(c Config) (http.Handler, error) {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	a := &api{Config: c, mux: http.NewServeMux(), results: http.NewServeMux(), limits: newLimiter(c.Rate, c.Now), received: receiving{by: map[mattebox.AccountID]int{}}}
	a.huma = huma.NewAPI(a.document(), adapter{a.mux})
	a.operations()
	delete(a.huma.OpenAPI().Components.Schemas.Map(), "ErrorModel") // huma's own, which never leaves (transform)
	if err := a.serveDocument(); err != nil {
		return nil, err
	}
	a.results.HandleFunc("GET /{account}/{job}/output/{name}", a.output)
	a.mux.HandleFunc("GET /v1/uploads/{upload}/{name}", a.uploaded)
	return a, nil
}

// api is the API with what it needs.
type api struct {
	Config
	mux      *http.ServeMux
	results  *http.ServeMux // whose addresses begin with an account's number
	huma     huma.API
	limits   *limiter
	received receiving
	listed   []*huma.Operation // for the page, in its order
}

// ServeHTTP answers what no operation does in the form of this API, too.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = overridden(r)
	mux := a.mux
	if _, result := parseOutput(strings.TrimPrefix(r.URL.Path, "/")); result {
		mux = a.results
	}
	handler, pattern := mux.Handler(r)
	if pattern != "" {
		mux.ServeHTTP(w, r)
		return
	}
	seen := &silent{header: http.Header{}}
	handler.ServeHTTP(seen, r)
	f := &fault{status: http.StatusNotFound, code: codeNotFound, message: "There is no operation at this address; " + a.Links.Public + "/docs tells them."}
	if allow := seen.header.Get("Allow"); allow != "" {
		f = &fault{
			status: http.StatusMethodNotAllowed, code: codeMethod, message: "This address answers to " + allow + ".", header: http.Header{"Allow": {allow}},
		}
	}
	mattebox.NoteOf(r.Context()).Outcome = string(f.code)
	f.write(w, a.requestID(r.Context()))
}

// silent takes what net/http's router says of an address that it does not know.
type silent struct{ header http.Header }

// Header is what is looked at.
func (s *silent) Header() http.Header { return s.header }

// Write forgets.
func (s *silent) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader forgets.
func (s *silent) WriteHeader(int) {}

// document is the OpenAPI document without its operations.
func (a *api) document() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Mattebox video", Version: a.Version,
				Description: "Clips without their background: send a clip, make a job of it, get the result. Jobs are seen by the key that made them only.",
			},
			Servers: []*huma.Server{{URL: a.Links.Public}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					keyScheme:   {Type: "apiKey", In: "header", Name: keyHeader, Description: "A key of an account."},
					adminScheme: {Type: "apiKey", In: "header", Name: adminHeader, Description: "The administrator's token."},
				},
			},
			Tags: []*huma.Tag{
				{Name: tagJobs, Description: "From a clip to a clip without background."},
				{Name: tagUploads, Description: "Clips, and pictures for backgrounds."},
				{Name: tagUsage, Description: "What a key has used, and what it costs."},
				{Name: tagAdmin, Description: "Keys, for who runs the service."},
				{Name: tagLegacy, Description: "Older paths of the same operations."},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{a.transform},
	}
}

// transform writes faults, those of huma among them, as this API does.
func (a *api) transform(ctx huma.Context, _ string, v any) (any, error) {
	switch v := v.(type) {
	case *huma.ErrorModel:
		f := refused(v)
		exchangeOf(ctx).status = f.status
		return a.report(ctx.Context(), f).answer(a.requestID(ctx.Context())), nil
	case *fault:
		return a.report(ctx.Context(), v).answer(a.requestID(ctx.Context())), nil
	}
	return v, nil
}

// report notes how a request ended, and logs a fault of ours.
func (a *api) report(ctx context.Context, f *fault) *fault {
	mattebox.NoteOf(ctx).Outcome = string(f.code)
	if f.code != codeInternal {
		return f
	}
	level := slog.LevelError
	if ctx.Err() != nil { // the caller has gone, and our work with it
		level = slog.LevelInfo
	}
	a.Logger.LogAttrs(ctx, level, "operation failed", slog.String("operation", mattebox.NoteOf(ctx).Operation), slog.Any("error", f.err))
	return f
}

func (a *api) requestID(ctx context.Context) string {
	if a.RequestID == nil {
		return ""
	}
	return a.RequestID(ctx)
}

// serveDocument serves the OpenAPI document and the page that shows it.
func (a *api) serveDocument() error {
	document, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return err
	}
	page, err := a.page()
	if err != nil {
		return err
	}
	a.mux.HandleFunc("GET /openapi.json", whole("application/json", document))
	a.mux.HandleFunc("GET /docs", whole("text/html; charset=utf-8", page))
	return nil
}

// whole serves bytes that never change.
func whole(mediaType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		mattebox.NoteOf(r.Context()).Operation = "GET " + r.URL.Path
		header := w.Header()
		header.Set("Content-Type", mediaType)
		header.Set("Cache-Control", "no-cache")
		header.Set("Access-Control-Allow-Origin", "*")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", pagePolicy)
		_, _ = w.Write(body) // a caller that has gone needs no answer
	}
}
