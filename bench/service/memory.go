package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mattebox/bench/load"
	"mattebox/internal/servicetest"
)

// memory is what processes held over many pictures, sampled evenly, in bytes.
type memory struct {
	Pictures int     `json:"pictures"`
	Service  []int64 `json:"service"`
	Engines  []int64 `json:"engines"` // all of them together
}

// ahead is how many orders are kept waiting, so that engines never do.
const ahead = 16

// memory sends small photographs through the service and looks at it after each.
func (b bench) memory(ctx context.Context) (*memory, error) {
	s, err := b.begin(ctx, b.data)
	if err != nil {
		return nil, err
	}
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	found := &memory{Pictures: b.pictures}
	names := []string{"640/coffee.jpg", "640/astronaut.jpg", "640/chelsea.jpg", "640/animal-4.jpg"}
	ordered, done := 0, 0
	for done < b.pictures {
		for ; ordered < min(done+ahead, b.pictures); ordered++ {
			fields := servicetest.Fields{"imageURL": s.Pictures.At(names[ordered%len(names)]), "imageCallbackURL": s.receiver.At("done")}
			if _, err := s.Client.PostImage(ctx, fields); err != nil {
				return nil, err
			}
		}
		before := done
		err := servicetest.Until(ctx, 2*time.Minute, "a picture", func() (bool, error) {
			done = len(s.receiver.Posts("done"))
			return done > before, nil
		})
		if err != nil {
			return nil, err
		}
		found.Service = append(found.Service, load.Resident(s.Pid()))
		found.Engines = append(found.Engines, load.ResidentBelow(s.Pid()))
		if done/100 > before/100 {
			fmt.Fprintf(b.log, "memory: %d of %d pictures\n", done, b.pictures)
		}
	}
	return found, nil
}

// around returns the median of the twentieth of the samples that ends at the part
// (0..1).
func around(samples []int64, part float64) int64 {
	end := max(int(part*float64(len(samples))), 1)
	window := slices.Sorted(slices.Values(samples[max(end-max(len(samples)/20, 1), 0):end]))
	return window[len(window)/2]
}

// growth is how much more was held at the end than after a tenth.
func growth(samples []int64) float64 {
	return float64(around(samples, 1))/float64(around(samples, .1)) - 1
}
