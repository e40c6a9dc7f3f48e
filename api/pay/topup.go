package pay

import (
	"log/slog"
	"net/http"
	"strconv"

	"mattebox"
)

// Bounds of a top-up, in hundredths: less than the first costs the house more in
// fees than it brings; more than the last is better sent by a bank.
const (
	leastTopUp = 5_00
	mostTopUp  = 10_000_00
)

// accountOf returns the account that the address names, once its signature is
// found good.
func (h *handler) accountOf(r *http.Request, sig string) (*mattebox.Account, error) {
	name := r.PathValue("account")
	if err := h.check("topup/"+name, sig); err != nil {
		return nil, err
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return nil, mattebox.Errorf(mattebox.CodeNotFound, "There is no such account.")
	}
	mattebox.NoteOf(r.Context()).Account = mattebox.AccountID(id)
	return h.Books.Account(r.Context(), mattebox.AccountID(id))
}

// topUp serves GET /topup/{account}, the page on which a balance is topped up.
func (h *handler) topUp(w http.ResponseWriter, r *http.Request) error {
	sig := r.URL.Query().Get("sig")
	account, err := h.accountOf(r, sig)
	if err != nil {
		return err
	}
	return h.show(w, http.StatusOK, "topup.html", h.topUpPage(account, sig, r.URL.Query().Get("returnUrl")))
}

// beginTopUp serves POST /topup/{account}.
func (h *handler) beginTopUp(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r); err != nil {
		return err
	}
	sig, back := r.PostForm.Get("sig"), r.PostForm.Get("returnUrl")
	account, err := h.accountOf(r, sig)
	if err != nil {
		return err
	}
	amount, err := amountOf(r.PostForm.Get("amount"), account.Balance.Currency)
	if err != nil {
		page := h.topUpPage(account, sig, back)
		_, page.Fault = explain(err)
		page.Amount = r.PostForm.Get("amount")
		return h.show(w, http.StatusBadRequest, "topup.html", page)
	}
	path := "topup/" + strconv.FormatInt(int64(account.ID), 10)
	order := mattebox.PaymentOrder{
		Payment:     mattebox.Payment{Account: account.ID, Amount: amount, Provider: h.Provider.Name()},
		Description: "Top-up of account " + strconv.FormatInt(int64(account.ID), 10), Email: emailOf(account),
		Cancel: h.address(path, back),
	}
	start, err := h.begin(r.Context(), order, func(p mattebox.Payment) string { return h.doneAddress(path, back, p.ID) })
	if err != nil {
		return err
	}
	h.log(r.Context(), slog.LevelInfo, "top-up begun", slog.Int64("account", int64(account.ID)), slog.String("provider", h.Provider.Name()))
	http.Redirect(w, r, start.URL, http.StatusSeeOther)
	return nil
}

// amountOf reads the amount of a top-up.
func amountOf(text string, currency mattebox.Currency) (mattebox.Money, error) {
	amount, err := mattebox.ParseMoney(text, currency)
	if err != nil {
		return amount, mattebox.Errorf(mattebox.CodeInvalid, "Please write an amount such as 100.00.")
	}
	if amount.Cents < leastTopUp || amount.Cents > mostTopUp {
		return amount, mattebox.Errorf(mattebox.CodeInvalid, "Please choose an amount between %s and %s.", money(leastTopUp, currency), money(mostTopUp, currency))
	}
	return amount, nil
}

func money(cents int64, currency mattebox.Currency) mattebox.Money {
	return mattebox.Money{Cents: cents, Currency: currency}
}

// emailOf is where receipts go.
func emailOf(account *mattebox.Account) string {
	if account.BillingEmail != "" {
		return account.BillingEmail
	}
	return account.Email
}

// topUpDone serves GET /topup/{account}/done.
func (h *handler) topUpDone(w http.ResponseWriter, r *http.Request) error {
	account, err := h.accountOf(r, r.URL.Query().Get("sig"))
	if err != nil {
		return err
	}
	payment, err := h.Payments.Payment(r.Context(), r.URL.Query().Get("payment"))
	if err != nil {
		return err
	}
	if payment.Account != account.ID || payment.Invoice != 0 {
		return mattebox.Errorf(mattebox.CodeNotFound, "There is no such payment.")
	}
	state := stateOf(payment.State == mattebox.PaymentDone)
	if payment.State == mattebox.PaymentFailed {
		state = doneFailed
	}
	back := r.URL.Query().Get("returnUrl")
	return h.show(w, http.StatusOK, "done.html", donePage{
		Seller: called(h.Seller), Title: "Top-up", Amount: payment.Amount.String(), State: state, Again: "?" + r.URL.RawQuery, Back: backOf(back),
		Retry: h.address("topup/"+r.PathValue("account"), back), Balance: account.Balance.String(),
	})
}
