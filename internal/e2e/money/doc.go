// Package money tests what costs money from outside: the real program, built from
// the tree, on real SQLite files and a real PostgreSQL. After every test the ledger
// is checked, by the program's own command.
//
//	go test ./internal/e2e/money                                              two to three minutes on two cores
//	MATTEBOX_SOAK_ROUNDS=20 go test ./internal/e2e/money -run Crash -timeout 1h   the ledger under kill -9
//
// Templates here leave the background as it is, so that the tests need no networks
// and little of the machine.
package money
