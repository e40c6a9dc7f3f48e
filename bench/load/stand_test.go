package load

import "testing"

func TestOnServer(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://me:secret@db:5433/old?sslmode=disable": "postgres://me:secret@db:5433/new?sslmode=disable",
		"postgres:///old?host=%2Ftmp%2Fpg&user=me":         "postgres:///new?host=%2Ftmp%2Fpg&user=me",
		"host=/tmp user=me dbname=old":                     "host=/tmp user=me dbname=old dbname=new",
	} {
		if got, err := onServer(address, "new"); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", address, got, err, want)
		}
	}
	if _, err := onServer("postgres://%zz/old", "new"); err == nil {
		t.Error("an address that cannot be read was read")
	}
}
