package files

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox"
	"mattebox/blobs"
	"mattebox/internal/teststore"
	"mattebox/store"
)

// house serves files over real HTTP from a real store and a real folder.
type house struct {
	*testing.T
	store   *store.Store
	blobs   *blobs.Store
	server  *httptest.Server
	links   mattebox.Links
	clock   time.Time
	account mattebox.AccountID
	log     strings.Builder
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, clock: time.Date(2013, 1, 31, 22, 30, 0, 0, time.UTC)}
	now := func() time.Time { return h.clock }
	h.store = teststore.Open(t, now)
	h.store.ProductWait = 0
	var err error
	if h.blobs, err = blobs.Open(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	h.links = mattebox.Links{Secret: teststore.Keys(t).Links(), Valid: 24 * time.Hour, Now: now}
	h.server = httptest.NewServer(&waiter{next: New(Config{
		Images: h.store, Links: h.links, Logger: slog.New(slog.NewTextHandler(&h.log, nil)),
		Open: func(ctx context.Context, key string) (File, error) {
			blob, err := h.blobs.Get(ctx, key)
			if err != nil {
				return File{}, err
			}
			return File{blob, blob.Size, blob.Modified}, nil
		},
	})})
	h.links.Public = h.server.URL
	t.Cleanup(h.server.Close)
	account, _, err := h.store.CreateAccount(t.Context(), mattebox.Account{Email: "john@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	h.account = account.ID
	return h
}

// finished orders an image and finishes it with the result, whose name it has.
func (h *house) finished(name string, order mattebox.Order) *mattebox.Image {
	h.Helper()
	image, err := h.store.SubmitImage(h.Context(), mattebox.Submission{Account: h.account, SourceURLs: []string{"http://example.com/a.jpg"}, Order: order})
	if err != nil {
		h.Fatal(err)
	}
	f, err := h.store.ClaimFetch(h.Context(), time.Minute)
	if err != nil || f == nil {
		h.Fatalf("claim the fetch: %v, %v", f, err)
	}
	f.Image.Sources[0].Key = "source"
	if err := h.store.FinishFetch(h.Context(), *f, f.Image.Sources); err != nil {
		h.Fatal(err)
	}
	h.produce(name)
	return h.image(image.ID)
}

// produce finishes what is ready.
func (h *house) produce(name string) {
	h.Helper()
	p, err := h.store.ClaimProduction(h.Context(), time.Minute)
	if err != nil || p == nil {
		h.Fatalf("claim the production: %v, %v", p, err)
	}
	c := p.Images[0]
	result := mattebox.Result{
		Name: name, MediaType: "image/png", Width: 40, Height: 30,
		Key: h.put("final", c.Lease.Fence, picture(h.T, png.Encode)), ThumbnailKey: h.put("thumbnail", c.Lease.Fence, picture(h.T, encodeJPEG)),
	}
	err = h.store.FinishImage(h.Context(), mattebox.Finished{Image: c.Image.ID, Lease: c.Lease, Result: result, Confidence: 1, Status: mattebox.StatusFinished})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) put(kind string, fence int64, data []byte) string {
	h.Helper()
	key := "1000001/2000001/" + string(rune('a'+fence)) + "/" + kind
	if _, err := h.blobs.Put(h.Context(), key, bytes.NewReader(data), "image/png"); err != nil {
		h.Fatal(err)
	}
	return key
}

func (h *house) image(id mattebox.ImageID) *mattebox.Image {
	h.Helper()
	image, err := h.store.ImageByID(h.Context(), id)
	if err != nil {
		h.Fatal(err)
	}
	return image
}

func encodeJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

func picture(t *testing.T, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := encode(&out, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// waiter lets a test wait for handlers to return: clients have their answer a
// moment before.
type waiter struct {
	next    http.Handler
	running sync.WaitGroup
}

func (w *waiter) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.running.Add(1)
	defer w.running.Done()
	w.next.ServeHTTP(rw, r)
}

// reply is an answer as it came.
type reply struct {
	*http.Response
	body string
}

func (h *house) ask(method, address string, headers ...string) reply {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), method, address, nil)
	if err != nil {
		h.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := h.server.Client().Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return reply{res, string(body)}
}

// becomes compares the image's status once all requests are done with: a download is noted
// after its last byte is out.
func (h *house) becomes(id mattebox.ImageID, want mattebox.Status) {
	h.Helper()
	h.server.Config.Handler.(*waiter).running.Wait()
	if got := h.image(id).Status; got != want {
		h.Errorf("the image has status %d, want %d", got, want)
	}
}
