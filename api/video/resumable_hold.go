package video

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"mattebox"
)

const (
	// holdTime is how long a request waits for another about the same upload.
	holdTime = time.Second
	// stalled is how long no byte has come when a connection is taken for broken: its
	// client is asking anew already, while the server cannot know yet.
	stalled = 2 * time.Second
	// lookAgain is how often a request that waits looks.
	lookAgain = 20 * time.Millisecond
)

// holds are the requests that have an upload in hand, by its id.
type holds struct {
	mu sync.Mutex
	by map[string]*hold
}

// hold is a request that has an upload in hand.
type hold struct {
	control *http.ResponseController
	moved   atomic.Int64  // when a byte came last; nanoseconds since 1970, by the machine's clock
	done    chan struct{} // closed when it has the upload no more

	mu   sync.Mutex
	read bool // nothing is left to be broken off
}

func newHold(w http.ResponseWriter) *hold {
	h := &hold{control: http.NewResponseController(w), done: make(chan struct{})}
	h.move()
	return h
}

func (h *hold) move() { h.moved.Store(time.Now().UnixNano()) }

func (h *hold) stalled() bool { return time.Since(time.Unix(0, h.moved.Load())) >= stalled }

// breakOff has the request's reading end, if it is still reading.
func (h *hold) breakOff() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.read { // else the connection may be another request's already
		_ = h.control.SetReadDeadline(time.Unix(1, 0)) // where there are no deadlines, the other waits in vain
	}
}

// endReading has the request keep the upload for as long as it needs: no byte is to come.
func (h *hold) endReading() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.read = true
}

// take gives the upload to the request, if no other has it. One that is stalled is
// broken off, and any that is still reading when the request insists.
func (s *holds) take(ctx context.Context, uid string, mine *hold, insist bool) error {
	end := time.NewTimer(holdTime)
	defer end.Stop()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		s.mu.Lock()
		other := s.by[uid]
		if other == nil {
			s.by[uid] = mine
			s.mu.Unlock()
			return nil
		}
		s.mu.Unlock()
		if insist || other.stalled() {
			other.breakOff()
		}
		select {
		case <-other.done:
		case <-again.C:
		case <-end.C:
			return locked()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *holds) release(uid string, mine *hold) {
	mine.endReading()
	s.mu.Lock()
	delete(s.by, uid)
	s.mu.Unlock()
	close(mine.done)
}

// grip is an upload in the hands of one request.
type grip struct {
	*part
	parts *Parts
	file  *os.File // its bytes
	size  int64    // how many are there
	hold  *hold
}

// grip takes the key's upload, or returns a CodeNotFound error, or a 423.
func (s *Parts) grip(ctx context.Context, key mattebox.VideoKeyID, uid string, h *hold, insist bool) (*grip, error) {
	if _, _, err := s.look(key, uid); err != nil {
		return nil, err
	}
	if err := s.holds.take(ctx, uid, h, insist); err != nil {
		return nil, err
	}
	g, err := s.gripFile(key, uid, h)
	if err != nil {
		s.holds.release(uid, h)
	}
	return g, err
}

// gripFile looks again: the upload may have come to its end in between.
func (s *Parts) gripFile(key mattebox.VideoKeyID, uid string, h *hold) (*grip, error) {
	file, err := s.lock(key, uid)
	if err != nil {
		return nil, err
	}
	p, size, err := s.look(key, uid)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &grip{part: p, parts: s, file: file, size: size, hold: h}, nil
}

// lock opens the upload's bytes for one process. The kernel takes the lock back when
// the file is closed, or the process dies.
func (s *Parts) lock(key mattebox.VideoKeyID, uid string) (*os.File, error) {
	file, err := os.OpenFile(s.path(key, uid, bytesEnding), os.O_RDWR, 0)
	if err != nil {
		return nil, lost(err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, locked()
	}
	return nil, notStored(err)
}

func (g *grip) release() {
	g.file.Close()
	g.parts.holds.release(g.UID, g.hold)
}

func (g *grip) remove() error { return g.parts.remove(g.Key, g.UID) }
