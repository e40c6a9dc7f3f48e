package servicetest

import (
	"context"
	"sync"
	"testing"

	"mattebox/internal/pgtest"
)

// built is the program, made once for all tests of the process.
var built = sync.OnceValues(func() (string, error) { return Build(context.Background()) })

// Program returns the program's path, and skips the test in short runs and where
// nothing can be cut out.
func Program(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("tests of the real service take minutes")
	}
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	if why := MissingNetworks(t.Context(), program); why != "" {
		t.Skip(why)
	}
	return program
}

// Databases returns the engines by name, each with what makes a fresh database and
// returns its URL; empty for SQLite's.
func Databases() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{
		"sqlite":   func(testing.TB) string { return "" },
		"postgres": pgtest.URL,
	}
}

// Seller is the MATTEBOX_SELLER of tests: one who charges Danish VAT.
const Seller = `{"seller": {"company": "Cutouts ApS", "address1": "Vej 1", "zipCode": "1000", "city": "Kobenhavn", "country": "DK", "vatNumber": "DK12345678"}, "vatRate": 2500}`
