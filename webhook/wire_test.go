package webhook

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// TestAttemptOnTheWire pins every byte of a delivery, among them the case of the
// header names, which PHP's getallheaders and others look at.
func TestAttemptOnTheWire(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := sending("http://"+l.Addr().String()+"/hook?shop=1", vectorSecret, "")
	s.Delivery.Body = []byte(vectorBody)
	received := make(chan string, 1)
	go func() { received <- readRaw(l, s.Delivery.Body) }()
	now, _ := ticking()
	if o := Attempt(t.Context(), localClient(t), s, now); o.Attempt.Class != mattebox.AttemptDelivered {
		t.Fatalf("outcome %+v", o)
	}
	want := strings.Join([]string{
		"POST /hook?shop=1 HTTP/1.1",
		"Host: " + l.Addr().String(),
		"User-Agent: Mattebox",
		"Content-Length: 123",
		"Accept-Encoding: identity",
		"Content-Type: application/x-www-form-urlencoded",
		"HTTP_X_RTB_CUSTOMER_HMAC_SHA256: " + vectorUTF16,
		"HTTP_X_RTB_PARTNER_HMAC_SHA256: " + vectorUTF16,
		"X-RTB-CUSTOMER-HMAC-SHA256: " + vectorUTF8,
		"X-RTB-PARTNER-HMAC-SHA256: " + vectorUTF8,
		"webhook-id: 0fd24cc2-2bb1-4fca-9f6b-4dd4cd2a5a0e",
		"webhook-signature: " + standardSignature(vectorSecret, s.Delivery.UID, "1776679200", s.Delivery.Body),
		"webhook-timestamp: 1776679200",
		"Connection: close",
		"", vectorBody,
	}, "\r\n")
	if diff := cmp.Diff(want, <-received); diff != "" {
		t.Error(diff)
	}
}

// readRaw takes one request that ends with body, answers 200 and returns it.
func readRaw(l net.Listener, body []byte) string {
	conn, err := l.Accept()
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	var raw []byte
	for chunk := make([]byte, 4096); !bytes.HasSuffix(raw, body); {
		n, err := conn.Read(chunk)
		if err != nil {
			return err.Error()
		}
		raw = append(raw, chunk[:n]...)
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	return string(raw)
}

// Headers shows what Attempt sends.
func TestHeaders(t *testing.T) {
	at := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	s := sending("http://h/", "customer", "partner")
	got, err := Headers(s, at)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(request(RTB(), s, at).Header, got); diff != "" || len(got) != 8 {
		t.Errorf("%d headers; %s", len(got), diff)
	}
	if _, err := Headers(sending("http://h/", "", ""), at); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("without a secret: %v", err)
	}
}
