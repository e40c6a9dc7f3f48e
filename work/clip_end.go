package work

import (
	"context"
	"errors"

	"mattebox"
	"mattebox/safehttp"
)

// finish ends the step with what it was to come to.
func (t *take) finish(do func(context.Context) error) error {
	again, err := insist(t.ctx, do)
	t.committed = err == nil || again || !errors.Is(err, mattebox.ErrLost)
	return ours("finishing a step", err)
}

// end ends the claim with what came of it. The error is what was our own fault.
func (t *take) end(ctx context.Context, err error) error {
	kind := t.step.Kind
	if err == nil {
		t.pause.worked()
		t.Seen.step(kind, "done")
		return nil
	}
	if !t.committed {
		t.discard(ctx)
	}
	last, cancel := ending(ctx)
	defer cancel()
	var fault *safehttp.Error
	switch {
	case errors.Is(err, mattebox.ErrLost), t.lost():
		t.Logger.Info("step is given up, it is another worker's or the job was cancelled", "job", t.step.Job.UID, "kind", kind)
		t.Seen.step(kind, "lost")
		return nil
	case ctx.Err() != nil:
		return t.handBack(last, mattebox.StepInterrupted)
	case errors.As(err, &fault):
		return t.unreachable(last, err, fault)
	case crashed(err):
		return t.crash(last, err)
	case customers(err):
		t.Logger.Info("clip refused", "job", t.step.Job.UID, "error", err)
		return t.fail(last, mattebox.FaultVideo, reasonOf(err))
	case down(err):
		return errors.Join(err, t.outage(last))
	case t.step.Faults+1 >= maxFaults:
		return errors.Join(err, t.fail(last, mattebox.FaultInternal, clipFaulty))
	}
	return errors.Join(err, t.handBack(last, mattebox.StepFaulty))
}

// maxBegun is how often a step is begun while something it needs is down. With the
// pauses in between that is most of an hour; a job that itself fills the disk must
// not keep it full for ever.
const maxBegun = 120

// outage gives the step back, to be tried again when what it needs is there.
func (t *take) outage(ctx context.Context) error {
	t.pause.failed()
	if t.step.Begun >= maxBegun {
		return t.fail(ctx, mattebox.FaultInternal, clipOutage)
	}
	return t.handBack(ctx, mattebox.StepInterrupted)
}

const (
	clipFaulty       = "the video cannot be processed, and it is not your fault; ask us about it"
	clipOutage       = "the service had no room or no means for the video for a long time; start it again later"
	clipCrashedTwice = "the video made the engine fail twice; try another file of it, or a smaller one"
)

func (t *take) handBack(ctx context.Context, why mattebox.StepEnd) error {
	t.Seen.step(t.step.Kind, "handed back")
	return dropLost(t.Store.HandBackStep(ctx, t.step, why))
}

func (t *take) fail(ctx context.Context, code, message string) error {
	t.Seen.step(t.step.Kind, "failed")
	return dropLost(t.Store.FailJob(ctx, t.step, mattebox.JobFault{Code: code, Message: message}))
}

func (t *take) crash(ctx context.Context, err error) error {
	t.Logger.Warn("engine crashed over a clip", "job", t.step.Job.UID, "kind", t.step.Kind, "crashes", t.step.Crashes+1, "error", err)
	if t.step.Crashes+1 >= maxCrashes {
		return t.fail(ctx, mattebox.FaultInternal, clipCrashedTwice)
	}
	return t.handBack(ctx, mattebox.StepCrashed)
}

// unreachable puts a download off, or ends the job after the last try.
func (t *take) unreachable(ctx context.Context, err error, fault *safehttp.Error) error {
	t.Logger.Info("clip not to be had", "job", t.step.Job.UID, "class", fault.Class, "address", fault.Address, "try", t.step.Try)
	if pauses := fetchPauses(); fault.Again() && t.step.Try <= len(pauses) {
		t.Seen.step(t.step.Kind, "put off")
		return dropLost(t.Store.PutOffStep(ctx, t.step, t.Now().Add(pauses[max(t.step.Try, 1)-1])))
	}
	reason := fault.Message
	var named *sourceError
	if errors.As(err, &named) {
		reason = named.name + ": " + fault.Message
	}
	code := mattebox.FaultDownload
	switch fault.Class {
	case safehttp.ClassNotClip, safehttp.ClassNotPicture, safehttp.ClassTooLarge:
		code = mattebox.FaultVideo
	}
	return t.fail(ctx, code, reason)
}

// discard removes what this attempt stored. Left-overs go with the job.
func (t *take) discard(ctx context.Context) {
	if len(t.stored) == 0 {
		return
	}
	last, cancel := ending(ctx)
	defer cancel()
	if err := t.Blobs.Delete(last, t.stored...); err != nil {
		t.Logger.Warn("a clip's files not removed", "job", t.step.Job.UID, "error", err)
	}
}
