package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// fairShare has one account order many images and another one, which must not wait
// for all of them.
func fairShare(t *testing.T, h *house) {
	many, one := h.customer(t), h.customer(t)
	var tickets []string
	for range 10 {
		tickets = append(tickets, many.order(nil))
	}
	single := one.order(nil)
	one.wait(single, 70)
	waiting := 0
	for _, ticket := range tickets {
		if many.status(ticket).StatusId < 60 {
			waiting++
		}
	}
	if waiting < 3 {
		t.Errorf("when the single image was finished, only %d of the ten before it still waited", waiting)
	}
	for _, ticket := range tickets[3:] { // the rest would only take time
		many.try(http.MethodDelete, "Image/"+ticket, nil)
	}
}

// metricsAndHealth reads what operators' machines ask for.
func metricsAndHealth(t *testing.T, h *house) {
	c := h.customer(t)
	c.do(http.MethodGet, "Contact", nil)
	for _, path := range []string{"livez", "readyz"} {
		c.download(path, http.StatusOK)
	}
	header, _ := c.download("livez", http.StatusOK)
	if header.Get("X-Request-Id") == "" {
		t.Error("the answer has no X-Request-Id")
	}
	c.download("metrics", http.StatusNotFound) // not on the customers' port
	metrics := h.metrics(t)
	for _, name := range []string{"http_requests", "go_goroutines"} {
		if !strings.Contains(metrics, name) {
			t.Errorf("the metrics lack %s", name)
		}
	}
	for _, secret := range c.account.Secrets() {
		if strings.Contains(metrics, secret) {
			t.Error("the metrics hold a key or secret")
		}
	}
}

// metrics returns what /metrics says.
func (h *house) metrics(t *testing.T) string {
	t.Helper()
	response, err := http.Get(h.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: HTTP %d, %v", h.Metrics, response.StatusCode, err)
	}
	return string(body)
}

// Too little disk, as it seems: images are refused with the operation's element,
// everything else works.
func TestBackpressure(t *testing.T) {
	for name, flags := range map[string][]string{
		"disk":  {"--min-free-disk", "100000GiB"},
		"queue": {"--max-waiting", "1"},
	} {
		t.Run(name, func(t *testing.T) { backpressure(t, name, flags) })
	}
}

func backpressure(t *testing.T, name string, flags []string) {
	onBoth(t, settings{flags: flags}, func(t *testing.T, h *house) {
		c := h.customer(t)
		slow := h.pictures.Handle("slow.jpg", servicetest.Drip(time.Second))
		full := func() bool {
			a := c.try(http.MethodPost, "Image", fields{"imageURL": slow})
			if a.Err() == nil {
				return false
			}
			if a.HTTP != http.StatusServiceUnavailable || a.XMLName.Local != "AddImageResponse" || a.ErrorCode != "ServiceUnavailable" {
				t.Errorf("%s: HTTP %d, %s, %s; want 503 with the operation's element", name, a.HTTP, a.XMLName.Local, a.ErrorCode)
			}
			if a.Message == "" || !strings.Contains(strings.ToLower(a.Message), name) {
				t.Errorf("%s: the message is %q", name, a.Message)
			}
			return true
		}
		until(t, time.Minute, "the service to be full", full)
		c.do(http.MethodGet, "Contact", nil)
		c.template(nil)
	})
}

// The first start opens an account and prints it; it is let in. Later starts print
// no keys.
func TestFirstStart(t *testing.T) {
	onBoth(t, settings{}, func(t *testing.T, h *house) {
		first := h.First
		if first.Email == "" || len(first.APIKey) != 36 || len(first.ApplicationSecret) != 36 {
			t.Fatalf("the first start prints the account %+v", first)
		}
		c := &customer{Client: h.Client(first), account: first, h: h, t: t}
		c.do(http.MethodGet, "Contact", nil)
		if err := h.Kill(); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := h.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("ready again after %v, want under 2 s", took)
		}
		if h.First != (servicetest.Account{}) {
			t.Errorf("the second start prints the account %+v", h.First)
		}
		c.do(http.MethodGet, "Contact", nil)
	})
}
