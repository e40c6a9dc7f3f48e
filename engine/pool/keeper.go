package pool

import (
	"fmt"
	"strings"
	"time"

	"mattebox"
)

// doublings is how often the pause before another start is doubled.
const doublings = 6

// keep keeps one child alive, lending it to one request at a time, until the pool
// is closed. The child is one of the pool's, counted from 0.
func (p *Pool) keep(child int) {
	defer p.keepers.Done()
	for failures := 0; !p.isClosing(); {
		if p.live(child) {
			failures = 0
			continue
		}
		p.pause(failures)
		failures++
	}
}

// live is the life of one process. It reports whether the next may be started at
// once: one that ended before it did anything might do so for ever.
func (p *Pool) live(child int) (useful bool) {
	c, err := p.launch()
	if err != nil {
		if !p.isClosing() {
			p.failed(child, err)
		}
		return false
	}
	p.outlook.up(child)
	cause := p.lend(c)
	p.outlook.end(child)
	c.stop(p.config.Limits.Grace)
	p.tally.dead(c.pid)
	if cause != "" {
		p.tally.restart(cause)
		c.logger.Info("engine child is replaced", "cause", cause, "pictures", c.pictures)
	}
	return cause != CauseDied || c.answers > 0
}

func (p *Pool) failed(child int, err error) {
	p.tally.restart(CauseStart)
	p.outlook.fail(child, err)
	p.config.Logger.Error("engine child does not start", "error", err)
}

// pause waits before another start, longer after each failure.
func (p *Pool) pause(failures int) {
	select {
	case <-time.After(p.config.Limits.Backoff << min(failures, doublings)):
	case <-p.closing:
	}
}

func (p *Pool) isClosing() bool {
	select {
	case <-p.closing:
		return true
	default:
		return false
	}
}

// launch starts a child and waits until it is ready. Errors are CodeUnavailable.
func (p *Pool) launch() (*process, error) {
	c, err := start(append(p.config.Command[:len(p.config.Command):len(p.config.Command)],
		fmt.Sprintf("--threads=%d", p.config.Threads)), p.config.Env, p.config.Logger)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "the engine cannot be started")
	}
	p.tally.live(c.pid)
	hello, err := p.greeting(c)
	if err == nil && hello.Protocol != Protocol {
		err = mattebox.Errorf(mattebox.CodeUnavailable, "the engine speaks version %d of the protocol, the service %d; restart the service", hello.Protocol, Protocol)
	}
	if err == nil && hello.Fault != nil {
		err = mattebox.Wrap(mattebox.CodeUnavailable, hello.Fault.Err(), "the engine does not start")
	}
	if err != nil {
		c.kill()
		p.tally.dead(c.pid)
		return nil, err
	}
	c.logger.Info("engine child is ready")
	for _, note := range hello.Notes {
		c.logger.Warn("engine child has a note", "note", note)
	}
	return c, nil
}

// greeting waits for the child's first message.
func (p *Pool) greeting(c *process) (*Hello, error) {
	late := time.NewTimer(p.config.Limits.Start)
	defer late.Stop()
	select {
	case f := <-c.frames:
		hello := &Hello{}
		if f.err == nil {
			f.err = ParseFrame(f.text, hello)
		}
		if f.err == nil {
			return hello, nil
		}
		c.kill()
		return nil, stillborn(c, f.err)
	case <-late.C:
		return nil, mattebox.Errorf(mattebox.CodeUnavailable, "the engine was not ready within %v", p.config.Limits.Start)
	case <-p.closing:
		return nil, errClosed()
	}
}

// stillborn is the error of a child that ended before it was ready: its last line
// is what it had to say.
func stillborn(c *process, err error) error {
	said := strings.Split(c.words.last(), "\n")
	if last := said[len(said)-1]; last != "" {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the engine does not start: %s", last)
	}
	return mattebox.Wrap(mattebox.CodeUnavailable, err, "the engine does not start")
}

// lend offers the child to requests until it has to go, and returns why; nothing
// when the pool is closing.
func (p *Pool) lend(c *process) Cause {
	for {
		select {
		case p.free <- c:
			if cause := <-c.returned; cause != "" {
				return cause
			}
		case f := <-c.frames:
			if f.err == nil {
				c.kill() // nobody asked; it cannot be trusted with an answer
			}
			return CauseDied
		case <-p.closing:
			return ""
		}
	}
}
