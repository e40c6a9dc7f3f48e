package video

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
)

// longestLine is far above what the programs print in one line where we read them.
const longestLine = 64 << 10

// eachLine calls with for each line of r until the end or its first error.
func eachLine(r io.Reader, with func(string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 4096), longestLine)
	for lines.Scan() {
		if err := with(lines.Text()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading what ffmpeg prints: %w", err)
	}
	return nil
}

// tailSize is how much of a program's complaints is kept.
const tailSize = 8 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

// String returns what was kept, trimmed.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
