package blobs_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"mattebox"
	"mattebox/blobs"
)

// each runs the test on both kinds of store.
func each(t *testing.T, test func(t *testing.T, s *blobs.Store)) {
	t.Run("folder", func(t *testing.T) { test(t, open(t, t.TempDir())) })
	t.Run("bucket", func(t *testing.T) { test(t, open(t, bucket(t, ""))) })
	t.Run("prefix in a bucket", func(t *testing.T) { test(t, open(t, bucket(t, "&prefix=house/pictures/"))) })
}

func open(t *testing.T, location string) *blobs.Store {
	t.Helper()
	s, err := blobs.Open(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// bucket serves an empty bucket by the S3 protocol and returns its location.
func bucket(t *testing.T, parameters string) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("pictures"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	return "s3://pictures?region=us-east-1&use_path_style=true&endpoint=" + server.URL + parameters
}

func put(t *testing.T, s *blobs.Store, key, content string) {
	t.Helper()
	n, err := s.Put(t.Context(), key, strings.NewReader(content), "image/png")
	if err != nil || n != int64(len(content)) {
		t.Fatalf("Put(%s) = %d, %v; want %d", key, n, err, len(content))
	}
}

// content returns what is under the key, "" when there is nothing.
func content(t *testing.T, s *blobs.Store, key string) string {
	t.Helper()
	b, err := s.Get(t.Context(), key)
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	all, err := io.ReadAll(b)
	if err != nil {
		t.Fatal(err)
	}
	if b.Size != int64(len(all)) || b.Modified.IsZero() {
		t.Errorf("%s has size %d and time %v; it holds %d bytes", key, b.Size, b.Modified, len(all))
	}
	return string(all)
}

func TestPutGetReplaceDelete(t *testing.T) {
	each(t, func(t *testing.T, s *blobs.Store) {
		const key = "1000001/2000001/1-1/result.png"
		put(t, s, key, "first")
		put(t, s, key, "the second one")
		if got := content(t, s, key); got != "the second one" {
			t.Errorf("content = %q", got)
		}
		if err := s.Delete(t.Context(), key, "1000001/2000001/1-1/never.png"); err != nil {
			t.Fatal(err)
		}
		if got := content(t, s, key); got != "" {
			t.Errorf("deleted, yet %q", got)
		}
		put(t, s, key, "") // an empty blob is a blob
		if _, err := s.Get(t.Context(), key); err != nil {
			t.Error(err)
		}
	})
}

func TestGetSeeks(t *testing.T) {
	each(t, func(t *testing.T, s *blobs.Store) {
		put(t, s, "a/b", "0123456789")
		b, err := s.Get(t.Context(), "a/b")
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if end, err := b.Seek(0, io.SeekEnd); end != 10 || err != nil {
			t.Errorf("the end is at %d, %v", end, err)
		}
		if _, err := b.Seek(3, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		part := make([]byte, 4)
		if _, err := io.ReadFull(b, part); err != nil || string(part) != "3456" {
			t.Errorf("from the third byte on: %q, %v", part, err)
		}
	})
}

func TestPutFileTakesTheFile(t *testing.T) {
	each(t, func(t *testing.T, s *blobs.Store) {
		path := filepath.Join(t.TempDir(), "result")
		if err := os.WriteFile(path, []byte("pixels"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.PutFile(t.Context(), "1/2/1-1/result.png", path, "image/png"); err != nil {
			t.Fatal(err)
		}
		if got := content(t, s, "1/2/1-1/result.png"); got != "pixels" {
			t.Errorf("content = %q", got)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file is still there: %v", err)
		}
		if err := s.PutFile(t.Context(), "1/2/1-1/result.png", path, "image/png"); err == nil {
			t.Error("a missing file was stored")
		}
		if got := content(t, s, "1/2/1-1/result.png"); got != "pixels" {
			t.Errorf("after a failed put the content is %q", got)
		}
	})
}

func TestAFailedPutLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *blobs.Store) {
		broken := io.MultiReader(strings.NewReader("half"), failing{})
		if _, err := s.Put(t.Context(), "1/2/x", broken, "image/png"); err == nil {
			t.Error("a broken reader was stored")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Put(ctx, "1/2/y", strings.NewReader("late"), "image/png"); err == nil {
			t.Error("stored after the context had ended")
		}
		for _, key := range []string{"1/2/x", "1/2/y"} {
			if got := content(t, s, key); got != "" {
				t.Errorf("%s = %q", key, got)
			}
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the source broke") }

func TestDeletePrefixKeepsNeighbours(t *testing.T) {
	each(t, func(t *testing.T, s *blobs.Store) {
		for _, key := range []string{"1/2/1-1/a", "1/2/1-1/b", "1/2/2-7/a", "1/20/1-1/a", "1/3"} {
			put(t, s, key, key)
		}
		folders, err := s.Folders(t.Context(), "1/2/")
		if diff := cmp.Diff([]string{"1/2/1-1/", "1/2/2-7/"}, folders); diff != "" || err != nil {
			t.Errorf("folders: %s %v", diff, err)
		}
		if err := s.DeletePrefix(t.Context(), "1/2/"); err != nil {
			t.Fatal(err)
		}
		if err := s.DeletePrefix(t.Context(), "1/2/"); err != nil {
			t.Errorf("deleting nothing: %v", err)
		}
		for key, want := range map[string]string{"1/2/1-1/a": "", "1/2/1-1/b": "", "1/2/2-7/a": "", "1/20/1-1/a": "1/20/1-1/a", "1/3": "1/3"} {
			if got := content(t, s, key); got != want {
				t.Errorf("%s = %q, want %q", key, got, want)
			}
		}
		folders, err = s.Folders(t.Context(), "1/2/")
		if len(folders) != 0 || err != nil {
			t.Errorf("folders of nothing: %q, %v", folders, err)
		}
	})
}

func TestManyBytes(t *testing.T) {
	each(t, func(t *testing.T, s *blobs.Store) {
		big := bytes.Repeat([]byte("0123456789abcdef"), 1<<20) // more than one part of an S3 upload
		if n, err := s.Put(t.Context(), "1/big", bytes.NewReader(big), "image/tiff"); n != int64(len(big)) || err != nil {
			t.Fatal(n, err)
		}
		b, err := s.Get(t.Context(), "1/big")
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		got, err := io.ReadAll(b)
		if err != nil || !bytes.Equal(got, big) {
			t.Errorf("read %d bytes, %v; want %d equal ones", len(got), err, len(big))
		}
	})
}

func TestKeysThatAreNone(t *testing.T) {
	each(t, func(t *testing.T, s *blobs.Store) {
		for _, key := range []string{"", "/a", "a/", "a//b", "..", "a/../../b", ".", "a/./b", ".unfinished/x", "a\\b", "a\x00b", "ä", "a b",
			strings.Repeat("a", 256), strings.Repeat("a/", 500) + "a"} {
			_, putErr := s.Put(t.Context(), key, strings.NewReader("x"), "")
			_, getErr := s.Get(t.Context(), key)
			for op, err := range map[string]error{"Put": putErr, "Get": getErr, "Delete": s.Delete(t.Context(), key), "PutFile": s.PutFile(t.Context(), key, "/dev/null", "")} {
				if mattebox.CodeOf(err) != mattebox.CodeInvalid {
					t.Errorf("%s(%.20q) = %v", op, key, err)
				}
			}
		}
		for _, prefix := range []string{"", "/", "1", "1/2", "../", "1/../"} {
			_, err := s.Folders(t.Context(), prefix)
			for op, err := range map[string]error{"DeletePrefix": s.DeletePrefix(t.Context(), prefix), "Folders": err} {
				if mattebox.CodeOf(err) != mattebox.CodeInvalid {
					t.Errorf("%s(%q) = %v", op, prefix, err)
				}
			}
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	there := bucket(t, "")
	for location, want := range map[string]mattebox.Code{
		"gs://bucket":              mattebox.CodeInvalid,
		"mem://":                   mattebox.CodeInvalid,
		"http://[":                 mattebox.CodeInvalid,
		"s3://pictures?nonsense=1": mattebox.CodeInvalid,
		"/dev/null/below":          mattebox.CodeUnavailable,
		strings.Replace(there, "pictures", "others", 1): mattebox.CodeUnavailable,
	} {
		if _, err := blobs.Open(t.Context(), location); mattebox.CodeOf(err) != want {
			t.Errorf("Open(%s) = %v, want %s", location, err, want)
		}
	}
}
