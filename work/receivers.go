package work

import (
	"context"

	"mattebox"
)

// resting is a receiver in a state in which nothing is sent to it.
type resting struct {
	account mattebox.AccountID
	url     string
	state   mattebox.ReceiverState
}

// receivers counts the receivers that rest, and tells operators of each that has
// begun to do so by itself; its owner is told by the store.
func (s *Sweeper) receivers(ctx context.Context) error {
	counts := map[mattebox.ReceiverState]int{}
	now := map[resting]bool{}
	for _, state := range []mattebox.ReceiverState{mattebox.ReceiverBroken, mattebox.ReceiverGone, mattebox.ReceiverPaused} {
		all, err := s.Store.Receivers(ctx, mattebox.ReceiverFilter{State: state})
		if err != nil {
			return err
		}
		counts[state] = len(all)
		for _, r := range all {
			key := resting{r.Account, r.URL, state}
			now[key] = true
			if state != mattebox.ReceiverPaused && !s.resting[key] {
				s.Logger.Warn("webhooks wait for a receiver", "state", state, "account", r.Account, "receiver", r.URL, "failures", r.Failures,
					"since", r.Since, "why", r.Why)
			}
		}
	}
	s.resting = now
	s.Seen.rests(counts)
	return nil
}
