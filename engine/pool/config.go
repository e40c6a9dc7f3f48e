package pool

import (
	"errors"
	"log/slog"
	"runtime"
	"time"

	"mattebox"
)

// Config says which children a pool keeps. Command is needed.
type Config struct {
	Command []string // the child's program and arguments; "--threads=N" is added
	Env     []string // its whole environment, as NAME=value; nothing of ours is inherited

	Children int   // pictures at a time; default as many as there are cores
	Threads  int   // cores for each; default an equal share, at least 1
	Memory   int64 // bytes that pictures in hand may need together, small ones not counted (FreeMemory); one that needs more has it for itself; default Limits.Resident
	Limits   Limits

	Now    mattebox.Clock // default time.Now
	Logger *slog.Logger   // default none
}

// Limits bound what a child may cost. A zero field stands for its default.
type Limits struct {
	Start   time.Duration // to load the networks; default 1 min
	Picture time.Duration // for Remove and Measure; default 5 min
	Header  time.Duration // default 10 s
	Clip    time.Duration // for Probe, and between two signs of progress of Cut and Join; default 5 min
	Grace   time.Duration // from a cancelled context, or the pool's end, to the kill; default 2 s

	Pictures int   // (and segments of clips) that a child makes before it is replaced; default 500
	Resident int64 // bytes; a child that holds more after a picture is replaced; default 2 GiB
	Peak     int64 // bytes; a child that holds more during a picture is killed; default twice Resident

	Backoff time.Duration // before the second start of a child that did not get ready, doubled each time up to 64 times; default .5 s
}

func (l Limits) orDefault() Limits {
	setDefault(&l.Start, time.Minute)
	setDefault(&l.Picture, 5*time.Minute)
	setDefault(&l.Header, 10*time.Second)
	setDefault(&l.Clip, 5*time.Minute)
	setDefault(&l.Grace, 2*time.Second)
	setDefault(&l.Pictures, 500)
	setDefault(&l.Resident, 2<<30)
	setDefault(&l.Peak, 2*l.Resident)
	setDefault(&l.Backoff, 500*time.Millisecond)
	return l
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// orDefault fills in what is left out, and refuses a Config without a command.
func (c Config) orDefault() (Config, error) {
	if len(c.Command) == 0 {
		return c, errors.New("opening the engine pool: no command is given")
	}
	cores := runtime.GOMAXPROCS(0)
	setDefault(&c.Children, cores)
	setDefault(&c.Threads, max(1, cores/c.Children))
	c.Limits = c.Limits.orDefault()
	setDefault(&c.Memory, c.Limits.Resident)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
