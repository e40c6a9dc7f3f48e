package mattebox

import "testing"

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		text, want string
	}{
		{"0.95", "0.95"}, {"100", "100.00"}, {"100.0", "100.00"}, {"-12", "-12.00"}, {"-0.05", "-0.05"},
		{" 81.05 ", "81.05"}, {"7.", "7.00"}, {"1000000000000", "1000000000000.00"},
	} {
		m, err := ParseMoney(c.text, USD)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		} else if m.Amount() != c.want {
			t.Errorf("%q is %s, want %s", c.text, m.Amount(), c.want)
		}
	}
	for _, text := range []string{"", "-", ".5", "1.234", "1,5", "1e3", "+1", "--1", "1000000000001", "99999999999999999999", "0x10", "١"} {
		if m, err := ParseMoney(text, USD); CodeOf(err) != CodeInvalid {
			t.Errorf("%q became %v, error %v", text, m, err)
		}
	}
}

func FuzzParseMoney(f *testing.F) {
	f.Add("0.95")
	f.Add("-12")
	f.Add("1.2.3")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMoney(text, EUR)
		if err != nil {
			return
		}
		again, err := ParseMoney(m.Amount(), EUR)
		if err != nil || again != m {
			t.Errorf("%q is %s, which reads as %v (%v)", text, m.Amount(), again, err)
		}
	})
}

func TestCurrencies(t *testing.T) {
	if USD.ID() != 1 { // contracts A1
		t.Errorf("USD has id %d", USD.ID())
	}
	if c, err := ParseCurrency(" eur "); err != nil || c != EUR {
		t.Errorf("eur is %q, %v", c, err)
	}
	if _, err := ParseCurrency("XXX"); CodeOf(err) != CodeInvalid {
		t.Errorf("XXX: %v", err)
	}
}
