package video

import (
	"context"
	"testing"

	"mattebox/internal/pgtest"
)

// scenario is one thing that customers or operators do, tried on a running service
// that others use, too.
type scenario struct {
	name string
	run  func(*testing.T, *house)
	both bool // on PostgreSQL as well
}

func scenarios() []scenario {
	return []scenario{
		{"formats", everyFormat, false},
		{"inputs", everyInput, false},
		{"alpha", ownAlpha, false},
		{"rotation", rotation, false},
		{"rate", variableRate, false},
		{"outside", outsideClips, false},
		{"refused", refusedOrders, false},
		{"webhooks", seedsReceiver, false},
		{"retries", retriedWebhooks, false},
		{"money", money, true},
		{"keys", keys, false},
		{"legacy", legacyPaths, false},
		{"once", answeredOnce, true},
		{"seam", seam, false},
	}
}

func TestSQLite(t *testing.T) {
	alongside(t, 1)
	tour(t, settings{flags: []string{"--engines", "2", "--video-engines", "2"}}, func(scenario) bool { return true })
}

func TestPostgreSQL(t *testing.T) {
	alongside(t, 1)
	build(t) // skips before a database is made
	tour(t, settings{database: pgtest.URL(t), flags: []string{"--engines", "1"}}, func(s scenario) bool { return s.both })
}

// tour runs scenarios on one service, beside each other, as customers do.
func tour(t *testing.T, s settings, which func(scenario) bool) {
	h := open(t, s)
	t.Run("scenarios", func(t *testing.T) {
		for _, s := range scenarios() {
			if which(s) {
				t.Run(s.name, func(t *testing.T) {
					t.Parallel()
					s.run(t, h)
				})
			}
		}
	})
	h.ledger(t)
	code, err := h.Stop(context.Background())
	if err != nil || code != 0 {
		t.Errorf("stopped with exit code %d, %v, want 0", code, err)
	}
}
