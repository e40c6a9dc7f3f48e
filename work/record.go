package work

import (
	"context"
	"errors"

	"mattebox"
)

// record stores what attempts came to, until there are no more: all that have
// gathered in one transaction.
func (d *Deliverer) record(ctx context.Context) {
	defer close(d.done)
	for first := range d.outcomes {
		batch := []mattebox.Outcome{first}
		for more := true; more; {
			select {
			case o, open := <-d.outcomes:
				if more = open; open {
					batch = append(batch, o)
				}
			default:
				more = false
			}
		}
		d.recordAll(ctx, batch)
		if d.hands.recorded(len(batch)) {
			nudge(d.moved) // there was no room for want of records
		}
	}
}

// recordAll insists, because the attempts were made. One that the store cannot take
// for a reason of its own does not keep the others from being stored.
func (d *Deliverer) recordAll(ctx context.Context, batch []mattebox.Outcome) {
	divide := false
	_, err := insist(ctx, func(ctx context.Context) error {
		errs, err := d.Store.RecordAttempts(ctx, batch)
		if divide = err != nil && !down(err) && len(batch) > 1; divide {
			return nil
		}
		if err == nil {
			d.tell(batch, errs)
		}
		return err
	})
	if divide {
		d.recordAll(ctx, batch[:len(batch)/2])
		d.recordAll(ctx, batch[len(batch)/2:])
		return
	}
	if err != nil {
		d.Logger.Error("attempts not recorded", "attempts", len(batch), "first", batch[0].Delivery, "error", err)
		return
	}
	d.pause.worked()
}

// tell logs which of the attempts were not stored.
func (d *Deliverer) tell(batch []mattebox.Outcome, errs []error) {
	for i, err := range errs {
		switch {
		case err == nil:
		case errors.Is(err, mattebox.ErrLost):
			d.Logger.Warn("attempt not recorded, its lease has passed to another worker", "delivery", batch[i].Delivery)
		default:
			d.Logger.Error("attempt not recorded", "delivery", batch[i].Delivery, "error", err)
		}
	}
}
