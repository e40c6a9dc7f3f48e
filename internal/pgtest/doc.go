// Package pgtest gives tests a real PostgreSQL.
//
// URL hands out a fresh, empty database on one server per test process: the
// first call starts it (a second or two), later calls cost a CREATE DATABASE.
// Start gives a test a server of its own, to be stopped, crashed and resumed
// under the program that uses it.
//
// A server lives in a folder below the temporary one and listens only on a Unix
// socket there, so that it needs no free port and keeps its address over a
// restart. It is durable (fsync on), like a real one. A small watching process
// ends it and removes its folder when the test process is gone, however it went.
//
// Without PostgreSQL's programs, on the PATH or below /usr/lib/postgresql, the
// calling test is skipped and says so.
package pgtest
