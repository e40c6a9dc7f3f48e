package e2e

import "testing"

// execute changes one of the service's own rows.
func (h *house) execute(t *testing.T, statement string, args ...any) {
	t.Helper()
	if n, err := h.Execute(t.Context(), statement, args...); err != nil || n != 1 {
		t.Fatalf("%s changed %d rows (%v), want 1", statement, n, err)
	}
}
