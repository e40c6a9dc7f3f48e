package video

import (
	"context"

	"mattebox"
)

type pricingIn struct {
	Currency string `query:"currency" enum:"USD,EUR,GBP,DKK," doc:"Default: the service's."`
}

// pricingOut is the answer to GET /api/pricing (contracts D1).
type pricingOut struct {
	Credits  modelPrices   `json:"model_pricing_credits_per_minute"`
	Cents    float64       `json:"price_per_second_cents" doc:"Of the model original, in hundredths of the currency."`
	Currency string        `json:"currency"`
	Packages []packageSale `json:"packages" doc:"What amounts of credits cost. Any other amount can be paid in as well."`
}

type modelPrices struct {
	Original float64 `json:"original"`
	Light    float64 `json:"light"`
	Pro      float64 `json:"pro"`
	Human    float64 `json:"human"`
}

type packageSale struct {
	Name     string  `json:"name"`
	Credits  int     `json:"credits"`
	Price    string  `json:"price" example:"10.00"`
	Currency string  `json:"currency"`
	Minutes  float64 `json:"minutes" doc:"Of the model original."`
}

// creditPackages are amounts of credits under the names that clients know
// (contracts D1); what they cost is the price table's.
func creditPackages() map[string]int {
	return map[string]int{"Starter": 1_000, "Pro": 10_000, "Business": 100_000}
}

// perMinute is what a minute costs with each model.
func perMinute() modelPrices {
	return modelPrices{
		Original: credits(mattebox.ModelOriginal.PerMinute()), Light: credits(mattebox.ModelLight.PerMinute()),
		Pro: credits(mattebox.ModelPro.PerMinute()), Human: credits(mattebox.ModelHuman.PerMinute()),
	}
}

func (a *api) pricing(_ context.Context, in *pricingIn) (*answer[pricingOut], error) {
	currency := a.Currency
	if in.Currency != "" {
		currency = mattebox.Currency(in.Currency)
	}
	const probe = 100_000_00 // hundredths of a credit: enough for the price of one to be exact
	price, err := a.Prices.Video(currency, probe)
	if err != nil {
		return nil, mattebox.Invalid("currency", "is %s, in which this service has no prices", currency)
	}
	perCredit := float64(price.Cents) / (probe / 100)
	out := pricingOut{
		Credits:  perMinute(),
		Currency: string(currency),
	}
	out.Cents = out.Credits.Original / 60 * perCredit
	for _, name := range []string{"Starter", "Pro", "Business"} {
		n := creditPackages()[name]
		cost, err := a.Prices.Video(currency, mattebox.Credits(n)*100)
		if err != nil {
			return nil, err
		}
		out.Packages = append(out.Packages, packageSale{Name: name, Credits: n, Price: cost.Amount(), Currency: string(currency), Minutes: float64(n) / out.Credits.Original})
	}
	return &answer[pricingOut]{out}, nil
}
