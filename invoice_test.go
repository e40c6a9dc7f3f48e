package mattebox

import (
	"testing"
	"time"
)

func TestVATOf(t *testing.T) {
	for _, tt := range []struct {
		net  int64
		rate int
		want int64
	}{{285, 2500, 71}, {-285, 2500, -71}, {286, 2500, 72}, {-286, 2500, -72}, {100, 0, 0}, {-100, 0, 0}, {1000, 810, 81}, {50, 100, 1}, {49, 100, 0}} {
		if got := VATOf(Money{Cents: tt.net, Currency: EUR}, tt.rate); got != (Money{Cents: tt.want, Currency: EUR}) {
			t.Errorf("%d at %d: %s, want %d", tt.net, tt.rate, got, tt.want)
		}
	}
}

func TestAmountDue(t *testing.T) {
	usd := func(cents int64) Money { return Money{Cents: cents, Currency: USD} }
	for _, tt := range []struct {
		name    string
		invoice Invoice
		due     int64
		paid    bool
	}{
		{"open", Invoice{Net: usd(100), VAT: usd(25), Prepaid: usd(40)}, 85, false},
		{"paid", Invoice{Net: usd(100), VAT: usd(25), Paid: time.Unix(1, 0)}, 0, true},
		{"prepaid", Invoice{Net: usd(100), Prepaid: usd(100)}, 0, true},
		{"VAT of what is prepaid", Invoice{Net: usd(100), VAT: usd(25), Prepaid: usd(100)}, 25, false},
		{"credit note", Invoice{Net: usd(-100), VAT: usd(-25), Prepaid: usd(-40)}, 0, true},
	} {
		if got := tt.invoice.AmountDue(); got != usd(tt.due) || tt.invoice.IsPaid() != tt.paid {
			t.Errorf("%s: %s due, paid %v", tt.name, got, tt.invoice.IsPaid())
		}
	}
	if got := (&Invoice{Number: 1315}).ID(); got != "INV-1315" {
		t.Error(got)
	}
}

func TestLocation(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "00:00", "Europe/Copenhagen": "01:00", "+05:30": "05:30", "-08:00": "16:00",
		"7": "00:00", "Local": "00:00", "../../etc/passwd": "00:00", "Nowhere/Town": "00:00", "+25:00": "00:00",
	} {
		contact := Contact{Timezone: text}
		if got := at.In(contact.Location()).Format("15:04"); got != want {
			t.Errorf("%q: midnight in UTC is %s there, want %s", text, got, want)
		}
	}
}
