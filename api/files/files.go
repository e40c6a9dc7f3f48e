// Package files serves finished pictures and their thumbnails at the signed
// addresses that the APIs and webhooks give out (mattebox.Links). A request brings a
// path and a signature; the image's row says whether there is still something to be
// had and under which key; the bytes come from where the production put them.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// Images are the rows of images.
type Images interface {
	// ImageByID returns the image, or a CodeNotFound error.
	ImageByID(ctx context.Context, id mattebox.ImageID) (*mattebox.Image, error)
	// MarkDownloaded notes that the customer has the result.
	MarkDownloaded(ctx context.Context, id mattebox.ImageID) error
}

// File is a stored file that is open for reading. It is closed after use.
type File struct {
	io.ReadSeekCloser
	Size     int64 // in bytes
	Modified time.Time
}

// Config is what the handler needs; all but Logger are required.
type Config struct {
	Images Images
	Open   func(ctx context.Context, key string) (File, error) // the bytes under a key
	Links  mattebox.Links
	Logger *slog.Logger // nil: slog.Default()
}

// New returns the handler of GET and HEAD for
// /{account}/{image}/{final|thumbnail}/{name}?sig=..., with the path as it is. It
// answers 403 to an address that is not signed or has expired, 404 when there is
// nothing (any more) of that name, 410 when the files have been removed. A whole download of
// a final picture is marked; partial ones are not.
func New(c Config) http.Handler {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return &handler{c}
}

type handler struct{ Config }

// markTime bounds the note of a download, which outlives its request.
const markTime = 10 * time.Second

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*") // whoever has the address may have the picture
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		w.Header().Set("Allow", allowed)
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		w.Header().Set("Allow", allowed)
		http.Error(w, "This address answers to "+allowed+".", http.StatusMethodNotAllowed)
		return
	}
	address, image, err := h.find(r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if err := h.serve(w, r, address, image); err != nil {
		h.refuse(w, r, err)
	}
}

const allowed = "GET, HEAD, OPTIONS"

// errGone is an image whose files have been removed.
var errGone = mattebox.Errorf(mattebox.CodeNotFound, "The files of this image have been removed; its retention time is over.")

// find returns the image whose file the address names, after the signature.
func (h *handler) find(r *http.Request) (address, *mattebox.Image, error) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	a, ok := parse(path)
	if !ok {
		return a, nil, mattebox.Errorf(mattebox.CodeNotFound, "There is nothing at this address.")
	}
	mattebox.NoteOf(r.Context()).Operation = "GET File"
	if err := h.Links.Check(path, r.URL.Query().Get("sig")); err != nil {
		return a, nil, err
	}
	mattebox.NoteOf(r.Context()).Account = a.account // the signature says so
	image, err := h.Images.ImageByID(r.Context(), a.image)
	if err != nil {
		return a, nil, err
	}
	switch {
	case image.Account != a.account:
		return a, nil, mattebox.Errorf(mattebox.CodeNotFound, "There is nothing at this address.")
	case image.Status == mattebox.StatusCleaned:
		return a, nil, errGone
	case !image.Downloadable() || image.Result.Name != a.name:
		return a, nil, mattebox.Errorf(mattebox.CodeNotFound, "There is no such picture any more; ask for the image's status again.")
	}
	return a, image, nil
}

// address is a path of the seed's shape.
type address struct {
	account   mattebox.AccountID
	image     mattebox.ImageID
	thumbnail bool
	name      string
}

func parse(path string) (a address, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) != 4 {
		return a, false
	}
	account, accountErr := strconv.ParseInt(parts[0], 10, 64)
	image, imageErr := strconv.ParseInt(parts[1], 10, 64)
	a = address{mattebox.AccountID(account), mattebox.ImageID(image), parts[2] == "thumbnail", parts[3]}
	return a, accountErr == nil && imageErr == nil && (a.thumbnail || parts[2] == "final")
}

// serve writes the file; an error means that nothing is written yet.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, a address, image *mattebox.Image) error {
	key := image.Result.Key
	if a.thumbnail {
		key = image.Result.ThumbnailKey
	}
	if key == "" {
		return mattebox.Errorf(mattebox.CodeNotFound, "This image has no thumbnail.")
	}
	file, err := h.Open(r.Context(), key)
	if err != nil {
		return mattebox.Wrap(storeCode(err), err, "The picture cannot be read at the moment; please try again.")
	}
	defer file.Close()
	mediaType := image.Result.MediaType
	if a.thumbnail {
		if mediaType, err = sniff(file); err != nil {
			return mattebox.Wrap(mattebox.CodeUnavailable, err, "The picture cannot be read at the moment; please try again.")
		}
	}
	describe(w.Header(), key, mediaType, image.Result.Name)
	out := &counter{ResponseWriter: w}
	http.ServeContent(out, r, "", file.Modified, file)
	if r.Method == http.MethodGet && !a.thumbnail && out.whole(file.Size) {
		h.mark(r.Context(), image.ID)
	}
	return nil
}

// storeCode keeps a store's word that it is down; that a row's bytes are missing is
// our own fault.
func storeCode(err error) mattebox.Code {
	if mattebox.CodeOf(err) == mattebox.CodeUnavailable {
		return mattebox.CodeUnavailable
	}
	return mattebox.CodeInternal
}

// sniff returns the media type by the content: a thumbnail has its picture's name
// and not always its format.
func sniff(file io.ReadSeeker) (string, error) {
	head := make([]byte, 512) // what http.DetectContentType looks at
	n, err := io.ReadFull(file, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return "", err
	}
	_, err = file.Seek(0, io.SeekStart)
	mediaType := http.DetectContentType(head[:n])
	if !strings.HasPrefix(mediaType, "image/") {
		mediaType = "application/octet-stream"
	}
	return mediaType, err
}

// describe sets the headers of a picture. Each production has a key of its own, so
// the key tells versions apart.
func describe(header http.Header, key, mediaType, name string) {
	sum := sha256.Sum256([]byte(key))
	header.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	header.Set("Content-Type", mediaType)
	header.Set("Cache-Control", "private, max-age=3600")
	header.Set("Access-Control-Expose-Headers", "Content-Disposition, Content-Range, ETag")
	if disposition := mime.FormatMediaType("inline", map[string]string{"filename": name}); disposition != "" {
		header.Set("Content-Disposition", disposition)
	}
}

// mark notes the download, also when the caller hangs up at the last byte.
func (h *handler) mark(ctx context.Context, id mattebox.ImageID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), markTime)
	defer cancel()
	if err := h.Images.MarkDownloaded(ctx, id); err != nil {
		h.Logger.LogAttrs(ctx, slog.LevelError, "download not noted", slog.Int64("image", int64(id)), slog.Any("error", err))
	}
}
