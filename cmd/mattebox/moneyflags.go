package main

import (
	"math"
	"strings"

	"mattebox"
	"mattebox/billing"
)

// PriceFlags say what an image costs.
type PriceFlags struct {
	Price       string `help:"Price of an image in --currency, whatever is asked, in place of a table. Default: 0.95 in USD, EUR and GBP, 6.95 in DKK, a tenth less with a developer's key." env:"MATTEBOX_PRICE" placeholder:"AMOUNT"`
	Currency    string `help:"Currency of --price, and of the first account: USD, EUR, GBP or DKK. Default: ${default}." env:"MATTEBOX_CURRENCY" default:"USD" placeholder:"CODE"`
	Prices      string `help:"Table of prices (JSON): by currency, delivery time, format and options; see docs/billing.md." env:"MATTEBOX_PRICES" placeholder:"FILE" predictor:"file"`
	TrialImages string `name:"trial-images" help:"Free images that a new account begins with. Default: ${default}." env:"MATTEBOX_TRIAL_IMAGES" default:"3" placeholder:"N"`
}

// maxTrialImages keeps a slip of the finger from giving everything away.
const maxTrialImages = 1_000_000

// prices returns the table of prices, and a currency that it has prices in.
func (f *PriceFlags) prices(r settingReader) (mattebox.PriceTable, mattebox.Currency) {
	currency, err := mattebox.ParseCurrency(f.Currency)
	if err != nil {
		r.add("--currency", "%.20q %s", f.Currency, err)
	}
	switch {
	case f.Price != "" && f.Prices != "":
		r.add("--price", "does not go with %s", r.named("--prices"))
		return nil, currency
	case f.Price != "":
		price, err := mattebox.ParseMoney(f.Price, currency)
		if err != nil || price.Cents < 0 {
			r.add("--price", "is %.20q; use an amount such as 0.95", f.Price)
		}
		return mattebox.FlatPrices(price), currency
	case f.Prices == "":
		return billing.DefaultPrices(), currency
	}
	table, err := billing.LoadPrices(f.Prices)
	if err != nil {
		r.add("--prices", "cannot be used: %s", sentence(err))
		return nil, currency
	}
	if _, priced := table[currency]; !priced && currency != "" {
		r.add("--currency", "is %s, in which %s has no prices", currency, r.named("--prices"))
	}
	return table, currency
}

// TermsFlags say who sells, and with which VAT.
type TermsFlags struct {
	Seller  string `help:"Who sells (JSON): the party on invoices, VAT and how to pay; see docs/billing.md." env:"MATTEBOX_SELLER" placeholder:"FILE" predictor:"file"`
	VATRate string `name:"vat-rate" help:"VAT in percent, such as 25 or 8.1. Default: what --seller says, else 0." env:"MATTEBOX_VAT_RATE" placeholder:"PERCENT"`
}

// terms returns the terms of sale.
func (f *TermsFlags) terms(r settingReader) billing.Terms {
	terms := billing.DefaultTerms()
	var failed error
	if f.Seller != "" {
		if terms, failed = billing.LoadTerms(f.Seller); failed != nil {
			r.add("--seller", "cannot be used: %s", sentence(failed))
		}
	}
	if f.VATRate == "" {
		return terms
	}
	rate, err := mattebox.ParseMoney(strings.TrimSuffix(f.VATRate, "%"), "")
	if err != nil || rate.Cents < 0 || rate.Cents > 100_00 {
		r.add("--vat-rate", "is %.20q; use a percentage such as 25 or 8.1", f.VATRate)
		return terms
	}
	terms.VATRate = int(rate.Cents)
	if err := terms.Validate(); err != nil && failed == nil {
		r.add("--vat-rate", "cannot be used with what %s says: %s", r.named("--seller"), sentence(err))
	}
	return terms
}

// MoneyFlags say how customers are billed.
type MoneyFlags struct {
	TermsFlags          `embed:""`
	Payment             string `help:"manual (an operator says what is paid: mattebox invoice pay) or stripe, which takes payments at the address in invoices and needs $$MATTEBOX_STRIPE_KEY and $$MATTEBOX_STRIPE_WEBHOOK_SECRET. Default: ${default}." env:"MATTEBOX_PAYMENT" default:"manual" placeholder:"PROVIDER"`
	StripeKey           string `hidden:"" env:"MATTEBOX_STRIPE_KEY"`            // by the environment only, as MasterKey
	StripeWebhookSecret string `hidden:"" env:"MATTEBOX_STRIPE_WEBHOOK_SECRET"` // likewise
	StripeURL           string `hidden:"" env:"MATTEBOX_STRIPE_URL"`            // of the API, to try it with another; empty: Stripe's
	InvoiceOn           string `help:"month-end (the service invoices each account when its month is over, in its time zone) or never (mattebox invoice run does it). Default: ${default}." env:"MATTEBOX_INVOICE_ON" default:"month-end" placeholder:"WHEN"`
}

func (c *ServeCmd) readMoney(r settingReader, s *serveSettings) {
	s.terms = c.terms(r)
	s.provider = c.provider(r, s.terms)
	switch c.InvoiceOn {
	case "month-end":
		s.monthInvoices = true
	case "never":
	default:
		r.add("--invoice-on", "is %.20q; use month-end or never", c.InvoiceOn)
	}
}

// provider returns who takes payments. Not its keys are told in faults, only what
// is wrong with them.
func (f *MoneyFlags) provider(r settingReader, terms billing.Terms) billing.Provider {
	switch f.Payment {
	case "manual":
		return billing.Manual{Text: terms.Instructions}
	case "stripe":
	default:
		r.add("--payment", "is %.20q; use manual or stripe", f.Payment)
		return nil
	}
	if f.StripeKey == "" || f.StripeWebhookSecret == "" {
		r.add("--payment", "is stripe and needs $MATTEBOX_STRIPE_KEY and $MATTEBOX_STRIPE_WEBHOOK_SECRET")
		return nil
	}
	provider, err := billing.NewStripe(billing.StripeConfig{Key: f.StripeKey, Secret: f.StripeWebhookSecret, URL: f.StripeURL})
	if err != nil {
		r.add("--payment", "is stripe, but $MATTEBOX_STRIPE_KEY or $MATTEBOX_STRIPE_WEBHOOK_SECRET cannot be used: %s", sentence(err))
		return nil
	}
	return provider
}

// maxDaysOfCredit is as far as a due date may lie ahead.
const maxDaysOfCredit = math.MaxInt16
