package work

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/safehttp"
)

// Downloader brings a picture from an address that a customer gave.
type Downloader interface {
	Download(ctx context.Context, address string, dst io.Writer, limits safehttp.Limits) (safehttp.Downloaded, error)
}

// Headers reads what a picture file says of itself.
type Headers interface {
	Header(ctx context.Context, path string) (*pool.Header, error)
}

// Limits bound a source. Zero fields have the defaults, which are webhooks.md's.
type Limits struct {
	Bytes  int64 // default 100 MB
	Pixels int64 // default 100 million
	Side   int   // default 65,500
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 100e6
	}
	if l.Pixels <= 0 {
		l.Pixels = 100e6
	}
	if l.Side <= 0 {
		l.Side = 65500
	}
	return l
}

// sourceError says which of an image's sources the trouble is with.
type sourceError struct {
	name string
	err  error
}

func (e *sourceError) Error() string { return e.name + ": " + e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// source downloads a source to the path and fills in what it is.
func (f *Fetcher) source(ctx context.Context, source *mattebox.Source, path string) error {
	limits := f.Limits.withDefaults()
	n, err := f.download(ctx, source.URL, path, limits.Bytes)
	if err != nil {
		return &sourceError{sourceName(source.Position), err}
	}
	h, err := f.Engine.Header(ctx, path)
	if err != nil {
		return blame(source.Position, err)
	}
	source.Bytes, source.Format, source.Width, source.Height = n, h.Format, h.Width, h.Height
	return limits.check(source)
}

func (f *Fetcher) download(ctx context.Context, address, path string, limit int64) (int64, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("making a file for a source: %w", err)
	}
	got, err := f.Guard.Download(ctx, address, file, safehttp.Limits{Bytes: limit})
	return got.Bytes, errors.Join(err, file.Close())
}

// check refuses a picture over the limits by its header, before it is decoded.
func (l Limits) check(s *mattebox.Source) error {
	if max(s.Width, s.Height) > l.Side || int64(s.Width)*int64(s.Height) > l.Pixels {
		return mattebox.Wrap(mattebox.CodeTooLarge, nil, "%s: the picture is %d x %d pixels; at most %d million, and %d a side, are accepted",
			sourceName(s.Position), s.Width, s.Height, l.Pixels/1e6, l.Side)
	}
	return nil
}

// blame names the source in an error that is the customer's to mend.
func blame(position int, err error) error {
	var e *mattebox.Error
	if !customers(err) || !errors.As(err, &e) {
		return err
	}
	return &mattebox.Error{Code: e.Code, Field: sourceName(position), Message: e.Message, Err: err}
}
