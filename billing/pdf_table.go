package billing

import (
	"strings"

	"mattebox"
)

// Widths of the table's columns in millimetres, from the left: text, number of
// images, amount.
const (
	countWidth  = 24.0
	amountWidth = 40.0
	textWidth   = contentWidth - countWidth - amountWidth
)

// maxRowLines is how many lines the text of a row may have.
const maxRowLines = 6

// table writes the lines, going on to a new page where a row does not fit.
func (s *sheet) table() {
	s.columns()
	for _, line := range s.invoice.Lines {
		s.row(line)
	}
	if len(s.invoice.Lines) == 0 {
		s.text("", 9.5, grey)
		s.paragraph(margin, contentWidth, "No images in this period.", 1, 6)
	}
	s.y += 1.5
}

// columns writes the table's head.
func (s *sheet) columns() {
	s.text("", 8, grey)
	s.cells("TEMPLATE", "IMAGES", strings.ToUpper(string(s.invoice.Net.Currency)), 5)
	s.y += 5
	s.rule(.35)
	s.y += 1.2
}

// row writes one line; its text may take several lines of the page, which stay
// together.
func (s *sheet) row(line mattebox.InvoiceLine) {
	s.text("", 9.5, ink)
	text := s.wrap(line.Text, textWidth-4, maxRowLines)
	if len(text) == 0 {
		text = []string{"Template " + number(int64(line.TemplateID))}
	}
	if s.y+float64(len(text))*lineHeight > bottom {
		s.next()
		s.columns()
		s.text("", 9.5, ink)
	}
	s.cells(text[0], number(int64(line.Count)), line.Amount.Amount(), lineHeight)
	for _, more := range text[1:] {
		s.y += lineHeight
		s.cells(more, "", "", lineHeight)
	}
	s.y += lineHeight + 1
}

// cells writes the three columns of a line of the page.
func (s *sheet) cells(text, count, amount string, height float64) {
	s.SetXY(margin, s.y)
	s.CellFormat(textWidth, height, text, "", 0, "L", false, 0, "")
	s.CellFormat(countWidth, height, count, "", 0, "R", false, 0, "")
	s.CellFormat(amountWidth, height, amount, "", 0, "R", false, 0, "")
}

// rule draws a line over the width of the content.
func (s *sheet) rule(width float64) {
	s.SetLineWidth(width)
	s.SetDrawColor(190, 194, 200)
	s.Line(margin, s.y, margin+contentWidth, s.y)
}

// next begins a new page, which says what it goes on with.
func (s *sheet) next() {
	s.AddPage()
	s.text("", 9, grey)
	s.right(margin, s.kind()+" "+s.invoice.ID()+", continued")
	s.y = margin + 8
}

// totalsHeight is what the block of sums takes, in millimetres, with its notes.
const totalsHeight = 62.0

// totals writes the sums, and whether they are paid, in one block on one page.
func (s *sheet) totals() {
	if s.y+totalsHeight > bottom {
		s.next()
	}
	s.rule(.35)
	s.y += 2.5
	top := s.y
	i := s.invoice
	s.sum("Net", i.Net, "", 9.5)
	s.sum("VAT "+percent(i.VATRate), i.VAT, "", 9.5)
	if s.credit() {
		s.sum("Credited", i.Gross(), "B", 12)
	} else {
		s.sum("Total", i.Gross(), "B", 9.5)
		s.paid()
	}
	s.y += 4
	s.text("", 9, grey)
	s.paragraph(margin, contentWidth, i.VATNote, 3, 4.4)
	s.paragraph(margin, contentWidth, i.Reason, 3, 4.4)
	if !s.credit() && i.IsPaid() && i.CreditedBy() == "" {
		s.stamp(top)
	}
}

// paid writes what of the total is paid, and what is not.
func (s *sheet) paid() {
	i := s.invoice
	if i.Prepaid.Cents != 0 {
		s.sum("Paid from the balance", negative(i.Prepaid), "", 9.5)
	}
	if rest := i.Gross().Cents - i.Prepaid.Cents; !i.Paid.IsZero() && rest > 0 {
		text := "Paid on " + day(i.Paid)
		if note := i.CreditedBy(); note != "" {
			text = "Taken back by " + note
		}
		s.sum(text, mattebox.Money{Cents: -rest, Currency: i.Net.Currency}, "", 9.5)
	}
	s.sum("Amount due", i.AmountDue(), "B", 12)
}

// sum writes a line of the sums at the right.
func (s *sheet) sum(name string, m mattebox.Money, style string, size float64) {
	const nameWidth = 48.0
	height := size * .55
	s.SetXY(margin+contentWidth-amountWidth-nameWidth, s.y)
	s.text(style, size, ink)
	s.CellFormat(nameWidth, height, name, "", 0, "L", false, 0, "")
	s.CellFormat(amountWidth, height, m.String(), "", 0, "R", false, 0, "")
	s.y += height + 1
}

// stamp sets PAID, with its date, beside the sums.
func (s *sheet) stamp(top float64) {
	const width, height, left = 46.0, 17.0, margin + 8
	s.TransformBegin()
	s.TransformRotate(7, left+width/2, top+height/2+4)
	s.text("B", 20, green)
	c := colours()[green]
	s.SetDrawColor(c[0], c[1], c[2])
	s.SetLineWidth(.9)
	s.ClipRoundedRect(left, top+4, width, height, 2.5, true) // fpdf's RoundedRect leaves a graphics state open
	s.ClipEnd()
	s.SetXY(left, top+6)
	s.CellFormat(width, 8, "PAID", "", 0, "C", false, 0, "")
	when := s.invoice.Paid
	if when.IsZero() {
		when = s.invoice.Created // from the balance, before the invoice
	}
	s.text("", 9, green)
	s.SetXY(left, top+14)
	s.CellFormat(width, 5, day(when), "", 0, "C", false, 0, "")
	s.TransformEnd()
}

// foot is on every page.
func (s *sheet) foot() {
	s.text("", 8, grey)
	from := s.invoice.Seller
	parts := []string{seller(from)}
	for _, part := range []string{from.VATNumber, from.Email} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	s.SetXY(margin, pageHeight-18)
	line := s.wrap(strings.Join(parts, "  ·  "), contentWidth-34, 1)
	if len(line) > 0 {
		s.CellFormat(contentWidth-34, 4, line[0], "", 0, "L", false, 0, "")
	}
	s.SetXY(margin+contentWidth-34, pageHeight-18)
	s.CellFormat(34, 4, "Page "+number(int64(s.PageNo()))+" of "+number(int64(s.pages)), "", 0, "R", false, 0, "")
}

func negative(m mattebox.Money) mattebox.Money {
	return mattebox.Money{Cents: -m.Cents, Currency: m.Currency}
}

// percent writes a rate in hundredths of a percent, "25 %" and "12.5 %".
func percent(rate int) string {
	text := mattebox.Money{Cents: int64(rate)}.Amount()
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " %"
}
