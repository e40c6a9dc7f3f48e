// Package sqlite opens the store's database as one SQLite file. Everything else
// of the store is in package store; what is here is what only SQLite does: one
// writer at a time, a write-ahead log, error numbers of its own.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"mattebox"
	"mattebox/store"
)

// Open opens the file at path, and makes it when it is missing; its folder has to
// be there. Several processes may have it open.
//
// The log is written ahead (WAL), so that readers and the writer do not wait for
// each other, and with synchronous=FULL, so that what was committed survives a
// power cut. A transaction of the writer begins IMMEDIATE: one that read first and
// then wanted to write could not be granted it when another process has written
// in between.
func Open(ctx context.Context, path string) (*store.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the database file: %w", err)
	}
	d := dialect{path: absolute}
	writer, err := open(ctx, d, "_journal_mode", "WAL", "_synchronous", "FULL", "_txlock", "immediate")
	if err != nil {
		return nil, err
	}
	// More than one connection would wait for each other inside SQLite, where
	// waiting is polling and nobody's turn is kept.
	writer.SetMaxOpenConns(1)
	reader, err := open(ctx, d, "_query_only", "true")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(max(4, 2*runtime.GOMAXPROCS(0)))
	reader.SetMaxIdleConns(max(4, 2*runtime.GOMAXPROCS(0)))
	return &store.DB{Writer: writer, Reader: reader, Dialect: d}, nil
}

// open opens a pool whose connections have the settings, given in pairs.
func open(ctx context.Context, d dialect, settings ...string) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", d.source(settings...))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", d.path, err)
	}
	if err := pool.PingContext(ctx); err != nil {
		err = mattebox.Wrap(mattebox.CodeUnavailable, err, "the database file %s cannot be opened", d.path)
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

// source returns the driver's name for the file with the settings.
func (d dialect) source(settings ...string) string {
	values := url.Values{
		"_busy_timeout": {"10000"}, // ms, for other processes
		"_foreign_keys": {"on"},
		"_dqs":          {"false"},
		"_error_rc":     {"true"},
		// The log is cut back to this after a burst; by default it keeps its size.
		"_pragma": {"journal_size_limit(67108864)"},
	}
	for i := 0; i < len(settings); i += 2 {
		values.Set(settings[i], settings[i+1])
	}
	return (&url.URL{Scheme: "file", Path: d.path, RawQuery: values.Encode()}).String()
}
