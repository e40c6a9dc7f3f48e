package mattebox

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestParseReturnURL(t *testing.T) {
	for _, good := range []string{
		"http://shop.example.com", "https://shop.example.com/paid?order=1&x=%0A#end", "HTTPS://Shop.Example.com:8443/", "http://127.0.0.1:8080/a", "http://[::1]/", "https://xn--exmple-cua.com/",
		"https://shop.example.com/a@b?c=//d", "http://localhost",
	} {
		u, err := ParseReturnURL(good)
		if err != nil || u.Host == "" {
			t.Errorf("%s: %v, %v", good, u, err)
		}
	}
	for _, bad := range []string{
		"", "shop.example.com", "/paid", "//evil.example", "javascript:alert(1)", "data:,x", "ftp://a", "http:", "http:///x", "http:a", "https:evil.example", "http://user@a", "http://@a",
		"http://a:b@c", "http://a b", "http://a\n", "\thttp://a", "http://a\\b", "http://\\a", "http://exämple.com", "http://a/\u202e", "http://a:b", "http://a:80:80", "http://%61", "http://a%00b", "http://<a>", "http://a'", "http://",
		"https://a/" + strings.Repeat("b", 2048),
	} {
		if u, err := ParseReturnURL(bad); CodeOf(err) != CodeInvalid || u != nil || !strings.HasPrefix(err.Error(), "returnUrl: ") {
			t.Errorf("%q: %v, %v", bad, u, err)
		}
	}
}

// FuzzParseReturnURL: what is let through is read again as the same host, and begins
// with a scheme of the web.
func FuzzParseReturnURL(f *testing.F) {
	f.Add("https://shop.example.com/paid?a=b")
	f.Add("http://a@b")
	f.Add("http:\\\\a")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseReturnURL(text)
		if err != nil {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Host != u.Host || again.User != nil || again.Scheme != "http" && again.Scheme != "https" {
			t.Errorf("%q is %q, read again %v, %v", text, u, again, err)
		}
		if !strings.HasPrefix(strings.ToLower(text), again.Scheme+"://"+strings.ToLower(u.Host)) {
			t.Errorf("%q does not begin with the host that is shown, %q", text, u.Host)
		}
	})
}

func TestInvoiceAtHome(t *testing.T) {
	at := time.Date(2026, 9, 30, 22, 0, 0, 0, time.UTC)
	zone := time.FixedZone("", 2*3600)
	i := &Invoice{From: at, To: at, Created: at, DueBy: at}
	local := i.In(zone)
	for _, got := range []time.Time{local.From, local.To, local.Created, local.DueBy} {
		if got.Format(time.DateOnly) != "2026-10-01" || !got.Equal(at) {
			t.Errorf("at home it is %v", got)
		}
	}
	if !local.Paid.IsZero() || i.From.Location() != time.UTC {
		t.Error("an unpaid invoice is paid, or the invoice itself was changed")
	}
}

func TestCreditedBy(t *testing.T) {
	for payment, want := range map[string]string{"": "", "cs_test_1": "", "bank INV-7": "", "INV-1320": "INV-1320"} {
		if got := (&Invoice{Payment: payment}).CreditedBy(); got != want {
			t.Errorf("payment %q: %q, want %q", payment, got, want)
		}
	}
}
