package pool

import (
	"context"
	"errors"
	"time"

	"mattebox"
)

// watchEvery is how often a child's memory is looked at while it has a picture in
// hand; one look takes some ten microseconds. Of a clip it is the child's own memory
// only: that of the ffmpegs it starts is bounded by the limits on the sizes of clips,
// canvases and backgrounds.
const watchEvery = 50 * time.Millisecond

// errNotTaken is returned by exchange.run for a request that the child did not
// take: it was gone already, and the request may go to another.
var errNotTaken = errors.New("the engine did not take the request")

// exchange is one request and its answer.
type exchange struct {
	process *process
	request Request
	limits  Limits
	within  time.Duration
	memory  *memory
	abort   <-chan struct{} // closed when the pool gives up waiting
	heard   func(Progress)  // nil: nobody asks

	limit *time.Timer      // for within; not running while the picture waits for memory
	grace <-chan time.Time // from a cancellation to the kill
	grant *grant           // nil until the picture asks for memory
}

// run sends the request and waits for its answer. cause is empty when the child
// can take another request; else it has been killed, or died. Errors: errNotTaken,
// *CrashError, *mattebox.Error, or the context's.
func (x *exchange) run(ctx context.Context) (answer *Answer, cause Cause, err error) {
	x.process.words.begin()
	if err := x.process.send(x.request, x.limits.Header); err != nil {
		x.process.kill()
		return nil, CauseDied, errNotTaken
	}
	x.limit = time.NewTimer(x.within)
	defer x.limit.Stop()
	defer func() {
		if x.grant != nil {
			x.grant.release()
		}
	}()
	return x.await(ctx)
}

func (x *exchange) await(ctx context.Context) (*Answer, Cause, error) {
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	cancelled := ctx.Done()
	var granted <-chan struct{}
	for {
		select {
		case f := <-x.process.frames:
			answer, cause, err := x.settle(ctx, f)
			switch {
			case answer != nil && answer.Needs != 0:
				granted = x.ask(answer.Needs)
			case answer != nil && answer.Progress != nil:
				x.tell(*answer.Progress)
			default:
				return answer, cause, err
			}
		case <-granted:
			granted = nil
			x.proceed()
		case <-cancelled:
			cancelled = nil
			x.cancel()
		case <-x.grace:
			x.process.kill()
			return nil, CauseCancelled, context.Cause(ctx)
		case <-x.limit.C:
			return x.end(CauseHung)
		case <-watch.C:
			if resident(x.process.pid) > x.limits.Peak {
				return x.end(CauseMemory)
			}
		case <-x.abort:
			x.process.kill()
			return nil, CauseCancelled, errClosed()
		}
	}
}

// ask reserves the memory. What the picture waits for it is not the picture's time.
func (x *exchange) ask(bytes int64) (granted <-chan struct{}) {
	x.limit.Stop()
	x.grant = x.memory.reserve(bytes)
	return x.grant.given
}

// tell hands the progress on, with which the time begins anew.
func (x *exchange) tell(p Progress) {
	x.limit.Reset(x.within)
	if x.heard != nil {
		x.heard(p)
	}
}

// proceed lets the child go on. Should it not hear, its time runs out.
func (x *exchange) proceed() {
	x.limit.Reset(x.within)
	_ = x.process.send(Request{ID: x.request.ID, Op: OpGrant}, x.limits.Grace)
}

// cancel tells the child that the picture is not wanted. Should it not hear, the
// grace ends.
func (x *exchange) cancel() {
	x.grace = time.After(x.limits.Grace)
	_ = x.process.send(Request{ID: x.request.ID, Op: OpCancel}, x.limits.Grace)
}

// settle judges a message that came after the request. It is the answer, or progress
// or a question for memory, which leave the child at work.
func (x *exchange) settle(ctx context.Context, f frame) (*Answer, Cause, error) {
	var bad *FrameError
	if f.err != nil && !errors.As(f.err, &bad) {
		return x.ended()
	}
	answer := &Answer{}
	if f.err != nil || ParseFrame(f.text, answer) != nil || answer.ID != x.request.ID {
		return x.end(CauseGarbled)
	}
	if answer.Needs > 0 && x.grant == nil || answer.Progress != nil && x.request.Op.progresses() {
		return answer, "", nil
	}
	if answer.Needs != 0 || !answer.answers(x.request.Op) {
		return x.end(CauseGarbled)
	}
	x.process.answers++
	if !x.request.Op.looks() {
		x.process.pictures++
	}
	if answer.Fault == nil {
		return answer, "", nil
	}
	if ctx.Err() != nil {
		return nil, "", context.Cause(ctx)
	}
	return nil, "", answer.Fault.Err()
}

// ended judges the end of the child's stream. The child is given time to come to
// its own end, so that its exit code can be told.
func (x *exchange) ended() (*Answer, Cause, error) {
	select {
	case <-x.process.gone:
	case <-time.After(x.limits.Grace):
	}
	if x.process.unread() {
		x.process.kill()
		return nil, CauseDied, errNotTaken
	}
	return x.end(CauseCrashed)
}

// end kills the child, if it still lives, and says how it ended.
func (x *exchange) end(cause Cause) (*Answer, Cause, error) {
	x.process.kill()
	return nil, cause, x.process.crash(cause)
}

// errClosed is what callers of a pool get that is being closed.
func errClosed() error {
	return mattebox.Errorf(mattebox.CodeUnavailable, "the engine is being stopped; try again")
}
