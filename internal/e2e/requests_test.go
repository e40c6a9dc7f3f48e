package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// hostileRequests sends bodies that are no requests, too much of one, and a byte at
// a time, while another client goes on undisturbed.
func hostileRequests(t *testing.T, h *house) {
	c := h.customer(t)
	deep := strings.Repeat(`{"a":`, 100_000)
	for name, tt := range map[string]struct {
		body string
		want int // HTTP status
	}{
		"empty":        {"", http.StatusBadRequest},
		"no object":    {`[1,2]`, http.StatusBadRequest},
		"cut":          {`{"contactEmail":"a`, http.StatusBadRequest},
		"deep":         {deep, http.StatusBadRequest},
		"deep arrays":  {`{"a":` + strings.Repeat("[", 100_000), http.StatusBadRequest},
		"binary":       {"\x00\xff\xfe{}", http.StatusBadRequest},
		"a number":     {`{"a":1e99999999}`, http.StatusOK},
		"huge":         {`{"comment":"` + strings.Repeat("x", 2<<20) + `"}`, http.StatusRequestEntityTooLarge},
		"many members": {"{" + strings.TrimSuffix(strings.Repeat(`"a":"b",`, 100_000), ",") + "}", 0},
	} {
		a, err := c.Send(t.Context(), http.MethodPost, c.Address("Image"), []byte(tt.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if tt.want != 0 && a.HTTP != tt.want || a.HTTP >= 500 || a.ErrorCode == "NoError" {
			t.Errorf("%s: HTTP %d, ErrorCode %s, want %d and an error", name, a.HTTP, a.ErrorCode, tt.want)
		}
		if a.XMLName.Local != "AddImageResponse" {
			t.Errorf("%s: the answer is a %s", name, a.XMLName.Local)
		}
	}
	hostileTexts(c)
	endlessBody(c)
	slowClients(c)
}

// hostileTexts stores texts that would break a careless statement or document, and
// reads them back as they were.
func hostileTexts(c *customer) {
	gone := c.h.pictures.Handle("texts.jpg", http.NotFound)
	for i, text := range []string{`'; DROP TABLE images; --`, `<b>&amp;]]></b>`, "ünï😀", `a"b\c`, "$1 %s {{.}}"} {
		ticket := c.order(fields{"imageURL": gone, "customerImageId": text, "productId": text})
		for _, format := range []servicetest.Format{servicetest.XML, servicetest.JSON} {
			in := *c
			in.Format = format
			if got := in.status(ticket); got.CustomerImageId != text || got.ProductId != text {
				c.t.Errorf("text %d came back as %q and %q in %s", i, got.CustomerImageId, got.ProductId, format)
			}
		}
	}
}

// endlessBody says nothing of its length and does not stop.
func endlessBody(c *customer) {
	reader, writer := io.Pipe()
	go func() {
		chunk := bytes.Repeat([]byte(" "), 64<<10)
		for {
			if _, err := writer.Write(chunk); err != nil {
				return
			}
		}
	}()
	defer reader.Close()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.Address("Image"), reader)
	if err != nil {
		c.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return // cut off, which is as good
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestEntityTooLarge {
		c.t.Errorf("an endless body is answered with %d", response.StatusCode)
	}
}

// slowClients opens connections that send half a header, and looks that a
// well-behaved client is answered at once and the slow ones are sent away.
func slowClients(c *customer) {
	var slow []net.Conn
	for range 50 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.URL, "http://"))
		if err != nil {
			c.t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET /REST.svc/Contact/ HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		slow = append(slow, conn)
	}
	begun := time.Now()
	c.do(http.MethodGet, "Contact", nil)
	if took := time.Since(begun); took > 5*time.Second {
		c.t.Errorf("beside slow clients an answer took %v", took)
	}
	if err := slow[0].SetReadDeadline(time.Now().Add(60 * time.Second)); err != nil {
		c.t.Fatal(err)
	}
	// What ends the connection, an answer or none, does not matter.
	_, err := io.Copy(io.Discard, bufio.NewReader(slow[0]))
	if netErr, ok := err.(net.Error); ok && netErr.Timeout() {
		c.t.Error("a client that sends half a header is still served after a minute")
	}
}
