package rtb

import "mattebox"

// amount is money as the wire has it.
type amount struct {
	Amount     Decimal `rtb:"Amount"`
	Currency   string  `rtb:"Currency"`
	CurrencyID int     `rtb:"CurrencyId"`
}

// price is what one photograph by the template costs the account today, without a
// developer's key, in the account's currency.
func (s *Service) price(account *mattebox.Account, t mattebox.Template) (mattebox.Money, error) {
	return s.c.Prices.Price(account.Balance.Currency, t, t.DeliveryHours, 1, false)
}

func amountOf(m mattebox.Money) *amount {
	return &amount{Amount: Decimal(m.Amount()), Currency: string(m.Currency), CurrencyID: m.Currency.ID()}
}
