package video

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// plain writes n grey frames with one white square that moves.
func plain(t *testing.T, out string, o WriterOptions, n int, start, end time.Duration) *Segment {
	t.Helper()
	w, err := NewWriter(t.Context(), out, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for i := range n {
		f := NewFrame(o.Width, o.Height)
		for p := range f.Pix {
			f.Pix[p] = 100
			if p%4 == 3 || p/4%o.Width == i%o.Width {
				f.Pix[p] = 255
			}
		}
		f.At = start + o.Rate.at(int64(i))
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Close(end)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSameBytes: a segment that is made twice is made alike, whatever the machine does
// beside it.
func TestSameBytes(t *testing.T) {
	sample(t)
	for _, f := range Formats() {
		var made [2][]byte
		for n := range made {
			out := filepath.Join(t.TempDir(), "segment")
			plain(t, out, WriterOptions{Format: f, Width: 32, Height: 18, Rate: Rate{25, 1}, Opaque: true}, 6, 0, 240*time.Millisecond)
			var err error
			if made[n], err = os.ReadFile(out); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(made[0], made[1]) {
			t.Errorf("%s: two segments of the same frames differ", f)
		}
	}
}

func TestOddSize(t *testing.T) {
	sample(t)
	for _, f := range []Format{WebM, MOV, MP4, StackedVideo, GIF} {
		dir := t.TempDir()
		s := plain(t, filepath.Join(dir, "a"), WriterOptions{Format: f, Width: 33, Height: 19, Rate: Rate{25, 1}, Opaque: true}, 3, 0, 120*time.Millisecond)
		if err := Join(t.Context(), JoinOptions{Segments: []Segment{*s}, Out: filepath.Join(dir, "out")}); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestWriterRefusesDisorder(t *testing.T) {
	sample(t)
	out := filepath.Join(t.TempDir(), "a")
	w, err := NewWriter(t.Context(), out, WriterOptions{Format: WebM, Width: 16, Height: 16, Rate: Rate{25, 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	f := NewFrame(16, 16)
	f.At = time.Second
	if err := w.Write(f); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(f); err == nil {
		t.Error("the same time twice passes")
	}
	if err := w.Write(NewFrame(8, 8)); err == nil {
		t.Error("another size passes")
	}
	w.Abort()
	if left, _ := filepath.Glob(out + "*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := w.Close(2 * time.Second); err == nil {
		t.Error("an aborted writer closes well")
	}
}

func TestWriterWithoutFrames(t *testing.T) {
	sample(t)
	w, err := NewWriter(t.Context(), filepath.Join(t.TempDir(), "a"), WriterOptions{Format: MOV, Width: 16, Height: 16})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(time.Second); err == nil {
		t.Error("an empty segment is made")
	}
}
