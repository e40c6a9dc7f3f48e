package video

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mattebox"
)

// A key has so many open uploads, and no more bytes than it may; complete ones and
// those whose time is over do not count.
func TestResumableLimits(t *testing.T) {
	h := newHouse(t)
	h.config.Parts = h.parts(PartsConfig{Dir: t.TempDir(), Open: 3, Bytes: 20_000})
	h.serve()
	clip := aClip(8000)
	create := func(length int, headers ...string) reply {
		return h.tus("POST", resumablePath, nil, append([]string{"Upload-Length", strconv.Itoa(length)}, headers...)...)
	}
	first := h.begin(len(clip))
	h.begin(len(clip))
	if full := create(4001); full.status != 409 || !strings.Contains(full.body, "2 open uploads") {
		t.Errorf("too many bytes: %d %s", full.status, full.body)
	}
	h.begin(10)
	if full := create(10); full.status != 409 {
		t.Errorf("too many uploads: %d %s", full.status, full.body)
	}
	if other := create(10, "X-Api-Key", h.other); other.status != 201 {
		t.Errorf("another key: %d %s", other.status, other.body)
	}
	h.patch(first, 0, clip)
	if more := create(len(clip)); more.status != 201 {
		t.Errorf("after one is complete: %d %s", more.status, more.body)
	}
	h.clock = h.clock.Add(25 * time.Hour)
	if more := create(20_000); more.status != 201 {
		t.Errorf("when their time is over: %d %s", more.status, more.body)
	}
	h.intake.err = mattebox.Errorf(mattebox.CodeUnavailable, "the disk is full")
	if full := create(10, "X-Api-Key", h.foreign); full.status != 503 || full.header.Get("Retry-After") == "" {
		t.Errorf("no room: %d %s", full.status, full.body)
	}
}

func TestResumableExpiration(t *testing.T) {
	h := newHouse(t)
	clip := aClip(9000)
	alive, dead := h.begin(len(clip)), h.begin(len(clip))
	h.patch(dead, 0, clip[:5000])
	orphan := filepath.Join(filepath.Dir(h.partFiles()[0]), "vid_0123456789abcdef.part") // of no upload
	if err := errors.Join(os.WriteFile(orphan, clip, 0o600), os.Chtimes(orphan, h.clock, h.clock)); err != nil {
		t.Fatal(err)
	}
	h.clock = h.clock.Add(23 * time.Hour)
	h.patch(alive, 0, clip[:5000])
	expires := h.tus("HEAD", alive, nil).header.Get("Upload-Expires")
	if want := h.clock.Add(24 * time.Hour).Format(http.TimeFormat); expires != want {
		t.Errorf("expires %s, want %s", expires, want)
	}
	if at := h.ok("GET", alive, nil); at["status"] != "uploading" || at["received"] != 5000.0 || at["size"] != 9000.0 || at["video_url"] != nil || at["expires_at"] != "2026-04-22T09:00:00Z" || at["filename"] != "my clip.mov" {
		t.Errorf("%v", at)
	}
	h.clock = h.clock.Add(2 * time.Hour)
	if late := h.patch(dead, 5000, clip[5000:]); late.status != 404 {
		t.Errorf("expired: %d %s", late.status, late.body)
	}
	h.partsAre(5)
	h.config.Parts.Start(t.Context())
	eventually(t, func() bool { return len(h.partFiles()) == 2 })
	h.config.Parts.Stop()
	h.there(alive, 5000)
	if log := h.log.String(); strings.Contains(log, "not removed") {
		t.Error(log)
	}
}

// shy is a store that notes an upload at the second try only.
type shy struct {
	Uploads
	err error
}

func (s *shy) AddUpload(ctx context.Context, u mattebox.Upload) (*mattebox.Upload, error) {
	if err := s.err; err != nil {
		s.err = nil
		return nil, err
	}
	return s.Uploads.AddUpload(ctx, u)
}

// When the last step fails, no byte has to be sent again: the client asks how much is
// there, as clients do, and that completes the upload.
func TestResumableUploadThatCannotBeNoted(t *testing.T) {
	store := &shy{err: mattebox.Errorf(mattebox.CodeUnavailable, "the database is away")}
	h := newHouse(t, func(c *Config) { store.Uploads, c.Uploads = c.Uploads, store })
	clip := aClip(9000)
	for what, again := range map[string]func(path string) reply{
		"HEAD":  func(path string) reply { return h.tus("HEAD", path, nil) },
		"PATCH": func(path string) reply { return h.patch(path, len(clip), nil) },
	} {
		store.err = mattebox.Errorf(mattebox.CodeUnavailable, "the database is away")
		path := h.begin(len(clip))
		if failed := h.patch(path, 0, clip); failed.status != 503 {
			t.Errorf("%s: %d %s", what, failed.status, failed.body)
		}
		h.partsAre(2)
		answer := again(path)
		if back := h.send("GET", answer.header.Get("X-Video-Url"), nil); back.body != string(clip) {
			t.Errorf("%s: %d %v, %d bytes", what, answer.status, answer.header, len(back.body))
		}
		h.partsAre(0)
	}
}

// A process that dies between noting the upload and removing the part leaves one
// upload, not two.
func TestResumableCrashAtTheEnd(t *testing.T) {
	h := newHouse(t)
	clip := aClip(9000)
	path := h.begin(len(clip))
	h.patch(path, 0, clip[:8000])
	saved := map[string][]byte{}
	for _, file := range h.partFiles() {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		saved[file] = content
	}
	h.patch(path, 8000, clip[8000:])
	for file, content := range saved { // as if they had not been removed
		if strings.HasSuffix(file, bytesEnding) {
			content = clip
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.there(path, 9000)
	h.partsAre(0)
	if events := h.ok("GET", "/v1/usage/events", nil)["items"].([]any); len(events) != 1 {
		t.Errorf("%v", events)
	}
}

// Without a folder for them there are none.
func TestNoResumableUploads(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Parts = nil })
	if answer := h.tus("POST", resumablePath, nil, "Upload-Length", "9"); answer.status != 405 && answer.status != 404 {
		t.Errorf("%d %s", answer.status, answer.body)
	}
	h.refused(404, "not_found", "GET", "/v1/uploads/vid_0123456789abcdef", nil)
}
