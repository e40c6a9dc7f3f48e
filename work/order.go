package work

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mattebox"
	"mattebox/engine/pool"
)

// order is one claimed image on its way through production.
type order struct {
	*Producer
	claim mattebox.Claimed
	grip  *grip
	dir   scratch

	paths     []string // of the sources' files
	committed bool     // FinishImage was called and its answer may be lost: the blobs may be a row's
}

// prefix is where this attempt's bytes lie: no other writes there.
func (o *order) prefix() string {
	return fmt.Sprintf("%s%d-%d/", imagePrefix(o.claim.Image.Account, o.claim.Image.ID), o.claim.Image.Production, o.claim.Lease.Fence)
}

// imagePrefix is where all bytes of an image lie.
func imagePrefix(account mattebox.AccountID, image mattebox.ImageID) string {
	return fmt.Sprintf("%d/%d/", account, image)
}

// task is what the engine is told.
func (o *order) task(scale float64, mattes []string) pool.Task {
	return pool.Task{
		Sources: o.paths, Names: layerNames(o.claim.Image.Sources), Mattes: mattes, Template: o.claim.Image.Template, Quality: o.claim.Image.Effort(), Scale: scale,
		Out: o.dir.file("%d-result", o.claim.Image.ID), Thumbnail: o.dir.file("%d-thumbnail", o.claim.Image.ID),
	}
}

// make produces the picture and stores it. A scale of 0 is the picture's own.
func (o *order) make(scale float64, mattes []string) error {
	ctx := o.grip.ctx
	if err := o.stage(ctx); err != nil {
		return err
	}
	began := time.Now()
	task := o.task(scale, mattes)
	report, err := o.Engine.Remove(ctx, task)
	o.Seen.time("produce", began)
	if err != nil {
		return err
	}
	o.Seen.engine(report.Steps)
	defer o.Seen.time("store", time.Now())
	result, err := o.store(ctx, task, report)
	if err != nil {
		return err
	}
	return o.finish(o.finished(result, report, scale))
}

// stage brings the sources' files within the children's reach, once.
func (o *order) stage(ctx context.Context) error {
	if o.paths != nil {
		return nil
	}
	defer o.Seen.time("stage", time.Now())
	var paths []string
	for _, s := range o.claim.Image.Sources {
		path, local := o.Blobs.Local(s.Key)
		if !local {
			path = o.dir.file("%d-source-%d", o.claim.Image.ID, s.Position)
			if err := o.bring(ctx, s.Key, path); err != nil {
				return err
			}
		}
		paths = append(paths, path)
	}
	o.paths = paths
	return nil
}

func (o *order) bring(ctx context.Context, key, path string) error {
	from, err := o.Blobs.Get(ctx, key)
	if err != nil {
		return ours("bringing a source", err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("making a file for a source: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("bringing a source: %w", err)
	}
	return nil
}

// store puts the result's bytes where they stay.
func (o *order) store(ctx context.Context, t pool.Task, r *pool.Report) (mattebox.Result, error) {
	result := mattebox.Result{
		Name: ResultName(&o.claim.Image), Key: o.prefix() + "result", MediaType: r.MediaType, Bytes: r.Bytes, Width: r.Width, Height: r.Height,
	}
	if err := o.Blobs.PutFile(ctx, result.Key, t.Out, r.MediaType); err != nil {
		return result, ours("storing a result", err)
	}
	if r.ThumbnailBytes > 0 {
		result.ThumbnailKey, result.ThumbnailBytes = o.prefix()+"thumbnail", r.ThumbnailBytes
		if err := o.Blobs.PutFile(ctx, result.ThumbnailKey, t.Thumbnail, r.ThumbnailType); err != nil {
			return result, ours("storing a thumbnail", err)
		}
	}
	return result, nil
}

// finished says what the store is to make of the result. The scale that an image
// of a product was made with becomes the product's.
func (o *order) finished(result mattebox.Result, r *pool.Report, scale float64) mattebox.Finished {
	f := mattebox.Finished{Image: o.claim.Image.ID, Lease: o.claim.Lease, Result: result, Confidence: r.Confidence}
	f.Status, f.Reason = o.claim.Image.AfterProduction(r.Confidence, o.claim.Review)
	if f.Status == mattebox.StatusFinished {
		f.Delivery = NewDelivery(o.claim.Image, result, o.Links)
	}
	if o.claim.Image.ProductID != "" {
		f.Scale = scale
		if scale == 0 {
			f.Scale = r.Scale
		}
	}
	return f
}

func (o *order) finish(f mattebox.Finished) error {
	again, err := insist(o.grip.ctx, func(ctx context.Context) error { return o.Store.FinishImage(ctx, f) })
	o.grip.release()
	o.committed = again || err != nil && !errors.Is(err, mattebox.ErrLost)
	if err != nil {
		return ours("finishing an image", err)
	}
	o.pause.worked()
	o.Seen.image(map[mattebox.Status]string{mattebox.StatusFinished: "finished", mattebox.StatusQuality: "quality"}[f.Status])
	o.sweepBefore()
	return nil
}
