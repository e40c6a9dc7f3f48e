package video

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func TestUploads(t *testing.T) {
	h := newHouse(t)
	png := []byte("\x89PNG\r\n\x1a\n...")
	tests := map[string]struct {
		name    string
		content []byte
		want    object
	}{
		"clip":            {"clip.mp4", mp4("length=2s"), object{"filename": "clip.mp4", "type": "video/mp4", "duration_seconds": 2.0, "width": 640.0, "height": 360.0}},
		"another ending":  {"clip.exe", mp4("length=2s"), object{"filename": "clip.mp4"}},
		"a path":          {`C:\clips\..\my clip.mov`, mp4(""), object{"filename": "my clip.mp4", "duration_seconds": 90.0}},
		"no name":         {"", mp4(""), object{"filename": "clip.mp4"}},
		"hidden":          {".mp4", mp4(""), object{"filename": "clip.mp4"}},
		"strange letters": {"größe/../ä%?#.mp4", mp4(""), object{"filename": "ä___.mp4"}},
		"picture":         {"office.jpg", png, object{"filename": "office.png", "type": "image/png", "duration_seconds": nil, "width": nil}},
	}
	for name, tt := range tests {
		answer := h.upload(tt.name, tt.content)
		if answer.status != 200 {
			t.Errorf("%s: %d %s", name, answer.status, answer.body)
			continue
		}
		got := answer.json(t)
		for member, want := range tt.want {
			if got[member] != want {
				t.Errorf("%s: %s is %v, want %v", name, member, got[member], want)
			}
		}
		if back := h.send("GET", got["video_url"].(string), nil); back.status != 200 || back.body != string(tt.content) || back.header.Get("Content-Type") != got["type"] {
			t.Errorf("%s: the address gives %d %q %v", name, back.status, back.body, back.header)
		}
	}
	raw := h.send("POST", "/v1/uploads?filename=raw.mp4", bytes.NewReader(mp4("")), "X-Api-Key", h.key, "Content-Type", "video/mp4")
	if raw.status != 200 || raw.json(t)["filename"] != "raw.mp4" {
		t.Errorf("the file as the body: %d %s", raw.status, raw.body)
	}
	h.tempIsEmpty()
}

func TestFileName(t *testing.T) {
	for given, want := range map[string]string{
		"a\x00\x01\xff.mov": "a___.mp4", `"a"<b>|c*`: "_a__b__c_.mp4", "..": "clip.mp4", "a.b.c": "a.b.mp4", "a/": "a.mp4", " . ": "clip.mp4", "&#x0a;": "__x0a;.mp4",
	} {
		if got := fileName(given, Kind{Extension: "mp4"}); got != want {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
	for _, given := range []string{strings.Repeat("ä", 300), strings.Repeat("a", 300) + ".mp4", strings.Repeat("日", 100)} {
		if name := fileName(given, Kind{Extension: "mp4"}); len(name) > maxName+4 || !strings.HasSuffix(name, ".mp4") || strings.ContainsRune(name, '\uFFFD') {
			t.Errorf("%.10s...: %q", given, name)
		}
	}
}

func (h *house) tempIsEmpty() {
	h.Helper()
	left, err := os.ReadDir(h.temp)
	if err != nil || len(left) > 0 {
		h.Errorf("the folder for files on their way has %v, %v", left, err)
	}
}

func TestRefusedUploads(t *testing.T) {
	h := newHouse(t)
	form := func(parts string) (body, contentType string) {
		return strings.ReplaceAll(parts, "\n", "\r\n"), "multipart/form-data; boundary=b"
	}
	whole, formType := form("--b\nContent-Disposition: form-data; name=\"other\"\n\nx\n--b--\n")
	cut, _ := form("--b\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\n\n" + string(mp4("")))
	two, _ := form(strings.Repeat("--b\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\n\n"+string(mp4(""))+"\n", 2) + "--b--\n")
	many, _ := form(strings.Repeat("--b\nContent-Disposition: form-data; name=\"x\"\n\nx\n", 50) + "--b--\n")
	tests := map[string]struct{ contentType, body, message string }{
		"text":             {"video/mp4", "hello", "Invalid file type"},
		"nothing":          {"video/mp4", "", "Invalid file type"},
		"playlist":         {"video/mp4", "#EXTM3U\nhttp://10.0.0.1/", "Invalid file type"},
		"svg":              {"image/png", "<svg xmlns='http://www.w3.org/2000/svg'/>", "Invalid file type"},
		"damaged":          {"video/mp4", string(mp4("length=x")), "Invalid file type: the clip is damaged"},
		"too large":        {"video/mp4", string(mp4(strings.Repeat("a", 8e6))), "File too large"},
		"no field file":    {formType, whole, "no field named file"},
		"no end":           {formType, cut, "did not arrive whole"},
		"two files":        {formType, two, "more than one"},
		"many fields":      {formType, many, "no field named file"},
		"no boundary":      {"multipart/form-data", whole, "did not arrive whole"},
		"no form":          {formType, "x", "no field named file"},
		"a long other one": {formType, "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n" + strings.Repeat("x", 2e6) + "\r\n--b--\r\n", "more than"},
	}
	for name, tt := range tests {
		for _, length := range []string{"told", "not told"} {
			var body io.Reader = strings.NewReader(tt.body)
			if length == "not told" {
				body = io.MultiReader(body) // chunked
			}
			answer := h.send("POST", "/v1/uploads", body, "X-Api-Key", h.key, "Content-Type", tt.contentType)
			code, message := answer.fault(t)
			if answer.status != 400 || code != "invalid_request" || !strings.Contains(message, tt.message) {
				t.Errorf("%s, length %s: %d %s", name, length, answer.status, answer.body)
			}
		}
	}
	h.tempIsEmpty()
	if events := h.ok("GET", "/v1/usage/events", nil)["items"].([]any); len(events) != 0 {
		t.Errorf("there are events of refused uploads: %v", events)
	}
}

// A client that goes in the middle leaves nothing.
func TestUploadBrokenOff(t *testing.T) {
	h := newHouse(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "POST /v1/uploads HTTP/1.1\r\nHost: a\r\nX-Api-Key: "+h.key+"\r\nContent-Type: video/mp4\r\nContent-Length: 100000\r\n\r\n"+string(mp4(strings.Repeat("a", 8000))))
	eventually(t, func() bool { left, _ := os.ReadDir(h.temp); return len(left) == 1 })
	conn.Close()
	eventually(t, func() bool { left, _ := os.ReadDir(h.temp); return len(left) == 0 })
}

func eventually(t *testing.T, becomes func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !becomes(); {
		if time.Now().After(deadline) {
			t.Fatal("it never became so")
		}
		<-time.After(time.Millisecond)
	}
}

// A row that cannot be stored leaves no bytes.
func TestUploadThatCannotBeNoted(t *testing.T) {
	var kept string
	h := newHouse(t, func(c *Config) { c.Uploads = forgetful{c.Uploads, &kept} })
	answer := h.upload("a.mp4", mp4(""))
	if code, _ := answer.fault(t); answer.status != 500 || code != "internal_error" || strings.Contains(answer.body, "no memory") || !strings.Contains(h.log.String(), "no memory") {
		t.Errorf("%d %s", answer.status, answer.body)
	}
	if _, err := h.blobs.Get(t.Context(), kept); mattebox.CodeOf(err) != mattebox.CodeNotFound {
		t.Errorf("the bytes under %q: %v", kept, err)
	}
}

// forgetful is a store that notes no uploads.
type forgetful struct {
	Uploads
	key *string
}

func (f forgetful) AddUpload(_ context.Context, u mattebox.Upload) (*mattebox.Upload, error) {
	*f.key = u.BlobKey
	return nil, errors.New("no memory")
}

// lossy is a store whose answers are lost once they are true.
type lossy struct {
	Uploads
	key  string // of the bytes
	away bool   // nor does it answer afterwards
}

func (l *lossy) AddUpload(ctx context.Context, u mattebox.Upload) (*mattebox.Upload, error) {
	l.key = u.BlobKey
	if _, err := l.Uploads.AddUpload(ctx, u); err != nil {
		return nil, err
	}
	return nil, mattebox.Wrap(mattebox.CodeUnavailable, errors.New("connection reset in COMMIT"), "the database is away")
}

func (l *lossy) Upload(ctx context.Context, key mattebox.VideoKeyID, uid string) (*mattebox.Upload, error) {
	if l.away {
		return nil, mattebox.Errorf(mattebox.CodeUnavailable, "the database is away")
	}
	return l.Uploads.Upload(ctx, key, uid)
}

// A row that is there keeps its bytes, whatever was heard of it.
func TestUploadWhoseNoteIsUnheardOf(t *testing.T) {
	records := &lossy{}
	h := newHouse(t, func(c *Config) { records.Uploads, c.Uploads = c.Uploads, records })
	clip := aClip(9000)
	answer := h.upload("clip.mp4", clip)
	if answer.status != 200 {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	if back := h.send("GET", answer.json(t)["video_url"].(string), nil); back.body != string(clip) {
		t.Errorf("the bytes: %d %s", back.status, back.body)
	}
	path := h.begin(len(clip))
	last := h.patch(path, 0, clip)
	if back := h.send("GET", last.header.Get("X-Video-Url"), nil); last.status != 204 || back.body != string(clip) {
		t.Errorf("in pieces: %d %s; back %d", last.status, last.body, back.status)
	}
	records.away = true
	if unsure := h.upload("clip.mp4", clip); unsure.status != 503 {
		t.Errorf("when nobody knows: %d %s", unsure.status, unsure.body)
	}
	blob, err := h.blobs.Get(t.Context(), records.key)
	if err != nil {
		t.Fatalf("the bytes of an upload that may be there: %v", err)
	}
	blob.Close()
}

// Bytes that are missing are told like an address that was never good.
func TestMissingBytes(t *testing.T) {
	h := newHouse(t)
	id := h.job("2s", nil)
	h.complete(2*time.Second, "the result")
	for name, tt := range map[string]struct{ address, key string }{
		"upload": {h.clip("2s"), ""},
		"result": {h.ok("GET", "/v1/jobs/"+id, nil)["output_url"].(string), "1000001/" + id + "/output"},
	} {
		key := tt.key
		if key == "" {
			key = "1000001/uploads/" + regexp.MustCompile(`vid_[0-9a-f]+`).FindString(tt.address) + "/source"
		}
		if err := h.blobs.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		gone := h.send("GET", tt.address, nil)
		if code, message := gone.fault(t); gone.status != 404 || code != "not_found" || message != "There is nothing at this address any more" {
			t.Errorf("%s: %d %s", name, gone.status, gone.body)
		}
	}
}

func TestSignedAddresses(t *testing.T) {
	h := newHouse(t)
	id := h.job("2s", nil)
	h.complete(2*time.Second, "the result")
	address := h.ok("GET", "/v1/jobs/"+id, nil)["output_url"].(string)
	path, _, _ := strings.Cut(address, "?")
	upload, _, _ := strings.Cut(h.clip("2s"), "?")
	sign := func(path string) string { return h.config.Links.Absolute(path) }
	tests := map[string]struct {
		address string
		status  int
	}{
		"unsigned":                {path, 403},
		"unsigned upload":         {upload, 403},
		"changed":                 {address + "x", 403},
		"another's signature":     {strings.Replace(address, id, "job_0123456789abcdef", 1), 403},
		"no such job":             {sign("1000001/job_0123456789abcdef/output/clip.webm"), 404},
		"another account":         {sign("1000002/" + id + "/output/clip.webm"), 404},
		"another name":            {sign("1000001/" + id + "/output/other.webm"), 404},
		"no such upload":          {sign("v1/uploads/vid_0123456789abcdef/clip.mp4"), 404},
		"no upload":               {sign("v1/uploads/x/clip.mp4"), 404},
		"upload, another's name":  {sign(strings.TrimPrefix(upload, h.url+"/") + "x"), 404},
		"the job of another kind": {sign("x/" + id + "/output/clip.webm"), 404},
	}
	for name, tt := range tests {
		if answer := h.send("GET", tt.address, nil); answer.status != tt.status {
			t.Errorf("%s: %d %s", name, answer.status, answer.body)
		} else {
			answer.fault(t)
		}
	}
	if head := h.send("HEAD", address, nil); head.status != 200 || head.header.Get("Content-Length") != "10" || head.header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("HEAD: %d %v", head.status, head.header)
	}
	if post := h.send("POST", address, nil); post.status != 405 {
		t.Errorf("POST: %d", post.status)
	}
	tag := h.send("GET", address, nil).header.Get("ETag")
	if same := h.send("GET", address, nil, "If-None-Match", tag); same.status != 304 || tag == "" {
		t.Errorf("with If-None-Match %s: %d", tag, same.status)
	}
	h.clock = h.clock.Add(26 * time.Hour)
	if late := h.send("GET", address, nil); late.status != 403 || late.header.Get("Cache-Control") != "no-store" {
		t.Errorf("expired: %d %v", late.status, late.header)
	}
	h.retire(id)
	h.refused(410, "gone", http.MethodGet, "/api/download/"+id, nil)
	h.is(t, id, object{"status": "completed", "output_url": nil})
	if gone := h.send("GET", sign("1000001/"+id+"/output/clip.webm"), nil); gone.status != 410 {
		t.Errorf("removed: %d %s", gone.status, gone.body)
	}
}

// retire removes the files of the job.
func (h *house) retire(id string) {
	h.Helper()
	all, err := h.store.RetireJobs(h.Context(), h.clock, 10)
	if err != nil {
		h.Fatal(err)
	}
	if err := h.store.MarkJobs(h.Context(), all...); err != nil {
		h.Fatal(err)
	}
}
