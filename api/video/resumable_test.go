package video

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// begin opens a resumable upload of that length and returns its path.
func (h *house) begin(length int, headers ...string) string {
	h.Helper()
	answer := h.tus("POST", resumablePath, nil, append([]string{"Upload-Length", strconv.Itoa(length), "Upload-Metadata", metadataOf("my clip.mov")}, headers...)...)
	if answer.status != 201 {
		h.Fatalf("create: %d %s", answer.status, answer.body)
	}
	path, ours := strings.CutPrefix(answer.header.Get("Location"), h.url)
	if !ours || !strings.HasPrefix(path, resumablePath+"/vid_") {
		h.Fatalf("Location: %v", answer.header)
	}
	return path
}

// tus is a request of the protocol, with the account's first key.
func (h *house) tus(method, path string, body io.Reader, headers ...string) reply {
	h.Helper()
	return h.send(method, path, body, append([]string{"X-Api-Key", h.key, "Tus-Resumable", "1.0.0"}, headers...)...)
}

// patch sends bytes that begin at the offset.
func (h *house) patch(path string, offset int, content []byte, headers ...string) reply {
	h.Helper()
	return h.tus("PATCH", path, bytes.NewReader(content), append([]string{"Upload-Offset", strconv.Itoa(offset), "Content-Type", chunkType}, headers...)...)
}

// there wants HEAD to say that so many bytes are there.
func (h *house) there(path string, want int) {
	h.Helper()
	if head := h.tus("HEAD", path, nil); head.status != 200 || head.header.Get("Upload-Offset") != strconv.Itoa(want) {
		h.Errorf("HEAD: %d, %q bytes are there, want %d", head.status, head.header.Get("Upload-Offset"), want)
	}
}

// partsAre wants so many files in the folder of open uploads.
func (h *house) partsAre(want int) {
	h.Helper()
	if got := h.partFiles(); len(got) != want {
		h.Errorf("the folder of open uploads has %v, want %d files", got, want)
	}
}

func (h *house) partFiles() []string {
	files, err := filepath.Glob(filepath.Join(h.config.Parts.Dir, "*", "*"))
	if err != nil {
		h.Fatal(err)
	}
	return files
}

// aClip is a clip of that many bytes.
func aClip(size int) []byte {
	clip := mp4("")
	for i := 0; len(clip) < size; i++ {
		clip = strconv.AppendInt(clip, int64(i), 10)
	}
	return clip[:size]
}

func TestResumableUpload(t *testing.T) {
	onBoth(t, func(h *house) {
		t := h.T
		clip := aClip(20_000)
		path := h.begin(len(clip))
		for at := 0; at < len(clip); {
			h.there(path, at)
			next := min(at+3000, len(clip))
			answer := h.patch(path, at, clip[at:next])
			if answer.status != 204 || answer.header.Get("Upload-Offset") != strconv.Itoa(next) || answer.header.Get("Tus-Resumable") != "1.0.0" || answer.body != "" {
				t.Fatalf("at %d: %d %s %v", at, answer.status, answer.body, answer.header)
			}
			if last := next == len(clip); (answer.header.Get("X-Video-Id") != "") != last || (answer.header.Get("Upload-Expires") == "") != last {
				t.Errorf("at %d: %v", at, answer.header)
			}
			at = next
		}
		h.partsAre(0)
		h.tempIsEmpty()

		head := h.tus("HEAD", path, nil)
		id, address := head.header.Get("X-Video-Id"), head.header.Get("X-Video-Url")
		if head.header.Get("Upload-Length") != "20000" || !strings.HasSuffix(path, id) || head.header.Get("Cache-Control") != "private, no-store" || head.header.Get("Upload-Metadata") != metadataOf("my clip.mp4") {
			t.Errorf("HEAD of a complete one: %v", head.header)
		}
		if back := h.send("GET", address, nil); back.body != string(clip) || !strings.Contains(address, "/my%20clip.mp4?sig=") {
			t.Errorf("%s gives %d with %d bytes", address, back.status, len(back.body))
		}
		if again := h.patch(path, len(clip), nil); again.status != 204 || again.header.Get("X-Video-Id") != id {
			t.Errorf("nothing behind the end: %d %s", again.status, again.body)
		}
		for _, at := range []string{"/v1/uploads/" + id, path} {
			got := h.ok("GET", at, nil)
			if got["video_url"] != address || got["status"] != "complete" || got["duration_seconds"] != 90.0 || got["type"] != "video/mp4" || got["filename"] != "my clip.mp4" {
				t.Errorf("GET %s: %v", at, got)
			}
		}
		h.ok("POST", "/v1/jobs", object{"video_url": address})
		events := h.ok("GET", "/v1/usage/events", nil)["items"].([]any)
		if made := events[len(events)-1].(map[string]any); len(events) != 3 || made["event"] != "upload.created" || made["size"] != 20000.0 || made["video_id"] != id {
			t.Errorf("events: %v", events)
		}
	})
}

// What a client may ask without knowing anything, and what a browser asks first.
func TestResumableOptions(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{resumablePath, resumablePath + "/vid_0123456789abcdef"} {
		answer := h.send("OPTIONS", path, nil, "Origin", "https://example.com", "Access-Control-Request-Method", "PATCH")
		for name, want := range map[string]string{
			"Tus-Resumable": "1.0.0", "Tus-Version": "1.0.0", "Tus-Max-Size": "8000000", "Tus-Extension": tusExtensions, "Access-Control-Allow-Origin": "*",
		} {
			if answer.status != 204 || answer.header.Get(name) != want {
				t.Errorf("%s: %d, %s: %q", path, answer.status, name, answer.header.Get(name))
			}
		}
		if allowed := answer.header.Get("Access-Control-Allow-Headers"); !strings.Contains(allowed, "X-Api-Key") || !strings.Contains(allowed, "Upload-Offset") {
			t.Error(allowed)
		}
	}
}

func TestFirstBytesWithTheCreation(t *testing.T) {
	h := newHouse(t)
	clip := aClip(9000)
	send := func(content []byte) reply {
		return h.tus("POST", resumablePath, bytes.NewReader(content), "Upload-Length", "9000", "Content-Type", chunkType)
	}
	some := send(clip[:5000])
	if some.status != 201 || some.header.Get("Upload-Offset") != "5000" || some.header.Get("X-Video-Id") != "" {
		t.Errorf("some: %d %s %v", some.status, some.body, some.header)
	}
	all := send(clip)
	if all.status != 201 || all.header.Get("Upload-Offset") != "9000" || all.header.Get("X-Video-Id") == "" || !strings.HasSuffix(all.header.Get("Location"), all.header.Get("X-Video-Id")) {
		t.Errorf("all: %d %s %v", all.status, all.body, all.header)
	}
	if none := send(bytes.Repeat([]byte("text "), 900)); none.status != 400 || !strings.Contains(none.body, "Invalid file type") {
		t.Errorf("no clip: %d %s", none.status, none.body)
	}
	h.partsAre(2)
}

// Every refusal has the error object, and leaves what is there as it is.
func TestResumableRefusals(t *testing.T) {
	h := newHouse(t)
	clip := aClip(9000)
	path := h.begin(len(clip))
	h.patch(path, 0, clip[:5000])
	chunk := []string{"Content-Type", chunkType}
	tests := map[string]struct {
		method, path, body string
		headers            []string
		status             int
		message            string
	}{
		"no key":                   {"PATCH", path, "x", []string{"X-Api-Key", ""}, 401, "key is missing"},
		"wrong key":                {"HEAD", path, "", []string{"X-Api-Key", "wrong"}, 401, ""},
		"another version":          {"PATCH", path, "x", []string{"Tus-Resumable", "0.2.2"}, 412, "1.0.0"},
		"no version":               {"POST", resumablePath, "", []string{"Tus-Resumable", "", "Upload-Length", "9"}, 412, "1.0.0"},
		"another version of HEAD":  {"HEAD", path, "", []string{"Tus-Resumable", "2.0.0"}, 412, ""},
		"too early":                {"PATCH", path, "x", append(chunk, "Upload-Offset", "4999"), 409, "5000 bytes are there"},
		"too late":                 {"PATCH", path, "x", append(chunk, "Upload-Offset", "5001"), 409, "5000 bytes are there"},
		"no offset":                {"PATCH", path, "x", chunk, 400, "Upload-Offset"},
		"an offset that is none":   {"PATCH", path, "x", append(chunk, "Upload-Offset", "-1"), 400, "Upload-Offset"},
		"another type":             {"PATCH", path, "x", []string{"Upload-Offset", "5000", "Content-Type", "video/mp4"}, 415, chunkType},
		"more than announced":      {"PATCH", path, strings.Repeat("x", 4001), append(chunk, "Upload-Offset", "5000"), 413, "9000 bytes"},
		"no such upload":           {"PATCH", resumablePath + "/vid_0123456789abcdef", "x", append(chunk, "Upload-Offset", "0"), 404, "Upload not found"},
		"no id":                    {"HEAD", resumablePath + "/..%2f..%2fx", "", nil, 404, ""},
		"no such upload to DELETE": {"DELETE", resumablePath + "/vid_0123456789abcdef", "", nil, 404, "Upload not found"},
		"no length":                {"POST", resumablePath, "", nil, 400, "Upload-Length"},
		"a length that is none":    {"POST", resumablePath, "", []string{"Upload-Length", "many"}, 400, "Upload-Length"},
		"a length told later":      {"POST", resumablePath, "", []string{"Upload-Defer-Length", "1"}, 400, "Upload-Length"},
		"empty":                    {"POST", resumablePath, "", []string{"Upload-Length", "0"}, 400, "Invalid file type"},
		"too large":                {"POST", resumablePath, "", []string{"Upload-Length", "8000001"}, 413, "File too large"},
		"metadata":                 {"POST", resumablePath, "", []string{"Upload-Length", "9", "Upload-Metadata", "filename !"}, 400, "Upload-Metadata"},
		"GET of the collection":    {"GET", resumablePath, "", nil, 405, "OPTIONS, POST"},
		"POST of an upload":        {"POST", path, "", nil, 405, ""},
		"PUT of an upload":         {"PUT", path, "", nil, 405, ""},
	}
	for name, tt := range tests {
		for _, length := range []string{"told", "not told"} {
			var body io.Reader = strings.NewReader(tt.body)
			if length == "not told" {
				body = io.MultiReader(body) // chunked
			}
			answer := h.tus(tt.method, tt.path, body, tt.headers...)
			if answer.status != tt.status {
				t.Errorf("%s, length %s: %d %s, want %d", name, length, answer.status, answer.body, tt.status)
			} else if tt.method != "HEAD" {
				if _, message := answer.fault(t); !strings.Contains(message, tt.message) {
					t.Errorf("%s: %s", name, message)
				}
			}
			if tt.status == 412 && answer.header.Get("Tus-Version") != "1.0.0" || tt.status == 409 && answer.header.Get("Upload-Offset") != "5000" {
				t.Errorf("%s: %v", name, answer.header)
			}
		}
		h.there(path, 5000)
	}
	if answer := h.patch(path, 5000, clip[5000:]); answer.status != 204 {
		t.Errorf("after all that: %d %s", answer.status, answer.body)
	}
}

// Each key sees its own uploads only, not even those of its account's other key.
func TestForeignResumableUploads(t *testing.T) {
	h := newHouse(t)
	clip := aClip(9000)
	open, done := h.begin(len(clip)), h.begin(len(clip))
	h.patch(open, 0, clip[:5000])
	h.patch(done, 0, clip)
	for _, path := range []string{open, done} {
		for _, key := range []string{h.other, h.foreign} {
			as := []string{"X-Api-Key", key}
			for what, answer := range map[string]reply{
				"HEAD": h.tus("HEAD", path, nil, as...), "GET": h.tus("GET", path, nil, as...), "DELETE": h.tus("DELETE", path, nil, as...),
				"PATCH": h.patch(path, 5000, clip[5000:], as...), "GET of the upload": h.tus("GET", strings.Replace(path, "/resumable", "", 1), nil, as...),
			} {
				if answer.status != 404 {
					t.Errorf("%s of another's: %d %s", what, answer.status, answer.body)
				}
			}
		}
	}
	h.there(open, 5000)
	h.there(done, 9000)
}

// What is no clip is refused by its first bytes, whenever they come, and leaves nothing.
func TestResumableNoClip(t *testing.T) {
	h := newHouse(t)
	text := bytes.Repeat([]byte("no clip "), 10_000)
	path := h.begin(len(text))
	if first := h.patch(path, 0, text[:4000]); first.status != 204 {
		t.Fatalf("too few bytes to tell: %d %s", first.status, first.body)
	}
	next := h.patch(path, 4000, text[4000:5000])
	if _, message := next.fault(t); next.status != 400 || !strings.Contains(message, "Invalid file type") {
		t.Errorf("enough of them: %d %s", next.status, next.body)
	}
	if head := h.tus("HEAD", path, nil); head.status != 404 {
		t.Errorf("afterwards: %d", head.status)
	}
	damaged := mp4("length=x")
	path = h.begin(len(damaged))
	if last := h.patch(path, 0, damaged); last.status != 400 || !strings.Contains(last.body, "the clip is damaged") {
		t.Errorf("a damaged clip: %d %s", last.status, last.body)
	}
	h.partsAre(0)
	if events := h.ok("GET", "/v1/usage/events", nil)["items"].([]any); len(events) != 0 {
		t.Errorf("there are events of refused uploads: %v", events)
	}
}

// half begins a PATCH of which not all bytes come.
func (h *house) half(path string, offset int, content []byte) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: a\r\nX-Api-Key: %s\r\nTus-Resumable: 1.0.0\r\nContent-Type: %s\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n",
		path, h.key, chunkType, offset, len(content)+1000)
	conn.Write(content)
	eventually(h.T, func() bool {
		head := h.tus("HEAD", path, nil)
		return head.header.Get("Upload-Offset") == strconv.Itoa(offset+len(content))
	})
	return conn
}

// While one request sends, another is told to wait; when the line breaks, what had come
// is there, and another process goes on with it.
func TestResumableBrokenLine(t *testing.T) {
	h := newHouse(t)
	clip := aClip(20_000)
	path := h.begin(len(clip))
	conn := h.half(path, 0, clip[:8000])
	wait := h.patch(path, 8000, clip[8000:])
	if code, _ := wait.fault(t); wait.status != 423 || code != "conflict" || wait.header.Get("Retry-After") != "1" {
		t.Errorf("while another sends: %d %s", wait.status, wait.body)
	}
	conn.Close()
	h.config.Parts = h.parts(PartsConfig{Dir: h.config.Parts.Dir}) // as after a restart
	h.serve()
	var last reply
	eventually(t, func() bool { // the other server lets go as soon as it hears of the end
		last = h.patch(path, 8000, clip[8000:])
		return last.status != 423
	})
	if last.status != 204 || h.send("GET", last.header.Get("X-Video-Url"), nil).body != string(clip) {
		t.Errorf("the rest: %d %s", last.status, last.body)
	}
}

// A request whose line is broken, unheard of, gives way after a moment.
func TestStalledResumableUploadIsTakenOver(t *testing.T) {
	h := newHouse(t)
	clip := aClip(20_000)
	path := h.begin(len(clip))
	conn := h.half(path, 0, clip[:8000])
	defer conn.Close()
	var last reply
	eventually(t, func() bool {
		last = h.patch(path, 8000, clip[8000:])
		return last.status != 423
	})
	if last.status != 204 {
		t.Errorf("the rest: %d %s", last.status, last.body)
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if told, err := bufio.NewReader(conn).ReadString('\n'); !strings.Contains(told, "503") {
		t.Errorf("the first one is told %q, %v", told, err)
	}
}

func TestResumableTermination(t *testing.T) {
	h := newHouse(t)
	clip := aClip(20_000)
	path := h.begin(len(clip))
	conn := h.half(path, 0, clip[:8000]) // does not keep it from being given up
	defer conn.Close()
	if gone := h.tus("DELETE", path, nil); gone.status != 204 {
		t.Errorf("%d %s", gone.status, gone.body)
	}
	h.partsAre(0)
	if again := h.tus("DELETE", path, nil); again.status != 404 {
		t.Errorf("again: %d %s", again.status, again.body)
	}
	path = h.begin(100)
	if override := h.tus("POST", path, nil, "X-HTTP-Method-Override", "DELETE"); override.status != 204 {
		t.Errorf("by POST: %d %s", override.status, override.body)
	}
	path = h.begin(len(clip))
	h.patch(path, 0, clip)
	if late := h.tus("DELETE", path, nil); late.status != 409 {
		t.Errorf("a complete one: %d %s", late.status, late.body)
	}
}
