package store

import (
	"context"
	"database/sql"
	"errors"

	"mattebox"
)

// accountColumns are read by scanAccount, in its order.
const accountColumns = `accounts.id, email, name, company, address1, address2, zip_code, city, state, country, phone, timezone,
	billing_email, billing_address1, billing_address2, billing_zip_code, billing_city, billing_state, vat_number, newsletter,
	developer, COALESCE(partner, 0), balance_cents, currency, days_of_credit, trial_images, review, accounts.created`

// scanner is a row of either kind.
type scanner interface{ Scan(into ...any) error }

func scanAccount(row scanner, more ...any) (*mattebox.Account, error) {
	var a mattebox.Account
	var created int64
	into := []any{&a.ID, &a.Email, &a.Name, &a.Company, &a.Address1, &a.Address2, &a.ZipCode, &a.City, &a.State, &a.Country, &a.Phone, &a.Timezone,
		&a.BillingEmail, &a.BillingAddress1, &a.BillingAddress2, &a.BillingZipCode, &a.BillingCity, &a.BillingState, &a.VATNumber, &a.Newsletter,
		&a.Developer, &a.Partner, &a.Balance.Cents, &a.Balance.Currency, &a.DaysOfCredit, &a.TrialImages, &a.Review, &created}
	if err := row.Scan(append(into, more...)...); err != nil {
		return nil, err
	}
	a.Created = timeOf(created)
	return &a, nil
}

// CreateAccount stores a new account with secrets of its own and the default
// template at its price. ID and Created are the store's; a balance without currency
// is in USD, one above 0 is a top-up by the operator, and no review is ReviewNone. An e-mail address that is taken, whatever
// its case and spacing, is a CodeConflict error; fields that cannot be stored are
// CodeInvalid errors with the name that they have in POST Contact (contracts A11).
func (s *Store) CreateAccount(ctx context.Context, a mattebox.Account) (mattebox.Account, mattebox.Secrets, error) {
	if a.Balance.Currency == "" {
		a.Balance.Currency = mattebox.USD
	}
	if a.Review == "" {
		a.Review = mattebox.ReviewNone
	}
	if err := validateAccount(a); err != nil {
		return mattebox.Account{}, mattebox.Secrets{}, err
	}
	var secrets mattebox.Secrets
	err := s.write(ctx, "create an account", func(t *tx) error {
		a.Created = timeOf(t.at)
		err := t.insertAccount(ctx, &a)
		if mattebox.CodeOf(s.db.Dialect.Fault(err)) == mattebox.CodeConflict {
			return &mattebox.Error{Code: mattebox.CodeConflict, Field: "contactEmail", Message: "belongs to another account", Err: err}
		}
		if err != nil {
			return err
		}
		if secrets, err = t.giveSecrets(ctx, a.ID); err != nil {
			return err
		}
		if err := t.bookTopUp(ctx, a.ID, a.Balance, byOperator, "first balance"); err != nil {
			return err
		}
		template := mattebox.DefaultTemplate()
		price, err := s.price(a.Balance.Currency, template, template.DeliveryHours, 1, false)
		if err != nil {
			return err
		}
		_, err = t.insertTemplate(ctx, mattebox.StoredTemplate{Account: a.ID, Template: template, Price: price, Default: true})
		return err
	})
	if err != nil {
		return mattebox.Account{}, mattebox.Secrets{}, err
	}
	return a, secrets, nil
}

func (t *tx) insertAccount(ctx context.Context, a *mattebox.Account) error {
	return t.QueryRowContext(ctx, `INSERT INTO accounts (email, email_normal, name, company, address1, address2, zip_code, city, state, country,
			phone, timezone, billing_email, billing_address1, billing_address2, billing_zip_code, billing_city, billing_state, vat_number, newsletter,
			developer, partner, balance_cents, currency, days_of_credit, trial_images, trials_given, review, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $26, $27, $28)
		RETURNING id`,
		a.Email, mattebox.NormalEmail(a.Email), a.Name, a.Company, a.Address1, a.Address2, a.ZipCode, a.City, a.State, a.Country,
		a.Phone, a.Timezone, a.BillingEmail, a.BillingAddress1, a.BillingAddress2, a.BillingZipCode, a.BillingCity, a.BillingState, a.VATNumber, a.Newsletter,
		a.Developer, optional(int64(a.Partner)), a.Balance.Cents, string(a.Balance.Currency), a.DaysOfCredit, a.TrialImages, string(a.Review), t.at,
	).Scan(&a.ID)
}

// Account returns the account, or a CodeNotFound error.
func (s *Store) Account(ctx context.Context, id mattebox.AccountID) (*mattebox.Account, error) {
	row := s.db.Reader.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM accounts WHERE id = $1`, int64(id))
	return s.foundAccount(row)
}

// AccountByEmail returns the account of the e-mail address, whatever its case and
// spacing, or a CodeNotFound error.
func (s *Store) AccountByEmail(ctx context.Context, email string) (*mattebox.Account, error) {
	row := s.db.Reader.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM accounts WHERE email_normal = $1`, mattebox.NormalEmail(email))
	return s.foundAccount(row)
}

func (s *Store) foundAccount(row *sql.Row) (*mattebox.Account, error) {
	a, err := scanAccount(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noAccount()
	}
	return a, s.fault("read an account", err)
}

func noAccount() error { return mattebox.Errorf(mattebox.CodeNotFound, "there is no such account") }

// Accounts returns all accounts in the order in which they came.
func (s *Store) Accounts(ctx context.Context) ([]mattebox.Account, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT `+accountColumns+` FROM accounts ORDER BY id`)
	return collect(s, "list accounts", rows, err, func(row scanner) (*mattebox.Account, error) { return scanAccount(row) })
}

// SetDeveloper says whether the account is a developer's: may create contacts, and
// lends its key to orders.
func (s *Store) SetDeveloper(ctx context.Context, id mattebox.AccountID, developer bool) error {
	return s.updateAccount(ctx, `UPDATE accounts SET developer = $1 WHERE id = $2`, developer, int64(id))
}

// SetReview says which of the account's pictures an operator sees first. An
// unknown review is a CodeInvalid error.
func (s *Store) SetReview(ctx context.Context, id mattebox.AccountID, review mattebox.Review) error {
	if err := validateReview(review); err != nil {
		return err
	}
	return s.updateAccount(ctx, `UPDATE accounts SET review = $1 WHERE id = $2`, string(review), int64(id))
}

// SetDaysOfCredit says how long the account may take to pay an invoice; 0 allows
// no orders on credit.
func (s *Store) SetDaysOfCredit(ctx context.Context, id mattebox.AccountID, days int) error {
	if err := validateTerms(days, 0); err != nil {
		return err
	}
	return s.updateAccount(ctx, `UPDATE accounts SET days_of_credit = $1 WHERE id = $2`, days, int64(id))
}

// AddTrialImages gives the account so many more free images.
func (s *Store) AddTrialImages(ctx context.Context, id mattebox.AccountID, images int) error {
	if err := validateTerms(0, images); err != nil {
		return err
	}
	return s.updateAccount(ctx, `UPDATE accounts SET trial_images = trial_images + $1, trials_given = trials_given + $1 WHERE id = $2`, images, int64(id))
}

// updateAccount runs a statement that has to change one account.
func (s *Store) updateAccount(ctx context.Context, statement string, args ...any) error {
	return s.write(ctx, "change an account", func(t *tx) error {
		changed, err := t.exec(ctx, statement, args...)
		if err == nil && changed == 0 {
			return noAccount()
		}
		return err
	})
}

// EditContact hands edit what the account says of itself and stores what it made
// of it, in one transaction. Fields that cannot be stored are CodeInvalid errors
// with the name that they have in PUT Contact (contracts A12).
func (s *Store) EditContact(ctx context.Context, id mattebox.AccountID, edit func(*mattebox.Contact)) error {
	return s.write(ctx, "change a contact", func(t *tx) error {
		a, err := scanAccount(t.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM accounts WHERE id = $1 `+s.db.Dialect.ForUpdate(false), int64(id)))
		if errors.Is(err, sql.ErrNoRows) {
			return noAccount()
		}
		if err != nil {
			return err
		}
		c := a.Contact
		edit(&c)
		if err := validateContact(c); err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE accounts SET name = $1, company = $2, address1 = $3, address2 = $4, zip_code = $5, city = $6, state = $7,
				country = $8, phone = $9, timezone = $10, billing_email = $11, billing_address1 = $12, billing_address2 = $13,
				billing_zip_code = $14, billing_city = $15, billing_state = $16, vat_number = $17, newsletter = $18
			WHERE id = $19`,
			c.Name, c.Company, c.Address1, c.Address2, c.ZipCode, c.City, c.State,
			c.Country, c.Phone, c.Timezone, c.BillingEmail, c.BillingAddress1, c.BillingAddress2,
			c.BillingZipCode, c.BillingCity, c.BillingState, c.VATNumber, c.Newsletter, int64(id))
		return err
	})
}
