package billing

import (
	"slices"
	"strings"

	"mattebox"
)

// DefaultPrices is the table of a service whose operator gave none: one flat price
// for each currency, 10 percent off for orders with a developer's key. 0.95 USD is
// the price in the samples of contracts A1.
func DefaultPrices() mattebox.PriceTable {
	table := mattebox.PriceTable{}
	for currency, cents := range map[mattebox.Currency]int64{mattebox.USD: 95, mattebox.EUR: 95, mattebox.GBP: 95, mattebox.DKK: 695} {
		list := mattebox.FlatPrices(mattebox.Money{Cents: cents, Currency: currency})[currency]
		list.Partner = 10
		table[currency] = list
	}
	return table
}

// LoadPrices reads a table from a JSON file, or from the text itself when that
// begins with a brace; see ParsePrices.
func LoadPrices(pathOrJSON string) (mattebox.PriceTable, error) {
	if strings.HasPrefix(strings.TrimSpace(pathOrJSON), "{") {
		return ParsePrices([]byte(pathOrJSON))
	}
	return readSettings(pathOrJSON, ParsePrices)
}

// ParsePrices reads a mattebox.PriceTable from JSON: prices in whole hundredths of
// the currency's unit, such as
//
//	{"USD": {"delivery": {"24": 195, "72": 125, "168": 95}, "format": {"PSD": 50}, "shadow": {"2": 10},
//	         "gradient": 5, "operator": 200, "combined": 40, "partner": 10, "video_credit": 1}}
//
// Everything but delivery may be left out; a video credit costs 1 then. It returns a CodeInvalid error that
// names the place for unknown or doubled members, numbers with a point, unknown
// currencies, formats, shadows and delivery times, and whatever
// PriceTable.Validate refuses.
func ParsePrices(data []byte) (mattebox.PriceTable, error) {
	var table mattebox.PriceTable
	if err := strict(data, &table); err != nil {
		return nil, err
	}
	if len(table) == 0 {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "has no prices; give those of one currency at least")
	}
	for currency, list := range table {
		if err := checkList(list); err != nil {
			return nil, within(string(currency), err)
		}
	}
	return table, table.Validate()
}

// maxPrice is the highest price, in hundredths: no sum of prices comes near to
// what an int64 holds.
const maxPrice = 100_000_000

// checkList refuses keys that no order can have, which Validate lets pass, and
// prices that are slips of the pen.
func checkList(list mattebox.PriceList) error {
	for hours, cents := range list.Delivery {
		if !slices.Contains(mattebox.DeliveryTimes(), hours) {
			return mattebox.Invalid("delivery", "%d is no delivery time; use 24, 72 and 168 hours", hours)
		}
		if cents > maxPrice {
			return tooDear("delivery")
		}
	}
	for shadow, cents := range list.Shadow {
		if shadow < mattebox.ShadowNone || shadow > mattebox.ShadowDrop {
			return mattebox.Invalid("shadow", "%d is no shadow; use 0 for none, 1 for the original one, 2 for a drop shadow", shadow)
		}
		if cents > maxPrice {
			return tooDear("shadow")
		}
	}
	if max(list.Gradient, list.Operator, list.Combined) > maxPrice {
		return tooDear("gradient, operator or combined")
	}
	// An hour of the dearest model has thousands of credits.
	if credit := list.VideoCredit; credit != nil && *credit > maxPrice/1000 {
		return mattebox.Invalid("video_credit", "is above %d hundredths", maxPrice/1000)
	}
	return checkFormats(list.Format)
}

// checkFormats refuses two prices for one format by its two names.
func checkFormats(prices map[mattebox.Format]int64) error {
	for format, cents := range prices {
		if !format.Valid() {
			return mattebox.Invalid("format", "%.20q is no format; write JPG, TIF, PNG, PSD, WEBP or AVIF", format)
		}
		if cents > maxPrice {
			return tooDear("format")
		}
	}
	for _, names := range [][2]mattebox.Format{{mattebox.JPG, mattebox.JPEG}, {mattebox.TIF, mattebox.TIFF}} {
		one, hasOne := prices[names[0]]
		two, hasTwo := prices[names[1]]
		if hasOne && hasTwo && one != two {
			return mattebox.Invalid("format", "%s and %s are one format and have two prices", names[0], names[1])
		}
	}
	return nil
}

func tooDear(field string) error {
	return mattebox.Invalid(field, "has a price above %d hundredths", maxPrice)
}
