package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"mattebox"
	"mattebox/api/files"
	"mattebox/api/pay"
	"mattebox/api/rtb"
	"mattebox/api/rtb/soap"
	videoapi "mattebox/api/video"
	"mattebox/billing"
	"mattebox/blobs"
	"mattebox/httpd"
)

// openWatch makes what tells of the service's state: its health and its figures.
func (s *service) openWatch(context.Context) error {
	s.health = httpd.NewHealth(s.log, s.now, s.checks()...)
	s.figures = httpd.NewMetrics()
	if s.pool == nil {
		return nil
	}
	if err := s.figures.Registry().Register(newPoolFigures(s.pool.Stats)); err != nil {
		return err
	}
	var err error
	s.work, err = s.newWorkers()
	return err
}

// lastBody is the size of a request's body at which the server breaks it off. It is
// far above the APIs' own limits, so that they refuse in their own words.
const lastBody = 64 << 20

// server returns one of the process's servers.
func (s *service) server(h http.Handler, public bool) (*httpd.Server, error) {
	c := httpd.Config{Handler: h, Health: s.health, Logger: s.log, Now: s.now}
	if public {
		c.Metrics, c.Trusted = s.figures, s.settings.trusted
		c.Limits = httpd.Limits{Connections: s.settings.maxConnections, Requests: s.settings.maxRequests, Body: lastBody, Large: s.largeBody}
	}
	if public && s.settings.tlsCert != "" {
		var err error
		c.Certificate, err = httpd.LoadCertificate(s.settings.tlsCert, s.settings.tlsKey, s.log, s.now)
		if err != nil {
			return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "%s and %s", s.app.named("--tls-cert"), s.app.named("--tls-key"))
		}
	}
	return httpd.New(c), nil
}

// run serves until the process ends.
func (s *service) run(server *httpd.Server, l net.Listener) {
	go func() {
		if err := server.Serve(l); err != nil {
			s.broken <- err
		}
	}()
}

// edges routes requests to the APIs; what is none of theirs may be a file.
func (s *service) edges() (http.Handler, error) {
	payments, err := pay.New(pay.Config{
		Books: s.records, Payments: s.records, Provider: s.settings.provider, PDF: billing.InvoicePDF,
		Seller: s.settings.terms.Seller, Links: s.links(), Logger: s.log,
	})
	if err != nil {
		return nil, err
	}
	operations := rtb.Config{
		Accounts: s.records, Templates: s.records, Images: s.records, Invoices: s.records, Intake: s.intake(), Links: s.links(), Now: s.now,
		CheckURL: s.guard.CheckURL, Prices: s.settings.prices, TrialImages: s.settings.trialImages, DataContract: s.settings.dataContract,
		RequestID: httpd.RequestID, Logger: s.log,
	}
	api := rtb.New(operations)
	envelopes, err := soap.New(soap.Config{Operations: rtb.NewService(operations).Operations(), Public: s.publicURL})
	if err != nil {
		return nil, err
	}
	clips, err := s.videoEdge()
	if err != nil {
		return nil, err
	}
	pictures := files.New(files.Config{Images: s.records, Open: s.openFile, Links: s.links(), Logger: s.log})
	edges := map[string]http.Handler{"REST.svc": api, "invoice": payments, "pay": payments, "topup": payments}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if edge, found := edges[first]; found {
			edge.ServeHTTP(w, r)
			return
		}
		switch {
		case soap.Owns(r.URL.Path):
			envelopes.ServeHTTP(w, r)
		case videoapi.Owns(r.URL.Path):
			clips.ServeHTTP(w, r)
		default:
			pictures.ServeHTTP(w, r)
		}
	}), nil
}

func (s *service) openFile(ctx context.Context, key string) (files.File, error) {
	blob, err := s.blobs.Get(ctx, key)
	if err != nil {
		return files.File{}, err
	}
	return files.File{ReadSeekCloser: blob, Size: blob.Size, Modified: blob.Modified}, nil
}

// checks are what /readyz asks.
func (s *service) checks() []httpd.Check {
	all := []httpd.Check{
		{Name: "database", Run: s.checkDatabase},
		{Name: "pictures", Run: (&probe{blobs: s.blobs, now: s.now}).check},
	}
	if s.pool != nil {
		all = append(all, httpd.Check{Name: "engines", Run: s.checkEngines})
	}
	return all
}

func (s *service) checkDatabase(ctx context.Context) error {
	if err := s.records.Ping(ctx); err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database does not answer")
	}
	return nil
}

// checkEngines is content with engines that are still starting.
func (s *service) checkEngines(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	err := s.pool.Ready(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// probe writes a few bytes where the pictures are, at most every ten seconds: in a
// bucket each costs money.
type probe struct {
	blobs *blobs.Store
	now   mattebox.Clock
	last  time.Time
	err   error
}

// probeKey holds the probe; hosts overwrite each other's.
const probeKey = "probe/readyz"

func (p *probe) check(ctx context.Context) error {
	if now := p.now(); now.Sub(p.last) >= 10*time.Second {
		p.last = now
		_, p.err = p.blobs.Put(ctx, probeKey, strings.NewReader("ready\n"), "text/plain")
	}
	if p.err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, p.err, "pictures cannot be stored")
	}
	return nil
}
