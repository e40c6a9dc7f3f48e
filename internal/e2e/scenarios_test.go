package e2e

import (
	"context"
	"testing"

	"mattebox/internal/pgtest"
	"mattebox/internal/servicetest"
)

// scenario is one thing that customers or operators do, tried on a running service
// that others use, too.
type scenario struct {
	name string
	run  func(*testing.T, *house)
}

func scenarios() []scenario {
	return []scenario{
		{"road", wholeRoad},
		{"operations", everyOperation},
		{"fields", everyFieldOfAnOrder},
		{"templates", templateRules},
		{"contacts", contacts},
		{"accounts", accountCommands},
		{"lists", listsAndCounts},
		{"samples", samplesAsPrinted},
		{"errors", errorAnswers},
		{"isolation", accountsAreIsolated},
		{"partners", partnersAndKeys},
		{"addresses", hostileAddresses},
		{"sources", hostileSources},
		{"slow sources", slowSources},
		{"requests", hostileRequests},
		{"crashes", picturesThatCrashTheEngine},
		{"combined", combinedImages},
		{"products", productGroups},
		{"rejection", rejectedUntilApproved},
		{"operators", operatorsFloor},
		{"review", reviewOfAccounts},
		{"files", filesAndLinks},
		{"formats", everyFormat},
		{"deliveries", failedDeliveries},
		{"sample webhook", sampleWebhook},
		{"receivers", publishedReceivers},
		{"fairness", fairShare},
		{"metrics", metricsAndHealth},
	}
}

func TestSQLite(t *testing.T) {
	alongside(t)
	tour(t, settings{})
}

func TestPostgreSQL(t *testing.T) {
	alongside(t)
	servicetest.Program(t) // skips before a database is made
	tour(t, settings{database: pgtest.URL(t)})
}

// tour runs all scenarios on one service. They run beside each other, as customers
// do; each has accounts of its own.
func tour(t *testing.T, s settings) {
	// Short, so that a product's test does not wait for long.
	s.flags = append(s.flags, "--product-wait", "3s")
	h := open(t, s)
	t.Run("scenarios", func(t *testing.T) {
		for _, s := range scenarios() {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				s.run(t, h)
			})
		}
	})
	code, err := h.Stop(context.Background())
	if err != nil || code != 0 {
		t.Errorf("stopped with exit code %d, %v, want 0", code, err)
	}
}
