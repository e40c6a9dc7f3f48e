package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"mattebox"
	"mattebox/blobs"
	"mattebox/engine/pool"
	"mattebox/httpd"
	"mattebox/queue"
	"mattebox/safehttp"
	"mattebox/store"
)

// service is one running process: its parts, in the order in which they are made,
// and how each of them ends.
type service struct {
	app      *App
	cmd      *ServeCmd
	settings *serveSettings
	log      *slog.Logger
	now      mattebox.Clock

	data       string // folder, absolute
	api        net.Listener
	metrics    net.Listener
	localURL   string // of the API as this machine reaches it
	metricsURL string
	publicURL  string // as customers reach it

	records *records
	blobs   *blobs.Store
	scratch *scratch
	guard   *safehttp.Client
	pool    *pool.Pool // nil without the worker role
	work    *workers   // likewise

	figures *httpd.Metrics
	health  *httpd.Health
	first   *newKeys // of the account that this start opened
	broken  chan error
	settled bool // the start came to its end
	endings []ending
}

// ending is how a part ends.
type ending struct {
	part string
	end  func(context.Context) error
}

// atEnd has the part ended before those that were there before it.
func (s *service) atEnd(part string, end func(context.Context) error) {
	s.endings = append(s.endings, ending{part, end})
}

// stop ends all parts, the youngest first, within the time of grace.
func (s *service) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.settings.grace)
	defer cancel()
	var errs []error
	for _, e := range slices.Backward(s.endings) {
		if err := e.end(ctx); err != nil {
			errs = append(errs, fmt.Errorf("ending the %s: %w", e.part, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		s.log.Error("not everything ended in time", "error", err)
		return err
	}
	if s.settled {
		s.log.Info("stopped")
	}
	return nil
}

func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, dataMode); err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot make the folder %s", dir)
	}
	return nil
}

// listen takes the ports, so that a taken one ends the start at once. Connections
// wait until there is somebody to answer.
func (s *service) listen(ctx context.Context) error {
	var err error
	if s.settings.api {
		if s.api, err = s.listenOn(ctx, "--listen", s.settings.listen); err != nil {
			return err
		}
		scheme := "http"
		if s.settings.tlsCert != "" {
			scheme = "https"
		}
		s.localURL = scheme + "://" + reachable(s.api.Addr())
	}
	if s.settings.metricsListen != "" {
		if s.metrics, err = s.listenOn(ctx, "--metrics-listen", s.settings.metricsListen); err != nil {
			return err
		}
		s.metricsURL = "http://" + reachable(s.metrics.Addr())
	}
	return s.nameItself()
}

func (s *service) listenOn(ctx context.Context, flag, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "%s cannot be used", s.app.named(flag))
	}
	s.atEnd("listener on "+address, func(context.Context) error {
		l.Close() // mostly closed by its server
		return nil
	})
	return l, nil
}

// reachable returns host:port of a listener; one on all addresses is reached as
// localhost.
func reachable(a net.Addr) string {
	address, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return a.String()
	}
	if address.Addr().IsUnspecified() {
		return fmt.Sprintf("localhost:%d", address.Port())
	}
	return address.String()
}

// nameItself settles the public address.
func (s *service) nameItself() error {
	s.publicURL = s.settings.publicURL
	if s.publicURL == "" {
		s.publicURL = s.localURL
		if local, _ := netip.ParseAddrPort(s.api.Addr().String()); !local.Addr().IsLoopback() {
			s.log.Warn("webhooks carry links that only this machine can follow; set --public-url", "address", s.publicURL)
		}
	}
	return s.notePublicURL()
}

// notePublicURL tells commands beside the server (images approve) what it is.
func (s *service) notePublicURL() error {
	path := filepath.Join(s.data, publicName)
	if noted, err := os.ReadFile(path); err == nil && string(noted) == s.publicURL+"\n" {
		return nil
	}
	if err := os.WriteFile(path, []byte(s.publicURL+"\n"), 0o600); err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot write into the data folder")
	}
	return nil
}

// openRecords opens the database at this program's schema.
func (s *service) openRecords(ctx context.Context) error {
	db, keys, err := s.cmd.openDatabase(ctx, s.app)
	if err != nil {
		return err
	}
	s.atEnd("database", func(context.Context) error { return db.Close() })
	switch {
	case s.cmd.single(), s.settings.migrate:
		err = migrate(ctx, db)
	default:
		err = checkSchema(ctx, db)
	}
	if err != nil {
		return err
	}
	s.records = &records{db: db, keys: keys}
	if s.records.queue, err = s.newQueue(db); err != nil {
		return err
	}
	s.records.Store = store.New(db, keys, s.records.queue, s.now)
	s.records.ProductWait, s.records.Prices = s.settings.productWait, s.settings.prices
	s.records.Tell = teller(func() (mattebox.Links, error) { return s.links(), nil })
	s.records.TellJob = jobTeller(func() (mattebox.Links, error) { return s.links(), nil })
	if !s.cmd.single() {
		return nil
	}
	// The lock of the folder says that no other process works.
	if err := queue.TakeOver(ctx, db.Writer); err != nil {
		return err
	}
	return s.records.TakeOver(ctx)
}

// openFiles opens what holds pictures, finished and in the making.
func (s *service) openFiles(ctx context.Context) error {
	var err error
	if s.blobs, err = s.cmd.openBlobs(ctx, s.app); err != nil {
		return err
	}
	s.atEnd("pictures", func(context.Context) error { return s.blobs.Close() })
	if s.scratch, err = newScratch(s.data); err != nil {
		return err
	}
	s.atEnd("files in the making", func(context.Context) error { return s.scratch.remove() })
	return nil
}

// links signs addresses of results.
func (s *service) links() mattebox.Links {
	return mattebox.Links{Public: s.publicURL, Secret: s.records.keys.Links(), Valid: s.settings.linkValid, Now: s.now}
}

// listeners are our own addresses, which no customer may have us call.
func (s *service) listeners() []netip.AddrPort {
	var own []netip.AddrPort
	for _, l := range []net.Listener{s.api, s.metrics} {
		if l == nil {
			continue
		}
		if address, err := netip.ParseAddrPort(l.Addr().String()); err == nil {
			own = append(own, address)
		}
	}
	return own
}
