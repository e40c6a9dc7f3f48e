package video

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"os"

	"mattebox"
)

// received is a file on its way in.
type received struct {
	uid  string // of the upload that it becomes; empty: a new one
	path string // on the disk
	name string // that the client gives it
	kind Kind
	size int64
	sum  []byte // SHA-256
}

func (r *received) discard() { os.Remove(r.path) }

// envelope is how many bytes of a form may come beside its file.
const envelope = 1 << 20

// sniffed is how much of a file says what it is.
const sniffed = 4096

// receive brings the request's file onto the disk. What is none of the kinds that
// are taken is refused by its first bytes.
func (a *api) receive(in *uploadIn) (*received, error) {
	if in.request.ContentLength > a.MaxUpload+envelope {
		in.writer.Header().Set("Connection", "close")
		return nil, a.tooLarge()
	}
	mediaType, parameters, _ := mime.ParseMediaType(in.request.Header.Get("Content-Type"))
	if mediaType != "multipart/form-data" {
		return a.spool(in.request.Body, in.Filename)
	}
	form := multipart.NewReader(in.request.Body, parameters["boundary"])
	part, err := filePart(form)
	if err != nil {
		return nil, err
	}
	got, err := a.spool(part, part.FileName())
	if err != nil {
		return nil, err
	}
	if err := restOf(form); err != nil {
		got.discard()
		return nil, err
	}
	return got, nil
}

// maxParts is how many fields a form may have beside the file.
const maxParts = 20

// filePart returns the form's file.
func filePart(form *multipart.Reader) (*multipart.Part, error) {
	for range maxParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unread(err)
		}
		if part.FormName() == "file" {
			return part, nil
		}
		if err := skip(part); err != nil {
			return nil, err
		}
	}
	return nil, invalid("The form has no field named file")
}

// restOf reads to the form's end, so that a file that did not come whole is noticed.
func restOf(form *multipart.Reader) error {
	for range maxParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unread(err)
		}
		if part.FormName() == "file" {
			return invalid("The form has more than one field named file; send one file at a time")
		}
		if err := skip(part); err != nil {
			return err
		}
	}
	return invalid("The form has more than %d fields", maxParts)
}

// skip passes over a field that is not wanted.
func skip(part io.Reader) error {
	n, err := io.Copy(io.Discard, io.LimitReader(part, maxBody+1))
	if err != nil {
		return unread(err)
	}
	if n > maxBody {
		return invalid("The form has a field of more than %d bytes beside the file", maxBody)
	}
	return nil
}

// spool writes the file to the disk, and hashes it on the way.
func (a *api) spool(from io.Reader, name string) (*received, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(from, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, unread(err)
	}
	head = head[:n]
	kind, err := a.Sniff(head)
	if err != nil {
		return nil, notClip(err)
	}
	file, err := os.CreateTemp(a.Temp, "upload-")
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "The file cannot be stored at the moment")
	}
	got := &received{path: file.Name(), name: name, kind: kind}
	err = a.pour(file, head, from, got)
	if closed := file.Close(); err == nil && closed != nil {
		err = mattebox.Wrap(mattebox.CodeUnavailable, closed, "The file cannot be stored at the moment")
	}
	if err != nil {
		got.discard()
		return nil, err
	}
	return got, nil
}

// pour writes what was read already and what follows, up to the limit.
func (a *api) pour(to io.Writer, head []byte, from io.Reader, got *received) error {
	sum := sha256.New()
	out := &disk{to: to, sum: sum}
	if _, err := out.Write(head); err != nil {
		return err
	}
	if _, err := io.Copy(out, io.LimitReader(from, a.MaxUpload+1-int64(len(head)))); err != nil {
		return unread(err)
	}
	if out.size > a.MaxUpload {
		return a.tooLarge()
	}
	got.size, got.sum = out.size, sum.Sum(nil)
	return nil
}

// disk tells a disk that does not take more from a client that does not send more.
type disk struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

// Write writes, counts and hashes.
func (d *disk) Write(p []byte) (int, error) {
	n, err := d.to.Write(p)
	d.sum.Write(p[:n])
	d.size += int64(n)
	if err != nil {
		err = mattebox.Wrap(mattebox.CodeUnavailable, err, "The file cannot be stored at the moment")
	}
	return n, err
}

func (a *api) tooLarge() error {
	return &fault{status: http.StatusBadRequest, code: codeInvalid, message: fmt.Sprintf("File too large: at most %d MB are taken", a.MaxUpload/1e6)}
}

// unread explains a body that did not come whole; a fault of the disk stays.
func unread(err error) error {
	var ours *mattebox.Error
	if errors.As(err, &ours) {
		return err
	}
	var late net.Error
	if errors.As(err, &late) && late.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) {
		return &fault{status: http.StatusRequestTimeout, code: codeTimeout, message: "The body did not come in time", err: err}
	}
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return invalid("File too large: at most %d bytes of a request are read", long.Limit)
	}
	return &fault{status: http.StatusBadRequest, code: codeInvalid, message: "The body did not arrive whole", err: err}
}

// uploadOnce keeps the file unless the same one came with the Idempotency-Key before.
func (a *api) uploadOnce(ctx context.Context, name string, got *received) (*answer[uploadedOut], error) {
	before, err := a.beginOnce(ctx, name, "POST /v1/uploads\n", got.sum)
	if err != nil {
		return nil, err
	}
	var out answer[uploadedOut]
	if before != nil {
		if err := json.Unmarshal(before.Body, &out.Body); err != nil {
			return nil, fmt.Errorf("read the kept answer: %w", err)
		}
		return &out, nil
	}
	var kept *mattebox.KeptAnswer
	defer func() { a.endOnce(ctx, name, kept) }()
	u, err := a.keep(ctx, got)
	if err != nil {
		return nil, err
	}
	out.Body = a.uploadAnswer(u)
	body, err := json.Marshal(out.Body)
	if err != nil {
		return nil, fmt.Errorf("keep the answer: %w", err)
	}
	kept = &mattebox.KeptAnswer{Status: http.StatusOK, Body: body}
	return &out, nil
}
