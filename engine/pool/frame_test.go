package pool

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFrames(t *testing.T) {
	var b bytes.Buffer
	for _, text := range []string{"a", "b"} {
		if err := WriteFrame(&b, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{`"a"`, `"b"`} {
		if got, err := ReadFrame(&b); err != nil || string(got) != want {
			t.Errorf("got %s, error %v", got, err)
		}
	}
	if _, err := ReadFrame(&b); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestFrameRefuses(t *testing.T) {
	var bad *FrameError
	for name, data := range map[string]string{"nothing": "\x00\x00\x00\x00", "too long": "\x00\x10\x00\x01{}", "a text": "GIF89a"} {
		if _, err := ReadFrame(strings.NewReader(data)); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string]string{"half a length": "\x00\x00", "half a message": "\x00\x00\x00\x05{}", "no message": "\x00\x00\x00\x05"} {
		if _, err := ReadFrame(strings.NewReader(data)); err != io.ErrUnexpectedEOF {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := WriteFrame(io.Discard, strings.Repeat("x", MaxFrame)); !errors.As(err, &bad) {
		t.Errorf("writing too much: %v", err)
	}
	if err := WriteFrame(io.Discard, func() {}); err == nil {
		t.Error("writing what cannot be written: no error")
	}
	if err := ParseFrame([]byte(`{"ID":1} {`), &Answer{}); !errors.As(err, &bad) {
		t.Errorf("more than a message: %v", err)
	}
}

// FuzzReadFrame feeds bytes to the parent's reader as a child that was taken over
// might: nothing may be accepted that is not what was framed, and memory is
// bounded by MaxFrame.
func FuzzReadFrame(f *testing.F) {
	for _, seed := range []string{
		"", "\x00", "\x00\x00\x00\x02{}", "\x00\x00\x00\x08{\"ID\":1}", "\xff\xff\xff\xff", "\x00\x10\x00\x00{",
		"\x00\x00\x00\x2b{\"ID\":1,\"Fault\":{\"Code\":\"x\",\"Message\":\"y\"}}", "\x00\x00\x00\x19{\"Protocol\":1,\"Notes\":[]}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			text, err := ReadFrame(r)
			if err != nil {
				return
			}
			if len(text) == 0 || len(text) > MaxFrame || !bytes.Contains(data, text) {
				t.Fatalf("%d bytes were read", len(text))
			}
			var a Answer
			if ParseFrame(text, &a) != nil {
				continue
			}
			a.answers(OpRemove)
			if err := a.Fault.Err(); a.Fault != nil && err == nil {
				t.Fatal("a fault without an error")
			}
			_ = ParseFrame(text, &Hello{})
		}
	})
}

// FuzzWords feeds the reader of stderr.
func FuzzWords(f *testing.F) {
	f.Add([]byte("SIGSEGV: segmentation violation\nPC=0x0 m=0\n"))
	f.Add([]byte("no end"))
	f.Add(bytes.Repeat([]byte("x"), 3*maxLine))
	f.Add([]byte("\r\n\n\x00\xff\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := &words{logger: slog.New(slog.DiscardHandler), ended: make(chan struct{})}
		w.listen(bytes.NewReader(data))
		<-w.ended
		if n := len(w.last()); n > keptHead+keptTail+2*maxLine {
			t.Errorf("%d bytes are kept", n)
		}
	})
}

// What the protocol and the pipes cost, beside the work itself, is far below what
// any picture takes.
func TestRoundTripIsCheap(t *testing.T) {
	p := open(t, 1, "", Limits{})
	made(t, p)
	var took []time.Duration
	for range 200 {
		began := time.Now()
		made(t, p)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("round trip: least %v, median %v, most of 200 %v", took[0], took[100], took[199])
	if took[20] > 3*time.Millisecond { // not the median: others use this machine, too
		t.Errorf("nine in ten take more than %v", took[20])
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	p := open(b, 1, "", Limits{})
	made(b, p)
	for b.Loop() {
		made(b, p)
	}
}
