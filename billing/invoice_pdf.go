package billing

import (
	"io"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"mattebox"
)

// Measures of the page, in millimetres (A4 is 210 by 297).
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	margin       = 20.0
	contentWidth = pageWidth - 2*margin
	bottom       = pageHeight - 28 // of the content; the foot is below
	lineHeight   = 4.6
)

// sheet is an invoice in the making, and how far down its page it is.
type sheet struct {
	*fpdf.Fpdf
	invoice *mattebox.Invoice
	glyphs  *glyphs
	pages   int // of the whole document; 0 while they are counted
	y       float64
}

// InvoicePDF writes the invoice, or credit note, as a PDF of A4 pages with embedded
// fonts for the Latin, Greek and Cyrillic scripts. Letters of other scripts, and
// symbols, are shown as a box. The same invoice gives the same bytes. Dates are in
// the time zone that the invoice's times have; see Invoice.In.
func InvoicePDF(w io.Writer, invoice *mattebox.Invoice) error {
	known, err := loadGlyphs(goregular.TTF)
	if err != nil {
		return err
	}
	counted := compose(invoice, known, 0)
	if counted.Err() {
		return counted.Error()
	}
	return compose(invoice, known, counted.PageCount()).Output(w)
}

// compose puts the invoice on pages. How many there are is known after the last
// one only, so that it is done twice.
func compose(invoice *mattebox.Invoice, known *glyphs, pages int) *sheet {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), invoice: invoice, glyphs: known, pages: pages}
	s.AddUTF8FontFromBytes("go", "", goregular.TTF)
	s.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	s.SetAutoPageBreak(false, 0)
	s.SetMargins(margin, margin, margin)
	s.SetCellMargin(0)
	s.describe()
	s.SetFooterFunc(s.foot)
	s.AddPage()
	s.head()
	s.parties()
	s.table()
	s.totals()
	return s
}

// describe sets the document's metadata, and what makes its bytes depend on the
// invoice only.
func (s *sheet) describe() {
	created := s.invoice.Created.UTC()
	if created.IsZero() {
		created = time.Unix(0, 0).UTC() // a zero time would be replaced with the present
	}
	s.SetCatalogSort(true)
	s.SetCreationDate(created)
	s.SetModificationDate(created)
	s.SetTitle(s.kind()+" "+s.invoice.ID(), true)
	s.SetAuthor(s.glyphs.clean(seller(s.invoice.Seller)), true)
	s.SetSubject("To "+s.glyphs.clean(seller(s.invoice.Buyer)), true)
	s.SetCreator("Mattebox", true)
	s.SetProducer("Mattebox", true)
	s.SetLang("en")
}

func (s *sheet) credit() bool { return s.invoice.Credited != 0 }

func (s *sheet) kind() string {
	if s.credit() {
		return "Credit note"
	}
	return "Invoice"
}

// seller is the name by which a party is called.
func seller(p mattebox.Party) string {
	if p.Company != "" {
		return p.Company
	}
	return p.Name
}

// head is the seller at the left and what this is at the right.
func (s *sheet) head() {
	s.text("B", 20, ink)
	s.right(margin+4, s.kind())
	s.text("", 11, grey)
	s.right(margin+11, s.invoice.ID())
	const width = contentWidth * .55
	s.text("B", 12, ink)
	s.y = margin
	s.paragraph(margin, width, seller(s.invoice.Seller), 2, 5.4)
	s.text("", 9, grey)
	for _, line := range address(s.invoice.Seller) {
		s.paragraph(margin, width, line, 2, 4.2)
	}
	s.y = max(s.y, margin+18) + 8
}

// parties is the buyer at the left and the dates at the right.
func (s *sheet) parties() {
	top := s.y
	s.text("", 8, grey)
	s.paragraph(margin, contentWidth*.5, "BILLED TO", 1, 5)
	s.text("B", 10, ink)
	s.paragraph(margin, contentWidth*.5, seller(s.invoice.Buyer), 3, lineHeight)
	s.text("", 9.5, ink)
	for _, line := range address(s.invoice.Buyer) {
		s.paragraph(margin, contentWidth*.5, line, 2, lineHeight)
	}
	end := s.y
	s.y = top
	for _, fact := range s.facts() {
		s.fact(fact[0], fact[1])
	}
	s.y = max(s.y, end) + 10
}

// facts are the dates and numbers of the invoice.
func (s *sheet) facts() [][2]string {
	i := s.invoice
	facts := [][2]string{{"Number", i.ID()}, {"Date", day(i.Created)}, {"Account", number(int64(i.Account))}}
	if !i.From.IsZero() && i.To.After(i.From) {
		facts = append(facts, [2]string{"Period", day(i.From) + " to " + day(i.To.Add(-time.Nanosecond))})
	}
	if s.credit() {
		return append(facts, [2]string{"Takes back", (&mattebox.Invoice{Number: i.Credited}).ID()})
	}
	if !i.DueBy.IsZero() && !i.IsPaid() {
		facts = append(facts, [2]string{"Due by", day(i.DueBy)})
	}
	if !i.Paid.IsZero() && i.CreditedBy() == "" {
		facts = append(facts, [2]string{"Paid", day(i.Paid)})
	}
	return facts
}

// fact writes a line of the block of dates, at the right half of the page.
func (s *sheet) fact(name, value string) {
	const left = margin + contentWidth*.58
	s.text("", 9, grey)
	s.SetXY(left, s.y)
	s.CellFormat(24, lineHeight, name, "", 0, "L", false, 0, "")
	s.text("", 9.5, ink)
	s.CellFormat(margin+contentWidth-left-24, lineHeight, s.glyphs.clean(value), "", 0, "R", false, 0, "")
	s.y += lineHeight + .4
}

// address returns the lines of a party below the name by which it is called.
func address(p mattebox.Party) []string {
	lines := []string{}
	if p.Company != "" {
		lines = append(lines, p.Name)
	}
	lines = append(lines, p.Address1, p.Address2, joined(p.ZipCode, p.City), joined(p.State, p.Country), p.Email)
	if p.VATNumber != "" {
		lines = append(lines, "VAT no. "+p.VATNumber)
	}
	filled := lines[:0]
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			filled = append(filled, line)
		}
	}
	return filled
}

func joined(one, two string) string { return strings.TrimSpace(one + " " + two) }

// day is a date as in the API; empty for the zero time.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
