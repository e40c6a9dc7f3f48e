package blobs

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"mattebox"
)

// Store is an open store. Its methods may be called from several goroutines, and
// by several processes on one folder.
//
// Errors are *mattebox.Error where somebody can act: CodeInvalid for a key that is
// none, CodeNotFound for one that holds nothing, CodeUnavailable for a full disk or
// a bucket that does not answer.
type Store struct{ bucket bucket }

// bucket is what differs between the kinds of store. Keys and prefixes were
// checked; errors are as Store's.
type bucket interface {
	put(ctx context.Context, key string, r io.Reader, mediaType string) (int64, error)
	take(ctx context.Context, key, path, mediaType string) error
	get(ctx context.Context, key string) (*Blob, error)
	remove(ctx context.Context, key string) error
	removePrefix(ctx context.Context, prefix string) error
	folders(ctx context.Context, prefix string) ([]string, error)
	close() error
}

// Blob is an open blob. It must be closed.
type Blob struct {
	io.ReadSeekCloser
	Size     int64 // in bytes
	Modified time.Time
}

// Open opens the store at the location: a folder, which is made when it is missing,
// "file:///absolute/folder", or "s3://bucket" with gocloud's parameters (region,
// endpoint, use_path_style, prefix, ...; credentials come from where the AWS SDK
// looks). A bucket must exist and answer.
func Open(ctx context.Context, location string) (*Store, error) {
	if !strings.Contains(location, "://") {
		return openFolder(location)
	}
	u, err := url.Parse(location)
	if err != nil {
		return nil, mattebox.Invalid("blobs", "%q is no address; use a folder or s3://bucket?region=...", location)
	}
	switch u.Scheme {
	case "file":
		return openFolder(u.Path)
	case "s3":
		return openS3(ctx, location)
	}
	return nil, mattebox.Invalid("blobs", "%q cannot be used as a store; use a folder or s3://bucket?region=...", location)
}

func openFolder(path string) (*Store, error) {
	f, err := newFolder(path)
	if err != nil {
		return nil, err
	}
	return &Store{bucket: f}, nil
}

func openS3(ctx context.Context, location string) (*Store, error) {
	b, err := newRemote(ctx, location)
	if err != nil {
		return nil, err
	}
	return &Store{bucket: b}, nil
}

// Close releases what the store holds. Blobs that are open stay readable in a
// folder, and fail in a bucket.
func (s *Store) Close() error { return s.bucket.close() }

// Put stores what the reader gives under the key, replacing what was there, and
// returns how many bytes that were. When it returns they are durable; on error the
// key holds what it held before.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, mediaType string) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	return s.bucket.put(ctx, key, r, mediaType)
}

// PutFile is Put with the file at the path, which is gone afterwards: a folder on
// the same file system takes it as it is, without copying. On error the file stays.
func (s *Store) PutFile(ctx context.Context, key, path, mediaType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.bucket.take(ctx, key, path, mediaType)
}

// Get opens the blob under the key for reading from any place. The context must
// last until it is closed.
func (s *Store) Get(ctx context.Context, key string) (*Blob, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	return s.bucket.get(ctx, key)
}

// Local returns the path of the file that holds the key's bytes when the store is a
// folder, whether the file exists or not. It may be read, not written.
func (s *Store) Local(key string) (path string, ok bool) {
	f, ok := s.bucket.(*folder)
	if !ok || checkKey(key) != nil {
		return "", false
	}
	return f.path(key), true
}

// Delete removes the keys' bytes; keys that hold nothing are no error. It stops at
// the first failure.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return err
		}
		if err := s.bucket.remove(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// DeletePrefix removes everything whose key begins with the prefix, which must end
// in a slash.
func (s *Store) DeletePrefix(ctx context.Context, prefix string) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	return s.bucket.removePrefix(ctx, prefix)
}

// Folders returns the prefixes one element longer than the given one, which must
// end in a slash, under which there are keys with more elements, in ascending
// order: what an image's attempts left.
func (s *Store) Folders(ctx context.Context, prefix string) ([]string, error) {
	if err := checkPrefix(prefix); err != nil {
		return nil, err
	}
	return s.bucket.folders(ctx, prefix)
}
