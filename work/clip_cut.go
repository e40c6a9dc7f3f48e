package work

import (
	"context"
	"fmt"
	"slices"

	"mattebox"
	"mattebox/engine/pool"
)

// segment makes one segment.
func (c *Clips) segment(t *take) error {
	task, err := t.task()
	if err != nil {
		return err
	}
	task.From, task.To, task.Out = t.step.Span.From, t.step.Span.To, t.dir.file("segment")
	cut, err := t.Engine.Cut(t.ctx, task, func(p pool.Progress) { t.done.Store(int64(p.Done)) })
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%ssegment-%d-%d", t.remains().Scraps(t.step.Job.Run), t.step.Position, t.step.Lease.Fence)
	if err := t.keep(key, task.Out, "application/octet-stream"); err != nil {
		return err
	}
	return t.finish(func(ctx context.Context) error {
		return t.Store.FinishSegment(ctx, t.step, mattebox.Segment{Key: key, Frames: cut.Frames, About: cut.About, Warnings: cut.Warnings})
	})
}

// join puts the segments together.
func (c *Clips) join(t *take) error {
	task, err := t.task()
	if err != nil {
		return err
	}
	var warnings []string
	for n, segment := range t.step.Segments {
		path, err := t.bring(segment.Key, fmt.Sprintf("segment-%d", n))
		if err != nil {
			return err
		}
		task.Segments = append(task.Segments, pool.Piece{Path: path, About: segment.About})
		for _, w := range segment.Warnings {
			if !slices.Contains(warnings, w) {
				warnings = append(warnings, w)
			}
		}
	}
	name := t.step.Job.UID + "." + t.step.Job.Format.Extension()
	task.Out = t.dir.file("%s", name)
	joined, err := t.Engine.Join(t.ctx, task, func(p pool.Progress) { t.done.Store(int64(p.Done)) })
	if err != nil {
		return err
	}
	output := mattebox.Output{
		Name: name, Key: fmt.Sprintf("%soutput/%d-%d/%s", t.remains().Prefix(), t.step.Job.Run, t.step.Lease.Fence, name),
		MediaType: joined.MediaType, Bytes: joined.Bytes, Width: joined.Width, Height: joined.Height, Duration: joined.Duration, Frames: joined.Frames,
	}
	if err := t.keep(output.Key, task.Out, joined.MediaType); err != nil {
		return err
	}
	return t.finish(func(ctx context.Context) error { return t.Store.FinishJob(ctx, t.step, output, warnings) })
}
