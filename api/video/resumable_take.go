package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"mattebox"
)

// take writes the bytes of the request behind those that are there. Whatever comes is
// kept, also when the rest does not; with the last byte the upload is complete.
func (a *api) take(ctx context.Context, in *piece) (*standingOut, error) {
	key := caller(ctx).ID
	g, err := a.Parts.grip(ctx, key, in.ID, newHold(in.writer), false)
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return a.takeNothing(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	defer g.release()
	if in.Offset != g.size {
		return nil, misplaced(in.writer, g.size)
	}
	if in.request.ContentLength > g.Length-g.size {
		return nil, a.oversized(tooMuch(g.Length))
	}
	if err := a.write(g, in.request.Body); err != nil {
		return nil, err
	}
	if g.size < g.Length {
		return a.open(g.part, g.size), nil
	}
	u, err := a.finish(ctx, g)
	if err != nil {
		return nil, err
	}
	return a.complete(u), nil
}

// takeNothing answers a request for an upload that is complete: a client that has not
// heard of it may send its last bytes again.
func (a *api) takeNothing(ctx context.Context, in *piece) (*standingOut, error) {
	u, err := a.Uploads.Upload(ctx, caller(ctx).ID, in.ID)
	if err != nil {
		return nil, notUpload(err)
	}
	if in.Offset != u.Bytes {
		return nil, misplaced(in.writer, u.Bytes)
	}
	return a.complete(u), nil
}

func misplaced(w http.ResponseWriter, size int64) error {
	w.Header().Set(offsetHeader, strconv.FormatInt(size, 10))
	return &fault{status: http.StatusConflict, code: codeConflict, message: fmt.Sprintf("%d bytes are there; go on with those that follow", size)}
}

func tooMuch(length int64) string {
	return fmt.Sprintf("The file was announced with %d bytes; no more are taken", length)
}

// write copies the body behind the bytes that are there. What is none of the kinds that
// are taken is refused as soon as its first bytes tell.
func (a *api) write(g *grip, body io.Reader) error {
	begin := g.size
	if _, err := g.file.Seek(begin, io.SeekStart); err != nil {
		return notStored(err)
	}
	from := &watched{from: body, hold: g.hold}
	told := min(sniffed, g.Length)
	err := g.copy(from, told-g.size)
	if err == nil && begin < told && g.size >= told {
		if _, err := a.sniff(g); err != nil {
			return g.refused(err)
		}
	}
	if err == nil {
		err = g.copy(from, g.Length-g.size)
	}
	if err == nil && g.size == g.Length && more(from) {
		g.size = begin // whatever it is, it is not that file
		err = errors.Join(a.oversized(tooMuch(g.Length)), g.file.Truncate(begin))
	}
	return errors.Join(err, g.settle())
}

// copy copies at most n bytes; a body that ends before is none that broke off.
func (g *grip) copy(from io.Reader, n int64) error {
	if n <= 0 {
		return nil
	}
	copied, err := io.Copy(pen{g.file}, io.LimitReader(from, n))
	g.size += copied
	if err != nil {
		return unfinished(err)
	}
	return nil
}

// settle has the disk keep what the answer is about to promise.
func (g *grip) settle() error {
	if err := g.file.Sync(); err != nil {
		return notStored(err)
	}
	if err := g.parts.touch(g.part); err != nil {
		return notStored(err)
	}
	return nil
}

// more reports whether there is another byte.
func more(from io.Reader) bool {
	n, _ := io.ReadFull(from, make([]byte, 1))
	return n > 0
}

// sniff says what the upload is by its first bytes.
func (a *api) sniff(g *grip) (Kind, error) {
	head := make([]byte, min(sniffed, g.size))
	if _, err := g.file.ReadAt(head, 0); err != nil {
		return Kind{}, notStored(err)
	}
	kind, err := a.Sniff(head)
	return kind, notClip(err)
}

// finishTime bounds what follows the last byte, which outlives its request: a look at
// the clip, and its bytes' way into the store.
const finishTime = 5 * time.Minute

// finish makes the complete file an ordinary upload, also when the client has gone.
// What is no clip is removed; when something else goes wrong, the bytes stay, and the
// next request tries again.
func (a *api) finish(ctx context.Context, g *grip) (*mattebox.Upload, error) {
	g.hold.endReading()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	u, err := a.Uploads.Upload(ctx, g.Key, g.UID) // there is one after a crash between the two
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		u, err = a.keepWhole(ctx, g)
	}
	if err != nil {
		return nil, g.refused(err)
	}
	return u, g.remove()
}

// refused removes a file that is none that is taken. Any other error leaves it.
func (g *grip) refused(err error) error {
	if explain(err).status != http.StatusBadRequest {
		return err
	}
	return errors.Join(err, g.remove())
}

func (a *api) keepWhole(ctx context.Context, g *grip) (*mattebox.Upload, error) {
	kind, err := a.sniff(g)
	if err != nil {
		return nil, err
	}
	got := &received{uid: g.UID, path: g.whole(), name: g.Name, kind: kind, size: g.size}
	defer g.dropWhole()
	return a.keep(ctx, got)
}

// whole returns a second name of the bytes, which a.keep may take away: the first one
// stays until the upload is noted. Where a disk knows no second names, there is none.
func (g *grip) whole() string {
	first, second := g.parts.path(g.Key, g.UID, bytesEnding), g.parts.path(g.Key, g.UID, wholeEnding)
	g.dropWhole()
	if os.Link(first, second) != nil {
		return first
	}
	return second
}

func (g *grip) dropWhole() { os.Remove(g.parts.path(g.Key, g.UID, wholeEnding)) }

// watched notes when bytes come.
type watched struct {
	from io.Reader
	hold *hold
}

// Read reads.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if n > 0 {
		w.hold.move()
	}
	return n, err
}

// pen tells a disk that does not take more from a client that does not send more.
type pen struct{ file *os.File }

// Write writes.
func (p pen) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	if err != nil {
		err = notStored(err)
	}
	return n, err
}

// unfinished explains a body that broke off; a fault of the disk stays. It is a 503,
// which clients of tus try again, where POST /v1/uploads has a 408 or a 400, which they
// do not.
func unfinished(err error) error {
	var ours *mattebox.Error
	if errors.As(err, &ours) {
		return err
	}
	return &fault{
		status: http.StatusServiceUnavailable, code: codeUnavailable, message: "Not all bytes came, or not in time; go on from where HEAD says",
		header: http.Header{"Retry-After": {"1"}}, err: err,
	}
}
