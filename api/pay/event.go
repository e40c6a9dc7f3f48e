package pay

import (
	"io"
	"log/slog"
	"net/http"

	"mattebox"
)

// maxEvent bounds the body of an event, in bytes.
const maxEvent = 1 << 18

// event serves POST /pay/{provider}/events. 200 tells the provider that it need not
// say it again: the event is booked, was before, or is none of ours. Whether it
// changes anything is the store's decision, so that events may come twice, late, and in
// any order.
func (h *handler) event(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("provider") != h.Provider.Name() {
		return mattebox.Errorf(mattebox.CodeNotFound, "There is no such payment provider here.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		return mattebox.Wrap(mattebox.CodeTooLarge, err, "The event cannot be read.")
	}
	event, err := h.Provider.Event(body, r.Header)
	if err != nil {
		h.log(r.Context(), slog.LevelWarn, "payment event refused", slog.String("provider", h.Provider.Name()), slog.Any("error", err))
		return err
	}
	if event == nil {
		return received(w)
	}
	about := []slog.Attr{slog.String("event", event.ID), slog.String("payment", event.Payment), slog.String("state", string(event.State)), slog.String("amount", event.Amount.String())}
	payment, err := h.Payments.EndPayment(r.Context(), h.Provider.Name(), *event)
	switch {
	case mattebox.CodeOf(err) == mattebox.CodeNotFound:
		// Another house may share the provider's account: to have it said again would not help.
		h.log(r.Context(), slog.LevelWarn, "payment event of no payment of ours", about...)
		return received(w)
	case err != nil:
		h.log(r.Context(), slog.LevelError, "payment event not booked", append(about, slog.Any("error", err))...)
		return err
	}
	mattebox.NoteOf(r.Context()).Account = payment.Account
	h.log(r.Context(), slog.LevelInfo, "payment event", about...)
	return received(w)
}

func received(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"received":true}`) // a provider that hung up says it again
	return nil
}
