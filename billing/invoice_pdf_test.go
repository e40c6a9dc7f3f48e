package billing

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mattebox"
)

// sample is an ordinary unpaid invoice.
func sample() *mattebox.Invoice {
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, time.UTC) }
	return &mattebox.Invoice{
		Number: 1315, Account: 1000003, From: day(10, 1), To: day(11, 1), Created: day(11, 1).Add(time.Hour), DueBy: day(12, 1),
		Seller: mattebox.Party{Company: "Fritlægger ApS", Address1: "Østergade 12", ZipCode: "8000", City: "Aarhus C", Country: "DK", VATNumber: "DK12345678", Email: "billing@example.com"},
		Buyer:  mattebox.Party{Name: "John Doe", Company: "Doe & Søn", Address1: "1 Main Street", ZipCode: "12345", City: "Springfield", State: "IL", Country: "US"},
		Lines: []mattebox.InvoiceLine{
			{TemplateID: 2000001, Text: "Default template (JPG, white)", Count: 120, Amount: usd(11400)},
			{TemplateID: 2000002, Text: "Shoes on transparent", Count: 3, Amount: usd(285)},
		},
		VATRate: 2500, Net: usd(11685), VAT: usd(2921), Prepaid: usd(1000),
	}
}

func usd(cents int64) mattebox.Money { return mattebox.Money{Cents: cents, Currency: mattebox.USD} }

// render returns the invoice as a file, which -artifacts keeps to be looked at.
func render(t *testing.T, i *mattebox.Invoice) string {
	t.Helper()
	var out bytes.Buffer
	if err := InvoicePDF(&out, i); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.ArtifactDir(), "invoice.pdf")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// poppler runs one of poppler's tools.
func poppler(t *testing.T, tool string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is missing (apt-get install poppler-utils): the PDF is not read back", tool)
	}
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, out)
	}
	return string(out)
}

// textOf returns the text of the file, pages apart by form feeds, with single
// spaces.
func textOf(t *testing.T, path string) string {
	t.Helper()
	text := poppler(t, "pdftotext", "-layout", path, "-")
	return regexp.MustCompile(`[ \n]+`).ReplaceAllString(text, " ")
}

func TestInvoiceSaysAll(t *testing.T) {
	text := textOf(t, render(t, sample()))
	for _, want := range []string{
		"Invoice", "INV-1315", "Fritlægger ApS", "Østergade 12", "8000 Aarhus C", "VAT no. DK12345678", "Doe & Søn", "John Doe", "IL US",
		"Date 2026-11-01", "Period 2026-10-01 to 2026-10-31", "Due by 2026-12-01", "Account 1000003",
		"Default template (JPG, white) 120 114.00", "Shoes on transparent 3 2.85",
		"Net 116.85 USD", "VAT 25 % 29.21 USD", "Total 146.06 USD", "Paid from the balance -10.00 USD", "Amount due 136.06 USD", "Page 1 of 1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "PAID") {
		t.Error("an unpaid invoice is stamped")
	}
}

func TestInvoiceForms(t *testing.T) {
	paid := func(i *mattebox.Invoice) { i.Paid, i.Payment = i.Created.AddDate(0, 0, 9), "pi_1" }
	tests := map[string]struct {
		change      func(*mattebox.Invoice)
		want, never string
	}{
		"paid":            {paid, "PAID|2026-11-10|Paid on 2026-11-10 -136.06 USD|Amount due 0.00 USD", "Due by"},
		"from balance":    {func(i *mattebox.Invoice) { i.Prepaid = usd(14606) }, "PAID|Paid from the balance -146.06 USD|Amount due 0.00 USD", "Due by"},
		"reverse charge":  {func(i *mattebox.Invoice) { i.VATRate, i.VAT, i.VATNote = 0, usd(0), ReverseChargeNote }, "VAT 0 % 0.00 USD|Reverse charge: VAT is to be accounted for by the recipient", "VAT 25"},
		"nothing ordered": {func(i *mattebox.Invoice) { i.Lines = nil }, "No images in this period.", "IMAGES 0"},
		"half a percent":  {func(i *mattebox.Invoice) { i.VATRate = 1250 }, "VAT 12.5 %", "12.50"},
		"taken back":      {func(i *mattebox.Invoice) { i.Paid, i.Payment = i.Created.AddDate(0, 0, 9), "INV-1320" }, "Taken back by INV-1320 -136.06 USD|Amount due 0.00 USD", "PAID|Due by|Paid 2026|Paid on"},
		"at home": {func(i *mattebox.Invoice) {
			*i = *i.In(time.FixedZone("", -3600))
		}, "Period 2026-09-30 to 2026-10-31|Date 2026-11-01", "2026-11-02"},
		"credit note": {func(i *mattebox.Invoice) {
			i.Credited, i.Number, i.Reason, i.Paid = 1315, 1320, "The photographs were the wrong ones.", i.Created
			i.Net, i.VAT, i.Prepaid = usd(-11685), usd(-2921), usd(0)
		}, "Credit note|INV-1320|The photographs were the wrong ones.|Takes back INV-1315|Credited -146.06 USD", "Amount due|PAID|Due by"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			invoice := sample()
			test.change(invoice)
			text := textOf(t, render(t, invoice))
			for want := range strings.SplitSeq(test.want+"|Fritlægger ApS · DK12345678 · billing@example.com Page 1 of 1", "|") {
				if !strings.Contains(text, want) {
					t.Errorf("lacks %q:\n%s", want, text)
				}
			}
			for never := range strings.SplitSeq(test.never, "|") {
				if strings.Contains(text, never) {
					t.Errorf("has %q:\n%s", never, text)
				}
			}
		})
	}
}

func TestInvoiceOverPages(t *testing.T) {
	invoice := sample()
	invoice.Lines = nil
	for n := range 200 {
		invoice.Lines = append(invoice.Lines, mattebox.InvoiceLine{Text: fmt.Sprintf("Template %03d of many", n), Count: n, Amount: usd(int64(n) * 95)})
	}
	pages := strings.Split(strings.TrimSuffix(textOf(t, render(t, invoice)), "\f"), "\f")
	if len(pages) < 4 || len(pages) > 7 {
		t.Fatalf("200 lines take %d pages", len(pages))
	}
	next := 0
	for n, page := range pages {
		if want := fmt.Sprintf("Page %d of %d", n+1, len(pages)); !strings.Contains(page, want) {
			t.Errorf("page %d lacks %q", n+1, want)
		}
		if continued := strings.Contains(page, "Invoice INV-1315, continued"); continued != (n > 0) {
			t.Errorf("page %d says that it goes on: %v", n+1, continued)
		}
		for strings.Contains(page, fmt.Sprintf("Template %03d of many", next)) {
			next++
		}
		if last := n == len(pages)-1; strings.Contains(page, "Amount due") != last {
			t.Errorf("page %d of %d has the sums: %v", n+1, len(pages), !last)
		}
	}
	if next != 200 {
		t.Errorf("the pages show the first %d lines in order", next)
	}
}

func TestInvoiceScriptsAndLengths(t *testing.T) {
	invoice := sample()
	invoice.Buyer = mattebox.Party{
		Company: strings.Repeat("Internationale Aktiengesellschaft für Produktfotografie und Bildbearbeitung ", 4), Name: "Γεώργιος Παπαδόπουλος",
		Address1: "ул. Тверская, 7, Київ, ґанок їжака", Address2: strings.Repeat("W", 150), City: "Łódź Žilina I\u0307stanbul e\u0301t\u0301e",
		Country: "GR", VATNumber: "EL123456789", Email: "a\u202emoc.live@example.com",
	}
	invoice.Lines[0].Text = "合成 images 🙂 & \"quotes\" <b>\n\tC:\\path (Ω≈ç√) " + strings.Repeat("ещё слово ", 60)
	text := textOf(t, render(t, invoice))
	for _, want := range []string{"Γεώργιος Παπαδόπουλος", "ул. Тверская, 7, Київ, ґанок їжака", "Łódź Žilina İstanbul ét", "VAT no. EL123456789", "□□ images □ & \"quotes\" <b> C:\\path (Ω≈ç√) ещё слово", "…", "Amount due"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "\u202e") {
		t.Error("a character that turns the text's direction is kept")
	}
}

func TestInvoiceFile(t *testing.T) {
	path := render(t, sample())
	fonts := strings.Split(strings.TrimSpace(poppler(t, "pdffonts", path)), "\n")[2:]
	if len(fonts) != 2 {
		t.Errorf("the file has %d fonts, want the regular and the bold one", len(fonts))
	}
	for _, font := range fonts {
		if !regexp.MustCompile(`\byes +\w+ +yes +\d`).MatchString(font) { // embedded, named a subset, with Unicode
			t.Errorf("not embedded with Unicode: %s", font)
		}
	}
	about := poppler(t, "pdfinfo", path)
	for _, want := range []string{"Invoice INV-1315", "Fritlægger ApS", "To Doe & Søn", "595.28 x 841.89 pts (A4)", "Mattebox"} {
		if !strings.Contains(about, want) {
			t.Errorf("the metadata lack %q:\n%s", want, about)
		}
	}
	picture := strings.TrimSuffix(path, ".pdf")
	poppler(t, "pdftoppm", "-png", "-r", "70", path, picture)
	if pages, _ := filepath.Glob(picture + "*.png"); len(pages) != 1 {
		t.Errorf("pages as pictures: %v", pages)
	}
}

func TestInvoiceBytes(t *testing.T) {
	for name, invoice := range map[string]*mattebox.Invoice{"ordinary": sample(), "empty": {}} {
		var first, second bytes.Buffer
		if err := InvoicePDF(&first, invoice); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := InvoicePDF(&second, invoice); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two files of one invoice differ", name)
		}
		if !bytes.HasPrefix(first.Bytes(), []byte("%PDF-1.")) || first.Len() > 200_000 {
			t.Errorf("%s: %d bytes that begin with %.8q", name, first.Len(), first.Bytes())
		}
	}
}

// FuzzInvoiceText: no text of a customer's breaks the page.
func FuzzInvoiceText(f *testing.F) {
	for _, seed := range []string{"Doe", "\x00\xff", "(\\)", "🙂\U0010ffff", strings.Repeat("é ", 500), "{nb}", "\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		invoice := sample()
		invoice.Buyer.Company, invoice.Buyer.Address1, invoice.Lines[0].Text, invoice.VATNote = text, text, text, text
		var out bytes.Buffer
		if err := InvoicePDF(&out, invoice); err != nil {
			t.Fatal(err)
		}
	})
}
