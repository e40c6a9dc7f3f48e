package work

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/safehttp"
)

// clipTime is how long the download of a clip may take, as long as bytes keep coming.
const clipTime = 30 * time.Minute

// fetch brings the job's clip and its background, looks at them and stores what is
// found.
func (c *Clips) fetch(t *take) error {
	t.step.Folder = fmt.Sprintf("%sfetch-%d/", t.remains().Scraps(t.step.Job.Run), t.step.Lease.Fence)
	task := pool.ClipTask{
		Info: t.dir.file(keyInfo), BehindInfo: t.dir.file(keyBehindInfo), Order: t.step.Job.JobOrder,
		Bytes: cmp.Or(c.Bytes, defaultClipBytes), Length: cmp.Or(c.Length, defaultClipLength),
	}
	var err error
	limits := safehttp.Limits{Kind: safehttp.Clip, Bytes: task.Bytes, Total: clipTime}
	if task.Source, err = t.input("video_url", t.step.Upload, t.step.Job.VideoURL, keySource, limits); err != nil {
		return err
	}
	if t.step.Job.Background.Filed() {
		if t.step.Job.Background.Kind == mattebox.BehindImage {
			limits = safehttp.Limits{}
		}
		if task.Behind, err = t.input("background", t.step.Behind, t.step.Job.Background.URL, keyBehind, limits); err != nil {
			return err
		}
	}
	probed, err := t.probe(task)
	if err != nil {
		return err
	}
	if err := t.keepFetched(task); err != nil {
		return err
	}
	return t.finish(func(ctx context.Context) error {
		return t.Store.FinishJobFetch(ctx, t.step, mattebox.Fetched{Clip: probed.Clip, Spans: probed.Spans, Folder: t.step.Folder})
	})
}

func (t *take) probe(task pool.ClipTask) (*pool.Probed, error) {
	leave, err := t.place(t.ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return t.Engine.Probe(t.ctx, task)
}

// input returns the path of the upload's file, or of what is downloaded from the
// address.
func (t *take) input(field string, upload *mattebox.Upload, address, name string, limits safehttp.Limits) (string, error) {
	if upload != nil {
		if upload.BlobKey == "" {
			return "", mattebox.Invalid(field, "names an upload that is not there any more; upload it again")
		}
		return t.bring(upload.BlobKey, name)
	}
	path := t.dir.file("%s", name)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("making a file for a clip: %w", err)
	}
	_, err = t.Guard.Download(t.ctx, address, file, limits)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", &sourceError{field, err}
	}
	return path, nil
}

// keepFetched stores what was brought and found; uploads are stored already.
func (t *take) keepFetched(task pool.ClipTask) error {
	for name, path := range map[string]string{keySource: task.Source, keyInfo: task.Info, keyBehind: task.Behind, keyBehindInfo: task.BehindInfo} {
		if path != t.dir.file("%s", name) || name == keySource && t.step.Upload != nil || name == keyBehind && t.step.Behind != nil {
			continue
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue // of a background that needs none
		}
		if err := t.keep(t.step.Folder+name, path, "application/octet-stream"); err != nil {
			return err
		}
	}
	return nil
}
