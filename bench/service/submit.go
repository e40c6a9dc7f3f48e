package main

import (
	"context"
	"fmt"
	"time"

	"mattebox/bench/load"
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
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	if name != "alone" {
		for range 20 * b.engines {
			if _, err := s.Client.PostImage(ctx, servicetest.Fields{"imageURL": s.Pictures.At("600/coffee.jpg")}); err != nil {
				return submit{}, err
			}
		}
	}
	fields := servicetest.Fields{"imageURL": s.Hang(), "imageCallbackURL": s.receiver.At("x")}
	took, failed := load.Open(ctx, b.perSec, b.perSec*b.seconds, func() error {
		_, err := s.Client.PostImage(ctx, fields)
		return err
	})
	return submit{Name: name, PerSecond: b.perSec, Took: took, Failed: failed}, ctx.Err()
}
