package pool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"mattebox"
)

// Pool keeps child processes and hands them pictures. Its methods may be called
// from any number of goroutines; as many pictures as there are children are made at
// a time, the others wait in the order in which they came.
type Pool struct {
	config  Config
	free    chan *process // unbuffered: keepers offer idle children
	outlook *outlook
	memory  *memory
	tally   tally
	keepers sync.WaitGroup

	closing chan struct{} // closed by Close: no more children, no more requests
	abort   chan struct{} // closed when Close has waited long enough
	once    sync.Once
}

// Open begins to start the children and returns at once. The error is only about
// the Config: what keeps children from starting is what Ready and the pictures
// tell.
func Open(c Config) (*Pool, error) {
	c, err := c.orDefault()
	if err != nil {
		return nil, err
	}
	p := &Pool{
		config: c, free: make(chan *process), outlook: newOutlook(c.Children), memory: newMemory(c.Memory),
		closing: make(chan struct{}), abort: make(chan struct{}),
	}
	for i := range c.Children {
		p.keepers.Add(1)
		go p.keep(i)
	}
	return p, nil
}

// Close stops the children. Pictures in hand are finished until ctx ends; what is
// left then is killed, and its callers get CodeUnavailable errors. The error is the
// context's when anything was killed.
func (p *Pool) Close(ctx context.Context) error {
	p.once.Do(func() {
		close(p.closing)
		stop := context.AfterFunc(ctx, func() { close(p.abort) })
		p.keepers.Wait()
		stop()
	})
	p.keepers.Wait()
	select {
	case <-p.abort:
		return fmt.Errorf("closing the engine pool: %w", context.Cause(ctx))
	default:
		return nil
	}
}

// Ready waits until a child has been ready for the first time, and returns a
// CodeUnavailable error when none gets ready.
func (p *Pool) Ready(ctx context.Context) error {
	hopeless, err := p.outlook.now()
	if err != nil {
		return err
	}
	select {
	case <-p.outlook.started:
	case <-hopeless:
		_, err = p.outlook.now()
	case <-p.closing:
		err = errClosed()
	case <-ctx.Done():
		err = fmt.Errorf("waiting for the engine: %w", context.Cause(ctx))
	}
	return err
}

// Health returns nil, or a CodeUnavailable error while no child can be started. It
// does not wait.
func (p *Pool) Health() error {
	_, err := p.outlook.now()
	return err
}

// Remove makes the task's picture. Errors: a *mattebox.Error as the engine gave it
// (CodeInvalid and CodeTooLarge tell of the picture or the template), a *CrashError,
// CodeUnavailable when no child can be started or the pool is being closed, and
// the context's.
func (p *Pool) Remove(ctx context.Context, t Task) (*Report, error) {
	answer, err := p.ask(ctx, OpRemove, t, p.config.Limits.Picture)
	if err != nil {
		return nil, err
	}
	return answer.Report, nil
}

// Measure runs the networks on the task's photographs and writes their mattes.
// Errors are those of Remove.
func (p *Pool) Measure(ctx context.Context, t Task) (*Measured, error) {
	answer, err := p.ask(ctx, OpMeasure, t, p.config.Limits.Picture)
	if err != nil {
		return nil, err
	}
	return answer.Measured, nil
}

// Header reads the header of the picture file at the path. Errors are those of
// Remove.
func (p *Pool) Header(ctx context.Context, path string) (*Header, error) {
	answer, err := p.ask(ctx, OpHeader, Task{Sources: []string{path}, Template: mattebox.DefaultTemplate()}, p.config.Limits.Header)
	if err != nil {
		return nil, err
	}
	return answer.Header, nil
}

// ask has a child do something with a picture.
func (p *Pool) ask(ctx context.Context, op Op, t Task, within time.Duration) (*Answer, error) {
	return p.order(ctx, order{op: op, task: t, outputs: t.outputs(op), within: within})
}

// order is something to be done by a child.
type order struct {
	op      Op
	task    any
	outputs []string // files that it makes
	within  time.Duration
	heard   func(Progress) // may be nil
}

// order hands the order to the next free child; to another one when that child turns
// out to be gone.
func (p *Pool) order(ctx context.Context, o order) (*Answer, error) {
	text, err := json.Marshal(o.task)
	if err != nil {
		return nil, fmt.Errorf("describing a picture to the engine: %w", err)
	}
	for {
		c, err := p.borrow(ctx)
		if err != nil {
			return nil, err
		}
		answer, cause, err := p.use(ctx, c, o, text)
		if cause != "" {
			removeParts(o.outputs)
		} else {
			cause = p.retire(c)
		}
		c.returned <- cause
		if !errors.Is(err, errNotTaken) {
			return answer, err
		}
	}
}

// use is one exchange with a borrowed child, counted.
func (p *Pool) use(ctx context.Context, c *process, o order, task json.RawMessage) (*Answer, Cause, error) {
	c.requests++
	x := &exchange{
		process: c, request: Request{ID: c.requests, Op: o.op, Task: task},
		limits: p.config.Limits, memory: p.memory, within: o.within, abort: p.abort, heard: o.heard,
	}
	p.tally.begin()
	began := p.config.Now()
	answer, cause, err := x.run(ctx)
	p.tally.end(o.op, err, p.config.Now().Sub(began))
	return answer, cause, err
}

// borrow waits for a free child.
func (p *Pool) borrow(ctx context.Context) (*process, error) {
	p.tally.wait(1)
	defer p.tally.wait(-1)
	for {
		hopeless, err := p.outlook.now()
		if err != nil {
			return nil, err
		}
		select {
		case c := <-p.free:
			return c, nil
		case <-hopeless: // unless one got ready since
		case <-p.closing:
			return nil, errClosed()
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for the engine: %w", context.Cause(ctx))
		}
	}
}

// retire says why a child that did its work shall not do more, empty when it may.
func (p *Pool) retire(c *process) Cause {
	switch {
	case c.pictures >= p.config.Limits.Pictures:
		return CausePictures
	case resident(c.pid) > p.config.Limits.Resident:
		return CauseResident
	}
	return ""
}

// removeParts removes what a killed child left unfinished.
func removeParts(paths []string) {
	for _, path := range paths {
		if path != "" {
			os.Remove(path + PartSuffix) // mostly there is none
		}
	}
}
