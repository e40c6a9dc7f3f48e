package blobs

import (
	"strings"

	"mattebox"
)

// maxKey is the longest key in bytes: S3 holds 1024, and a folder's own path needs
// room in the 4096 of PATH_MAX.
const maxKey = 900

// maxElement is the longest name of a file or folder in bytes (NAME_MAX).
const maxElement = 255

// checkKey returns a CodeInvalid error unless every element of the key is a plain
// name: what is checked here can neither leave the store's folder nor collide with
// its own hidden ones.
func checkKey(key string) error {
	if key == "" || len(key) > maxKey {
		return mattebox.Invalid("key", "has %d bytes; use 1 to %d", len(key), maxKey)
	}
	for element := range strings.SplitSeq(key, "/") {
		if !plain(element) {
			return mattebox.Invalid("key", "has the element %.40q; use letters, digits, '-', '_', '~' and '.', not as the first", element)
		}
	}
	return nil
}

// checkPrefix is checkKey for a key that ends in a slash.
func checkPrefix(prefix string) error {
	key, found := strings.CutSuffix(prefix, "/")
	if !found {
		return mattebox.Invalid("prefix", "%.80q does not end in a slash, so it would also stand for others that begin alike", prefix)
	}
	return checkKey(key)
}

func plain(element string) bool {
	if element == "" || element[0] == '.' || len(element) > maxElement {
		return false
	}
	for i := range len(element) {
		c := element[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0) {
			return false
		}
	}
	return true
}
