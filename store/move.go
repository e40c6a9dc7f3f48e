package store

import (
	"context"
	"strconv"
	"strings"

	"mattebox"
)

// Who moves images, as mattebox.Move has it.
const (
	byCustomer = "customer"
	byEngine   = "engine"
	byWebhook  = "webhook"
	byOperator = "operator"
	bySweeper  = "sweeper"
)

// The queues that an image waits in.
const (
	queueFetch   = 1
	queueProduce = 2
)

// set is a column that changes along with the status.
type set struct {
	column string
	value  any
}

// raw is a value that goes into the statement as it is.
type raw string

// first is a value that holds where there is none yet.
type first int64

// move changes the status of an image that the transaction holds, raises its
// fence, so that whoever had a lease on it has lost it, and writes the history; to
// the end of an image that will not be finished belongs that its funding is given
// back, and to what developers want to know that they are told. It is a CodeConflict error when the table of moves does not allow it. The later
// sets win over what entering the status does by itself.
func (t *tx) move(ctx context.Context, h *held, to mattebox.Status, by, why string, sets ...set) error {
	if err := h.status.MoveTo(to); err != nil {
		return err
	}
	from := h.status
	if unfunded(to) {
		released, err := t.release(ctx, h, by)
		if err != nil {
			return err
		}
		sets = append(sets, released...)
	}
	if err := t.change(ctx, h, append(entering(from, to, t.at), sets...)...); err != nil {
		return err
	}
	h.status = to
	if _, err := t.exec(ctx, `INSERT INTO moves (image, from_status, to_status, at, by_whom, why) VALUES ($1, $2, $3, $4, $5, $6)`,
		int64(h.id), int(from), int(to), t.at, by, clip(why, maxText)); err != nil {
		return err
	}
	return t.tellMove(ctx, h.id, from, to)
}

// entering says what a status means for the columns that workers and the sweeper
// go by.
func entering(from, to mattebox.Status, at int64) []set {
	sets := []set{{"status", int(to)}, {"queue", nil}, {"wake_at", nil}, {"settled", settled(from, to, at)}}
	switch to {
	case mattebox.StatusNew:
		return append(sets, set{"queue", queueFetch}, set{"woken", at}, set{"failures", 0})
	case mattebox.StatusReady, mattebox.StatusReturned:
		return append(sets, set{"queue", queueProduce}, set{"woken", at})
	}
	return sets
}

// settled says since when nothing more is to be done for an image: from its
// finish, refusal, failure, question or deletion until it is returned or cleaned.
func settled(from, to mattebox.Status, at int64) any {
	switch {
	case to == mattebox.StatusClosed, to.Rejectable() && from.Rejectable():
		return raw("settled")
	case to.Rejectable(), to == mattebox.StatusDownloadFailed, to == mattebox.StatusRefused,
		to == mattebox.StatusQuestion, to == mattebox.StatusDeleted:
		return at
	}
	return nil
}

// change sets columns of an image that the transaction holds and raises its
// fence.
func (t *tx) change(ctx context.Context, h *held, sets ...set) error {
	sets = append(sets, set{"updated", t.at}, set{"fence", raw("fence + 1")})
	last := map[string]int{}
	for i, s := range sets {
		last[s.column] = i
	}
	var args arguments
	var columns []string
	for i, s := range sets {
		if last[s.column] != i {
			continue
		}
		columns = append(columns, s.column+" = "+s.expression(&args))
	}
	changed, err := t.exec(ctx, `UPDATE images SET `+strings.Join(columns, ", ")+
		` WHERE id = `+args.add(int64(h.id))+` AND status = `+strconv.Itoa(int(h.status))+` AND fence = `+args.add(h.fence), args...)
	if err == nil && changed != 1 {
		return mattebox.ErrLost
	}
	h.fence++
	return err
}

// expression returns what stands on the right of the column's =.
func (s set) expression(args *arguments) string {
	switch value := s.value.(type) {
	case raw:
		return string(value)
	case first:
		return "CASE WHEN " + s.column + " = 0 THEN " + args.add(int64(value)) + " ELSE " + s.column + " END"
	}
	return args.add(s.value)
}
