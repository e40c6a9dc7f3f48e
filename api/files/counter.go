package files

import (
	"io"
	"net/http"
	"strconv"
)

// counter is a ResponseWriter that counts the bytes of the body.
type counter struct {
	http.ResponseWriter
	written int64
}

// Write counts and passes on.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.written += int64(n)
	return n, err
}

// ReadFrom lets the connection take the bytes straight from the file.
func (c *counter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(c.ResponseWriter, r)
	c.written += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// whole reports whether the body was all of a file of the size: sent to the end, and
// no part or collection of parts.
func (c *counter) whole(size int64) bool {
	return c.written == size && c.Header().Get("Content-Length") == strconv.FormatInt(size, 10)
}
