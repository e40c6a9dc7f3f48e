package storetest

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"
	"sync"
)

// Recorder is a connector that notes the statements that go through it, so that
// what is explained is what is run.
type Recorder struct {
	driver.Connector
	mu         sync.Mutex
	statements []statement
}

type statement struct {
	text string
	args []any
}

// Connect opens a connection of the connector that is listened to.
func (r *Recorder) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &recorded{conn.(fullConn), r}, nil
}

// taken returns what was noted and forgets it.
func (r *Recorder) taken() []statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.statements
	r.statements = nil
	return all
}

func (r *Recorder) note(text string, named []driver.NamedValue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := statement{text: text}
	for _, value := range named {
		s.args = append(s.args, value.Value)
	}
	for _, before := range r.statements {
		if before.text == text && slices.EqualFunc(before.args, s.args, func(a, b any) bool { return a == b }) {
			return
		}
	}
	if verb, _, _ := strings.Cut(strings.TrimSpace(text), " "); verb != "INSERT" {
		r.statements = append(r.statements, s)
	}
}

// fullConn is what both drivers' connections can do.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
}

type recorded struct {
	fullConn
	recorder *Recorder
}

func (c *recorded) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.recorder.note(query, args)
	return c.fullConn.QueryContext(ctx, query, args)
}

func (c *recorded) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.recorder.note(query, args)
	return c.fullConn.ExecContext(ctx, query, args)
}

// CheckNamedValue leaves the values to the driver, where it has a say in them.
func (c *recorded) CheckNamedValue(value *driver.NamedValue) error {
	if checker, ok := c.fullConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	return driver.ErrSkip
}
