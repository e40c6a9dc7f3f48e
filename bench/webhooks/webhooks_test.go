package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mattebox/internal/pgtest"
	"mattebox/internal/servicetest"
)

func TestRateOf(t *testing.T) {
	at := func(second int64, id string) arrival { return arrival{at: time.Unix(second, 0), id: id} }
	rate, twice := rateOf([]arrival{at(14, "c"), at(10, "a"), at(12, "b"), at(30, "a")})
	if rate != .5 || twice != 1 {
		t.Errorf("%v a second, %d twice; want .5 and 1", rate, twice)
	}
	if rate, twice := rateOf([]arrival{at(1, "a"), at(2, "a")}); rate != 0 || twice != 1 {
		t.Errorf("one delivery has the rate %v, and came again %d times", rate, twice)
	}
}

func TestWaits(t *testing.T) {
	event := func(text string) arrival {
		return arrival{at: time.Date(2026, 1, 31, 12, 0, 1, 0, time.UTC), body: []byte(text)}
	}
	got, err := waits([]arrival{event(`{"event":"image.queued","data":{"occurred":"2026-01-31T12:00:00.750Z"}}`)})
	if err != nil || !slices.Equal(got, []time.Duration{250 * time.Millisecond}) {
		t.Errorf("%v, %v; want 250 ms", got, err)
	}
	for _, text := range []string{`{"data":{}}`, `event=image.queued`} {
		if _, err := waits([]arrival{event(text)}); err == nil {
			t.Errorf("%q tells when its event happened", text)
		}
	}
}

func TestReceivers(t *testing.T) {
	r, err := listen(3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	})
	authority, err := os.ReadFile(r.authority)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	post := func(i int) int {
		t.Helper()
		response, err := client.Post(r.url(i), "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode
	}
	if status := post(1); status != http.StatusOK {
		t.Errorf("the receiver answers %d", status)
	}
	r.hang(2)
	hung := make(chan int)
	go func() { hung <- post(2) }()
	err = servicetest.Until(t.Context(), 10*time.Second, "the request", func() (bool, error) { return len(r.journal()) == 2, nil })
	if err != nil {
		t.Fatal(err)
	}
	select {
	case status := <-hung:
		t.Errorf("a tarpit answers %d", status)
	default:
	}
	r.answer()
	if status := <-hung; status != http.StatusServiceUnavailable {
		t.Errorf("it answers %d after all, want 503", status)
	}
	if j := r.journal(); j[0].receiver != 1 || j[1].receiver != 2 || string(j[0].body) != "body" || j[1].at.IsZero() {
		t.Errorf("the journal has %v", j)
	}
	if r.forget(); len(r.journal()) != 0 {
		t.Error("the journal has something after forget")
	}
}

func TestReport(t *testing.T) {
	d := &drained{
		Deliveries: 10_000, Orders: 20 * time.Second, PerSecond: 290, Core: 1500 * time.Microsecond, Receiving: 700 * time.Microsecond, Resident: 90e6,
	}
	found := findings{
		Database: onSQLite, Throughput: d,
		Latency: &latency{PerSecond: 100, Waits: []time.Duration{10 * time.Millisecond, 30 * time.Millisecond}, Orders: []time.Duration{time.Millisecond}, Failed: 2},
		Tarpit: &tarpit{
			Receivers: 100, PerSecond: 100, Without: []time.Duration{10 * time.Millisecond}, With: []time.Duration{13 * time.Millisecond}, Held: 4,
		},
		Stored: &stored{
			Deliveries: 1_000_000, Start: 500 * time.Millisecond, Resident: 80e6, Filling: time.Minute, Drained: &drained{PerSecond: 310},
			Pages: []page{{"--failed", 90 * time.Millisecond}},
		},
	}
	var out strings.Builder
	printAll(&out, found, true)
	for _, line := range []string{
		"| what had waited      |             0 |      10000 |        290 |         1.50 |       0.70 |     0 |          90 |        20.0 |",
		"| from the event to its webhook |      2 |   10.0 |   30.0 |    30.0 |      2 |",
		"| one never does, the others           |      1 |   13.0 |   13.0 |    13.0 |    4 |        |",
		"| 1000000           |    0.50 |          80 |          60 |",
		"| mattebox webhook log --failed | 90.0 |",
		"| deliveries per second                     | 290.000 | >= 300 |   SHORT |",
		"| event to webhook, p95 ms                  |  30.000 | <= 500 | reached |",
		"| change of the others' p95 by a tarpit     |   0.300 | <= 0.2 |   SHORT |",
		"| deliveries per second with 1000000 stored | 310.000 | >= 300 | reached |",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the report lacks %q:\n%s", line, out.String())
		}
	}
	found.Database = onPostgres
	if got := targets(found)[0].Limit; got != 1000 {
		t.Errorf("the goal on PostgreSQL is %v", got)
	}
}

func TestBadCommandLines(t *testing.T) {
	for _, args := range [][]string{{"-per-second", "0"}, {"stray"}, {"-deliveries", "1"}, {"-receivers", "1"}, {"-receivers", "254"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
	b := bench{settings: settings{sections: "hot"}}
	if _, err := b.measure(t.Context()); err == nil || !strings.Contains(err.Error(), "tarpit") {
		t.Errorf("an unknown section: %v; want an error that lists them", err)
	}
}

// TestSmall runs every section on the real program, with little to do.
func TestSmall(t *testing.T) {
	program := servicetest.Program(t)
	for _, kind := range []string{onSQLite, onPostgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			args := []string{"-deliveries", "40", "-per-second", "20", "-seconds", "1", "-receivers", "3", "-turns", "1", "-stored", "1000", "-program", program}
			if kind == onPostgres {
				args = append(args, "-database", pgtest.URL(t))
			}
			s, err := parse(args, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			found, err := bench{settings: s, log: io.Discard}.measure(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			check(t, found)
		})
	}
}

func check(t *testing.T, found findings) {
	t.Helper()
	for _, d := range []*drained{found.Throughput, found.Stored.Drained} {
		if d.Deliveries != 40 || d.Twice != 0 || d.PerSecond <= 0 || d.Resident < 10e6 || d.Core <= 0 {
			t.Errorf("sending what had waited: %+v", d)
		}
	}
	if l := found.Latency; len(l.Waits) != 20 || len(l.Orders) != 20 || l.Failed != 0 || slices.Min(l.Waits) < 0 {
		t.Errorf("times of events: %+v", l)
	}
	// A third of the events of the half turn with a tarpit were its.
	if p := found.Tarpit; len(p.Without) != 20 || len(p.With) < 13 || len(p.With) > 14 || p.Held == 0 || p.Failed != 0 {
		t.Errorf("times beside a tarpit: %+v", p)
	}
	if s := found.Stored; s.Resident < 10e6 || s.Start <= 0 || len(s.Pages) != 4 {
		t.Errorf("with stored deliveries: %+v", s)
	}
}
