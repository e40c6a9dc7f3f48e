package video

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// uploadedOut is the answer to POST /v1/uploads (contracts D1). What comes after size
// is ours.
type uploadedOut struct {
	Success         bool     `json:"success"`
	VideoID         string   `json:"video_id" example:"vid_0123456789abcdef"`
	VideoURL        string   `json:"video_url" doc:"What POST /v1/jobs takes as video_url; it never leaves the service."`
	Filename        string   `json:"filename"`
	Size            int64    `json:"size" doc:"Bytes."`
	Type            string   `json:"type" doc:"Media type, by the content."`
	DurationSeconds *float64 `json:"duration_seconds" doc:"null for a picture, and for a clip that was not looked into yet."`
	Width           *int     `json:"width" doc:"Pixels; likewise."`
	Height          *int     `json:"height" doc:"Pixels; likewise."`
}

// uploadIn leaves the body where it is: it is read in pieces, onto the disk.
type uploadIn struct {
	Filename string `query:"filename" maxLength:"255" doc:"Name of the file, for a body that is the file itself."`
	Once     string `header:"Idempotency-Key" maxLength:"255" pattern:"^[ -~]*$" doc:"The same file with the same value is taken once: within 24 hours it gets the first answer again. Another file with the same value is refused (409)."`
	raw
}

func (a *api) uploadOperations() {
	op := add(a, operation{
		method: http.MethodPost, path: "/v1/uploads", id: "upload", tag: tagUploads, summary: "Send a clip, or a picture for a background", door: keyed,
		description: fmt.Sprintf("As multipart/form-data with the field file, or the file itself as the body. At most %d MB. "+
			"Clips are mp4, mov, webm, mkv and avi, pictures jpeg, png and webp; the content counts, not the name.", a.MaxUpload/1e6),
		refusals: []int{http.StatusConflict, http.StatusRequestTimeout},
	}, a.upload)
	op.RequestBody = uploadBody()
	op.Responses[strconv.Itoa(http.StatusConflict)].Description = "The account's uploads are as large together as they may be, or the Idempotency-Key was used before: " + string(codeConflict) + "."
}

// uploadBody is documented apart, because huma would read the body otherwise.
func uploadBody() *huma.RequestBody {
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data":      {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": file}}},
		"application/octet-stream": {Schema: file},
	}}
}

func (a *api) upload(ctx context.Context, in *uploadIn) (*answer[uploadedOut], error) {
	leave, err := a.admitFile(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if in.Once == "" { // else it may have its answer already, whatever room there is now
		if err := a.fits(ctx, max(in.request.ContentLength-envelope, 1)); err != nil {
			return nil, err
		}
	}
	got, err := a.receive(in)
	if err != nil {
		return nil, err
	}
	defer got.discard() // of no effect once it is stored
	if in.Once == "" {
		u, err := a.keep(ctx, got)
		if err != nil {
			return nil, err
		}
		return &answer[uploadedOut]{a.uploadAnswer(u)}, nil
	}
	return a.uploadOnce(ctx, in.Once, got)
}

// keep looks into what came, stores its bytes and then its row.
func (a *api) keep(ctx context.Context, got *received) (*mattebox.Upload, error) {
	key := caller(ctx)
	uid := got.uid
	if uid == "" {
		uid = mattebox.NewUploadUID()
	}
	u := mattebox.Upload{
		UID: uid, Account: key.Account, Key: key.ID, Name: fileName(got.name, got.kind), MediaType: got.kind.MediaType, Bytes: got.size, Created: a.Now(),
	}
	if got.kind.Clip {
		var err error
		if u.Clip, err = a.Look(ctx, got.path); err != nil {
			return nil, notClip(err)
		}
	}
	if err := a.fits(ctx, u.Bytes); err != nil {
		return nil, err
	}
	u.BlobKey = fmt.Sprintf("%d/uploads/%s/source", u.Account, u.UID)
	if err := a.Blobs.PutFile(ctx, u.BlobKey, got.path, u.MediaType); err != nil {
		return nil, err
	}
	return a.note(ctx, u)
}

// note stores the row of an upload whose bytes are stored, also when the caller has
// gone: a row that is there for certain is no fault, whatever became of the answer that
// said so. Only bytes without a row are removed; nobody would ever know of them.
func (a *api) note(ctx context.Context, u mattebox.Upload) (*mattebox.Upload, error) {
	ctx = context.WithoutCancel(ctx)
	adding, done := context.WithTimeout(ctx, keepTime)
	defer done()
	stored, err := a.Uploads.AddUpload(adding, u)
	if err == nil {
		return stored, nil
	}
	looking, done := context.WithTimeout(ctx, keepTime)
	defer done()
	stored, unsure := a.Uploads.Upload(looking, u.Key, u.UID)
	switch {
	case unsure == nil:
		return stored, nil
	case mattebox.CodeOf(unsure) == mattebox.CodeNotFound:
		return nil, errors.Join(err, a.Blobs.Delete(looking, u.BlobKey))
	}
	return nil, errors.Join(err, unsure)
}

// notClip puts the vendor's words in front of what is wrong with a file.
func notClip(err error) error {
	var e *mattebox.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case mattebox.CodeInvalid:
		return &fault{status: http.StatusBadRequest, code: codeInvalid, message: "Invalid file type: " + sentence(e), err: err}
	case mattebox.CodeTooLarge:
		return &fault{status: http.StatusBadRequest, code: codeInvalid, message: "File too large: " + sentence(e), err: err}
	}
	return err
}

func (a *api) uploadAnswer(u *mattebox.Upload) uploadedOut {
	out := uploadedOut{
		Success: true, VideoID: u.UID, VideoURL: a.uploadURL(u), Filename: u.Name, Size: u.Bytes, Type: u.MediaType,
	}
	if u.Clip != nil {
		out.DurationSeconds, out.Width, out.Height = seconds(u.Clip.Duration), &u.Clip.Width, &u.Clip.Height
	}
	return out
}

// uploadURL is the address that stands for the upload, and that gives its bytes back
// to whoever has it, for a while.
func (a *api) uploadURL(u *mattebox.Upload) string {
	return a.Links.Absolute("v1/uploads/" + u.UID + "/" + u.Name)
}

// maxName is the longest name of a file that is kept, in bytes; its ending comes on
// top.
const maxName = 200

// fileName returns a name that is safe as one element of a path, with the ending of
// what the file is.
func fileName(given string, kind Kind) string {
	stem := path.Base(strings.ReplaceAll(given, `\`, "/"))
	stem = strings.TrimSuffix(stem, path.Ext(stem))
	safe := strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r == '\uFFFD' || strings.ContainsRune(`/\:*?"<>|%#&`, r):
			return '_'
		}
		return r
	}, stem)
	for len(safe) > maxName {
		safe = safe[:strings.LastIndexFunc(safe[:maxName+1], func(rune) bool { return true })]
	}
	safe = strings.Trim(safe, ". ")
	if safe == "" {
		safe = "clip"
	}
	return safe + "." + kind.Extension
}
