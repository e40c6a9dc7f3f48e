package billing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

const prices = `{
  "USD": {"delivery": {"24": 195, "72": 125, "168": 95}, "format": {"PSD": 50}, "shadow": {"2": 10},
          "gradient": 5, "operator": 200, "combined": 40, "partner": 10},
  "DKK": {"delivery": {"24": 1395, "72": 895, "168": 695}}
}`

func TestLoadPrices(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prices.json")
	if err := os.WriteFile(path, []byte(prices), 0o600); err != nil {
		t.Fatal(err)
	}
	fromFile, err := LoadPrices(path)
	if err != nil {
		t.Fatal(err)
	}
	fromText, err := LoadPrices("\n" + prices)
	if err != nil {
		t.Fatal(err)
	}
	want := mattebox.PriceTable{
		mattebox.USD: {
			Delivery: map[int]int64{24: 195, 72: 125, 168: 95}, Format: map[mattebox.Format]int64{mattebox.PSD: 50},
			Shadow: map[mattebox.Shadow]int64{mattebox.ShadowDrop: 10}, Gradient: 5, Operator: 200, Combined: 40, Partner: 10,
		},
		mattebox.DKK: {Delivery: map[int]int64{24: 1395, 72: 895, 168: 695}},
	}
	if diff := cmp.Diff(want, fromFile) + cmp.Diff(want, fromText); diff != "" {
		t.Error(diff)
	}
}

func TestPriceFaults(t *testing.T) {
	const good = `"delivery": {"24": 95, "72": 95, "168": 95}`
	tests := map[string]struct{ text, want string }{
		"nothing":          {`{}`, "has no prices"},
		"cut off":          {`{"USD": {` + good, "line 1, column 53: the JSON ends too soon"},
		"a comma too many": {"{\n\"USD\": {" + good + ",}}", "line 2, column"},
		"something behind": {`{"USD": {` + good + `}} x`, "is no JSON"},
		"two documents":    {`{"USD": {` + good + `}} {}`, "something follows"},
		"unknown member":   {"{\"USD\": {" + good + ",\n \"discount\": 5}}", `line 2, column 17: unknown field "discount"`},
		"twice":            {`{"USD": {` + good + "},\n \"USD\": {" + good + `}}`, `line 2, column 7: "USD" is given twice`},
		"twice, in capitals": {
			`{"USD": {` + good + `, "Delivery": {}}}`, `"Delivery" is given twice`},
		"a point":          {`{"USD": {"delivery": {"24": 0.95}}}`, "takes a whole number, not a JSON number 0.95"},
		"text for a price": {`{"USD": {` + good + `, "gradient": "5"}}`, "gradient takes a whole number, not a JSON string"},
		"a list":           {`[]`, "takes an object, not a JSON array"},
		"lower case":       {`{"usd": {` + good + `}}`, "usd: is not a currency that is dealt in here"},
		"strange currency": {`{"CHF": {` + good + `}}`, "CHF: is not a currency"},
		"no delivery":      {`{"USD": {}}`, "USD: has no price for a delivery within 24 hours"},
		"strange delivery": {`{"USD": {"delivery": {"24": 95, "72": 95, "168": 95, "48": 95}}}`, "USD: delivery: 48 is no delivery time"},
		"strange format":   {`{"USD": {` + good + `, "format": {"BMP": 1}}}`, `USD: format: "BMP" is no format`},
		"two tiffs":        {`{"USD": {` + good + `, "format": {"TIF": 1, "TIFF": 2}}}`, "TIF and TIFF are one format"},
		"strange shadow":   {`{"USD": {` + good + `, "shadow": {"3": 1}}}`, "USD: shadow: 3 is no shadow"},
		"negative":         {`{"USD": {"delivery": {"24": -95, "72": 95, "168": 95}}}`, "USD: has a negative price"},
		"far too dear":     {`{"USD": {"delivery": {"24": 95, "72": 95, "168": 9223372036854775807}}}`, "USD: delivery: has a price above"},
		"discount":         {`{"USD": {` + good + `, "partner": 101}}`, "USD: has a partner discount of 101 percent"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "prices.json")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := LoadPrices(path)
			if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want the file's name and %q", err, test.want)
			}
		})
	}
	if _, err := LoadPrices(filepath.Join(t.TempDir(), "none.json")); mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestDefaultPrices(t *testing.T) {
	table := DefaultPrices()
	if err := table.Validate(); err != nil {
		t.Fatal(err)
	}
	for currency, want := range map[mattebox.Currency][2]int64{mattebox.USD: {95, 85}, mattebox.EUR: {95, 85}, mattebox.GBP: {95, 85}, mattebox.DKK: {695, 625}} {
		for i, partner := range []bool{false, true} {
			price, err := table.Price(currency, mattebox.Template{Format: mattebox.PSD, Shadow: mattebox.ShadowDrop}, 24, 5, partner)
			if err != nil || price != (mattebox.Money{Cents: want[i], Currency: currency}) {
				t.Errorf("%s, partner %v: %v, %v; want %d", currency, partner, price, err, want[i])
			}
		}
	}
}

func FuzzParsePrices(f *testing.F) {
	f.Add([]byte(prices))
	f.Add([]byte(`{"USD":{"delivery":{"24":1,"72":1,"168":1},"format":{"TIF":1,"TIFF":1}}}`))
	f.Add([]byte(`[[[[{"a":1}]]]]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := ParsePrices(data)
		if err != nil {
			return
		}
		for currency := range table {
			price, err := table.Price(currency, mattebox.Template{Format: mattebox.TIFF, Background: mattebox.BackgroundGradient, KeepModel: true}, 72, 5, true)
			if err != nil || price.Cents < 0 {
				t.Errorf("a table that was read has the price %v, %v", price, err)
			}
		}
	})
}
