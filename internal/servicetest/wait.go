package servicetest

import (
	"context"
	"fmt"
	"time"
)

// look is how often Until looks: often enough to find a service ready at once,
// seldom enough to leave it the machine.
const look = 25 * time.Millisecond

// Until calls done until it returns true or an error, or limit has passed; the
// error says what was waited for.
func Until(ctx context.Context, limit time.Duration, what string, done func() (bool, error)) error {
	return UntilEvery(ctx, look, limit, what, done)
}

// UntilEvery is Until that looks so often.
func UntilEvery(ctx context.Context, every, limit time.Duration, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waited %v for %s in vain", limit, what)
		}
	}
}
