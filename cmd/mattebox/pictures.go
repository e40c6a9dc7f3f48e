package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"mattebox/imaging"
)

// namedPicture reports whether the file's name says that it is a picture. Such a
// file is taken even when its content is broken: its owner wants to hear of it.
func namedPicture(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif", ".bmp", ".gif":
		return true
	}
	return false
}

// sniffBytes is more than imaging.Sniff looks at to know a picture.
const sniffBytes = 512

// holdsPicture reports whether the file's content is a picture, whatever its name.
func holdsPicture(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return false
	}
	_, err = imaging.Sniff(head[:n])
	return err == nil
}

// isPicture reports whether a file that was found, not named, is to be treated.
func isPicture(path string) bool { return namedPicture(path) || holdsPicture(path) }

// isHidden reports whether the file or folder is hidden by a leading dot.
func isHidden(name string) bool { return strings.HasPrefix(name, ".") && name != "." && name != ".." }

// stem is a file's name without its extension.
func stem(path string) string {
	base := filepath.Base(path)
	if s := strings.TrimSuffix(base, filepath.Ext(base)); s != "" {
		return s
	}
	return base
}
