package imaging

import (
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkZZThumb(b *testing.B) {
	big := twelve(b, false)
	bigA := twelve(b, true)
	mk := func(w, h int, alpha, dp bool) *Picture {
		s := big
		if alpha {
			s = bigA
		}
		p, _ := ResizeLinear(b.Context(), s, w, h)
		if dp {
			c := *p
			c.widen()
			p = &c
		}
		return p
	}
	best := func(f func()) time.Duration {
		least := time.Hour
		for range 15 {
			s := cpu()
			f()
			least = min(least, cpu()-s)
		}
		return least
	}
	for _, c := range []struct {
		w, h      int
		alpha, dp bool
	}{{1000, 1000, false, false}, {1000, 1000, true, false}, {1200, 900, true, true}, {4000, 3000, true, false}, {4000, 3000, false, false}} {
		p := mk(c.w, c.h, c.alpha, c.dp)
		small, _ := shrink(b.Context(), p, 256, 256*c.h/c.w)
		fmt.Println(c, "all", best(func() { WriteThumbnail(b.Context(), io.Discard, p, 256) }),
			"shrink", best(func() { shrink(b.Context(), p, 256, 256*c.h/c.w) }),
			"encode", best(func() { WriteThumbnail(b.Context(), io.Discard, small, 256) }),
			"lanczos", best(func() { ResizeLinear(b.Context(), p, 256, 256*c.h/c.w) }))
	}
}
