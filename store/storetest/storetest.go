// Package storetest holds the tests that the store has to pass on every engine.
// An engine's own tests call Run with a function that opens an empty database.
package storetest

import (
	"testing"

	"mattebox/store"
)

// Run runs the suite. open returns a new, empty database each time, which is
// closed with the test.
func Run(t *testing.T, open func(t testing.TB) *store.DB) {
	for _, suite := range [...]struct {
		name string
		run  func(t *testing.T, open opener)
	}{
		{"Migrate", testMigrate},
		{"Accounts", testAccounts},
		{"Secrets", testSecrets},
		{"Templates", testTemplates},
		{"Submit", testSubmit},
		{"Lists", testLists},
		{"Customer", testCustomer},
		{"Fetch", testFetch},
		{"Production", testProduction},
		{"Products", testProducts},
		{"Fences", testFences},
		{"Fairness", testFairness},
		{"Deliveries", testDeliveries},
		{"Resend", testResend},
		{"Claims", testClaims},
		{"Receivers", testReceivers},
		{"Operators", testOperators},
		{"Endpoints", testEndpoints},
		{"Events", testEvents},
		{"Sweep", testSweep},
		{"Retire", testRetire},
		{"Atomic", testAtomic},
		{"Concurrent", testConcurrent},
		{"Money", testMoney},
		{"Invoices", testInvoices},
		{"MoneyHistories", testMoneyHistories},
		{"Jobs", testJobs},
		{"Histories", testHistories},
	} {
		t.Run(suite.name, func(t *testing.T) { suite.run(t, open) })
	}
}

type opener = func(t testing.TB) *store.DB
