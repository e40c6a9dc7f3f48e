package pay

import (
	"context"
	"net/url"

	"mattebox"
)

// begin opens the payment of an order and begins it with the provider. A payment
// that was begun before goes on, when the provider still has its page; otherwise it
// is ended and another one takes its place. success gives the address to return to,
// which may depend on the payment.
func (h *handler) begin(ctx context.Context, order mattebox.PaymentOrder, success func(mattebox.Payment) string) (mattebox.PaymentStart, error) {
	if h.Provider.Instructions("") != "" {
		return mattebox.PaymentStart{}, mattebox.Errorf(mattebox.CodeConflict, "Payments are taken by hand here; please follow the instructions on the page before.")
	}
	wanted := order.Payment
	for again := true; ; again = false {
		payment, err := h.Payments.OpenPayment(ctx, wanted)
		if err != nil {
			return mattebox.PaymentStart{}, err
		}
		order.Payment, order.Success = *payment, success(*payment)
		start, err := h.Provider.Begin(ctx, order)
		if err == nil {
			return start, h.name(ctx, payment, start)
		}
		if !again || !ended(err, payment) {
			return mattebox.PaymentStart{}, err
		}
		failed := mattebox.PaymentEvent{Payment: payment.ID, Ref: payment.Ref, State: mattebox.PaymentFailed, Amount: payment.Amount}
		if _, err := h.Payments.EndPayment(ctx, payment.Provider, failed); err != nil {
			return mattebox.PaymentStart{}, err
		}
	}
}

// ended reports whether the provider's error says that a payment cannot go on: its
// page is gone, or, of one whose page never was noted, that it was begun otherwise.
func ended(err error, payment *mattebox.Payment) bool {
	code := mattebox.CodeOf(err)
	return code == mattebox.CodeNotFound && payment.Ref != "" || code == mattebox.CodeConflict && payment.Ref == ""
}

// name stores what the provider calls the payment before the payer goes there.
func (h *handler) name(ctx context.Context, payment *mattebox.Payment, start mattebox.PaymentStart) error {
	if start.URL == "" {
		return mattebox.Errorf(mattebox.CodeUnavailable, "The payment provider has no page for this payment; please try again.")
	}
	if start.Ref == payment.Ref {
		return nil
	}
	return h.Payments.NamePayment(ctx, payment.ID, start.Ref)
}

// address is a signed address of ours that goes on to an address of the payer's.
func (h *handler) address(path, back string) string {
	address := h.Links.Absolute(path)
	if backOf(back) != nil {
		address += "&returnUrl=" + url.QueryEscape(back)
	}
	return address
}

// doneAddress is where the provider leads the payer. It has the signature of the
// page before, which is good for it, too.
func (h *handler) doneAddress(path, back, payment string) string {
	u, err := url.Parse(h.address(path, back))
	if err != nil {
		return h.address(path, back)
	}
	u.Path += "/done"
	if payment != "" {
		u.RawQuery += "&payment=" + url.QueryEscape(payment)
	}
	return u.String()
}
