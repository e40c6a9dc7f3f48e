package pool

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// What is kept of a child's stderr, and what goes to the log. A crash of the Go
// runtime says what happened first and lists goroutines then, so both ends count.
const (
	keptHead = 3 << 10
	keptTail = 1 << 10
	maxLine  = 1 << 10 // bytes of a line; the rest is cut off
	maxLines = 200     // that are logged for one picture
)

// words takes what a child says on stderr, line by line.
type words struct {
	logger *slog.Logger
	ended  chan struct{} // closed at the end of the stream

	mu         sync.Mutex
	head, tail []byte
	lines      int // since the last picture began
}

// listen reads the stream to its end.
func (w *words) listen(stderr io.Reader) {
	defer close(w.ended)
	r := bufio.NewReaderSize(stderr, maxLine)
	for {
		line, err := r.ReadSlice('\n')
		if text := strings.TrimRight(string(line), "\r\n"); text != "" {
			w.take(text)
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		if err != nil {
			return
		}
	}
}

func (w *words) take(line string) {
	w.mu.Lock()
	w.lines++
	n := w.lines
	if len(w.head) < keptHead {
		w.head = append(append(w.head, line...), '\n')
	} else {
		w.tail = append(append(w.tail, line...), '\n')
		w.tail = w.tail[max(0, len(w.tail)-keptTail):]
	}
	w.mu.Unlock()
	switch {
	case n < maxLines:
		w.logger.Warn("engine child said", "line", line)
	case n == maxLines:
		w.logger.Warn("engine child says too much, the rest is not logged", "lines", maxLines)
	}
}

// begin forgets what was said before a picture.
func (w *words) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.head, w.tail, w.lines = nil, nil, 0
}

// last returns what was said since the last picture began.
func (w *words) last() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := string(w.head)
	if len(w.tail) > 0 {
		said += "...\n" + string(w.tail)
	}
	return strings.TrimSpace(strings.ToValidUTF8(said, "?"))
}
