package video

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// Resumable uploads speak tus 1.0.0 (tus.io/protocols/resumable-upload): the core
// protocol with the extensions creation, creation-with-upload, expiration and
// termination. An upload has one id from its creation on: it is its video_id when the
// last byte has come.
const (
	resumablePath = "/v1/uploads/resumable"
	tusVersion    = "1.0.0"
	tusExtensions = "creation,creation-with-upload,expiration,termination"
	tusHeader     = "Tus-Resumable"
	offsetHeader  = "Upload-Offset"
	chunkType     = "application/offset+octet-stream"
)

// resumableIn is a request about an upload that was created. Its body is left where it is.
type resumableIn struct {
	ID string `path:"id" maxLength:"64" example:"vid_0123456789abcdef"`
	raw
}

// raw gives an operation the request as it came.
type raw struct {
	request *http.Request
	writer  http.ResponseWriter
}

// Resolve is huma's way to the request.
func (r *raw) Resolve(ctx huma.Context) []error {
	e := exchangeOf(ctx)
	r.request, r.writer = e.r, e.w
	return nil
}

// creationIn is a request for a new resumable upload.
type creationIn struct {
	Length   int64  `header:"Upload-Length" required:"true" minimum:"0" doc:"Bytes of the whole file."`
	Metadata string `header:"Upload-Metadata" maxLength:"4096" doc:"Pairs of a name and a value in Base64, with commas in between; filename (or name) is looked at." example:"filename Y2xpcC5tcDQ="`
	raw
}

// piece is a request with some bytes of a file.
type piece struct {
	ID     string `path:"id" maxLength:"64" example:"vid_0123456789abcdef"`
	Offset int64  `header:"Upload-Offset" required:"true" minimum:"0" doc:"Where the bytes begin: how many are there already, by HEAD."`
	raw
}

// standingOut is the answer to a request about a resumable upload: headers only.
type standingOut struct {
	Location string `header:"Location" doc:"The upload's address, of a new one."`
	Offset   string `header:"Upload-Offset" doc:"Bytes that are there."`
	Length   string `header:"Upload-Length" doc:"Bytes of the whole file."`
	Metadata string `header:"Upload-Metadata" doc:"As it was given."`
	Expires  string `header:"Upload-Expires" doc:"When the upload is removed unless more of it comes."`
	VideoID  string `header:"X-Video-Id" doc:"Once the last byte is there: as in POST /v1/uploads."`
	VideoURL string `header:"X-Video-Url" doc:"Likewise; what POST /v1/jobs takes as video_url."`
}

// speakTus puts the headers of the protocol onto every answer, and lets browsers of
// other places ask: who asks is proved by a header, which no browser sends by itself.
func (a *api) speakTus(ctx huma.Context, next func(huma.Context)) {
	header := exchangeOf(ctx).w.Header()
	header.Set(tusHeader, tusVersion)
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "Location, Retry-After, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, "+
		"Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset, X-Request-Id, X-Video-Id, X-Video-Url")
	spoken := ctx.Header(tusHeader)
	lenient := ctx.Method() == http.MethodGet || ctx.Method() == http.MethodHead
	if ctx.Method() == http.MethodOptions || spoken == tusVersion || lenient && spoken == "" {
		next(ctx)
		return
	}
	header.Set("Tus-Version", tusVersion)
	a.refuse(ctx, &fault{status: http.StatusPreconditionFailed, code: codeInvalid, message: "Send " + tusHeader + ": " + tusVersion + ", the version of the protocol that is spoken here"})
}

// overridden is the request with the method that X-HTTP-Method-Override names, for
// clients that cannot send PATCH and DELETE.
func overridden(r *http.Request) *http.Request {
	method := r.Header.Get("X-HTTP-Method-Override")
	if r.Method != http.MethodPost || method == "" || !strings.HasPrefix(r.URL.Path, resumablePath+"/") {
		return r
	}
	r = r.WithContext(r.Context()) // the server's own stays as it is
	r.Method = strings.ToUpper(method)
	return r
}

type optionsOut struct {
	Version    string `header:"Tus-Version" doc:"Versions of the protocol."`
	Extensions string `header:"Tus-Extension" doc:"Parts of the protocol beyond its core."`
	MaxSize    string `header:"Tus-Max-Size" doc:"Bytes of the largest file."`
	Methods    string `header:"Access-Control-Allow-Methods"`
	Headers    string `header:"Access-Control-Allow-Headers"`
	MaxAge     string `header:"Access-Control-Max-Age"`
}

func (a *api) resumableOptions() *optionsOut {
	return &optionsOut{
		Version: tusVersion, Extensions: tusExtensions, MaxSize: strconv.FormatInt(a.MaxUpload, 10),
		Methods: "DELETE, GET, HEAD, OPTIONS, PATCH, POST", MaxAge: "86400",
		Headers: "Content-Type, Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, X-Api-Key, X-HTTP-Method-Override, X-Request-Id, X-Requested-With",
	}
}

// createResumable opens an upload, and takes its first bytes when they come along.
func (a *api) createResumable(ctx context.Context, in *creationIn) (*standingOut, error) {
	named, err := parseMetadata(in.Metadata)
	if err != nil {
		return nil, err
	}
	if in.Length > a.MaxUpload {
		return nil, a.oversized(fmt.Sprintf("File too large: at most %d MB are taken", a.MaxUpload/1e6))
	}
	if in.Length < 1 {
		return nil, invalid("Invalid file type: the file is empty")
	}
	chunk := sendsChunk(in.request)
	if chunk {
		leave, err := a.admitFile(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
	} else if err := a.Intake.Admit(ctx); err != nil {
		return nil, err
	}
	if err := a.fits(ctx, in.Length); err != nil {
		return nil, err
	}
	key := caller(ctx)
	p, err := a.Parts.create(part{UID: mattebox.NewUploadUID(), Key: key.ID, Length: in.Length, Metadata: in.Metadata, Name: named.name()})
	if err != nil {
		return nil, err
	}
	out := a.open(p, 0)
	out.Location = a.Links.Public + resumablePath + "/" + p.UID
	if !chunk {
		return out, nil
	}
	got, err := a.take(ctx, &piece{ID: p.UID, raw: in.raw})
	if err != nil { // the client has no address to go on with
		return nil, errors.Join(err, a.Parts.remove(key.ID, p.UID))
	}
	got.Location = out.Location
	return got, nil
}

// headResumable tells how much is there. When all of it is, and could not be made an
// upload before, that is tried again: a client asks here when it goes on.
func (a *api) headResumable(ctx context.Context, in *resumableIn) (*standingOut, error) {
	key := caller(ctx).ID
	p, size, err := a.Parts.look(key, in.ID)
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return a.headComplete(ctx, in.ID)
	}
	if err != nil {
		return nil, err
	}
	if size < p.Length {
		out := a.open(p, size)
		out.Length, out.Metadata = strconv.FormatInt(p.Length, 10), p.Metadata
		return out, nil
	}
	g, err := a.Parts.grip(ctx, key, in.ID, newHold(in.writer), false)
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return a.headComplete(ctx, in.ID)
	}
	if err != nil {
		return nil, err
	}
	defer g.release()
	u, err := a.finish(ctx, g)
	if err != nil {
		return nil, err
	}
	return a.complete(u), nil
}

func (a *api) headComplete(ctx context.Context, uid string) (*standingOut, error) {
	u, err := a.Uploads.Upload(ctx, caller(ctx).ID, uid)
	if err != nil {
		return nil, notUpload(err)
	}
	return a.complete(u), nil
}

// patchResumable takes more bytes.
func (a *api) patchResumable(ctx context.Context, in *piece) (*standingOut, error) {
	if !sendsChunk(in.request) {
		return nil, &fault{status: http.StatusUnsupportedMediaType, code: codeInvalid, message: "Send the bytes as Content-Type: " + chunkType}
	}
	leave, err := a.admitFile(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return a.take(ctx, in)
}

// deleteResumable forgets an upload that is not complete.
func (a *api) deleteResumable(ctx context.Context, in *resumableIn) (*struct{}, error) {
	key := caller(ctx).ID
	g, err := a.Parts.grip(ctx, key, in.ID, newHold(in.writer), true)
	if err == nil {
		defer g.release()
		return nil, g.remove()
	}
	if mattebox.CodeOf(err) != mattebox.CodeNotFound {
		return nil, err
	}
	if _, err := a.Uploads.Upload(ctx, key, in.ID); err != nil {
		return nil, notUpload(err)
	}
	return nil, &fault{status: http.StatusConflict, code: codeConflict, message: "The upload is complete; it is removed by itself after some days"}
}

// open is where an upload stands that is not complete.
func (a *api) open(p *part, size int64) *standingOut {
	return &standingOut{Offset: strconv.FormatInt(size, 10), Expires: p.expires.UTC().Format(http.TimeFormat)}
}

// complete is where an upload stands that is an ordinary one.
func (a *api) complete(u *mattebox.Upload) *standingOut {
	size := strconv.FormatInt(u.Bytes, 10)
	return &standingOut{Offset: size, Length: size, Metadata: metadataOf(u.Name), VideoID: u.UID, VideoURL: a.uploadURL(u)}
}

func sendsChunk(r *http.Request) bool { return r.Header.Get("Content-Type") == chunkType }

// oversized is the answer to more bytes than there may be. Here it is a 413, which tus
// asks for; the rest of the API has none (contracts D1).
func (a *api) oversized(message string) error {
	return &fault{status: http.StatusRequestEntityTooLarge, code: codeInvalid, message: message}
}

// notUpload puts our words for an upload that is not there.
func notUpload(err error) error {
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return &fault{status: http.StatusNotFound, code: codeNotFound, message: "Upload not found", err: err}
	}
	return err
}

// uploadStateOut is an upload and how much of it is there.
type uploadStateOut struct {
	Success         bool       `json:"success"`
	VideoID         string     `json:"video_id" example:"vid_0123456789abcdef"`
	Status          string     `json:"status" enum:"uploading,complete"`
	VideoURL        *string    `json:"video_url" doc:"null while it is uploading."`
	Filename        string     `json:"filename"`
	Size            int64      `json:"size" doc:"Bytes of the whole file."`
	Received        int64      `json:"received" doc:"Bytes that are there."`
	Type            *string    `json:"type" doc:"Media type, by the content; null while it is uploading."`
	DurationSeconds *float64   `json:"duration_seconds" doc:"Likewise, and null for a picture, and for a clip that was not looked into yet."`
	Width           *int       `json:"width" doc:"Pixels; likewise."`
	Height          *int       `json:"height" doc:"Pixels; likewise."`
	ExpiresAt       *time.Time `json:"expires_at" doc:"When an upload that is not complete is removed unless more of it comes."`
}

// getUpload tells of an upload, complete or not.
func (a *api) getUpload(ctx context.Context, in *uploadStateIn) (*answer[uploadStateOut], error) {
	key := caller(ctx).ID
	u, err := a.Uploads.Upload(ctx, key, in.ID)
	if err == nil {
		is := a.uploadAnswer(u)
		return &answer[uploadStateOut]{uploadStateOut{
			Success: true, VideoID: is.VideoID, Status: "complete", VideoURL: &is.VideoURL, Filename: is.Filename, Size: is.Size, Received: is.Size,
			Type: &is.Type, DurationSeconds: is.DurationSeconds, Width: is.Width, Height: is.Height,
		}}, nil
	}
	if mattebox.CodeOf(err) != mattebox.CodeNotFound || a.Parts == nil {
		return nil, notUpload(err)
	}
	p, size, err := a.Parts.look(key, in.ID)
	if err != nil {
		return nil, notUpload(err)
	}
	expires := p.expires.UTC()
	return &answer[uploadStateOut]{uploadStateOut{
		Success: true, VideoID: p.UID, Status: "uploading", Filename: p.Name, Size: p.Length, Received: size, ExpiresAt: &expires,
	}}, nil
}

type uploadStateIn struct {
	ID string `path:"id" maxLength:"64" example:"vid_0123456789abcdef"`
}

// locked is the answer while another request is about the upload.
func locked() error {
	return &fault{
		status: http.StatusLocked, code: codeConflict, message: "Another request has this upload in hand; try again in a second", header: http.Header{"Retry-After": {"1"}},
	}
}
