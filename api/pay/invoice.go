package pay

import (
	"bytes"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"mattebox"
)

// invoiceOf returns the invoice of a name, "INV-1315", once the signature of its
// address below the prefix is found good, with its times in the zone of its account.
func (h *handler) invoiceOf(r *http.Request, prefix, name, suffix, sig string) (*mattebox.Invoice, error) {
	if err := h.check(prefix+name+suffix, sig); err != nil {
		return nil, err
	}
	digits, prefixed := strings.CutPrefix(name, "INV-")
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !prefixed {
		return nil, mattebox.Errorf(mattebox.CodeNotFound, "There is no such invoice.")
	}
	invoice, err := h.Books.Invoice(r.Context(), number)
	if err != nil {
		return nil, err
	}
	mattebox.NoteOf(r.Context()).Account = invoice.Account // the signature says so
	account, err := h.Books.Account(r.Context(), invoice.Account)
	if err != nil {
		return nil, err
	}
	return invoice.In(account.Location()), nil
}

// pdf serves GET /invoice/INV-n.pdf.
func (h *handler) pdf(w http.ResponseWriter, r *http.Request) error {
	const suffix = ".pdf"
	name, found := strings.CutSuffix(r.PathValue("file"), suffix)
	if !found {
		return mattebox.Errorf(mattebox.CodeNotFound, "There is nothing at this address.")
	}
	invoice, err := h.invoiceOf(r, "invoice/", name, suffix, r.URL.Query().Get("sig"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := h.PDF(&out, invoice); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+invoice.ID()+`.pdf"`)
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.Write(out.Bytes()) // who hung up needs no invoice
	return nil
}

// invoice serves GET /pay/INV-n, the page that shows an invoice and how it is paid.
func (h *handler) invoice(w http.ResponseWriter, r *http.Request) error {
	sig := r.URL.Query().Get("sig")
	invoice, err := h.invoiceOf(r, "pay/", r.PathValue("invoice"), "", sig)
	if err != nil {
		return err
	}
	return h.show(w, http.StatusOK, "invoice.html", h.invoicePage(invoice, sig, r.URL.Query().Get("returnUrl")))
}

// invoiceDone serves GET /pay/INV-n/done, to which the provider leads the payer.
// Whether the invoice is paid, the provider's event says, which may be on its way.
func (h *handler) invoiceDone(w http.ResponseWriter, r *http.Request) error {
	sig := r.URL.Query().Get("sig")
	invoice, err := h.invoiceOf(r, "pay/", r.PathValue("invoice"), "", sig)
	if err != nil {
		return err
	}
	return h.show(w, http.StatusOK, "done.html", donePage{
		Seller: called(invoice.Seller), Title: "Invoice " + invoice.ID(), Amount: restOf(invoice).String(),
		State: stateOf(invoice.IsPaid()), Again: "?" + r.URL.RawQuery, Back: backOf(r.URL.Query().Get("returnUrl")),
		Retry: h.address("pay/"+invoice.ID(), r.URL.Query().Get("returnUrl")), PDF: h.Links.Absolute("invoice/" + invoice.ID() + ".pdf"),
	})
}

// beginInvoice serves POST /pay/INV-n: it begins the payment, or finds the one that
// is open, and leads to the provider's page.
func (h *handler) beginInvoice(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r); err != nil {
		return err
	}
	invoice, err := h.invoiceOf(r, "pay/", r.PathValue("invoice"), "", r.PostForm.Get("sig"))
	if err != nil {
		return err
	}
	back := r.PostForm.Get("returnUrl")
	order := mattebox.PaymentOrder{
		Payment:     mattebox.Payment{Account: invoice.Account, Invoice: invoice.Number, Provider: h.Provider.Name()},
		Description: "Invoice " + invoice.ID(), Email: invoice.Buyer.Email,
		Success: h.doneAddress("pay/"+invoice.ID(), back, ""), Cancel: h.address("pay/"+invoice.ID(), back),
	}
	start, err := h.begin(r.Context(), order, func(mattebox.Payment) string { return order.Success })
	if err != nil {
		return err
	}
	h.log(r.Context(), slog.LevelInfo, "payment begun", slog.String("invoice", invoice.ID()), slog.String("provider", h.Provider.Name()))
	http.Redirect(w, r, start.URL, http.StatusSeeOther)
	return nil
}

// parseForm reads a form's body.
func parseForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return mattebox.Wrap(mattebox.CodeInvalid, err, "The form cannot be read; please go back and try again.")
	}
	return nil
}
