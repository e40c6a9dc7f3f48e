package video

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"mattebox"
)

// gate is an Intake that notes the request's context, and a Look and a store that stop
// in the middle.
type gate struct {
	Uploads
	request atomic.Pointer[context.Context] // the newest that was admitted
	looks   atomic.Int32
	stop    func(ctx context.Context) error // in Look, unless nil
	adding  func(ctx context.Context)       // in AddUpload, unless nil
}

func (g *gate) Admit(ctx context.Context) error {
	g.request.Store(&ctx)
	return nil
}

func (g *gate) look(ctx context.Context, path string) (*mattebox.Clip, error) {
	g.looks.Add(1)
	if g.stop != nil {
		if err := g.stop(ctx); err != nil {
			return nil, err
		}
	}
	return look(ctx, path)
}

func (g *gate) AddUpload(ctx context.Context, u mattebox.Upload) (*mattebox.Upload, error) {
	if g.adding != nil {
		g.adding(ctx)
	}
	return g.Uploads.AddUpload(ctx, u)
}

// left waits until the server has heard that the client has gone.
func (g *gate) left() { <-(*g.request.Load()).Done() }

func gated(t *testing.T) (*house, *gate) {
	g := &gate{}
	h := newHouse(t, func(c *Config) {
		g.Uploads = c.Uploads
		c.Uploads, c.Intake, c.Look = g, g, g.look
	})
	return h, g
}

// While the complete file is looked into, nobody ends that, and it is not done twice.
func TestFinishingResumableUploadIsLeftAlone(t *testing.T) {
	h, g := gated(t)
	looking, proceed := make(chan bool), make(chan bool)
	g.stop = func(ctx context.Context) error {
		looking <- true
		select {
		case <-proceed:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	clip := aClip(20_000)
	path := h.begin(len(clip))
	last := make(chan reply, 1)
	go func() { last <- h.patch(path, 0, clip) }()
	<-looking
	for _, method := range []string{"DELETE", "HEAD"} {
		if wait := h.tus(method, path, nil); wait.status != http.StatusLocked {
			t.Errorf("%s in between: %d %s", method, wait.status, wait.body)
		}
	}
	close(proceed)
	if answer := <-last; answer.status != 204 || answer.header.Get("X-Video-Id") == "" {
		t.Errorf("the last bytes: %d %s", answer.status, answer.body)
	}
	h.there(path, len(clip))
	if n := g.looks.Load(); n != 1 {
		t.Errorf("%d looks", n)
	}
}

// A client that leaves once it has sent the last byte does not stop what follows.
func TestFinishingOutlivesTheClient(t *testing.T) {
	h, g := gated(t)
	clip := aClip(9000)
	path := h.begin(len(clip))
	looking := make(chan bool, 100) // more than there may be
	g.stop = func(ctx context.Context) error {
		looking <- true
		g.left()
		return ctx.Err()
	}
	conn := h.raw("PATCH", path, clip, "Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: "+chunkType)
	<-looking
	conn.Close()
	eventually(t, func() bool { return h.tus("HEAD", path, nil).header.Get("X-Video-Id") != "" })
	h.partsAre(0)
	if n := g.looks.Load(); n != 1 {
		t.Errorf("%d looks", n)
	}
}

// raw sends a whole request with the account's first key, and leaves the answer.
func (h *house) raw(method, path string, body []byte, headers ...string) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: a\r\nX-Api-Key: %s\r\nContent-Length: %d\r\n%s\r\n\r\n%s",
		method, path, h.key, len(body), strings.Join(headers, "\r\n"), body)
	return conn
}

// One that leaves while the row is being written leaves an upload with its bytes.
func TestNotingOutlivesTheClient(t *testing.T) {
	h, g := gated(t)
	adding := make(chan bool)
	g.adding = func(context.Context) {
		adding <- true
		g.left()
	}
	conn := h.raw("POST", "/v1/uploads", mp4(""), "Content-Type: video/mp4")
	<-adding
	conn.Close()
	var events []any
	eventually(t, func() bool {
		events = h.ok("GET", "/v1/usage/events", nil)["items"].([]any)
		return len(events) == 1
	})
	uid := events[0].(map[string]any)["video_id"].(string)
	at := h.ok("GET", "/v1/uploads/"+uid, nil)
	if back := h.send("GET", at["video_url"].(string), nil); back.body != string(mp4("")) {
		t.Errorf("the bytes: %d %s", back.status, back.body)
	}
}

// When the first bytes break off, the client has not learned where to go on.
func TestFirstBytesBreakOff(t *testing.T) {
	h := newHouse(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: a\r\nX-Api-Key: %s\r\nTus-Resumable: 1.0.0\r\nContent-Type: %s\r\nUpload-Length: 9000\r\nContent-Length: 9000\r\n\r\n%s",
		resumablePath, h.key, chunkType, aClip(5000))
	eventually(t, func() bool { return len(h.partFiles()) == 2 })
	conn.Close()
	eventually(t, func() bool { return len(h.partFiles()) == 0 })
}
