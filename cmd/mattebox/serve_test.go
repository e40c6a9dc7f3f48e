package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox/internal/pgtest"
	"mattebox/internal/servicetest"
)

// launch starts the real service on the data folder and ends it with the test.
func launch(t *testing.T, c servicetest.Config) *servicetest.Service {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.Program = self
	c.Env = append(c.Env, asProgram+"=1", "GORACE=atexit_sleep_ms=0", "MATTEBOX_HOME="+defaultHome())
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	c.Flags = append([]string{"--metrics-listen", "127.0.0.1:0", "--engines", "1", "--allow-network", "127.0.0.0/8"}, c.Flags...)
	s, err := servicetest.Launch(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Kill()
		if log, err := os.ReadFile(s.Log); t.Failed() && err == nil {
			t.Logf("log of %s:\n%s", s.Data, log)
		}
	})
	return s
}

// stop ends the service as an operator does.
func stop(t *testing.T, s *servicetest.Service) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	code, err := s.Stop(ctx)
	if err != nil || code != exitDone {
		t.Errorf("exit code %d, %v", code, err)
	}
}

// orderCoffee posts the photograph and returns its ticket.
func orderCoffee(t *testing.T, s *servicetest.Service, a servicetest.Account) string {
	t.Helper()
	pictures := servicetest.NewPictures("../../testdata/photos")
	t.Cleanup(pictures.Close)
	ticket, err := s.Client(a).PostImage(t.Context(), servicetest.Fields{"imageURL": pictures.URL + "/256/coffee.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// wantCutOut waits for the result and looks at it.
func wantCutOut(t *testing.T, s *servicetest.Service, a servicetest.Account, ticket string) {
	t.Helper()
	client := s.Client(a)
	status, err := client.WaitStatus(t.Context(), 60*time.Second, ticket, 70, 80)
	if err != nil {
		t.Fatal(err)
	}
	response, data, err := client.Download(t.Context(), status.FinalImagesURL[0])
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("downloading: %v %v", response, err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := picture.Bounds()
	_, _, _, corner := picture.At(b.Min.X, b.Min.Y).RGBA()
	_, _, _, middle := picture.At((b.Min.X+b.Max.X)/2, (b.Min.Y+b.Max.Y)/2).RGBA()
	if b.Dx() != 256 || corner != 0 || middle != 0xffff {
		t.Errorf("%v, alpha %d in the corner and %d in the middle", b, corner, middle)
	}
}

func TestServeOnOneMachine(t *testing.T) {
	withNetwork(t, defaultLarge)
	began := time.Now()
	s := launch(t, servicetest.Config{})
	took := time.Since(began)
	if s.First.Email != ownerEmail || len(s.First.Secrets()) != 3 {
		t.Fatalf("the first start printed %+v", s.First)
	}
	ticket := orderCoffee(t, s, s.First)
	wantCutOut(t, s, s.First, ticket)

	added, err := s.CreateAccount(t.Context(), "b@c.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client(added).Status(t.Context(), ticket); err == nil {
		t.Error("the new account sees the other's image")
	}
	second := program(t, "serve", "--data", s.Data, "--listen", "127.0.0.1:0", "--metrics-listen", "off")
	if out, err := second.CombinedOutput(); err == nil || !strings.Contains(string(out), "in use by another mattebox (process ") {
		t.Errorf("a second server on the folder: %v: %s", err, out)
	}

	first, copied := s.First, filepath.Join(t.TempDir(), "copy")
	if _, err := s.Command(t.Context(), []string{"backup"}, "--to", copied); err != nil {
		t.Fatal(err)
	}
	restored := launch(t, servicetest.Config{Data: copied})
	wantCutOut(t, restored, first, ticket)
	stop(t, restored)

	stop(t, s)
	began = time.Now()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Of the two starts one may have met a busy machine.
	if took = min(took, time.Since(began)); took > 2*time.Second && !raceDetector {
		t.Errorf("ready after %v", took)
	}
	t.Logf("ready after %v", took)
	if s.First.Email != "" {
		t.Errorf("a later start printed keys: %+v", s.First)
	}
	if _, err := s.Client(first).Status(t.Context(), ticket); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	if leaks, err := s.Leaks(append(first.Secrets(), added.Secrets()...)...); err != nil || len(leaks) > 0 {
		t.Errorf("the log has keys: %v %v", leaks, err)
	}
}

// Work in hand when the service ends, asked to or not, goes on after the next start
// at once: its leases and jobs are a dead process's.
func TestServeEndsInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes; left to the full run")
	}
	withNetwork(t, defaultLarge)
	s := launch(t, servicetest.Config{Flags: []string{"--grace", "6s"}})
	first := s.First
	for name, end := range map[string]func(){
		"stopped": func() { stop(t, s) },
		"killed": func() {
			if err := s.Kill(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		for _, status := range []int{10, 60} {
			t.Run(fmt.Sprintf("%s at %d", name, status), func(t *testing.T) {
				ticket := orderCoffee(t, s, first)
				if _, err := s.Client(first).WaitStatus(t.Context(), 30*time.Second, ticket, status); err != nil {
					t.Fatal(err)
				}
				end()
				if err := s.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				wantCutOut(t, s, first, ticket)
				// Less than a lease.
				if took := time.Since(began); took > 20*time.Second && !raceDetector {
					t.Errorf("went on only after %v", took)
				}
				image, err := s.Show(t.Context(), ticket)
				if err != nil {
					t.Fatal(err)
				}
				if faults := image.Illegal(); len(faults) > 0 {
					t.Errorf("history: %v", faults)
				}
			})
		}
	}
}

// Two hosts on one database: one answers, the other works.
func TestServeOnManyHosts(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes; left to the full run")
	}
	withNetwork(t, defaultLarge)
	shared := t.TempDir()
	c := servicetest.Config{
		Database: pgtest.URL(t),
		Env: []string{
			"MATTEBOX_BLOBS=" + filepath.Join(shared, "blobs"), "MATTEBOX_MASTER_KEY=" + strings.Repeat("0123456789abcdef", 4),
		},
	}
	old := program(t, "serve", "--data", t.TempDir(), "--database", c.Database, "--listen", "127.0.0.1:0", "--metrics-listen", "off")
	if out, err := old.CombinedOutput(); err == nil || !strings.Contains(string(out), "run: mattebox migrate") {
		t.Fatalf("serving on a database without tables: %v: %s", err, out)
	}
	migrate := program(t, "migrate", "--data", t.TempDir(), "--database", c.Database)
	if out, err := migrate.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	front, back := c, c
	front.Flags = []string{"--roles", "api", "--public-url", "http://cutouts.example"}
	back.Flags = []string{"--roles", "worker", "--public-url", "http://cutouts.example"}
	api := launch(t, front)
	worker := launch(t, back)
	if worker.URL != "" {
		t.Errorf("the worker answers at %s", worker.URL)
	}
	ticket := orderCoffee(t, api, api.First)
	wantCutOut(t, api, api.First, ticket)
	stop(t, api)
	stop(t, worker)
}
