package main

import (
	"fmt"
	"runtime"

	"mattebox"
	"mattebox/engine"
	"mattebox/imaging"
	"mattebox/weights"
)

// The networks that are used when the user names none.
const (
	defaultLarge = "isnet"
	defaultSmall = "u2netp"
	peopleNet    = "selfie" // for clips of people
)

// networks is what an engine is opened with, and what the user should know of it.
type networks struct {
	runtime      string
	large, small *engine.Model
	people       *engine.Model    // nil: not installed, or not asked for
	quality      mattebox.Quality // what can be had with them
	note         string           // empty when they are what was asked for
}

// chooseNetworks finds the installed networks for a quality. model names the large
// one, empty for the default. With --quality fast the large one is not loaded; a
// default that is not installed is done without where the other one can stand in.
// Its error is CodeUnavailable, and says what to type, or CodeNotFound.
func chooseNetworks(store *weights.Store, model string, quality mattebox.Quality) (*networks, error) {
	path, err := store.Runtime()
	if err != nil {
		return nil, err
	}
	n := &networks{runtime: path, quality: quality}
	var smallErr, largeErr error
	if n.small, smallErr = network(store, defaultSmall); smallErr != nil && quality == mattebox.QualityFast {
		return nil, smallErr
	}
	if quality == mattebox.QualityFast || model == defaultSmall {
		n.quality = mattebox.QualityFast
		return n, smallErr
	}
	name := model
	if name == "" {
		name = defaultLarge
	}
	if n.large, largeErr = network(store, name); largeErr != nil && (model != "" || smallErr != nil) {
		return nil, largeErr
	}
	switch {
	case largeErr != nil:
		n.quality = mattebox.QualityFast
		n.note = fmt.Sprintf("%s is not installed: cut out with %s alone, as --quality fast does", name, defaultSmall)
	case smallErr != nil:
		n.note = fmt.Sprintf("%s is not installed: %s has no witness, so confidence says less", defaultSmall, name)
	}
	return n, nil
}

// withPeople adds the network for clips of people where it is installed; engine/clip
// does without, and says so.
func (n *networks) withPeople(store *weights.Store) *networks {
	if people, err := network(store, peopleNet); err == nil {
		n.people = people
	}
	return n
}

func network(store *weights.Store, name string) (*engine.Model, error) {
	m, err := store.Model(name)
	if err != nil {
		return nil, err
	}
	return &engine.Model{Path: m.Path, Spec: m.Spec}, nil
}

// minMemory is the least that pictures in hand are given unless the user says
// less: one of 24 megapixels passes alone.
const minMemory = 512 << 20

// share says how the machine is divided among pictures.
type share struct {
	workers int // pictures at a time
	threads int // cores for each
	memory  int64
	limits  imaging.Limits
}

// divide gives one picture all cores, and several a core each: pictures side by
// side get through sooner than one after the other on all cores.
func divide(pictures, workers, cores int, memory int64) share {
	if workers == 0 {
		workers = min(cores, pictures)
	}
	workers = max(workers, 1)
	return share{workers: workers, threads: max(1, cores/workers), memory: memory}
}

// memoryBudget returns what the user says, or a third of what is free.
func memoryBudget(asked byteSize) int64 {
	if asked > 0 {
		return int64(asked)
	}
	free, err := availableMemory()
	if err != nil {
		return minMemory
	}
	return max(free/3, minMemory)
}

// open opens the engine.
func (n *networks) open(s share) (*engine.Engine, error) {
	if err := imaging.Startup(s.threads); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot start libvips; run: mattebox doctor")
	}
	return engine.Open(engine.Config{
		Runtime: n.runtime, Large: n.large, Small: n.small, People: n.people,
		Workers: s.workers, Threads: s.threads, Memory: s.memory, Limits: s.limits,
	})
}

// cores is how many threads of Go run at a time, which accounts for the limits of
// a container.
func cores() int { return runtime.GOMAXPROCS(0) }
