package safehttp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Kind says what is wanted from an address.
type Kind int

// The kinds.
const (
	Picture Kind = iota
	Clip         // a film: mp4, mov, webm, mkv or avi
)

// Limits bound a download. Zero fields have the defaults.
type Limits struct {
	Kind  Kind
	Bytes int64         // of the body; 100 MB (webhooks.md)
	Total time.Duration // for everything, redirects included; 2 minutes
	Stall time.Duration // for each connection and headers, and for every 4 KiB of the body; 15 s
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 100e6
	}
	if l.Total == 0 {
		l.Total = 2 * time.Minute
	}
	if l.Stall == 0 {
		l.Stall = 15 * time.Second
	}
	return l
}

// Downloaded says what a download came to.
type Downloaded struct {
	Bytes     int64
	SHA256    string // lower-case hexadecimal
	MediaType string // by the first bytes: image/jpeg, png, webp, tiff, bmp, gif, heic or avif; video/mp4, x-matroska or x-msvideo
	FileName  string // by Content-Disposition or the address, safe as one element of a path; may be empty
	URL       string // after redirects
}

// Download writes the picture, or what else Limits.Kind says, at the address to dst, following at most 5
// redirects, each judged as the first address is. What by its first bytes is something
// else is refused before anything is written; after any other error dst holds a
// part. Compressed transfer is refused, so that the bytes that come are the bytes
// that count. Its errors are *Error, except those of dst.
func (c *Client) Download(ctx context.Context, address string, dst io.Writer, limits Limits) (Downloaded, error) {
	limits = limits.withDefaults()
	limited, cancel := context.WithTimeout(ctx, limits.Total)
	defer cancel()
	watch := newWatch(limits.Stall, cancel)
	defer watch.stop()
	limited, trip := withJourney(limited)

	res, err := c.follow(limited, address, watch)
	if err != nil {
		return Downloaded{}, classify(ctx, err, trip)
	}
	defer res.Body.Close()
	if refused := refuseHeaders(res, limits); refused != nil {
		refused.Address = trip.last()
		return Downloaded{}, refused
	}
	d := Downloaded{URL: res.Request.URL.String(), FileName: fileName(res, address)}
	body := &watchedReader{r: res.Body, watch: watch}
	err = d.save(dst, body, limits)
	if err != nil && body.err != nil && body.err != io.EOF {
		return Downloaded{}, classify(ctx, body.err, trip)
	}
	if err != nil {
		return Downloaded{}, placed(err, trip.last())
	}
	return d, nil
}

// refuseHeaders returns what the headers already condemn.
func refuseHeaders(res *http.Response, limits Limits) *Error {
	if res.StatusCode != http.StatusOK {
		return &Error{
			Class: StatusClass(res.StatusCode), Status: res.StatusCode,
			Message: fmt.Sprintf("the server answered %d %s", res.StatusCode, http.StatusText(res.StatusCode)),
		}
	}
	if e := res.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return &Error{Class: limits.Kind.refusal(), Status: res.StatusCode, Message: "the server compresses the " + limits.Kind.word() + " on its way although it was asked not to"}
	}
	if res.ContentLength > limits.Bytes {
		return tooLarge(limits)
	}
	return nil
}

func tooLarge(limits Limits) *Error {
	return &Error{Class: ClassTooLarge, Status: http.StatusOK, Message: fmt.Sprintf("the %s is larger than %d bytes", limits.Kind.word(), limits.Bytes)}
}

// placed adds the dialled address to an *Error.
func placed(err error, address string) error {
	var known *Error
	if errors.As(err, &known) {
		known.Address = address
	}
	return err
}

// sniffed is how many bytes are looked at before anything is written.
const sniffed = 1024

// save copies the body to dst and fills in what it was.
func (d *Downloaded) save(dst io.Writer, body io.Reader, limits Limits) error {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(body, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	mediaType, refusal := limits.Kind.sniff(head[:n])
	if refusal != "" {
		return &Error{Class: limits.Kind.refusal(), Status: http.StatusOK, Message: refusal}
	}
	sum := sha256.New()
	both := io.MultiWriter(dst, sum)
	if _, err := both.Write(head[:n]); err != nil {
		return fmt.Errorf("writing a download: %w", err)
	}
	rest, err := io.Copy(both, io.LimitReader(body, limits.Bytes-int64(n)+1))
	if err != nil {
		return fmt.Errorf("writing a download: %w", err)
	}
	d.Bytes = int64(n) + rest
	if d.Bytes > limits.Bytes {
		return tooLarge(limits)
	}
	d.SHA256, d.MediaType = hex.EncodeToString(sum.Sum(nil)), mediaType
	return nil
}
