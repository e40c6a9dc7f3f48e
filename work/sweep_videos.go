package work

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mattebox"
)

// VideoSweepStore is what a Sweeper needs of the store for what belongs to video
// jobs.
type VideoSweepStore interface {
	RetireJobs(ctx context.Context, before time.Time, limit int) ([]mattebox.JobRemains, error)
	MarkJobs(ctx context.Context, all ...mattebox.JobRemains) error
	RetireUploads(ctx context.Context, before time.Time, limit int) ([]mattebox.Upload, error)
	MarkUploads(ctx context.Context, uids ...string) error
}

// retireVideos removes what ended jobs were made of, and old outputs and uploads:
// bytes first, as clean does.
func (s *Sweeper) retireVideos(ctx context.Context) error {
	if s.Videos == nil {
		return nil
	}
	return errors.Join(s.retireJobs(ctx), s.retireUploads(ctx))
}

func (s *Sweeper) retireJobs(ctx context.Context) error {
	for range mostRetired {
		all, err := s.Videos.RetireJobs(ctx, s.before(s.KeepVideos), retired)
		if err != nil || len(all) == 0 {
			return err
		}
		var failed error
		var gone []mattebox.JobRemains
		for _, r := range all {
			if err := s.removeJob(ctx, r); err != nil {
				failed = err
				continue
			}
			gone = append(gone, r)
		}
		if err := errors.Join(failed, s.Videos.MarkJobs(ctx, gone...)); err != nil || len(all) < retired {
			return err
		}
	}
	return nil
}

func (s *Sweeper) removeJob(ctx context.Context, r mattebox.JobRemains) error {
	if r.All {
		return s.Blobs.DeletePrefix(ctx, r.Prefix())
	}
	for run := 1; run <= r.Run; run++ {
		if err := s.Blobs.DeletePrefix(ctx, r.Scraps(run)); err != nil {
			return err
		}
	}
	return s.removeStray(ctx, r)
}

// removeStray removes outputs that no job ended with: of a worker that died before
// the job heard of it.
func (s *Sweeper) removeStray(ctx context.Context, r mattebox.JobRemains) error {
	folders, err := s.Blobs.Folders(ctx, r.Outputs())
	if err != nil {
		return err
	}
	for _, folder := range folders {
		var run int
		_, err := fmt.Sscanf(strings.TrimPrefix(folder, r.Outputs()), "%d-", &run)
		if err != nil || run > r.Run || r.Keep != "" && strings.HasPrefix(r.Keep, folder) {
			continue
		}
		if err := s.Blobs.DeletePrefix(ctx, folder); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sweeper) retireUploads(ctx context.Context) error {
	for range mostRetired {
		all, err := s.Videos.RetireUploads(ctx, s.before(s.KeepUploads), retired)
		if err != nil || len(all) == 0 {
			return err
		}
		var failed error
		var gone []string
		for _, u := range all {
			if err := s.Blobs.Delete(ctx, u.BlobKey); err != nil {
				failed = err
				continue
			}
			gone = append(gone, u.UID)
		}
		if err := errors.Join(failed, s.Videos.MarkUploads(ctx, gone...)); err != nil || len(all) < retired {
			return err
		}
	}
	return nil
}
