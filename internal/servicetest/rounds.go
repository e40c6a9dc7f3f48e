package servicetest

import (
	"os"
	"strconv"
	"testing"
)

// Rounds is how often a test of crashes ends each database's service: 3 times;
// make soak asks for more by MATTEBOX_SOAK_ROUNDS.
func Rounds(t testing.TB) int {
	t.Helper()
	text := os.Getenv("MATTEBOX_SOAK_ROUNDS")
	if text == "" {
		return 3
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("MATTEBOX_SOAK_ROUNDS is %q, want a number of rounds", text)
	}
	return n
}
