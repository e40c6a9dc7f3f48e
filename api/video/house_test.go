package video

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox"
	"mattebox/blobs"
	"mattebox/httpd"
	"mattebox/internal/teststore"
	"mattebox/safehttp"
	"mattebox/store"
	clips "mattebox/video"
)

// room is an Intake that is full when it has an error.
type room struct{ err error }

func (r *room) Admit(context.Context) error { return r.err }

// house is the API on a real store and real files, asked over real HTTP.
type house struct {
	*testing.T
	store   *store.Store
	blobs   *blobs.Store
	temp    string
	url     string
	config  Config
	intake  *room
	clock   time.Time
	log     journal
	account mattebox.Account
	key     string // the account's first key
	other   string // the account's second key
	foreign string // another account's
}

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write notes.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

const adminToken = "the administrator's token"

// onBoth runs the test on a house over each engine of the store.
func onBoth(t *testing.T, test func(h *house)) {
	teststore.OnBoth(t, func(t *testing.T, db *store.DB) { test(houseOn(t, db)) })
}

func newHouse(t *testing.T, change ...func(*Config)) *house {
	t.Helper()
	return houseOn(t, teststore.SQLite(t), change...)
}

func houseOn(t *testing.T, db *store.DB, change ...func(*Config)) *house {
	t.Helper()
	h := &house{T: t, intake: &room{}, clock: time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC), temp: t.TempDir()}
	now := func() time.Time { return h.clock }
	h.store = teststore.On(t, db, now)
	h.store.Prices = mattebox.FlatPrices(mattebox.Money{Cents: 95, Currency: mattebox.USD})
	var err error
	if h.blobs, err = blobs.Open(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	h.config = Config{
		Keys: h.store, Jobs: h.store, Uploads: h.store, Usage: h.store, Answers: h.store, Accounts: h.store, Blobs: h.blobs, Intake: h.intake, Now: now,
		Open:  h.open,
		Links: mattebox.Links{Secret: teststore.Keys(t).Links(), Valid: 24 * time.Hour, Now: now},
		Sniff: sniff, Look: look,
		CheckURL: safehttp.New(safehttp.Config{}).CheckURL, Prices: h.store.Prices, Currency: mattebox.USD,
		Temp: h.temp, MaxUpload: 8e6, MaxStored: 1e9, Rate: 10_000, AdminToken: adminToken, Version: "1.2.3",
		RequestID: httpd.RequestID, Logger: slog.New(slog.NewTextHandler(&h.log, nil)),
	}
	h.config.Parts = h.parts(PartsConfig{Dir: t.TempDir()})
	for _, c := range change {
		c(&h.config)
	}
	h.serve()
	h.account, h.key = h.customer("john@example.com", 10_00)
	_, h.other, err = h.store.AddVideoKey(t.Context(), h.account.ID, "shop", "")
	if err != nil {
		t.Fatal(err)
	}
	_, h.foreign = h.customer("stranger@example.com", 10_00)
	return h
}

// parts opens the folder of open uploads.
func (h *house) parts(c PartsConfig) *Parts {
	h.Helper()
	c.Now, c.Logger = h.config.Now, h.config.Logger
	parts, err := OpenParts(c)
	if err != nil {
		h.Fatal(err)
	}
	return parts
}

// serve serves the config behind the server of the service.
func (h *house) serve() {
	h.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.Fatal(err)
	}
	h.url = "http://" + l.Addr().String()
	h.config.Links.Public = h.url
	handler, err := New(h.config)
	if err != nil {
		h.Fatal(err)
	}
	server := httpd.New(httpd.Config{
		Handler: handler, Logger: h.config.Logger, Now: time.Now,
		Limits: httpd.Limits{Body: 2 << 20, Large: func(r *http.Request) int64 { return LargeBody(r, h.config.MaxUpload) }},
	})
	go server.Serve(l)
	h.Cleanup(func() { server.Stop(context.Background()) })
}

func (h *house) open(ctx context.Context, key string) (File, error) {
	blob, err := h.blobs.Get(ctx, key)
	if err != nil {
		return File{}, err
	}
	return File{blob, blob.Size, blob.Modified}, nil
}

// customer opens an account with a balance and returns its first key.
func (h *house) customer(email string, cents int64) (mattebox.Account, string) {
	h.Helper()
	account, secrets, err := h.store.CreateAccount(h.Context(), mattebox.Account{Email: email, Balance: mattebox.Money{Cents: cents, Currency: mattebox.USD}})
	if err != nil {
		h.Fatal(err)
	}
	return account, secrets.JobsKey
}

// sniff knows the clips and pictures that the service knows.
func sniff(head []byte) (Kind, error) {
	if bytes.HasPrefix(head, []byte("\x89PNG")) {
		return Kind{MediaType: "image/png", Extension: "png"}, nil
	}
	container, err := clips.Sniff(head)
	return Kind{MediaType: "video/" + container, Extension: container, Clip: true}, err
}

// look says of every clip that it is 90 seconds long, but of one that says how long it is.
func look(_ context.Context, path string) (*mattebox.Clip, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	length := 90 * time.Second
	if _, given, found := bytes.Cut(text, []byte("length=")); found {
		if length, err = time.ParseDuration(string(given)); err != nil {
			return nil, mattebox.Errorf(mattebox.CodeInvalid, "the clip is damaged")
		}
	}
	return &mattebox.Clip{Container: "mp4", Codec: "h264", Width: 640, Height: 360, Duration: length, Frames: int(length.Seconds() * 25)}, nil
}

// mp4 is a file that begins like a clip, with more text in it.
func mp4(text string) []byte {
	return append([]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"), text...)
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
}

// object is an answer in JSON.
type object map[string]any

// json returns the answer's body, which has to be an object.
func (r reply) json(t *testing.T) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(r.body), &o); err != nil {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	return o
}

// fault returns the code and the message of an answer that is none.
func (r reply) fault(t *testing.T) (code, message string) {
	t.Helper()
	o, ok := r.json(t)["error"].(map[string]any)
	if !ok || o["request_id"] != r.header.Get("X-Request-Id") || r.header.Get("X-Request-Id") == "" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %s %v is not the answer of a fault", r.status, r.body, r.header)
	}
	code, _ = o["code"].(string)
	message, _ = o["message"].(string)
	return code, message
}

// send sends a body, with headers as pairs of name and value.
func (h *house) send(method, address string, body io.Reader, headers ...string) reply {
	h.Helper()
	if strings.HasPrefix(address, "/") {
		address = h.url + address
	}
	req, err := http.NewRequestWithContext(h.Context(), method, address, body)
	if err != nil {
		h.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}

// ask sends an object, or nothing for nil, with the account's first key.
func (h *house) ask(method, path string, body any, headers ...string) reply {
	h.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			h.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	return h.send(method, path, content, append([]string{"X-Api-Key", h.key}, headers...)...)
}

// ok is ask for a request that has to succeed.
func (h *house) ok(method, path string, body any, headers ...string) object {
	h.Helper()
	answer := h.ask(method, path, body, headers...)
	if answer.status != http.StatusOK {
		h.Fatalf("%s %s: %d %s", method, path, answer.status, answer.body)
	}
	return answer.json(h.T)
}

// refused is ask for a request that has to be refused with the status and the code;
// it returns the message.
func (h *house) refused(status int, code, method, path string, body any, headers ...string) string {
	h.Helper()
	answer := h.ask(method, path, body, headers...)
	got, message := answer.fault(h.T)
	if answer.status != status || got != code || message == "" {
		h.Errorf("%s %s %v: %d %s, want %d %s", method, path, body, answer.status, answer.body, status, code)
	}
	return message
}

// upload sends a file as a form and returns the answer.
func (h *house) upload(name string, content []byte, headers ...string) reply {
	h.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		h.Fatal(err)
	}
	part.Write(content)
	w.Close()
	return h.send(http.MethodPost, "/v1/uploads", &form, append([]string{"X-Api-Key", h.key, "Content-Type", w.FormDataContentType()}, headers...)...)
}

// clip uploads a clip of that length and returns its address.
func (h *house) clip(length string) string {
	h.Helper()
	answer := h.upload("clip.mp4", mp4("length="+length))
	if answer.status != http.StatusOK {
		h.Fatalf("upload: %d %s", answer.status, answer.body)
	}
	return answer.json(h.T)["video_url"].(string)
}

// job makes a job of an upload of that length and returns its id.
func (h *house) job(length string, more object) string {
	h.Helper()
	body := object{"video_url": h.clip(length)}
	maps.Copy(body, more)
	return h.ok(http.MethodPost, "/v1/jobs", body)["id"].(string)
}

// step claims a step of the kind.
func (h *house) step(kind mattebox.Kind) *mattebox.JobStep {
	h.Helper()
	step, err := h.store.ClaimStep(h.Context(), kind, time.Minute)
	if err != nil || step == nil {
		h.Fatalf("claim a %s: %v, %v", kind, step, err)
	}
	return step
}

// complete does the work of the one job in hand; its result is the content.
func (h *house) complete(length time.Duration, content string) {
	h.Helper()
	clip := mattebox.Clip{Container: "mp4", Codec: "h264", Width: 640, Height: 360, Duration: length, Frames: 100}
	err := h.store.FinishJobFetch(h.Context(), h.step(mattebox.KindVideoFetch), mattebox.Fetched{Clip: clip, Spans: []mattebox.ClipSpan{{To: length, Frames: 100}}})
	if err == nil {
		err = h.store.FinishSegment(h.Context(), h.step(mattebox.KindVideoSegment), mattebox.Segment{Key: "segment", Frames: 100})
	}
	if err != nil {
		h.Fatal(err)
	}
	join := h.step(mattebox.KindVideoJoin)
	output := mattebox.Output{
		Name: "clip.webm", Key: "1000001/" + join.Job.UID + "/output", MediaType: "video/webm", Bytes: int64(len(content)), Width: 640, Height: 360, Duration: length, Frames: 100,
	}
	if _, err := h.blobs.Put(h.Context(), output.Key, strings.NewReader(content), output.MediaType); err != nil {
		h.Fatal(err)
	}
	if err := h.store.FinishJob(h.Context(), join, output, nil); err != nil {
		h.Fatal(err)
	}
}

// fail fails the one job in hand.
func (h *house) fail(fault mattebox.JobFault) {
	h.Helper()
	if err := h.store.FailJob(h.Context(), h.step(mattebox.KindVideoFetch), fault); err != nil {
		h.Fatal(err)
	}
}

// balance is what the account has left.
func (h *house) balance() int64 {
	h.Helper()
	account, err := h.store.Account(h.Context(), h.account.ID)
	if err != nil {
		h.Fatal(err)
	}
	return account.Balance.Cents
}
