package video

import (
	"path/filepath"
	"testing"
	"time"

	"mattebox/internal/pgtest"
)

// TestTwoServices has two services on one database and one folder of files share the
// segments of a job.
func TestTwoServices(t *testing.T) {
	alongside(t, 2)
	build(t)
	shared := t.TempDir()
	s := settings{database: pgtest.URL(t), flags: []string{"--engines", "1"}}
	s.env = []string{"MATTEBOX_BLOBS=" + filepath.Join(shared, "blobs"), "MATTEBOX_KEY_FILE=" + filepath.Join(shared, "master.key")}
	first := open(t, s)
	s.flags = append(s.flags, "--roles", "worker", "--public-url", first.URL)
	second := open(t, s)

	const segments = 4
	c := first.customer(t)
	_, path := c.made(c.upload(long(t, segments)), object{"model": "light"})
	mattes, at := alphas(t, path, 160*90), times(t, path)
	if len(mattes) != longFrames(segments) || len(at) != len(mattes) {
		t.Fatalf("%d frames, %d of them with alpha; want %d", len(at), len(mattes), longFrames(segments))
	}
	checkMattes(t, mattes)
	for n := range at {
		if want := time.Duration(n) * time.Second / longRate; (time.Duration(at[n]*1e9) - want).Abs() > 2*time.Millisecond {
			t.Fatalf("frame %d is shown at %v s, want %v", n, at[n], want)
		}
	}
	here, there := first.finishedSegments(t), second.finishedSegments(t)
	if here < 1 || there < 1 || here+there != segments {
		t.Errorf("the services made %d and %d of %d segments, want some each", here, there, segments)
	}
	t.Logf("the services made %d and %d segments", here, there)
	first.ledger(t)
}
