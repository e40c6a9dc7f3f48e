package main

import (
	"path/filepath"
	"testing"

	"mattebox/internal/pgtest"
)

func TestMigrateSQLite(t *testing.T) {
	h := newHouse(t)
	check := h.run("migrate", "--check")
	check.wantCode(t, exitMissing)
	check.wantSaid(t, "run: mattebox migrate")
	for range 2 {
		h.run("migrate").wantCode(t, exitDone)
	}
	h.run("migrate", "--check").wantCode(t, exitDone)
}

func TestMigratePostgreSQL(t *testing.T) {
	h := newHouse(t)
	h.data = filepath.Join(h.data, "host") // made when it is missing
	url := pgtest.URL(t)
	account := []string{"account", "list", "--database", url}
	refused := h.run(account...)
	refused.wantCode(t, exitMissing)
	refused.wantSaid(t, "run: mattebox migrate")
	h.run("migrate", "--check", "--database", url).wantCode(t, exitMissing)
	h.run("migrate", "--database", url).wantCode(t, exitDone)
	h.run("migrate", "--check", "--database", url).wantCode(t, exitDone)
	h.run(account...).wantCode(t, exitDone)
}
