package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"mattebox"
)

const endpointColumns = `endpoints.account, endpoints.url, endpoints.events, endpoints.created, endpoints.updated`

func scanEndpoint(row scanner, more ...any) (*mattebox.Endpoint, error) {
	var e mattebox.Endpoint
	var events string
	var created, updated int64
	if err := row.Scan(append([]any{&e.Account, &e.URL, &events, &created, &updated}, more...)...); err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(events) {
		e.Events = append(e.Events, mattebox.EventType(name))
	}
	e.Created, e.Updated = timeOf(created), timeOf(updated)
	return &e, nil
}

// SetEndpoint says where the account's webhooks go from now on, and which events;
// none stands for all. What has happened before is still sent to where it was to
// be sent then. It returns the developer secret that signs them: a new one with the
// account's first endpoint, else the one that there is, whatever became of the
// endpoint meanwhile. A URL that is not https, and an unknown event, are CodeInvalid
// errors on url and events.
func (s *Store) SetEndpoint(ctx context.Context, account mattebox.AccountID, url string, events []mattebox.EventType) (set mattebox.Endpoint, secret string, err error) {
	wanted := mattebox.Endpoint{Account: account, URL: url, Events: inOrder(events)}
	if err := wanted.Validate(); err != nil {
		return mattebox.Endpoint{}, "", err
	}
	err = s.write(ctx, "set an endpoint", func(t *tx) error {
		if secret, err = t.webhookSecret(ctx, account); err != nil {
			return err
		}
		stored, err := scanEndpoint(t.QueryRowContext(ctx, `INSERT INTO endpoints (account, url, events, created, updated) VALUES ($1, $2, $3, $4, $4)
			ON CONFLICT (account) DO UPDATE SET url = excluded.url, events = excluded.events, updated = excluded.updated
			RETURNING `+endpointColumns, int64(account), url, joined(wanted.Events), t.at))
		if err == nil {
			set = *stored
		}
		return err
	})
	if err != nil {
		return mattebox.Endpoint{}, "", err
	}
	return set, secret, nil
}

// inOrder returns the events in the order of the documentation, each once, and
// after them those that are unknown.
func inOrder(events []mattebox.EventType) []mattebox.EventType {
	rank := func(t mattebox.EventType) int {
		if at := slices.Index(mattebox.EventTypes(), t); at >= 0 {
			return at
		}
		return len(mattebox.EventTypes())
	}
	sorted := slices.SortedStableFunc(slices.Values(events), func(a, b mattebox.EventType) int { return rank(a) - rank(b) })
	return slices.Compact(sorted)
}

func joined(events []mattebox.EventType) string {
	names := make([]string, len(events))
	for i, name := range events {
		names[i] = string(name)
	}
	return strings.Join(names, " ")
}

// DropEndpoint ends the account's webhooks: nothing that happens from now on is
// told. What has happened before is still sent. It is a CodeNotFound error when
// there is no endpoint.
func (s *Store) DropEndpoint(ctx context.Context, account mattebox.AccountID) error {
	return s.write(ctx, "drop an endpoint", func(t *tx) error {
		dropped, err := t.exec(ctx, `DELETE FROM endpoints WHERE account = $1`, int64(account))
		if err == nil && dropped == 0 {
			return noEndpoint()
		}
		return err
	})
}

// Endpoint returns where the account's webhooks go, with the developer secret that
// signs them; a CodeNotFound error when they go nowhere.
func (s *Store) Endpoint(ctx context.Context, account mattebox.AccountID) (*mattebox.Endpoint, string, error) {
	var sealed []byte
	e, err := scanEndpoint(s.db.Reader.QueryRowContext(ctx, `SELECT `+endpointColumns+`, webhook_secret
		FROM endpoints JOIN secrets ON secrets.account = endpoints.account WHERE endpoints.account = $1`, int64(account)), &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", noEndpoint()
	}
	if err != nil {
		return nil, "", s.fault("read an endpoint", err)
	}
	secret, err := s.keys.open(account, webhookColumns().secret, sealed)
	if err != nil {
		return nil, "", err
	}
	return e, secret, nil
}

func noEndpoint() error {
	return mattebox.Errorf(mattebox.CodeNotFound, "the account has no address for webhooks; set one first")
}
