package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"mattebox"
)

const templateColumns = `id, account, template, price_cents, currency, is_default, deleted, created, modified`

func scanTemplate(row scanner) (*mattebox.StoredTemplate, error) {
	var st mattebox.StoredTemplate
	var text []byte
	var created, modified int64
	if err := row.Scan(&st.ID, &st.Account, &text, &st.Price.Cents, &st.Price.Currency, &st.Default, &st.Deleted, &created, &modified); err != nil {
		return nil, err
	}
	st.Created, st.Modified = timeOf(created), timeOf(modified)
	if err := json.Unmarshal(text, &st.Template); err != nil {
		return nil, fmt.Errorf("template %d: %w", st.ID, err)
	}
	return &st, nil
}

// AddTemplate stores a template, which the caller has validated, at the price of
// one picture.
func (s *Store) AddTemplate(ctx context.Context, account mattebox.AccountID, t mattebox.Template, price mattebox.Money) (mattebox.StoredTemplate, error) {
	added := mattebox.StoredTemplate{Account: account, Template: t, Price: price}
	err := s.write(ctx, "add a template", func(t *tx) (err error) {
		added, err = t.insertTemplate(ctx, added)
		return err
	})
	return added, err
}

func (t *tx) insertTemplate(ctx context.Context, st mattebox.StoredTemplate) (mattebox.StoredTemplate, error) {
	text, err := json.Marshal(st.Template)
	if err != nil {
		return st, err
	}
	st.Created, st.Modified = timeOf(t.at), timeOf(t.at)
	err = t.QueryRowContext(ctx, `INSERT INTO templates (account, template, price_cents, currency, is_default, created, modified)
		VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
		int64(st.Account), string(text), st.Price.Cents, string(st.Price.Currency), st.Default, t.at).Scan(&st.ID)
	return st, err
}

// Template returns a template of the account; another account's is a CodeNotFound
// error like one that does not exist.
func (s *Store) Template(ctx context.Context, account mattebox.AccountID, id mattebox.TemplateID) (mattebox.StoredTemplate, error) {
	st, err := scanTemplate(s.db.Reader.QueryRowContext(ctx,
		`SELECT `+templateColumns+` FROM templates WHERE id = $1 AND account = $2`, int64(id), int64(account)))
	if errors.Is(err, sql.ErrNoRows) {
		return mattebox.StoredTemplate{}, noTemplate()
	}
	if err != nil {
		return mattebox.StoredTemplate{}, s.fault("read a template", err)
	}
	return *st, nil
}

func noTemplate() error {
	return &mattebox.Error{Code: mattebox.CodeNotFound, Field: "templateId", Message: "is not a template of this account"}
}

// Templates returns the account's templates that are not deleted in the order in which they came, the
// default one first.
func (s *Store) Templates(ctx context.Context, account mattebox.AccountID) ([]mattebox.StoredTemplate, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT `+templateColumns+` FROM templates WHERE account = $1 AND NOT deleted ORDER BY id`, int64(account))
	return collect(s, "list templates", rows, err, scanTemplate)
}
