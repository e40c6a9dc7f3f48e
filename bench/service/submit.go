package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"mattebox/internal/servicetest"
)

// submit is how long POST Image took in an open loop.
type submit struct {
	Name      string          `json:"name"`
	PerSecond int             `json:"perSecond"`
	Took      []time.Duration `json:"took"` // of each order, from the moment that it was due
	Failed    int             `json:"failed"`
}

// submits measures orders that only queue, then orders beside pictures in
// production.
func (b bench) submits(ctx context.Context) ([]submit, error) {
	var found []submit
	for _, name := range []string{"alone", "beside production"} {
		one, err := b.submit(ctx, name)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

func (b bench) submit(ctx context.Context, name string) (submit, error) {
	fmt.Fprintf(b.log, "submit: %s ...\n", name)
	s, err := b.begin(ctx, b.data)
	if err != nil {
		return submit{}, err
	}
	defer s.end() // a measurement is over; what is left in the temporary folder harms nobody
	if name != "alone" {
		for range 20 * b.engines {
			if _, err := s.client.PostImage(ctx, servicetest.Fields{"imageURL": s.pictures.At("600/coffee.jpg")}); err != nil {
				return submit{}, err
			}
		}
	}
	fields := servicetest.Fields{"imageURL": s.hang(), "imageCallbackURL": s.receiver.At("x")}
	took, failed := openLoop(ctx, b.perSec, b.perSec*b.seconds, func() error {
		_, err := s.client.PostImage(ctx, fields)
		return err
	})
	return submit{Name: name, PerSecond: b.perSec, Took: took, Failed: failed}, ctx.Err()
}

// openLoop calls do n times, perSecond times a second whether or not earlier calls
// have returned, as customers do who do not know of each other. A call's time counts
// from the moment that it was due, so that what waits for a slow one is not left out.
func openLoop(ctx context.Context, perSecond, n int, do func() error) (took []time.Duration, failed int) {
	var mu sync.Mutex
	var calls sync.WaitGroup
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			calls.Wait()
			return took, failed
		}
		calls.Go(func() {
			err := do()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed++
				return
			}
			took = append(took, time.Since(due))
		})
	}
	calls.Wait()
	return took, failed
}

// percentile returns the smallest value that part (0..1) of all do not exceed; 0
// for none.
func percentile(values []time.Duration, part float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := int(part*float64(len(sorted))+.999999) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}
