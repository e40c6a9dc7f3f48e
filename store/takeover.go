package store

import "context"

// TakeOver is for the start of a process that has the database for itself: whoever
// holds a lease is dead, and jobs may be lost that were taken from the queue and not
// begun. It ends the leases, and makes the images that wait longest look as if their
// jobs had been lost, so that the next Sweep puts everything right at once instead of
// when the leases run out. Deliveries need no job: who sends them looks for them. A job that
// is there after all gets no double (queue.Enqueue).
func (s *Store) TakeOver(ctx context.Context) error {
	return s.write(ctx, "take over the rows", func(t *tx) error {
		lost := t.at - lostAfter.Microseconds()
		for _, statement := range []struct {
			text string
			args []any
		}{
			{`UPDATE images SET wake_at = $1 WHERE wake_at > $1 AND woken = 0`, []any{t.at}},
			{`UPDATE steps SET wake_at = $1 WHERE wake_at > $1 AND woken = 0`, []any{t.at}},
			{`UPDATE steps SET woken = $1 WHERE queue IS NOT NULL AND woken > $1`, []any{lost}},
			{`UPDATE deliveries SET lease_until = $1 WHERE state = 'sending' AND lease_until > $1`, []any{t.at}},
			{`UPDATE images SET woken = $1 WHERE id IN (SELECT id FROM images WHERE queue = $2 AND woken > $1 ORDER BY woken LIMIT $3)`,
				[]any{lost, queueFetch, wokenIdle}},
			{`UPDATE images SET woken = $1 WHERE id IN (SELECT id FROM images WHERE queue = $2 AND woken > $1 ORDER BY woken LIMIT $3)`,
				[]any{lost, queueProduce, wokenIdle}},
		} {
			if _, err := t.exec(ctx, statement.text, statement.args...); err != nil {
				return err
			}
		}
		return nil
	})
}
