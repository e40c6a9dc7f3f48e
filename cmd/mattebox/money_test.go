package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// sellerJSON is a seller who charges a quarter.
const sellerJSON = `{"seller": {"company": "Cutouts ApS", "country": "DK", "vatNumber": "DK12345678"}, "vatRate": 2500}`

// charged opens an account on credit and has it charged for one image.
func (h *house) charged(email string, flags ...string) *mattebox.Image {
	h.t.Helper()
	if err := os.WriteFile(filepath.Join(h.data, publicName), []byte("https://cutouts.example\n"), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.account(email, append([]string{"--trial-images", "0", "--days-of-credit", "30"}, flags...)...)
	image := h.atQuality(email, "", photo(h.t))
	h.run("images", "approve", image.Ticket).wantCode(h.t, exitDone)
	return image
}

func thisMonth() string { return time.Now().UTC().Format("2006-01") }

// invoiced is the account's month so far, invoiced.
func (h *house) invoiced(email string) shownInvoice {
	h.t.Helper()
	var made []shownInvoice
	h.reads(&made, "invoice", "run", "--period", thisMonth(), "--account", email, "--seller", sellerJSON)
	if len(made) != 1 {
		h.t.Fatalf("invoices %+v", made)
	}
	return made[0]
}

func (h *house) checks() {
	h.t.Helper()
	r := h.run("ledger", "check")
	r.wantCode(h.t, exitDone)
	if !strings.Contains(r.stdout, ", 0 faults") {
		h.t.Error(r.stdout)
	}
}

func TestInvoiceRoad(t *testing.T) {
	h := newHouse(t)
	h.charged("a@b.example", "--company", "Shop")
	if r := h.run("invoice", "run"); !strings.Contains(r.stdout, "nothing is to be invoiced") {
		t.Errorf("a month that is not over: %s", r.stdout)
	}
	made := h.invoiced("a@b.example")
	if made.Net != "0.95" || made.VATRate != "25.00" || made.VAT != "0.24" || made.AmountDue != "1.19" || made.IsPaid || made.DueBy.Sub(made.Created) != 30*day {
		t.Errorf("made %+v", made)
	}
	var again []shownInvoice
	if h.reads(&again, "invoice", "run", "--period", thisMonth(), "--seller", sellerJSON); len(again) != 0 {
		t.Errorf("made again: %+v", again)
	}
	var shown shownInvoice
	h.reads(&shown, "invoice", "show", strings.ToLower(made.ID))
	if len(shown.Lines) != 1 || shown.Lines[0].Count != 1 || shown.Seller.Company != "Cutouts ApS" || shown.Buyer.Company != "Shop" {
		t.Errorf("shown %+v", shown)
	}
	text := h.run("invoice", "show", made.ID).stdout
	for _, part := range []string{made.ID, "Cutouts ApS", "1 images", "VAT 25.00 %", "1.19 USD"} {
		if !strings.Contains(text, part) {
			t.Errorf("show does not tell %q:\n%s", part, text)
		}
	}
	if r := h.run("invoice", "list", "--unpaid", "--account", "a@b.example"); !strings.Contains(r.stdout, made.ID) {
		t.Errorf("list: %s", r.stdout)
	}
	h.pdf(made.ID)

	for range 2 {
		h.run("invoice", "pay", made.ID, "--reference", "bank 1").wantCode(t, exitDone)
	}
	r := h.run("invoice", "pay", made.ID, "--reference", "bank 2")
	r.wantCode(t, exitFailed)
	r.wantSaid(t, made.ID, "paid already")
	var note shownInvoice
	h.reads(&note, "invoice", "credit", made.ID, "--note", "a gift")
	if note.Credited != made.ID || note.Net != "-0.95" || note.Reason != "a gift" || !note.IsPaid {
		t.Errorf("credit note %+v", note)
	}
	var unpaid []shownInvoice
	if h.reads(&unpaid, "invoice", "list", "--unpaid"); len(unpaid) != 0 {
		t.Errorf("unpaid %+v", unpaid)
	}
	h.checks()
}

// pdf writes the invoice into a file and to stdout.
func (h *house) pdf(id string) {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "a.pdf")
	h.run("invoice", "pdf", id, "-o", path).wantCode(h.t, exitDone)
	data, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		h.t.Errorf("%.20q, %v", data, err)
	}
	if r := h.run("invoice", "pdf", id, "-o", "-"); !strings.HasPrefix(r.stdout, "%PDF-") {
		h.t.Errorf("on stdout %.20q", r.stdout)
	}
}

func TestInvoiceRefuses(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no number":        {[]string{"invoice", "show", "INV-x"}, exitUsage, "INV-1315"},
		"no invoice":       {[]string{"invoice", "pay", "INV-7"}, exitUsage, "there is no invoice INV-7"},
		"no month":         {[]string{"invoice", "run", "--period", "October"}, exitUsage, "2026-10"},
		"no seller":        {[]string{"invoice", "run", "--vat-rate", "25"}, exitUsage, "--vat-rate"},
		"account alone":    {[]string{"invoice", "run", "--account", "a@b.example"}, exitUsage, "--period"},
		"nobody":           {[]string{"invoice", "run", "--period", "2026-10", "--account", "x@b.example"}, exitUsage, "no account"},
		"more than all":    {[]string{"account", "refund", "a@b.example", "1.00", "--note", "x"}, exitFailed, "balance"},
		"nothing":          {[]string{"account", "refund", "a@b.example", "all", "--note", "x"}, exitUsage, "0.00 USD"},
		"no note":          {[]string{"account", "refund", "a@b.example", "1.00"}, exitUsage, "--note"},
		"trial images":     {[]string{"account", "trial", "a@b.example", "0"}, exitUsage, "1 to"},
		"days":             {[]string{"account", "days-of-credit", "a@b.example", "99999"}, exitUsage, "0 to"},
		"day of usage":     {[]string{"usage", "export", "--account", "a@b.example", "--from", "1.10."}, exitUsage, "--from"},
		"zone":             {[]string{"account", "create", "--email", "c@d.example", "--name", "C", "--timezone", "Mars"}, exitUsage, "--timezone"},
		"days of creation": {[]string{"account", "create", "--email", "c@d.example", "--name", "C", "--days-of-credit", "many"}, exitUsage, "--days-of-credit"},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.run(tt.args...)
			r.wantCode(t, tt.code)
			r.wantSaid(t, tt.says)
		})
	}
}

// What an operator does to an account's money is in the ledger, by name.
func TestAccountMoney(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example", "--credit", "10.00", "--trial-images", "1")
	for range 2 {
		h.run("account", "credit", "a@b.example", "5.00", "--reference", "bank 1", "--note", "October").wantCode(t, exitDone)
	}
	h.run("account", "refund", "a@b.example", "2.50", "--note", "by bank").wantCode(t, exitDone)
	h.run("account", "trial", "a@b.example", "4").wantCode(t, exitDone)
	h.run("account", "days-of-credit", "a@b.example", "14").wantCode(t, exitDone)
	var rows []listedAccount
	h.reads(&rows, "account", "list")
	if rows[0].Balance != "12.50" || rows[0].Trial != 5 || rows[0].Credit != 14 {
		t.Errorf("account %+v", rows[0])
	}
	var postings []shownPosting
	h.reads(&postings, "ledger", "show", "--account", "a@b.example")
	var got []string
	for _, p := range postings {
		got = append(got, string(p.Kind)+" "+p.Entries[0].Amount+" "+p.By+" "+p.Payment+" "+p.Note)
	}
	want := []string{"refund -2.50 operator  by bank", "top-up -5.00 operator bank 1 October", "top-up -10.00 operator  first balance"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	table := h.run("ledger", "show", "--limit", "1").stdout
	if !strings.Contains(table, "refund") || !strings.Contains(table, "cash") || !strings.Contains(table, "by bank") || strings.Contains(table, "top-up") {
		t.Errorf("table:\n%s", table)
	}
	h.checks()
}

func TestAccountTopUpPrintsASignedAddress(t *testing.T) {
	h := noted(t)
	r := h.run("account", "top-up", "a@b.example")
	r.wantCode(t, exitDone)
	path, sig, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(r.stdout), "https://cutouts.example/"), "?sig=")
	links, err := (&LinkFlags{LinkValid: "168h"}).links(&App{}, &DataFlags{Data: h.data}, h.records().keys.Links())
	if err != nil {
		t.Fatal(err)
	}
	if err := links.Check(path, sig); err != nil || path != "topup/1000001" {
		t.Errorf("%s: %v", r.stdout, err)
	}
}

// A ledger that does not hold is told of, and fails the command.
func TestLedgerCheckFails(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example", "--credit", "10.00")
	h.checks()
	if _, err := h.records().db.Writer.ExecContext(t.Context(), `UPDATE accounts SET balance_cents = balance_cents + 1`); err != nil {
		t.Fatal(err)
	}
	r := h.run("ledger", "check")
	r.wantCode(t, exitFailed)
	if !strings.Contains(r.stdout, "1 faults") || !strings.Contains(r.stdout, "1001") {
		t.Errorf("told %s", r.stdout)
	}
}

func TestUsageExport(t *testing.T) {
	h := newHouse(t)
	image := h.charged("a@b.example")
	h.invoiced("a@b.example")
	r := h.run("usage", "export", "--account", "a@b.example")
	r.wantCode(t, exitDone)
	lines, err := csv.NewReader(strings.NewReader(r.stdout)).ReadAll()
	if err != nil || len(lines) != 2 {
		t.Fatalf("%v, %v", lines, err)
	}
	if diff := cmp.Diff(usageColumns(), lines[0]); diff != "" {
		t.Error(diff)
	}
	var rows []map[string]any
	r = h.run("usage", "export", "--account", "a@b.example", "--format", "json")
	if err := json.Unmarshal([]byte(r.stdout), &rows); err != nil || len(rows) != 1 {
		t.Fatalf("%s: %v", r.stdout, err)
	}
	want := map[string]any{
		"ticket": image.Ticket, "customerImageId": "cup", "price": "0.95", "currency": "USD", "funding": "credit", "charged": true,
		"invoice": "INV-1001", "isPaid": false, "statusId": 70.0, "photographs": 1.0, "templateName": "Default",
	}
	for name, value := range want {
		if rows[0][name] != value {
			t.Errorf("%s is %v, want %v", name, rows[0][name], value)
		}
	}
	for column, name := range lines[0] {
		if text := lines[1][column]; name == "ticket" && text != image.Ticket || name == "price" && text != "0.95" || name == "invoice" && text != "INV-1001" {
			t.Errorf("%s is %q", name, text)
		}
	}
	for _, args := range [][]string{{"--to", "2020-01-01"}, {"--from", time.Now().AddDate(0, 0, 2).Format(time.DateOnly)}} {
		r := h.run(append([]string{"usage", "export", "--account", "a@b.example", "--format", "json"}, args...)...)
		if err := json.Unmarshal([]byte(r.stdout), &rows); err != nil || len(rows) != 0 {
			t.Errorf("%v: %s, %v", args, r.stdout, err)
		}
	}
}

// Spreadsheets take texts that begin like this for formulas.
func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{"": "", "cup": "cup", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "a=b": "a=b", "\tx": "'\tx"} {
		if got := harmless(text); got != want {
			t.Errorf("harmless(%q) is %q", text, got)
		}
	}
}
