package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// guid is the form of keys and secrets (contracts A0).
var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func TestAccountCreatePrintsKeys(t *testing.T) {
	h := newHouse(t)
	r := h.run("account", "create", "--email", "john @ shop.example", "--name", "John", "--developer", "--credit", "100.00", "--json")
	r.wantCode(t, exitDone)
	var printed map[string]string
	if err := json.Unmarshal([]byte(r.stdout), &printed); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"apiKey", "applicationSecret", "email", "jobsKey"}, slices.Sorted(maps.Keys(printed))); diff != "" {
		t.Error(diff)
	}
	if !guid.MatchString(printed["apiKey"]) || !guid.MatchString(printed["applicationSecret"]) || printed["jobsKey"] == "" {
		t.Errorf("keys %v", printed)
	}
	account, err := h.records().Authenticate(t.Context(), mattebox.Credentials{Email: "John@Shop.example", Key: printed["apiKey"]})
	if err != nil || !account.Developer || account.Balance != (mattebox.Money{Cents: 10_000, Currency: mattebox.USD}) {
		t.Errorf("account %+v, %v", account, err)
	}
	lines := h.run("account", "create", "--email", "b@c.example", "--name", "B")
	if !strings.HasPrefix(lines.stdout, "email: b@c.example\napiKey: ") {
		t.Errorf("without --json: %q", lines.stdout)
	}
}

// Images under the default template cost what the operator says.
func TestAccountCreatePricesTheDefaultTemplate(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	h.account("c@d.example", "--price", "2.50", "--currency", "EUR")
	r := h.records()
	for email, want := range map[string]string{"a@b.example": "0.95 USD", "c@d.example": "2.50 EUR"} {
		account, err := r.AccountByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		templates, err := r.Templates(t.Context(), account.ID)
		if err != nil || len(templates) != 1 || templates[0].Price.String() != want {
			t.Errorf("%s: %+v, %v; want %s", email, templates, err, want)
		}
	}
}

func TestAccountCreateRefuses(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	tests := map[string]struct {
		args []string
		code int
		says []string
	}{
		"several faults": {[]string{"--email", "x", "--name", "", "--credit", "much", "--currency", "XXX", "--price=-1"}, exitUsage,
			[]string{"5 settings", "--email", "--name", "--credit", "--currency", "--price"}},
		"an address that is taken": {[]string{"--email", "A@b.example", "--name", "N"}, exitFailed, []string{"belongs to another account"}},
		"no name":                  {[]string{"--email", "c@d.example"}, exitUsage, []string{"--name"}},
		"another database":         {[]string{"--email", "c@d.example", "--name", "N", "--database", "mysql://x"}, exitUsage, []string{"--database"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := h.run(append([]string{"account", "create"}, tt.args...)...)
			r.wantCode(t, tt.code)
			r.wantSaid(t, tt.says...)
		})
	}
}

func TestAccountChanges(t *testing.T) {
	h := newHouse(t)
	old := h.account("a@b.example", "--credit", "1.00")
	for _, args := range [][]string{
		{"account", "credit", "A @ b.example", "9.50"},
		{"account", "credit", "a@b.example", "--", "-0.25"},
		{"account", "developer", "a@b.example"},
		{"account", "review", "a@b.example", "all"},
	} {
		// Everything behind -- is an argument.
		if i := slices.Index(args, "--"); i >= 0 {
			args = slices.Insert(slices.Clone(args), i, "--data", h.data)
			runIn(t, t.Context(), nil, args...).wantCode(t, exitDone)
			continue
		}
		h.run(args...).wantCode(t, exitDone)
	}
	var rows []listedAccount
	h.reads(&rows, "account", "list")
	if len(rows) != 1 || rows[0].Balance != "10.25" || !rows[0].Developer || rows[0].Review != mattebox.ReviewAll {
		t.Errorf("accounts %+v", rows)
	}
	h.run("account", "developer", "a@b.example", "--off").wantCode(t, exitDone)
	if table := h.run("account", "list").stdout; !strings.Contains(table, "a@b.example") || !strings.Contains(table, "no") {
		t.Errorf("table %s", table)
	}

	var keys newKeys
	h.reads(&keys, "account", "rotate-key", "a@b.example")
	if keys.APIKey == old.APIKey || keys.ApplicationSecret == old.ApplicationSecret {
		t.Error("the keys are the old ones")
	}
	r := h.records()
	if _, err := r.Authenticate(t.Context(), mattebox.Credentials{Email: old.Email, Key: old.APIKey}); mattebox.CodeOf(err) != mattebox.CodeUnauthenticated {
		t.Errorf("the old key: %v", err)
	}
	if _, err := r.Authenticate(t.Context(), mattebox.Credentials{Email: old.Email, Key: keys.APIKey}); err != nil {
		t.Errorf("the new key: %v", err)
	}
}

func TestAccountOfNobody(t *testing.T) {
	h := newHouse(t)
	for _, args := range [][]string{
		{"account", "rotate-key", "x@y.example"}, {"account", "credit", "x@y.example", "1"},
		{"account", "developer", "x@y.example"}, {"account", "review", "x@y.example", "none"},
		{"images", "list", "--account", "x@y.example"}, {"webhook", "log", "--account", "x@y.example"},
	} {
		r := h.run(args...)
		r.wantCode(t, exitUsage)
		r.wantSaid(t, "no account has the e-mail address", "mattebox account list")
	}
}
