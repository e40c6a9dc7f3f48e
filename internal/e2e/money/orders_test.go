package money

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// An account uses its trial image, then its balance, then gets no more; what is
// deleted comes back; what is finished is charged.
func TestTrialBalanceRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c, slow := h.customer(t, "--trial-images", "1", "--days-of-credit", "0", "--credit", "2.00"), h.slow(t)
		trial := c.order(slow, "NoError", nil)
		if !trial.IsTrial {
			t.Error("the first image is no trial")
		}
		c.has("2.00", 0)
		if c.order(slow, "NoError", nil).IsTrial {
			t.Error("the second image is a trial")
		}
		second := c.order(slow, "NoError", nil)
		c.has("0.10", 0)
		refused := c.order(slow, "InsufficientFunds", nil)
		if refused.HTTP != http.StatusOK || !strings.Contains(refused.Message, "0.95 USD") || strings.Trim(refused.ImageTicket, "0-") != "" {
			t.Errorf("refused with HTTP status %d: %s", refused.HTTP, refused.Body)
		}
		c.deletes(trial.ImageTicket)
		c.deletes(second.ImageTicket)
		c.has("1.05", 1)
		h.ledger(t)

		if s := c.finished(); !s.IsPaid {
			t.Error("a trial image is not paid")
		}
		if s := c.finished(); !s.IsPaid {
			t.Error("an image from the balance is not paid")
		}
		c.has("0.10", 0)
		h.mattebox(t, "account credit "+c.email, "5.00", "--reference", "bank 1")
		h.mattebox(t, "account credit "+c.email, "5.00", "--reference", "bank 1")
		c.has("5.10", 0)
		h.mattebox(t, "account refund "+c.email, "all", "--note", "closed")
		c.has("0.00", 0)
		h.ledger(t)
	})
}

// A failed download gives back what was set aside.
func TestFailedDownloadReleases(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.customer(t, "--days-of-credit", "0", "--credit", "0.95")
		gone := h.pictures.Handle("gone", http.NotFound)
		c.wait(c.order(gone, "NoError", nil).ImageTicket, 12)
		c.has("0.95", 0)
		h.ledger(t)
	})
}

// A developer's key makes orders cheaper, and opens accounts that are the developer's.
func TestPartners(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		slow, developer := h.slow(t), h.First
		c := h.customer(t)
		c.order(slow, "NoError", nil)
		c.order(slow, "NoError", fields{"developerAPIkey": developer.APIKey})
		c.order(slow, "NoError", fields{"developerAPIkey": c.Key})
		c.order(slow, "InvalidDeveloperKey", fields{"developerAPIkey": "00000000-0000-4000-8000-000000000000"})
		c.order(slow, "InvalidDeveloperKey", fields{"developerAPIkey": h.customer(t).Key})
		rows := c.usage()
		if len(rows) != 3 || rows[0].Price != "0.95" || rows[1].Price != "0.85" || rows[1].Partner == 0 || rows[2].Price != "0.95" || rows[2].Partner != 0 {
			t.Errorf("usage %+v", rows)
		}

		contact := fields{"developerEmail": developer.Email, "developerAPIkey": developer.APIKey, "contactEmail": "new@example.test", "contactName": "New", "countryCode": "DK"}
		a := c.do(http.MethodPost, "Contact", contact)
		if err := a.Err(); err != nil {
			t.Fatal(err)
		}
		opened := h.hold(t, servicetest.Account{Email: "new@example.test", APIKey: a.ContactAPIkey})
		opened.has("0.00", 3)
		contact["contactEmail"] = "other@example.test"
		for key, code := range map[string]string{"00000000-0000-4000-8000-000000000000": "AuthenticationFailed", c.Key: "AuthenticationFailed"} {
			contact["developerAPIkey"] = key
			if got := c.do(http.MethodPost, "Contact", contact); got.ErrorCode != code || got.Message == "" {
				t.Errorf("developerAPIkey %s: %s", key, got.Body)
			}
		}
		h.ledger(t)
	})
}

// From the order to the paid invoice: what was finished on credit is invoiced, its
// PDF and its page can be had by their addresses alone, and paid it is.
func TestInvoiceIsPaid(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.customer(t, "--company", "Shop & Sons", "--country", "DK")
		status := c.finished()
		if status.IsPaid {
			t.Error("an image on credit is paid before its invoice is")
		}
		month := time.Now().UTC().Format("2006-01")
		var made []struct{ ID, Net, VAT, AmountDue string }
		h.reads(t, &made, "invoice run", "--period", month, "--account", c.email, "--json")
		if len(made) != 1 || made[0].Net != "0.95" || made[0].VAT != "0.24" || made[0].AmountDue != "1.19" {
			t.Fatalf("made %+v", made)
		}
		const back = "https://shop.example.test/thanks?a=1&b=2"
		list := c.do(http.MethodGet, "Invoices", fields{"returnUrl": back})
		if len(list.Invoices) != 1 || list.Invoices[0].InvoiceId != made[0].ID || list.Invoices[0].AmountDue != "1.19" || list.Invoices[0].IsPaid {
			t.Fatalf("GET Invoices: %s", list.Body)
		}
		invoice := list.Invoices[0]
		if _, pdf := c.get(invoice.InvoiceUrl, http.StatusOK); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("the invoice is %.40q", pdf)
		}
		c.get(strings.Replace(invoice.InvoiceUrl, "?sig=", "?sig=1", 1), http.StatusForbidden)
		_, page := c.get(invoice.PaymentUrl, http.StatusOK)
		for _, part := range []string{invoice.InvoiceId, "1.19", "shop.example.test"} {
			if !bytes.Contains(page, []byte(part)) {
				t.Errorf("the page to pay at does not show %q", part)
			}
		}
		if u, err := url.Parse(invoice.PaymentUrl); err != nil || u.Query().Get("returnUrl") != back {
			t.Errorf("PaymentUrl %s, %v", invoice.PaymentUrl, err)
		}
		h.mattebox(t, "invoice pay "+made[0].ID, "--reference", "bank 7")
		h.mattebox(t, "invoice pay "+made[0].ID, "--reference", "bank 7")
		list = c.do(http.MethodGet, "Invoices", nil)
		if len(list.Invoices) != 1 || !list.Invoices[0].IsPaid || list.Invoices[0].AmountDue != "0.00" || list.Invoices[0].PaymentUrl != "" {
			t.Errorf("after it was paid: %s", list.Body)
		}
		if s, err := c.Status(t.Context(), status.ImageTicket); err != nil || !s.IsPaid {
			t.Errorf("the image: %+v, %v", s, err)
		}
		h.mattebox(t, "invoice credit "+made[0].ID, "--note", "a gift")
		c.has("1.19", 0)
		h.ledger(t)
	})
}

// get fetches an address with no other credentials.
func (c *customer) get(address string, want int) (http.Header, []byte) {
	c.t.Helper()
	response, body, err := c.Download(c.t.Context(), address)
	if err != nil {
		c.t.Fatal(err)
	}
	if response.StatusCode != want {
		c.t.Fatalf("GET %s: HTTP status %d, want %d: %.300s", address, response.StatusCode, want, body)
	}
	return response.Header, body
}

// A hundred orders at the same time share the last ten prices of a balance: ten get
// them, ninety are refused, ten are charged.
func TestParallelOrders(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.customer(t, "--days-of-credit", "0", "--credit", "9.50")
		before := h.ledger(t)
		var mu sync.Mutex
		codes := map[string]int{}
		var tickets []string
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				a, err := c.Do(t.Context(), http.MethodPost, "Image", fields{"imageURL": h.pictures.At("160/coffee.jpg"), "templateId": c.plain})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				codes[a.ErrorCode]++
				if a.ErrorCode == "NoError" {
					tickets = append(tickets, a.ImageTicket)
				}
			})
		}
		all.Wait()
		if fmt.Sprint(codes) != "map[InsufficientFunds:90 NoError:10]" {
			t.Errorf("answers %v", codes)
		}
		c.has("0.00", 0)
		for _, ticket := range tickets {
			c.wait(ticket, 70)
		}
		charged := 0
		for _, row := range c.usage() {
			if row.Charged && row.Price == "0.95" && row.Funding == "balance" {
				charged++
			}
		}
		if posted := h.ledger(t) - before; charged != 10 || posted != 20 {
			t.Errorf("%d images are charged by %d postings, want 10 by 20", charged, posted)
		}
	})
}
