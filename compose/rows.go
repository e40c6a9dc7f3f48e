package compose

import (
	"context"
	"runtime"
	"sync"
)

// sample is the type of one channel of one pixel.
type sample interface{ uint8 | uint16 }

// bandRows is how many rows one goroutine takes at a time: enough to be worth
// the hand-over, few enough that a cancelled request stops soon.
const bandRows = 32

// rows calls do for bands of the rows 0..n, on all processors at once, and
// returns when all are done. After ctx ends no new band is begun, and its error
// is returned.
func rows(ctx context.Context, n int, do func(first, last int)) error {
	bands := (n + bandRows - 1) / bandRows
	next := make(chan int, bands)
	for b := range bands {
		next <- b
	}
	close(next)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), bands) {
		wg.Go(func() {
			for b := range next {
				if ctx.Err() != nil {
					return
				}
				do(b*bandRows, min(n, (b+1)*bandRows))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
