package matte

import (
	"runtime"
	"sync"
)

// rows calls f for bands of rows [y0, y1) that together cover [0, height), on
// at most GOMAXPROCS goroutines, and returns when all are done. Bands keep f's
// scratch memory out of the inner loop.
func rows(height int, f func(y0, y1 int)) {
	n := min(runtime.GOMAXPROCS(0), max(1, height/16))
	if n == 1 {
		f(0, height)
		return
	}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(height*i/n, height*(i+1)/n) })
	}
	wg.Wait()
}

// sumRows is rows for bands that each yield a part of a sum.
func sumRows(height int, f func(y0, y1 int) float64) float64 {
	var mu sync.Mutex
	var sum float64
	rows(height, func(y0, y1 int) {
		part := f(y0, y1)
		mu.Lock()
		defer mu.Unlock()
		sum += part
	})
	return sum
}

// each calls f for every index in [0, n) on at most GOMAXPROCS goroutines; the
// indices are handed out one by one, for work of uneven size.
func each(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
