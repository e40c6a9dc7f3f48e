package work

import (
	"context"
	"fmt"
	"os"
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
	if err := t.fits(task.Out, cut.Frames); err != nil {
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

// fits returns a CodeTooLarge error when what is left of the job, to judge by a
// finished segment, takes more than there is room for: the segments to come and
// the result, beside which they lie until its end.
func (t *take) fits(path string, frames int) error {
	if t.Room == nil || frames <= 0 || t.step.Job.Source == nil {
		return nil
	}
	file, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("looking at a segment: %w", err)
	}
	room, err := t.Room()
	if err != nil {
		return err
	}
	left := 1 - float64(t.step.Job.Progress)/100
	need := float64(file.Size()) / float64(frames) * framesOf(&t.step.Job) * (1 + left)
	if need <= float64(room) {
		return nil
	}
	return mattebox.Errorf(mattebox.CodeTooLarge, "as %s this video would take about %.1f GB, and there is room for %.1f; choose another output_format, or a preview_duration",
		t.step.Job.Format, need/1e9, max(float64(room), 0)/1e9)
}

// framesOf is how many frames of its clip the job makes.
func framesOf(j *mattebox.Job) float64 {
	n := float64(j.Source.Frames)
	if j.Preview > 0 && j.Source.Duration > 0 {
		n *= min(1, j.Preview.Seconds()/j.Source.Duration.Seconds())
	}
	return n
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
		Name: name, Key: fmt.Sprintf("%s%d-%d/%s", t.remains().Outputs(), t.step.Job.Run, t.step.Lease.Fence, name),
		MediaType: joined.MediaType, Bytes: joined.Bytes, Width: joined.Width, Height: joined.Height, Duration: joined.Duration, Frames: joined.Frames,
	}
	if err := t.keep(output.Key, task.Out, joined.MediaType); err != nil {
		return err
	}
	return t.finish(func(ctx context.Context) error { return t.Store.FinishJob(ctx, t.step, output, warnings) })
}
