package e2e

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"mattebox/internal/pgtest"
	"mattebox/internal/servicetest"
)

// Two hosts share one PostgreSQL, one bucket and one key: one answers, one works,
// and another one takes over when that dies in the middle.
func TestTwoHosts(t *testing.T) {
	alongside(t)
	program, database, blobs := servicetest.Program(t), pgtest.URL(t), bucket(t)
	key := filepath.Join(t.TempDir(), "master.key")
	start := func(role string, more ...string) *house {
		flags := append([]string{"--roles", role, "--blobs", blobs, "--key-file", key}, more...)
		h := around(t, servicetest.Config{
			Program: program, Data: t.TempDir(), Database: database, Flags: flags,
			Env: []string{"AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret"},
		})
		if err := h.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return h
	}
	api := start("api")
	c := api.customer(t, "--key-file", key)
	ticket := c.order(fields{"imageCallbackURL": api.receiver.At("two")})
	if s := c.status(ticket); s.StatusId != 10 {
		t.Errorf("without a worker the image stands at %d, want 10", s.StatusId)
	}
	worker := start("worker", "--public-url", api.URL)
	done := c.wait(ticket, 80)
	c.picture(done.FinalImagesURL[0])
	c.picture(api.receiver.Posts("two")[0].Form().Get("processedImageURL"))

	second := c.order(nil)
	c.wait(second, 60)
	if err := worker.Kill(); err != nil {
		t.Fatal(err)
	}
	start("worker", "--public-url", api.URL)
	c.wait(second, 70)
}

// bucket serves an empty bucket by the S3 protocol and returns its location.
func bucket(t *testing.T) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("pictures"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return "s3://pictures?region=us-east-1&use_path_style=true&endpoint=" + server.URL
}
