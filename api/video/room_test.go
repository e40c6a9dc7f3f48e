package video

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An account's uploads are so large together, whichever key they came by; what is
// removed makes room.
func TestStoredUploadsAreBounded(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.MaxStored = 20_000 })
	clip := aClip(9000)
	begun := h.begin(len(clip))
	for n := range 2 {
		if answer := h.upload("clip.mp4", clip, "Idempotency-Key", strconv.Itoa(n)); answer.status != 200 {
			t.Fatalf("upload %d: %d %s", n, answer.status, answer.body)
		}
	}
	full := map[string]reply{
		"one more":               h.upload("clip.mp4", clip),
		"one more, once":         h.upload("clip.mp4", clip, "Idempotency-Key", "more"),
		"one by another key":     h.upload("clip.mp4", clip, "X-Api-Key", h.other),
		"one in pieces":          h.tus("POST", resumablePath, nil, "Upload-Length", "9000"),
		"the end of one, before": h.patch(begun, 0, clip),
	}
	for what, answer := range full {
		code, message := answer.fault(t)
		if answer.status != http.StatusConflict || code != "conflict" || !strings.Contains(message, "Wait until the oldest are removed") {
			t.Errorf("%s: %d %s", what, answer.status, answer.body)
		}
	}
	h.tempIsEmpty()
	for what, answer := range map[string]reply{
		"a small one":       h.upload("clip.mp4", aClip(500)),
		"the same again":    h.upload("clip.mp4", clip, "Idempotency-Key", "1"),
		"another account's": h.upload("clip.mp4", clip, "X-Api-Key", h.foreign),
	} {
		if answer.status != 200 {
			t.Errorf("%s: %d %s", what, answer.status, answer.body)
		}
	}
	h.removeUploads()
	h.there(begun, 9000)
	h.partsAre(0)
	if answer := h.upload("clip.mp4", clip); answer.status != 200 {
		t.Errorf("after the others were removed: %d %s", answer.status, answer.body)
	}
}

// removeUploads does what the sweep does once their time is over.
func (h *house) removeUploads() {
	h.Helper()
	all, err := h.store.RetireUploads(h.Context(), h.clock.Add(time.Second), 100)
	if err != nil {
		h.Fatal(err)
	}
	for _, u := range all {
		if err := h.store.MarkUploads(h.Context(), u.UID); err != nil {
			h.Fatal(err)
		}
	}
}

// Files that come slowly keep nobody out but their own account, and those of all are so
// many at a time.
func TestFilesAtATimeAreBounded(t *testing.T) {
	h := newHouse(t)
	_, third := h.customer("third@example.com", 10_00)
	path := h.begin(9000)
	var lines []net.Conn
	fill := func(key string) {
		t.Helper()
		for range mostReceivedAccount {
			lines = append(lines, h.slow(key))
		}
		eventually(t, func() bool { left, _ := os.ReadDir(h.temp); return len(left) == len(lines) })
	}
	refused := func(what string, answer reply) {
		t.Helper()
		if code, _ := answer.fault(t); answer.status != 503 || code != "unavailable" || answer.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", what, answer.status, answer.body)
		}
	}
	fill(h.key)
	refused("one more", h.upload("clip.mp4", mp4("")))
	refused("one more by another key", h.upload("clip.mp4", mp4(""), "X-Api-Key", h.other))
	refused("one more in pieces", h.patch(path, 0, aClip(9000)))
	refused("one more begun in pieces", h.tus("POST", resumablePath, strings.NewReader("x"), "Upload-Length", "9", "Content-Type", chunkType))
	if answer := h.upload("clip.mp4", mp4(""), "X-Api-Key", third); answer.status != 200 {
		t.Errorf("another account's: %d %s", answer.status, answer.body)
	}
	fill(h.foreign)
	refused("when there are as many as may be", h.upload("clip.mp4", mp4(""), "X-Api-Key", third))
	for _, line := range lines {
		line.Close()
	}
	eventually(t, func() bool { left, _ := os.ReadDir(h.temp); return len(left) == 0 })
	eventually(t, func() bool { return h.upload("clip.mp4", mp4("")).status == 200 })
}

// slow begins an upload of which not all bytes come.
func (h *house) slow(key string) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST /v1/uploads HTTP/1.1\r\nHost: a\r\nX-Api-Key: %s\r\nContent-Length: 100000\r\n\r\n", key)
	conn.Write(aClip(sniffed + 1))
	return conn
}
