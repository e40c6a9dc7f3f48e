// Package pool keeps the engine's child processes. A Task goes in, naming
// pictures by the paths of their files, and a Report comes out; what happens in
// between, decoding strangers' files and running networks in native code, happens
// in a process of its own ("mattebox engine"), so that no picture takes the
// service down, and memory that native libraries do not give back goes with the
// child.
//
//	pool.go      Open, Remove, Measure, Header, Close: what the service calls
//	clip.go      Probe, Cut, Join: the same for clips
//	keeper.go    one goroutine per child: start, lend, replace, wait after failures
//	process.go   the process: how it is started, killed and reaped
//	exchange.go  one request and its answer, under limits of time and memory
//	memory.go    what large pictures share, and wait for
//	words.go     what the child says on stderr, for the log and for errors
//	protocol.go  what the two sides say to each other; frame.go how; fault.go errors
//
// The other side of the protocol is package engine/child.
package pool
