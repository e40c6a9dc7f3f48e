package work

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// product produces the images of a product with one scale, the least that any of
// them can have: all are measured first, and the mattes kept. One that fails fails
// alone.
func (p *Producer) product(ctx context.Context, orders []*order, scale float64) error {
	failed := make([]error, len(orders))
	scales := make([]float64, len(orders))
	mattes := make([][]string, len(orders))
	p.each(orders, func(i int, o *order) {
		mattes[i], scales[i], failed[i] = o.measure()
	})
	for i := range orders {
		if failed[i] == nil && scales[i] > 0 && (scale == 0 || scales[i] < scale) {
			scale = scales[i]
		}
	}
	p.each(orders, func(i int, o *order) {
		if failed[i] == nil {
			failed[i] = o.make(scale, mattes[i])
		}
		failed[i] = o.end(ctx, failed[i])
	})
	return errors.Join(failed...)
}

// each calls f for all orders, so many at a time as the producer may have in hand.
func (p *Producer) each(orders []*order, f func(int, *order)) {
	var g errgroup.Group
	g.SetLimit(max(p.Together, 2))
	for i, o := range orders {
		g.Go(func() error {
			f(i, o)
			return nil
		})
	}
	_ = g.Wait() // f has no error
}

// measure runs the networks on the order's photographs and keeps their mattes.
func (o *order) measure() (mattes []string, scale float64, err error) {
	ctx := o.grip.ctx
	if err := o.stage(ctx); err != nil {
		return nil, 0, err
	}
	for i := range o.paths {
		mattes = append(mattes, o.dir.file("%d-matte-%d", o.claim.Image.ID, i))
	}
	measured, err := o.Engine.Measure(ctx, o.task(0, mattes))
	if err != nil {
		return nil, 0, err
	}
	o.Seen.engine(measured.Steps)
	return mattes, measured.Scale, nil
}
