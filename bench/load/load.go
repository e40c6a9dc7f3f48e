// Package load is what the measurements of the running service share: a Stand, which
// is the service on an empty database with customers' servers around it; calls at a
// rate that no answer slows down; the memory and time of processes; and the tables
// of targets. A program below bench brings its sections and prints what they found.
package load

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Open calls do n times, perSecond times a second whether or not earlier calls have
// returned, as customers do who do not know of each other. A call's time counts from
// the moment that it was due, so that what waits for a slow one is not left out.
func Open(ctx context.Context, perSecond, n int, do func() error) (took []time.Duration, failed int) {
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

// customers is how many order at the same time in Crowd.
const customers = 32

// Crowd calls do n times, many at a time, and returns the first error.
func Crowd(ctx context.Context, n int, do func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(customers)
	for range n {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return do(ctx) })
	}
	return group.Wait()
}

// Percentile returns the smallest value that part (0..1) of all do not exceed; 0
// for none.
func Percentile(values []time.Duration, part float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := int(part*float64(len(sorted))+.999999) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}

// Section is a part of a program that can be run alone.
type Section struct {
	Name string
	Run  func(context.Context) error
}

// Run runs the sections that are named, with commas between them, in that order.
// No section runs when one of the names is unknown.
func Run(ctx context.Context, names string, sections []Section) error {
	var chosen []Section
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(sections, func(s Section) bool { return s.Name == name })
		if i < 0 {
			return fmt.Errorf("no section is called %q; there are %s", name, list(sections))
		}
		chosen = append(chosen, sections[i])
	}
	for _, s := range chosen {
		if err := s.Run(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

func list(sections []Section) string {
	var names []string
	for _, s := range sections {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

// Save writes what was found as JSON, making the folder where it is missing.
func Save(path string, found any) error {
	bytes, err := json.MarshalIndent(found, "", "  ")
	if err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.WriteFile(path, append(bytes, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
