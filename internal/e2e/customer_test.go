package e2e

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // results
	_ "image/png"  // results
	"net/http"
	"slices"
	"testing"

	"mattebox/internal/servicetest"
)

// customer is an account in the hands of a test.
type customer struct {
	servicetest.Client
	account servicetest.Account
	h       *house
	t       *testing.T
}

// customer makes an account for the test, with more flags of account create.
func (h *house) customer(t *testing.T, flags ...string) *customer {
	t.Helper()
	email := fmt.Sprintf("shop%d@example.test", h.people.Add(1))
	a, err := h.CreateAccount(t.Context(), email, flags...)
	if err != nil {
		t.Fatal(err)
	}
	h.keep(a)
	t.Cleanup(func() { h.checkLog(t) })
	return &customer{Client: h.Client(a), account: a, h: h, t: t}
}

// keep remembers what may not be logged.
func (h *house) keep(a servicetest.Account) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known = append(h.known, a.Secrets()...)
}

// small is the address of a photograph of 320 pixels.
func (h *house) small() string { return h.pictures.At("320/coffee.jpg") }

// do sends a request and fails the test unless the answer's ErrorCode is NoError.
func (c *customer) do(method, path string, f fields) *servicetest.Answer {
	c.t.Helper()
	a := c.try(method, path, f)
	if err := a.Err(); err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// try sends a request that may fail by its ErrorCode only.
func (c *customer) try(method, path string, f fields) *servicetest.Answer {
	c.t.Helper()
	a, err := c.Do(c.t.Context(), method, path, f)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// refused sends a request that has to fail with the ErrorCode.
func (c *customer) refused(code, method, path string, f fields) *servicetest.Answer {
	c.t.Helper()
	a := c.try(method, path, f)
	if a.ErrorCode != code {
		c.t.Errorf("%s %s %v: ErrorCode %q (%s), want %s", method, path, f, a.ErrorCode, a.Message, code)
	}
	return a
}

// order orders an image of the small photograph, unless the fields name another.
func (c *customer) order(f fields) string {
	c.t.Helper()
	all := fields{"imageURL": c.h.small()}
	for name, value := range f {
		all[name] = value
	}
	return c.do(http.MethodPost, "Image", all).ImageTicket
}

// template makes a template and returns its id.
func (c *customer) template(f fields) int {
	c.t.Helper()
	id, err := c.PostTemplate(c.t.Context(), f)
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

// wait waits until the image stands at one of the statuses, and fails the test when
// it does not or comes to an end elsewhere.
func (c *customer) wait(ticket string, statuses ...int) *servicetest.ImageStatus {
	c.t.Helper()
	s, err := c.WaitStatus(c.t.Context(), patience, ticket, append(statuses, 0, 90, 999)...)
	if err == nil && !slices.Contains(statuses, s.StatusId) {
		err = fmt.Errorf("image %s came to %d (%s), want one of %v", ticket, s.StatusId, s.StatusName, statuses)
	}
	if err != nil {
		c.t.Fatalf("%v; the operator sees %+v", err, c.h.show(c.t, ticket))
	}
	return s
}

// finished orders an image and waits for its result.
func (c *customer) finished(f fields) *servicetest.ImageStatus {
	c.t.Helper()
	return c.wait(c.order(f), 70, 80)
}

// status returns where the image stands.
func (c *customer) status(ticket string) *servicetest.ImageStatus {
	c.t.Helper()
	s, err := c.Status(c.t.Context(), ticket)
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

// download fetches a file and fails the test unless the status is as wanted.
func (c *customer) download(address string, want int) (http.Header, []byte) {
	c.t.Helper()
	response, body, err := c.Download(c.t.Context(), address)
	if err != nil {
		c.t.Fatal(err)
	}
	if response.StatusCode != want {
		c.t.Fatalf("GET %s: HTTP status %d, want %d: %.200s", address, response.StatusCode, want, body)
	}
	return response.Header, body
}

// picture downloads and decodes a picture.
func (c *customer) picture(address string) (image.Image, string) {
	c.t.Helper()
	_, body := c.download(address, http.StatusOK)
	picture, format, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		c.t.Fatalf("decoding %s: %v", address, err)
	}
	return picture, format
}
