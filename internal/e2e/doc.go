// Package e2e tests the service from outside: the real program, built from the
// tree, with the real networks, on real SQLite files and a real PostgreSQL.
//
// TestSQLite and TestPostgreSQL start one service each and run every scenario of
// scenarios_test.go against it, each with accounts of its own; what needs other
// settings, another machine or a crash starts a service for itself. After every
// test the service's log is searched for keys and secrets.
//
//	go test ./internal/e2e                                  all, about five minutes on two cores
//	go test ./internal/e2e -run TestSQLite/samples          one scenario on one database
//	MATTEBOX_SOAK_ROUNDS=50 go test ./internal/e2e -run Crash -timeout 4h    make soak
//
// Without networks (make setup) or PostgreSQL the tests that need them are skipped
// and say so.
package e2e
