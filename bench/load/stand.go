package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mattebox/internal/servicetest"
)

// Config says how a Stand is set up.
type Config struct {
	Program  string   // from servicetest.Build
	Database string   // on a PostgreSQL server where databases may be made; empty: SQLite
	Pictures []string // folders whose photographs the customers' server has
	Flags    []string // more flags of serve
}

// Stand is a running service with customers' servers around it, and an account.
type Stand struct {
	*servicetest.Service
	Pictures *servicetest.Pictures
	Account  servicetest.Account
	Client   servicetest.Client // of the account

	http  *http.Client
	clean []func() error // last first
}

// connections is how many the clients keep open: more than any section uses at once.
const connections = 512

// Begin starts a service in a new folder, and on PostgreSQL in a new database.
func Begin(ctx context.Context, c Config) (*Stand, error) {
	s := &Stand{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}}
	if err := s.begin(ctx, c); err != nil {
		return nil, errors.Join(err, s.End())
	}
	return s, nil
}

func (s *Stand) begin(ctx context.Context, c Config) error {
	data, err := os.MkdirTemp("", "mattebox-bench")
	if err != nil {
		return fmt.Errorf("making a data folder: %w", err)
	}
	s.AtEnd(func() error { return os.RemoveAll(data) })
	flags := append([]string{"--allow-network", "127.0.0.0/8", "--metrics-listen", "off"}, c.Flags...)
	database := ""
	if c.Database != "" {
		flags = append(flags, "--migrate")
		if database, err = s.newDatabase(ctx, c.Database); err != nil {
			return err
		}
	}
	s.Pictures = servicetest.NewPictures(c.Pictures...)
	s.AtEnd(func() error { s.Pictures.Close(); return nil })
	s.Service, err = servicetest.Launch(ctx, servicetest.Config{Program: c.Program, Data: data, Database: database, Flags: flags})
	if s.Service != nil {
		s.AtEnd(s.Kill)
	}
	if err != nil {
		return err
	}
	if s.Account, err = s.CreateAccount(ctx, "bench@example.test"); err != nil {
		return err
	}
	s.Client = s.As(s.Account)
	return nil
}

// AtEnd has End do something, before what was to be done so far.
func (s *Stand) AtEnd(do func() error) { s.clean = append(s.clean, do) }

// End stops everything and removes the folder and the database.
func (s *Stand) End() error {
	var errs []error
	for ; len(s.clean) > 0; s.clean = s.clean[:len(s.clean)-1] {
		errs = append(errs, s.clean[len(s.clean)-1]())
	}
	return errors.Join(errs...)
}

// As returns a client for an account that keeps its connections.
func (s *Stand) As(a servicetest.Account) servicetest.Client {
	client := s.Service.Client(a)
	client.HTTP = s.http
	return client
}

// Hang returns the address of a source that never answers, so that orders stay queued.
func (s *Stand) Hang() string { return s.Pictures.Handle("hang.jpg", servicetest.Hang) }

// newDatabase makes an empty database on the server and returns its address. It
// goes when the stand does.
func (s *Stand) newDatabase(ctx context.Context, server string) (string, error) {
	name := fmt.Sprintf("mattebox_bench_%d", time.Now().UnixNano())
	if err := execute(ctx, server, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("making a database: %w", err)
	}
	s.AtEnd(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := execute(ctx, server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			return fmt.Errorf("removing the database: %w", err)
		}
		return nil
	})
	return onServer(server, name)
}

// onServer returns the address of a database on the server that the address of
// another one names, as a URL or in libpq's form.
func onServer(address, name string) (string, error) {
	if !strings.Contains(address, "://") {
		return address + " dbname=" + name, nil // the last one holds
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the database's address cannot be read") // the cause may quote a password
	}
	u.Path = "/" + name
	return u.String(), nil
}

func execute(ctx context.Context, database, statement string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
