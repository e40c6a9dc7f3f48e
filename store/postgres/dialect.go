package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"mattebox"
	"mattebox/store"
)

func (dialect) Fault(err error) error {
	var fault *pgconn.PgError
	if errors.As(err, &fault) {
		return serverFault(fault, err)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database does not answer; try again")
	}
	return err
}

// serverFault judges by the class of the SQLSTATE (PostgreSQL, appendix A).
func serverFault(fault *pgconn.PgError, err error) error {
	class := fault.Code[:min(2, len(fault.Code))]
	switch {
	case fault.Code == "23505":
		return mattebox.Wrap(mattebox.CodeConflict, err, "it is there already")
	case fault.Code == "53100":
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database's disk is full")
	case fault.Code == "57014": // because our context ended
		return err
	case fault.Code == "40P01":
		return mattebox.Wrap(mattebox.CodeUnavailable, errors.Join(store.ErrDeadlock, err), "the database is busy; try again")
	case class == "40", fault.Code == "55P03": // rolled back, lock not available
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database is busy; try again")
	case slices.Contains([]string{"08", "53", "57", "58"}, class): // connection, resources, shutdown, system
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database cannot serve; try again")
	}
	return err
}

// migrationLock is the number of the advisory lock that migrations hold, an
// arbitrary one of ours.
const migrationLock = 0x6d617474_65626f78 // "mattebox"

// Lock takes an advisory lock on a connection of its own; the server drops it
// with the connection.
func (d dialect) Lock(ctx context.Context) (func() error, error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
		if err != nil {
			err = fmt.Errorf("unlock the schema: %w", err)
		}
		return errors.Join(err, conn.Close())
	}, nil
}

// Backup is the server's business.
func (dialect) Backup(context.Context, string) error {
	return mattebox.Errorf(mattebox.CodeInvalid, "a PostgreSQL database is backed up with pg_dump; see https://www.postgresql.org/docs/current/backup-dump.html")
}
