package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"sync"
	"time"

	"mattebox"
)

const (
	// window is how many of the deliveries that have been due longest a claim looks at;
	// only when there are more does it ask for each host.
	window = 256
	// hops is how many hosts a claim asks for at the most; the next one goes on from
	// there.
	hops = 128
	// enough is how many deliveries for each that it wants a claim has to choose from.
	enough = 8
	// lookAgain is when deliveries that a claim has not looked at are thought to be due.
	lookAgain = 50 * time.Millisecond
)

// dueDelivery is one that may be claimed, as the indexes know it.
type dueDelivery struct {
	id   mattebox.DeliveryID
	host string
	at   int64
}

func scanDue(row scanner) (*dueDelivery, error) {
	var d dueDelivery
	return &d, row.Scan(&d.id, &d.host, &d.at)
}

// due returns deliveries to choose from: all that are due when they are few, else
// those due longest and some of each of the hosts that follow on those of the claim
// before, so that a host with a hundred thousand hides none of the others. complete
// says that it left none out but of hosts that have no room.
func (r *claimRound) due(ctx context.Context) (all []dueDelivery, complete bool, err error) {
	rows, err := r.QueryContext(ctx, `SELECT id, host, ready_at FROM deliveries WHERE ready_at <= $1 ORDER BY ready_at, host LIMIT $2`, r.at, window)
	all, err = collect(r.store, "find due deliveries", rows, err, scanDue)
	if err != nil || len(all) < window {
		return all, true, err
	}
	hosts, wrapped, err := r.hosts(ctx)
	if err != nil {
		return nil, false, err
	}
	asked, last := 0, ""
	for _, host := range hosts {
		if asked >= r.claim.Limit || len(all) >= window+enough*r.claim.Limit {
			wrapped = false
			break
		}
		last = host
		free := min(r.room.free(host), r.claim.Limit)
		if free <= 0 {
			continue
		}
		asked++
		rows, err := r.QueryContext(ctx, `SELECT id, host, ready_at FROM deliveries WHERE host = $1 AND ready_at <= $2 ORDER BY ready_at LIMIT $3`, host, r.at, free)
		some, err := collect(r.store, "find due deliveries", rows, err, scanDue)
		if err != nil {
			return nil, false, err
		}
		all = append(all, some...)
	}
	r.store.round.goOn(last)
	slices.SortFunc(all, func(a, b dueDelivery) int { return cmp.Compare(a.id, b.id) })
	return slices.CompactFunc(all, func(a, b dueDelivery) bool { return a.id == b.id }), wrapped, nil
}

// hostsDue hops from one host to the next in the index, so that it costs a look-up
// for each host and nothing for what waits for it.
const hostsDue = `WITH RECURSIVE hosts (host, n) AS (
		SELECT MIN(host), 1 FROM deliveries WHERE ready_at IS NOT NULL AND host > $1
		UNION ALL
		SELECT (SELECT MIN(host) FROM deliveries WHERE ready_at IS NOT NULL AND host > hosts.host), n + 1 FROM hosts WHERE hosts.host IS NOT NULL AND n < $2
	)
	SELECT host, EXISTS (SELECT 1 FROM deliveries WHERE deliveries.host = hosts.host AND ready_at <= $3) FROM hosts WHERE host IS NOT NULL`

// hosts returns those that have something due, from where the last claim stopped.
// wrapped says that they are all.
func (r *claimRound) hosts(ctx context.Context) (due []string, wrapped bool, err error) {
	from := r.store.round.from()
	after, hopped, err := r.hop(ctx, from, hops)
	if err != nil || from == "" || hopped >= hops {
		return after, from == "" && hopped < hops, err
	}
	before, again, err := r.hop(ctx, "", hops-hopped)
	if i := slices.IndexFunc(before, func(host string) bool { return host > from }); i >= 0 {
		before = before[:i]
	}
	return append(after, before...), hopped+again < hops, err
}

func (r *claimRound) hop(ctx context.Context, from string, most int) (due []string, hopped int, err error) {
	rows, err := r.QueryContext(ctx, hostsDue, from, most, r.at)
	type found struct {
		host string
		due  bool
	}
	all, err := collect(r.store, "find hosts", rows, err, func(row scanner) (*found, error) {
		var f found
		return &f, row.Scan(&f.host, &f.due)
	})
	for _, f := range all {
		if f.due {
			due = append(due, f.host)
		}
	}
	return due, len(all), err
}

// room counts the attempts that hosts have.
type room struct {
	perHost int
	busy    map[string]int
}

func newRoom(c mattebox.DeliveryClaim) room {
	r := room{perHost: c.PerHost, busy: map[string]int{}}
	if r.perHost <= 0 {
		r.perHost = math.MaxInt32
	}
	for host, n := range c.Busy {
		r.busy[host] = n
	}
	return r
}

func (r room) free(host string) int { return r.perHost - r.busy[host] }

func (r room) took(host string) { r.busy[host]++ }

// choose returns the deliveries that are next, at most limit: hosts with few
// attempts go before those with many, and within that what has been due longest.
func (r room) choose(due []dueDelivery, limit int) []mattebox.DeliveryID {
	byAge := func(a, b dueDelivery) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) }
	slices.SortFunc(due, byAge)
	type placed struct {
		dueDelivery
		turn int
	}
	var line []placed
	seen := map[string]int{}
	for _, d := range due {
		n := seen[d.host]
		if seen[d.host]++; n < r.free(d.host) {
			line = append(line, placed{d, max(r.busy[d.host], 0) + n})
		}
	}
	slices.SortStableFunc(line, func(a, b placed) int { return cmp.Compare(a.turn, b.turn) })
	var ids []mattebox.DeliveryID
	for _, p := range line[:max(0, min(limit, len(line)))] {
		ids = append(ids, p.id)
	}
	return ids
}

// round is what a process remembers of its claims.
type round struct {
	mu    sync.Mutex
	host  string // that the last one ended with
	at    int64  // of the last one: what was due then and is still there has no room
	again bool   // it left something out
}

func (r *round) from() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.host
}

func (r *round) goOn(host string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host = host
}

func (r *round) seen(at int64, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at, r.again = at, more
}

// NextDelivery returns when the next delivery is due that the last claim of this
// process has not looked at, which may be in the past; zero when there is none.
func (s *Store) NextDelivery(ctx context.Context) (time.Time, error) {
	s.round.mu.Lock()
	after, again := s.round.at, s.round.again
	s.round.mu.Unlock()
	next, err := s.nextDelivery(ctx, after)
	if err != nil {
		return time.Time{}, err
	}
	if soon := after + lookAgain.Microseconds(); again && (next == 0 || soon < next) {
		next = soon
	}
	return timeOf(next), nil
}

// nextDelivery returns the earliest time after that at which a claim has something
// to do; 0 for none.
func (s *Store) nextDelivery(ctx context.Context, after int64) (int64, error) {
	var ready, wake sql.NullInt64
	err := s.db.Reader.QueryRowContext(ctx, `SELECT (SELECT MIN(ready_at) FROM deliveries WHERE ready_at > $1), (SELECT MIN(wake_at) FROM receivers WHERE wake_at > $1)`,
		after).Scan(&ready, &wake)
	if err != nil {
		return 0, s.fault("find the next delivery", err)
	}
	switch {
	case !ready.Valid:
		return wake.Int64, nil
	case !wake.Valid:
		return ready.Int64, nil
	}
	return min(ready.Int64, wake.Int64), nil
}
