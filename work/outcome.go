package work

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mattebox"
)

// end ends the claim with what came of it. The error is what was our own fault.
func (o *order) end(ctx context.Context, err error) error {
	o.grip.release()
	if err == nil {
		return nil
	}
	if !o.committed {
		o.discard(ctx, o.prefix())
	}
	last, cancel := ending(ctx)
	defer cancel()
	id := o.claim.Image.ID
	switch {
	case errors.Is(err, mattebox.ErrLost), o.grip.lost():
		o.Logger.Info("production passed to another worker", "image", id)
		o.Seen.image("lost")
		return nil
	case ctx.Err() != nil:
		o.Seen.image("handed back")
		return dropLost(o.Store.HandBack(last, id, o.claim.Lease, false))
	case crashed(err):
		return o.crash(last, err)
	case customers(err):
		o.Logger.Info("picture refused", "image", id, "error", err)
		o.Seen.image("refused")
		return dropLost(o.Store.RefuseImage(last, id, o.claim.Lease, reasonOf(err)))
	}
	return errors.Join(err, o.fault(last, err))
}

// maxFaults is how many productions of an image may end with a fault of ours that
// is not an outage. After them it must be this picture's, and it would be produced
// for ever.
const maxFaults = 5

const faulty = "the picture cannot be produced, and it is not your fault; ask us about it"

// fault ends a claim that failed through no fault of the picture's.
func (o *order) fault(ctx context.Context, err error) error {
	if down(err) {
		o.pause.failed()
	} else if o.claim.Image.Production >= maxFaults {
		o.Seen.image("refused")
		return dropLost(o.Store.RefuseImage(ctx, o.claim.Image.ID, o.claim.Lease, faulty))
	}
	o.Seen.image("handed back")
	return dropLost(o.Store.HandBack(ctx, o.claim.Image.ID, o.claim.Lease, false))
}

func (o *order) crash(ctx context.Context, err error) error {
	o.Logger.Warn("engine crashed over a picture", "image", o.claim.Image.ID, "crashes", o.claim.Image.Crashes+1, "error", err)
	o.Seen.image("crashed")
	if o.claim.Image.Crashes+1 >= maxCrashes {
		return dropLost(o.Store.RefuseImage(ctx, o.claim.Image.ID, o.claim.Lease, crashedTwice))
	}
	return dropLost(o.Store.HandBack(ctx, o.claim.Image.ID, o.claim.Lease, true))
}

// endAll ends all orders with one trouble.
func endAll(ctx context.Context, orders []*order, err error) error {
	var errs []error
	for _, o := range orders {
		errs = append(errs, o.end(ctx, err))
	}
	return errors.Join(errs...)
}

// discard removes what lies under a prefix of the image. Left-overs go with it.
func (o *order) discard(ctx context.Context, prefix string) {
	last, cancel := ending(ctx)
	defer cancel()
	if err := o.Blobs.DeletePrefix(last, prefix); err != nil {
		o.Logger.Warn("result not removed", "image", o.claim.Image.ID, "prefix", prefix, "error", err)
	}
}

// sweepBefore removes what attempts left that were killed between storing bytes and
// the row: those that began after the newest result that there was and before this
// one. Earlier folders hold results of their own.
func (o *order) sweepBefore() {
	var newest int
	if r := o.claim.Image.Result; r != nil {
		if newest = attemptOf(r.Key); newest == 0 {
			return // an operator's
		}
	}
	if o.claim.Image.Production <= newest+1 {
		return
	}
	ctx, cancel := ending(o.grip.ctx)
	defer cancel()
	folders, err := o.Blobs.Folders(ctx, imagePrefix(o.claim.Image.Account, o.claim.Image.ID))
	if err != nil {
		o.Logger.Warn("left-overs not found", "image", o.claim.Image.ID, "error", err)
	}
	for _, folder := range folders {
		if n := attemptOf(folder); n > newest && n < o.claim.Image.Production {
			o.discard(ctx, folder)
		}
	}
}

// attemptOf returns which production of an image a key or prefix belongs to, 0 for
// one that belongs to none: <account>/<image>/<production>-<fence>/...
func attemptOf(key string) int {
	parts := strings.Split(key, "/")
	var production, fence int
	if len(parts) < 3 {
		return 0
	}
	if n, err := fmt.Sscanf(parts[2], "%d-%d", &production, &fence); n != 2 || err != nil {
		return 0
	}
	return production
}
