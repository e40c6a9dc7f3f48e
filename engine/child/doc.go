// Package child is the engine's side of the protocol that package engine/pool
// speaks: requests come in on one stream, naming pictures by the paths of their
// files, engine.Engine makes them, and answers go out on another stream. It runs
// in a process of its own, the hidden command "mattebox engine".
//
//	serve.go   one request after the other, and cancellations meanwhile
//	work.go    a pool.Task to an engine.Job, and the engine's reports back
//	clip.go    the same for clips: probe, a segment, joining
//	needs.go   how much memory that takes, which large pictures wait for
//	files.go   sources in, within limits; results out, complete or not at all
//	fault.go   a switch that makes a picture crash the process, for tests
package child
