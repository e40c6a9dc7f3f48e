package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// linkFile links the file, or copies it where links are not to be had: pictures are
// never written again once they have their name.
func linkFile(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, unix.EXDEV) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EMLINK) || errors.Is(err, unix.ENOTSUP) {
		return copyFile(from, to)
	}
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// writeTar packs a folder into a file that only its owner reads, and that has its
// name only once it is complete and on disk.
func writeTar(ctx context.Context, to, from string) error {
	partial := to + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	out, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(partial) // fails once the file has its name
	w := tar.NewWriter(out)
	err = filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || path == from {
			return err
		}
		return addToTar(w, from, path, entry)
	})
	if err = errors.Join(err, w.Close(), out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(partial, to)
}

func addToTar(w *tar.Writer, from, path string, entry os.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	header, err := tar.FileInfoHeader(info, "")
	if err != nil {
		return err
	}
	if header.Name, err = filepath.Rel(from, path); err != nil {
		return err
	}
	header.Uname, header.Gname, header.Uid, header.Gid = "", "", 0, 0
	if entry.IsDir() {
		header.Name += "/"
		return w.WriteHeader(header)
	}
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(w, file); err != nil {
		return fmt.Errorf("packing %s: %w", header.Name, err)
	}
	return nil
}
