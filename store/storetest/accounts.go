package storetest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/store"
)

func testMigrate(t *testing.T, open opener) {
	h := build(t, open)
	first := h.account("first")
	// Again, and by several processes at once, changes nothing.
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := store.Migrate(h.ctx, h.db); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	got, err := h.Account(h.ctx, first.ID)
	h.check(err)
	h.wantSame("account after migrating again", got, &first)
	if first.ID != 1000001 {
		t.Errorf("the first account is %d", first.ID)
	}
	h.check(h.Ping(h.ctx))

	h.check(store.CheckSchema(h.ctx, h.db))
	for _, change := range []string{
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`, `DELETE FROM goose_db_version WHERE version_id > 0`,
	} {
		h.check(second(h.db.Writer.ExecContext(h.ctx, change)))
		h.wantCode(store.CheckSchema(h.ctx, h.db), mattebox.CodeUnavailable, "")
	}
}

// whole is an account with every field set.
func whole(partner mattebox.AccountID) mattebox.Account {
	return mattebox.Account{
		Email: "John @ RemoveTheBackground.com",
		Contact: mattebox.Contact{
			Name: "John Doe", Company: "Doe & Sons", Address1: "Main Street 1", Address2: "2nd floor", ZipCode: "10001", City: "New York", State: "NY",
			Country: "US", Phone: "+1 555", Timezone: "35", BillingEmail: "billing@example.com", BillingAddress1: "Box 7", BillingAddress2: "c/o",
			BillingZipCode: "2100", BillingCity: "København", BillingState: "-", VATNumber: "DK12345678", Newsletter: true,
		},
		Developer: true, Partner: partner, Balance: mattebox.Money{Cents: 12345, Currency: mattebox.DKK}, DaysOfCredit: 30, TrialImages: 3,
		Review: mattebox.ReviewLowConfidence,
	}
}

func testAccounts(t *testing.T, open opener) {
	t.Run("keeps every field", func(t *testing.T) {
		h := build(t, open)
		partner := h.account("partner")
		want := whole(partner.ID)
		made, _, err := h.CreateAccount(h.ctx, want)
		h.check(err)
		want.ID, want.Created = 1000002, h.clock.Now()
		h.wantSame("created", made, want)
		got, err := h.AccountByEmail(h.ctx, " JOHN@removethebackground.COM ")
		h.check(err)
		h.wantSame("read", *got, want)
		all, err := h.Accounts(h.ctx)
		h.check(err)
		h.wantSame("all", all, []mattebox.Account{partner, want})
	})
	t.Run("fills defaults", func(t *testing.T) {
		h := build(t, open)
		a := h.account("plain")
		if a.Review != mattebox.ReviewNone || a.Balance != (mattebox.Money{Currency: mattebox.USD}) {
			t.Errorf("review %q, balance %s", a.Review, a.Balance)
		}
		templates, err := h.Templates(h.ctx, a.ID)
		h.check(err)
		if len(templates) != 1 || !templates[0].Default || templates[0].Template.Name != "Default" {
			t.Errorf("templates %+v, want the default one", templates)
		}
	})
	t.Run("refuses a taken address", func(t *testing.T) {
		h := build(t, open)
		h.account("taken")
		_, secrets, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "TAKEN @ example.com"})
		h.wantCode(err, mattebox.CodeConflict, "contactEmail")
		if secrets != (mattebox.Secrets{}) {
			t.Error("secrets were handed out for an account that is not there")
		}
		if n := h.number(`SELECT COUNT(*) FROM templates`); n != 1 {
			t.Errorf("%d templates, want 1", n)
		}
	})
	t.Run("changes", func(t *testing.T) { testAccountChanges(t, open) })
	t.Run("refuses what cannot be stored", func(t *testing.T) { testAccountFields(t, open) })
}

func testAccountChanges(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("changing")
	h.check(h.SetDeveloper(h.ctx, a.ID, true))
	h.check(h.SetReview(h.ctx, a.ID, mattebox.ReviewAll))
	h.check(h.SetDaysOfCredit(h.ctx, a.ID, 30))
	h.check(h.AddTrialImages(h.ctx, a.ID, 5))
	want := whole(0).Contact
	h.check(h.EditContact(h.ctx, a.ID, func(c *mattebox.Contact) {
		if c.Name != "changing" {
			t.Errorf("edit was handed %+v", *c)
		}
		*c = want
	}))
	got, err := h.Account(h.ctx, a.ID)
	h.check(err)
	a.Developer, a.Review, a.DaysOfCredit, a.TrialImages, a.Contact = true, mattebox.ReviewAll, 30, 5, want
	h.wantSame("changed", *got, a)

	h.wantCode(h.SetDaysOfCredit(h.ctx, a.ID, -1), mattebox.CodeInvalid, "daysOfCredit")
	h.wantCode(h.AddTrialImages(h.ctx, a.ID, -1), mattebox.CodeInvalid, "trialImages")
	h.wantCode(h.SetReview(h.ctx, a.ID, "some"), mattebox.CodeInvalid, "review")
	for _, err := range []error{
		h.SetDeveloper(h.ctx, 5, true), h.SetReview(h.ctx, 5, mattebox.ReviewAll), h.SetDaysOfCredit(h.ctx, 5, 1), h.AddTrialImages(h.ctx, 5, 1),
		h.EditContact(h.ctx, 5, func(*mattebox.Contact) {}), second(h.RotateKeys(h.ctx, 5)), second(h.Secrets(h.ctx, 5)), second(h.Account(h.ctx, 5)),
	} {
		h.wantCode(err, mattebox.CodeNotFound, "")
	}
}

func second[T any](_ T, err error) error { return err }

func testAccountFields(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("strict")
	for _, tt := range []struct {
		field, value string
		set          func(*mattebox.Contact, string)
	}{
		{"contactName", strings.Repeat("x", 256), func(c *mattebox.Contact, v string) { c.Name = v }},
		{"contactCompany", "a\x00b", func(c *mattebox.Contact, v string) { c.Company = v }},
		{"contactCity", "line\nline", func(c *mattebox.Contact, v string) { c.City = v }},
		{"billingAddress2", "\xff\xfe", func(c *mattebox.Contact, v string) { c.BillingAddress2 = v }},
		{"euVatNumber", "\u0085", func(c *mattebox.Contact, v string) { c.VATNumber = v }},
	} {
		err := h.EditContact(h.ctx, a.ID, func(c *mattebox.Contact) { tt.set(c, tt.value) })
		h.wantCode(err, mattebox.CodeInvalid, tt.field)
		made := mattebox.Account{Email: "other@example.com"}
		tt.set(&made.Contact, tt.value)
		_, _, err = h.CreateAccount(h.ctx, made)
		h.wantCode(err, mattebox.CodeInvalid, tt.field)
	}
	_, _, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "nobody"})
	h.wantCode(err, mattebox.CodeInvalid, "contactEmail")
	_, _, err = h.CreateAccount(h.ctx, mattebox.Account{Email: "a@b.c", Balance: mattebox.Money{Currency: "XYZ"}})
	h.wantCode(err, mattebox.CodeInvalid, "currency")
	got, err := h.Account(h.ctx, a.ID)
	h.check(err)
	h.wantSame("after refused changes", *got, a)
	if n := h.number(`SELECT COUNT(*) FROM accounts`); n != 1 {
		t.Errorf("%d accounts, want 1", n)
	}
}

func testSecrets(t *testing.T, open opener) {
	h := build(t, open)
	a, secrets, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "Anna@Example.com", Developer: true})
	h.check(err)
	b, others, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "bert@example.com"})
	h.check(err)

	t.Run("are GUIDs and sealed", func(t *testing.T) {
		h := h.in(t)
		all := []string{secrets.APIKey, secrets.ApplicationSecret, secrets.JobsKey, others.APIKey, others.ApplicationSecret, others.JobsKey}
		seen := map[string]bool{}
		for _, s := range all {
			if len(s) != 36 || s[14] != '4' || strings.ToLower(s) != s || seen[s] {
				t.Errorf("%q is no new lower-case GUID of version 4", s)
			}
			seen[s] = true
		}
		var stored []byte
		h.check(h.db.Reader.QueryRowContext(h.ctx, `SELECT api_key FROM secrets WHERE account = $1`, int64(a.ID)).Scan(&stored))
		if strings.Contains(string(stored), secrets.APIKey) {
			t.Error("the API key is stored as it is")
		}
		again, err := h.Secrets(h.ctx, a.ID)
		h.check(err)
		h.wantSame("opened", again, secrets)
	})
	t.Run("open for their own account only", func(t *testing.T) { testSwappedSecrets(h.in(t), a.ID, b.ID) })
	t.Run("authenticate", func(t *testing.T) { testAuthenticate(t, h.in(t), a, secrets, others) })
	t.Run("name the developer", func(t *testing.T) {
		h := h.in(t)
		id, err := h.DeveloperByKey(h.ctx, secrets.APIKey)
		h.check(err)
		h.wantSame("developer", id, a.ID)
		for _, key := range []string{others.APIKey, "", secrets.JobsKey} {
			_, err := h.DeveloperByKey(h.ctx, key)
			h.wantCode(err, mattebox.CodeUnauthenticated, "")
		}
	})
	t.Run("rotate", func(t *testing.T) {
		h := h.in(t)
		h.clock.pass(time.Hour)
		fresh, err := h.RotateKeys(h.ctx, a.ID)
		h.check(err)
		if cmp.Equal(fresh, secrets) {
			t.Fatal("the secrets are the old ones")
		}
		_, err = h.Authenticate(h.ctx, mattebox.Credentials{Email: a.Email, Key: secrets.APIKey})
		h.wantCode(err, mattebox.CodeUnauthenticated, "")
		_, err = h.Authenticate(h.ctx, mattebox.Credentials{Email: a.Email, Key: fresh.APIKey})
		h.check(err)
	})
}

// testSwappedSecrets puts one account's sealed secret into another's row.
func testSwappedSecrets(h *house, a, b mattebox.AccountID) {
	tx, err := h.db.Writer.BeginTx(h.ctx, nil)
	h.check(err)
	defer tx.Rollback()
	h.check(second(tx.ExecContext(h.ctx, `UPDATE secrets SET application_secret = (SELECT application_secret FROM secrets WHERE account = $1) WHERE account = $2`, int64(a), int64(b))))
	h.check(tx.Commit())
	_, err = h.Secrets(h.ctx, b)
	h.wantCode(err, mattebox.CodeInternal, "")
}

func testAuthenticate(t *testing.T, h *house, a mattebox.Account, secrets, others mattebox.Secrets) {
	for _, email := range []string{"Anna@Example.com", "anna@example.com", " ANNA @ EXAMPLE.COM "} {
		got, err := h.Authenticate(h.ctx, mattebox.Credentials{Email: email, Key: secrets.APIKey})
		h.check(err)
		h.wantSame("authenticated as "+email, *got, a)
	}
	said := map[string]bool{}
	for _, c := range []mattebox.Credentials{
		{Email: a.Email, Key: others.APIKey}, {Email: a.Email, Key: "nonsense"}, {Email: a.Email}, {Key: secrets.APIKey},
		{Email: "bert@example.com", Key: secrets.APIKey}, {Email: "nobody@example.com", Key: secrets.APIKey}, {},
		{Email: a.Email, Key: secrets.JobsKey}, {Email: a.Email, Key: secrets.ApplicationSecret}, {Email: a.Email, Key: strings.ToUpper(secrets.APIKey)},
	} {
		_, err := h.Authenticate(h.ctx, c)
		h.wantCode(err, mattebox.CodeUnauthenticated, "")
		said[err.Error()] = true
		if cause := errors.Unwrap(err); cause != nil {
			t.Errorf("the failure tells its cause: %v", cause)
		}
	}
	if len(said) != 1 {
		t.Errorf("failures can be told apart: %v", said)
	}
}

func testTemplates(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a"), h.account("b")
	price := mattebox.Money{Cents: 95, Currency: mattebox.USD}
	want := mattebox.DefaultTemplate()
	want.Name, want.Format, want.Background = "My_First_Template", mattebox.JPG, mattebox.BackgroundGradient
	want.BackgroundColor, want.GradientColor = &mattebox.Color{R: 255, G: 254, B: 1}, &mattebox.Color{B: 9}
	want.Margins, want.Margin = mattebox.Margins{Top: 1.5, Left: 20}, mattebox.MarginPixels
	want.CallbackURL, want.Comment = "https://example.com/hook?a=b", "two\nlines and a 日本"
	added, err := h.AddTemplate(h.ctx, a.ID, want, price)
	h.check(err)
	if added.ID != 2000003 { // after both accounts' defaults
		t.Errorf("the template is %d", added.ID)
	}
	got, err := h.Template(h.ctx, a.ID, added.ID)
	h.check(err)
	h.wantSame("template", got, mattebox.StoredTemplate{ID: added.ID, Account: a.ID, Template: want, Price: price, Created: h.clock.Now(), Modified: h.clock.Now()})
	h.wantSame("added", added, got)

	_, err = h.Template(h.ctx, b.ID, added.ID)
	h.wantCode(err, mattebox.CodeNotFound, "templateId")
	_, err = h.Template(h.ctx, a.ID, 99)
	h.wantCode(err, mattebox.CodeNotFound, "templateId")
	all, err := h.Templates(h.ctx, a.ID)
	h.check(err)
	if len(all) != 2 || all[0].Template.Name != "Default" || all[1].ID != added.ID {
		t.Errorf("templates %+v", all)
	}
	// What an edge ought to have refused is not stored either.
	want.Format = "BMP"
	if _, err := h.AddTemplate(h.ctx, a.ID, want, price); err == nil {
		if _, err := h.Template(h.ctx, a.ID, added.ID+1); err == nil {
			t.Error("a template of an unknown format was stored and read")
		}
	}
}
