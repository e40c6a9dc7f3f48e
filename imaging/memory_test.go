package imaging

import (
	"context"
	"os"
	"runtime/debug"
	"testing"
)

// peak returns by how much the process's resident memory rose at most during do.
func peak(t *testing.T, do func()) int64 {
	t.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Skipf("the peak of memory cannot be reset here: %v", err)
	}
	before := status(t, "VmRSS")
	do()
	return status(t, "VmHWM") - before
}

func TestDecodePeakMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("decodes 24 megapixels")
	}
	const width, height, mega = 6000, 4000, 1 << 20
	p := synthetic(width/10, height/10, false, false)
	p, err := ResizeLinear(context.Background(), p, width, height)
	if err != nil {
		t.Fatal(err)
	}
	rgb := int64(len(p.Pix))
	files := map[Format][]byte{}
	for _, f := range []Format{JPEG, PNG, TIFF} {
		files[f] = encode(t, p, EncodeOptions{Format: f, Level: 1})
	}
	p = nil
	for f, data := range files {
		got := peak(t, func() { decode(t, data) })
		t.Logf("%s: peak %d MB for %d MB of samples", f, got/mega, rgb/mega)
		if got > rgb*13/10 {
			t.Errorf("%s: peak %d MB, want at most 1.3 times the %d MB of samples", f, got/mega, rgb/mega)
		}
	}
}

// A leaked picture would show as 90 MB, a leaked file as 20 MB. What the heap's
// arenas keep for their next use settles before.
func TestMemoryStaysFlat(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("decodes and encodes some hundred pictures")
	}
	data := encode(t, synthetic(640, 480, false, false), EncodeOptions{Format: JPEG})
	once := func() {
		p := decode(t, data)
		for _, f := range []Format{JPEG, PNG, WebP} {
			encode(t, p, EncodeOptions{Format: f, Level: 1})
		}
		if _, err := Decode(context.Background(), data[:len(data)/2], Limits{}); err == nil {
			t.Fatal("half a file passes")
		}
	}
	for range 40 {
		once()
	}
	debug.FreeOSMemory()
	before := status(t, "VmRSS")
	for range 100 {
		once()
	}
	debug.FreeOSMemory()
	grown := status(t, "VmRSS") - before
	t.Logf("grew by %d KB over 100 rounds", grown>>10)
	if grown > 10<<20 {
		t.Errorf("resident memory grew by %d MB over 100 rounds", grown>>20)
	}
}
