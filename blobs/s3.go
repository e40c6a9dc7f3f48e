package blobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // the scheme s3 of blob.OpenBucket
	"gocloud.dev/gcerrors"

	"mattebox"
)

// remote is a store in an S3 bucket. An object is whole and durable when its upload
// has been acknowledged; there is nothing to see of it before.
type remote struct{ bucket *blob.Bucket }

func newRemote(ctx context.Context, location string) (*remote, error) {
	b, err := blob.OpenBucket(ctx, location)
	if err != nil {
		return nil, &mattebox.Error{Code: mattebox.CodeInvalid, Field: "blobs",
			Message: "cannot be opened; use s3://bucket?region=... with the parameters of gocloud.dev/blob/s3blob", Err: err}
	}
	there, err := b.IsAccessible(ctx)
	if err == nil && there {
		return &remote{bucket: b}, nil
	}
	if err == nil {
		err = errors.New("there is no such bucket")
	}
	return nil, errors.Join(mattebox.Wrap(mattebox.CodeUnavailable, err, "the bucket of pictures does not answer"), b.Close())
}

func (r *remote) close() error { return r.bucket.Close() }

func (r *remote) put(ctx context.Context, key string, from io.Reader, mediaType string) (int64, error) {
	counted := &counter{r: from}
	if err := r.upload(ctx, key, counted, mediaType); err != nil {
		return 0, err
	}
	return counted.n, nil
}

func (r *remote) upload(ctx context.Context, key string, from io.Reader, mediaType string) error {
	opts := &blob.WriterOptions{ContentType: cmp.Or(mediaType, "application/octet-stream")}
	if err := r.bucket.Upload(ctx, key, from, opts); err != nil {
		return answer(err, "storing", key)
	}
	return nil
}

func (r *remote) take(ctx context.Context, key, path, mediaType string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the file for %s: %w", key, err)
	}
	defer file.Close()
	if err := r.upload(ctx, key, file, mediaType); err != nil {
		return err
	}
	return os.Remove(path)
}

func (r *remote) get(ctx context.Context, key string) (*Blob, error) {
	from, err := r.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, answer(err, "opening", key)
	}
	return &Blob{ReadSeekCloser: from, Size: from.Size(), Modified: from.ModTime()}, nil
}

func (r *remote) remove(ctx context.Context, key string) error {
	if err := r.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return answer(err, "removing", key)
	}
	return nil
}

func (r *remote) removePrefix(ctx context.Context, prefix string) error {
	list := r.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return answer(err, "listing", prefix)
		}
		if err := r.remove(ctx, o.Key); err != nil {
			return err
		}
	}
}

func (r *remote) folders(ctx context.Context, prefix string) ([]string, error) {
	var found []string
	list := r.bucket.List(&blob.ListOptions{Prefix: prefix, Delimiter: "/"})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, answer(err, "listing", prefix)
		}
		if o.IsDir {
			found = append(found, o.Key)
		}
	}
}

// answer wraps an error of the bucket. All but a missing key is the bucket's
// trouble or the network's, and worth another try.
func answer(err error, doing, key string) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return mattebox.Wrap(mattebox.CodeNotFound, err, "there is nothing under %s", key)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || gcerrors.Code(err) == gcerrors.Canceled {
		return fmt.Errorf("%s %s: %w", doing, key, err)
	}
	return mattebox.Wrap(mattebox.CodeUnavailable, fmt.Errorf("%s %s: %w", doing, key, err), "the bucket of pictures does not answer")
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
