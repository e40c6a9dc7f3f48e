package files

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func TestFinal(t *testing.T) {
	h := newHouse(t)
	image := h.finished("my shoe.png", mattebox.Order{})
	address := h.links.Absolute(image.FinalPath())
	answer := h.ask("GET", address)
	if answer.StatusCode != 200 || !strings.HasPrefix(answer.body, "\x89PNG") {
		t.Errorf("%d, %d bytes", answer.StatusCode, len(answer.body))
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Content-Disposition": `inline; filename="my shoe.png"`, "X-Content-Type-Options": "nosniff",
		"Cache-Control": "private, max-age=3600", "Access-Control-Allow-Origin": "*", "Accept-Ranges": "bytes",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, err := http.ParseTime(answer.Header.Get("Last-Modified")); err != nil {
		t.Errorf("Last-Modified: %v", err)
	}
	h.becomes(image.ID, mattebox.StatusDelivered)

	tag := answer.Header.Get("ETag")
	if again := h.ask("GET", address, "If-None-Match", tag); again.StatusCode != 304 || len(tag) < 10 {
		t.Errorf("with If-None-Match %s: %d", tag, again.StatusCode)
	}
	part := h.ask("GET", address, "Range", "bytes=1-3", "If-Range", tag)
	if part.StatusCode != 206 || part.body != "PNG" {
		t.Errorf("range: %d %q", part.StatusCode, part.body)
	}
	if beyond := h.ask("GET", address, "Range", "bytes=99999-"); beyond.StatusCode != 416 {
		t.Errorf("range beyond the end: %d", beyond.StatusCode)
	}
	if head := h.ask("HEAD", address); head.StatusCode != 200 || head.body != "" || head.ContentLength != int64(len(answer.body)) {
		t.Errorf("HEAD: %d, Content-Length %d", head.StatusCode, head.ContentLength)
	}
}

// The thumbnail has the result's name and its own type; to look at it is no
// download.
func TestThumbnail(t *testing.T) {
	h := newHouse(t)
	image := h.finished("größe \"42\".png", mattebox.Order{})
	answer := h.ask("GET", h.links.Absolute(image.ThumbnailPath()))
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(answer.body, "\xff\xd8") {
		t.Errorf("%d %s %q", answer.StatusCode, answer.Header.Get("Content-Type"), answer.body)
	}
	if got := answer.Header.Get("Content-Disposition"); got != "inline; filename*=utf-8''gr%C3%B6%C3%9Fe%20%2242%22.png" {
		t.Errorf("Content-Disposition %s", got)
	}
	h.becomes(image.ID, mattebox.StatusFinished)
}

// Only a whole GET of the picture means that the customer has it.
func TestWhatIsNoDownload(t *testing.T) {
	h := newHouse(t)
	image := h.finished("a.png", mattebox.Order{})
	address := h.links.Absolute(image.FinalPath())
	h.ask("HEAD", address)
	h.ask("GET", address, "Range", "bytes=0-9")
	h.ask("GET", address, "Range", "bytes=0-9,20-29")
	h.ask("GET", address, "If-None-Match", "*")
	h.ask("OPTIONS", address)
	h.becomes(image.ID, mattebox.StatusFinished)
	if all := h.ask("GET", address, "Range", "bytes=0-"); all.StatusCode != 206 {
		t.Errorf("all of it as a range: %d", all.StatusCode)
	}
	h.becomes(image.ID, mattebox.StatusDelivered)
}

// A picture with a callback is delivered by its webhook.
func TestDownloadWithCallback(t *testing.T) {
	h := newHouse(t)
	image := h.finished("a.png", mattebox.Order{CallbackURL: "http://example.com/callback"})
	h.ask("GET", h.links.Absolute(image.FinalPath()))
	h.becomes(image.ID, mattebox.StatusFinished)
}

func TestRefusals(t *testing.T) {
	h := newHouse(t)
	image := h.finished("a.png", mattebox.Order{})
	signed := func(path string) string { return h.links.Absolute(path) }
	final := image.FinalPath()
	_, sig, _ := strings.Cut(signed(final), "?")
	tests := map[string]struct {
		method, address string
		status          int
	}{
		"unsigned":             {"GET", h.server.URL + "/" + final, 403},
		"empty signature":      {"GET", h.server.URL + "/" + final + "?sig=", 403},
		"another's signature":  {"GET", h.server.URL + "/" + image.ThumbnailPath() + "?" + sig, 403},
		"unsigned, not there":  {"GET", h.server.URL + "/1000001/2999999/final/a.png", 403},
		"no image":             {"GET", signed("1000001/2999999/final/a.png"), 404},
		"another account's":    {"GET", signed("1000002/2000001/final/a.png"), 404},
		"another name":         {"GET", signed("1000001/2000001/final/b.png"), 404},
		"another kind":         {"GET", signed("1000001/2000001/source/a.png"), 404},
		"no numbers":           {"GET", signed("x/y/final/a.png"), 404},
		"past 64 bit":          {"GET", signed("1000001/99999999999999999999/final/a.png"), 404},
		"shorter":              {"GET", signed("1000001/2000001/final"), 404},
		"longer":               {"GET", signed("1000001/2000001/final/a.png/b"), 404},
		"slash in the name":    {"GET", signed("1000001/2000001/final/..%2Fa.png"), 404},
		"root":                 {"GET", h.server.URL + "/", 404},
		"another method":       {"POST", signed(final), 405},
		"deletion":             {"DELETE", signed(final), 405},
		"unknown, as a method": {"GET", signed("1000001/-1/final/a.png"), 404},
	}
	for name, tt := range tests {
		answer := h.ask(tt.method, tt.address)
		if answer.StatusCode != tt.status || len(strings.TrimSpace(answer.body)) == 0 {
			t.Errorf("%s: %d %q, want %d", name, answer.StatusCode, answer.body, tt.status)
		}
		if tt.status == 405 && answer.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: Allow %q", name, answer.Header.Get("Allow"))
		}
	}
	h.becomes(image.ID, mattebox.StatusFinished)
}

// An address ends with its time, with a new result, and with the image's files.
func TestEnds(t *testing.T) {
	h := newHouse(t)
	image := h.finished("a.png", mattebox.Order{})
	address := h.links.Absolute(image.FinalPath())
	first := h.ask("GET", address)

	ref := mattebox.ImageRef{Ticket: image.Ticket}
	if err := h.store.RejectImage(t.Context(), h.account, ref, "not good"); err != nil {
		t.Fatal(err)
	}
	if answer := h.ask("GET", address); answer.StatusCode != 200 {
		t.Errorf("returned for production: %d", answer.StatusCode)
	}
	h.clock = h.clock.Add(time.Minute)
	h.produce("a.png")
	second := h.ask("GET", address, "If-None-Match", first.Header.Get("ETag"))
	if second.StatusCode != 200 || second.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Errorf("the new result: %d, ETag %s and before %s", second.StatusCode, second.Header.Get("ETag"), first.Header.Get("ETag"))
	}

	h.clock = h.clock.Add(26 * time.Hour)
	expired := h.ask("GET", address)
	if expired.StatusCode != 403 || !strings.Contains(expired.body, "expired") || expired.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("expired: %d %s", expired.StatusCode, expired.body)
	}
	address = h.links.Absolute(image.FinalPath())
	for range 2 { // to close and to clean
		h.clock = h.clock.Add(time.Hour)
		remains, err := h.store.Retire(t.Context(), h.clock, h.clock, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range remains {
			if err := h.store.MarkCleaned(t.Context(), r.Image); err != nil {
				t.Fatal(err)
			}
		}
	}
	if gone := h.ask("GET", address); gone.StatusCode != 410 || !strings.Contains(gone.body, "removed") {
		t.Errorf("cleaned: %d %s, status %d", gone.StatusCode, gone.body, h.image(image.ID).Status)
	}
}

// Bytes that are missing are our fault, and are logged; the address stays out of
// caches.
func TestMissingBytes(t *testing.T) {
	h := newHouse(t)
	image := h.finished("a.png", mattebox.Order{})
	if err := h.blobs.Delete(t.Context(), image.Result.Key); err != nil {
		t.Fatal(err)
	}
	answer := h.ask("GET", h.links.Absolute(image.FinalPath()))
	if answer.StatusCode != 500 || answer.Header.Get("Cache-Control") != "no-store" || strings.Contains(answer.body, image.Result.Key) {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
	log := h.log.String()
	if !strings.Contains(log, "file not served") || strings.Contains(log, "sig=") {
		t.Errorf("log: %s", log)
	}
	h.becomes(image.ID, mattebox.StatusFinished)
}

func FuzzParse(f *testing.F) {
	for _, path := range []string{"1000003/2000000/final/myimage.jpg", "1/2/thumbnail/", "-1/+2/final/..", "////", "1/2/final/a/b"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, ok := parse(path)
		if ok && (strings.Contains(a.name, "/") || strings.Count(path, "/") != 3) {
			t.Fatalf("%q was read as %+v", path, a)
		}
	})
}
