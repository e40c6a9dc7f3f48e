package rtb

import "mattebox"

// amount is money as the wire has it.
type amount struct {
	Amount     Decimal `rtb:"Amount"`
	Currency   string  `rtb:"Currency"`
	CurrencyID int     `rtb:"CurrencyId"`
}

func amountOf(m mattebox.Money) *amount {
	return &amount{Amount: Decimal(m.Amount()), Currency: string(m.Currency), CurrencyID: m.Currency.ID()}
}
