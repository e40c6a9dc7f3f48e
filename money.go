package mattebox

import (
	"fmt"
	"strconv"
	"strings"
)

// Currency is an ISO 4217 code in upper case.
type Currency string

// The currencies that have a CurrencyId on the wire. The seed attests 1 for USD;
// the others are ours.
const (
	USD Currency = "USD"
	EUR Currency = "EUR"
	GBP Currency = "GBP"
	DKK Currency = "DKK"
)

// ID returns the CurrencyId of the wire, 0 for a currency without one.
func (c Currency) ID() int {
	switch c {
	case USD:
		return 1
	case EUR:
		return 2
	case GBP:
		return 3
	case DKK:
		return 4
	}
	return 0
}

// ParseCurrency reads the code of a currency that has an ID, in any case.
func ParseCurrency(text string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(text)))
	if c.ID() == 0 {
		return "", Errorf(CodeInvalid, "is not a currency that is dealt in here; use USD, EUR, GBP or DKK")
	}
	return c, nil
}

// Money is an exact amount: Cents hundredths of the currency's unit.
type Money struct {
	Cents    int64
	Currency Currency
}

// maxUnits keeps every amount, and sums of many, far inside an int64.
const maxUnits = 1_000_000_000_000

// ParseMoney reads a decimal amount with at most two digits after the point, such
// as "0.95", "-12" or "100.0".
func ParseMoney(text string, c Currency) (Money, error) {
	digits, negative := strings.CutPrefix(strings.TrimSpace(text), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || len(fraction) > 2 || !decimal(whole) || !decimal(fraction) {
		return Money{}, Errorf(CodeInvalid, "%q is not an amount like 100.00", text)
	}
	units, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || units > maxUnits {
		return Money{}, Errorf(CodeInvalid, "%q is more money than there is", text)
	}
	cents, _ := strconv.ParseInt((fraction + "00")[:2], 10, 64) // only digits
	cents += units * 100
	if negative {
		cents = -cents
	}
	return Money{Cents: cents, Currency: c}, nil
}

func decimal(text string) bool {
	return strings.Trim(text, "0123456789") == ""
}

// Amount returns the decimal number with two digits after the point, as on the wire.
func (m Money) Amount() string {
	sign, cents := "", m.Cents
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// String returns amount and currency, "0.95 USD".
func (m Money) String() string { return m.Amount() + " " + string(m.Currency) }
