package engine

import (
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"mattebox/imaging"
)

// A service makes pictures for weeks: after the first ones, which fill pools and
// the networks' arena, resident memory stays where it is.
func TestMemoryStaysFlat(t *testing.T) {
	needEngine(t)
	var jobs []Job
	for _, f := range []string{`{}`, `{"templateOutputFormat":"PSD"}`, `{"templateOutputFormat":"WEBP"}`, `{"templateOutputFormat":"TIF","shadowType":2}`} {
		jobs = append(jobs, fast(t, f))
	}
	large, err := imaging.ResizeLinear(context.Background(), picture(), 540, 450)
	must(t, err)
	jobs[0].Source = file(t, large, imaging.JPEG)
	run := func(n int) {
		for i := range n {
			if _, err := shared.Remove(t.Context(), jobs[i%len(jobs)], discard{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(12)
	before := resident(t)
	run(40)
	const most = 48 << 20 // 40 pictures whose buffers were kept would be more
	if after := resident(t); after-before > most {
		t.Errorf("resident memory went from %d to %d MB over 40 pictures", before>>20, after>>20)
	} else {
		t.Logf("resident memory: %d MB, after 40 pictures %d MB", before>>20, after>>20)
	}
}

// resident returns the process's resident memory after what is free is given back.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc on this system")
	}
	pages, err := strconv.ParseInt(strings.Fields(string(data))[1], 10, 64)
	must(t, err)
	return pages * int64(os.Getpagesize())
}
