package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"mattebox/internal/pgtest"
	"mattebox/internal/servicetest"
)

// SIGTERM: what is in hand is finished or handed back, the exit code is 0, and the
// next start goes on.
func TestGracefulStop(t *testing.T) {
	onBoth(t, settings{}, func(t *testing.T, h *house) {
		c := h.customer(t)
		var tickets []string
		for range 4 {
			tickets = append(tickets, c.order(nil))
		}
		slow := c.order(fields{"imageURL": h.pictures.Handle("slow.jpg", servicetest.Drip(time.Second))})
		c.wait(tickets[0], 60, 70)
		begun := time.Now()
		code, err := h.Stop(t.Context())
		if err != nil || code != 0 || time.Since(begun) > 35*time.Second {
			t.Errorf("stopped with exit code %d after %v, %v; want 0 within the grace time", code, time.Since(begun), err)
		}
		for _, ticket := range append(tickets, slow) {
			if i := h.show(t, ticket); i.Status == 60 {
				t.Errorf("after the stop image %s is still in production", ticket)
			}
		}
		if err := h.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, ticket := range tickets {
			c.wait(ticket, 70)
			h.history(t, ticket)
		}
	})
}

// A backup taken while the service works starts as a service of its own and has
// what was there.
func TestBackup(t *testing.T) {
	alongside(t)
	h := open(t, settings{})
	c := h.customer(t)
	done := c.finished(fields{"templateId": c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})})
	_, before := c.download(done.FinalImagesURL[0], http.StatusOK)
	copied := filepath.Join(t.TempDir(), "backup")
	h.mattebox(t, "backup", "--to", copied)
	for i := range 3 {
		c.order(fields{"customerImageId": fmt.Sprint(i)})
	}
	again := around(t, servicetest.Config{Program: h.Program, Data: copied})
	if err := again.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	moved := *c
	moved.Client.URL = again.URL
	if n := moved.do(http.MethodGet, "Images/Count", nil).ImagesCount; n != 1 {
		t.Errorf("the backup has %d images, want the one of its time", n)
	}
	if _, after := moved.download(moved.status(done.ImageTicket).FinalImagesURL[0], http.StatusOK); !bytes.Equal(before, after) {
		t.Error("the backup's picture differs")
	}
}

// PostgreSQL dies under the service and comes back: clear answers meanwhile, no
// acknowledgement, and recovery without help within 30 s.
func TestDatabaseDies(t *testing.T) {
	alongside(t)
	program := servicetest.Program(t)
	server := pgtest.Start(t)
	h := around(t, servicetest.Config{Program: program, Data: t.TempDir(), Database: server.URL(t)})
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := h.customer(t)
	before := c.order(nil)
	server.Crash(t)
	a := c.try(http.MethodPost, "Image", fields{"imageURL": h.small()})
	if a.HTTP != http.StatusServiceUnavailable || a.ErrorCode != "ServiceUnavailable" {
		t.Errorf("without a database: HTTP %d, %s; want 503, ServiceUnavailable", a.HTTP, a.ErrorCode)
	}
	until(t, 30*time.Second, "/readyz to say no", func() bool { return !ready(t, h.URL) })
	server.Resume(t)
	back := time.Now()
	until(t, 30*time.Second, "/readyz to say yes again", func() bool { return ready(t, h.URL) })
	c.wait(before, 70)
	t.Logf("what was ordered before was finished %v after the database came back; quiet machines take some 10 s", time.Since(back).Round(time.Second))
	c.finished(nil)
	if code, err := h.Stop(context.Background()); err != nil || code != 0 {
		t.Errorf("stopped with exit code %d, %v", code, err)
	}
}

func ready(t *testing.T, url string) bool {
	t.Helper()
	response, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}
