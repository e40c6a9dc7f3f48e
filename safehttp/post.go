package safehttp

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// MaxAnswer is how many bytes of a Post's answer are kept, after decoding.
const MaxAnswer = 16 << 10

// Request is what Post sends. Header names go out byte by byte as they stand in
// the map.
type Request struct {
	URL    string
	Header map[string]string
	Body   []byte
}

// Answer is what came back to a Post.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte // at most MaxAnswer, gzip and deflate undone; less when the server was slow
	Address string // that was dialled, "203.0.113.7:443"
}

// Post sends the body once, over HTTP/1.1, and follows no redirect: every status
// is an Answer, 3xx among them, but not 101. It takes at most Config.Post; once the status is
// known the answer counts, however its body ends, and at most Config.Answer is
// spent on reading it. The error is an *Error whenever no status came back.
//
// A request whose bytes have begun to leave is never repeated, so the receiver sees
// at most one.
func (c *Client) Post(ctx context.Context, r Request) (*Answer, error) {
	u, refused := c.guard.parse(r.URL)
	if refused != nil {
		return nil, refused
	}
	limited, cancel := context.WithTimeout(ctx, c.config.Post)
	defer cancel()
	limited, trip := withJourney(limited)
	req, err := http.NewRequestWithContext(limited, http.MethodPost, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, &Error{Class: ClassURL, Message: "the address cannot be called", Err: err}
	}
	req.Header["User-Agent"] = []string{c.config.UserAgent}
	req.Header["Accept-Encoding"] = []string{"identity"}
	for name, value := range r.Header {
		req.Header[name] = []string{value}
	}
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, classify(ctx, err, trip)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols { // its body is the bare connection, which no context ends
		return nil, &Error{Class: ClassAnswer, Status: res.StatusCode, Address: trip.last(), Message: "the server wants to speak another protocol"}
	}
	defer time.AfterFunc(c.config.Answer, cancel).Stop()
	return &Answer{Status: res.StatusCode, Header: res.Header, Body: readAnswer(res), Address: trip.last()}, nil
}

// maxEncoded is how many bytes of an encoded answer are read: a stream of empty
// blocks decodes to nothing for ever.
const maxEncoded = 4 * MaxAnswer

// readAnswer returns as much of the body as can be had.
func readAnswer(res *http.Response) []byte {
	raw := io.LimitReader(res.Body, maxEncoded)
	var kept bytes.Buffer
	decoded, err := decode(raw, res.Header.Get("Content-Encoding"))
	if err != nil {
		return nil
	}
	// What came before a failure is worth keeping, and the status counts without it.
	_, _ = io.CopyN(&kept, decoded, MaxAnswer)
	return kept.Bytes()
}

// decode undoes a Content-Encoding; unknown ones are left as they are.
func decode(r io.Reader, encoding string) (io.Reader, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "deflate":
		return zlib.NewReader(r)
	}
	return r, nil
}
