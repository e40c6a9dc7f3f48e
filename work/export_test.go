package work

import "context"

// SweepOnce is Sweeper.runOnce.
func SweepOnce(s *Sweeper, ctx context.Context) error { return s.runOnce(ctx) }

// BillOnce is Biller.runOnce.
func BillOnce(b *Biller, ctx context.Context) error { return b.runOnce(ctx) }
