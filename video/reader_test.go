package video

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// same fails the test unless both hold the same frames at the same times.
func same(t *testing.T, want, got []frameAt) {
	t.Helper()
	if diff := cmp.Diff(times(want), times(got)); diff != "" {
		t.Fatalf("other times: %s", diff)
	}
	for n := range want {
		if !bytes.Equal(want[n].Pix, got[n].Pix) {
			t.Fatalf("frame %d at %s differs", n, want[n].At)
		}
	}
}

func TestReaderGivesEveryFrameOnce(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	all := readAll(t, path, info, ReadOptions{})
	if len(all) != 60 || info.Frames != 60 {
		t.Fatalf("%d frames, probe says %d, want 60", len(all), info.Frames)
	}
	for n, f := range all {
		if want := info.Rate.at(int64(n)); f.At != want {
			t.Fatalf("frame %d is at %s, want %s", n, f.At, want)
		}
	}
	var parts []frameAt
	spans := info.Segments(500*time.Millisecond, 0)
	if len(spans) != 4 {
		t.Errorf("%d spans, want 4: %v", len(spans), spans)
	}
	for _, s := range spans {
		parts = append(parts, readAll(t, path, info, ReadOptions{From: s.From, To: s.To})...)
	}
	same(t, all, parts)
}

func TestReaderBeginsBetweenKeyFrames(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	all := readAll(t, path, info, ReadOptions{})
	part := readAll(t, path, info, ReadOptions{From: info.Rate.at(22), To: info.Rate.at(37)})
	same(t, all[22:37], part)
}

func TestReaderClosedEarly(t *testing.T) {
	path := sample(t)
	r, err := NewReader(context.Background(), path, mustProbe(t, path), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.p.done:
	default:
		t.Error("ffmpeg still runs")
	}
}
