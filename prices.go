package mattebox

// PriceTable says what an image costs, in every currency that is dealt in. The
// zero value charges nothing. It is read when an order is made and never again:
// what was ordered keeps its price.
type PriceTable map[Currency]PriceList

// PriceList is the prices of one currency, in hundredths of its unit.
type PriceList struct {
	Delivery map[int]int64    `json:"delivery"` // by delivery hours: 24, 72, 168
	Format   map[Format]int64 `json:"format"`   // added for an output format, under either of its names
	Shadow   map[Shadow]int64 `json:"shadow"`   // added for a shadow, by its number on the wire
	Gradient int64            `json:"gradient"` // added for a gradient background
	Operator int64            `json:"operator"` // added for isKeptMannequin or isKeptModel, which a person looks at
	Combined int64            `json:"combined"` // added for each photograph after the first
	Partner  int              `json:"partner"`  // percent off for orders with a developer's key, 0..100

	// VideoCredit is what a credit of the video API costs; nil stands for 1.
	VideoCredit *int64 `json:"video_credit,omitempty"`
}

// defaultVideoCredit is PriceList.VideoCredit where it is left out.
const defaultVideoCredit = 1

// FlatPrices is the table in which every image costs the same, whatever is asked,
// and a video credit 0.01; at a price of 0 everything is free.
func FlatPrices(price Money) PriceTable {
	credit := min(price.Cents, defaultVideoCredit)
	flat := PriceList{Delivery: map[int]int64{}, VideoCredit: &credit}
	for _, hours := range DeliveryTimes() {
		flat.Delivery[hours] = price.Cents
	}
	return PriceTable{price.Currency: flat}
}

// DeliveryTimes are the delivery times in hours that can be asked for, soonest
// first (contracts A1).
func DeliveryTimes() []int { return []int{24, 72, 168} }

// Validate returns a CodeInvalid error for a table with an unknown currency, a
// missing delivery time, a negative price or a discount outside 0..100.
func (p PriceTable) Validate() error {
	for currency, list := range p {
		if currency.ID() == 0 {
			return Invalid(string(currency), "is not a currency that is dealt in here")
		}
		for _, hours := range DeliveryTimes() {
			if _, priced := list.Delivery[hours]; !priced {
				return Invalid(string(currency), "has no price for a delivery within %d hours", hours)
			}
		}
		if list.Partner < 0 || list.Partner > 100 {
			return Invalid(string(currency), "has a partner discount of %d percent; use 0 to 100", list.Partner)
		}
		if list.negative() {
			return Invalid(string(currency), "has a negative price")
		}
	}
	return nil
}

func (l PriceList) negative() bool {
	for _, cents := range l.Delivery {
		if cents < 0 {
			return true
		}
	}
	for _, cents := range l.Format {
		if cents < 0 {
			return true
		}
	}
	for _, cents := range l.Shadow {
		if cents < 0 {
			return true
		}
	}
	return l.Gradient < 0 || l.Operator < 0 || l.Combined < 0 || l.videoCredit() < 0
}

// Price returns what an order costs: a picture by the template, due within the
// hours, made of so many photographs, with a developer's key or without. A
// currency that the table lacks is a CodeInvalid error.
func (p PriceTable) Price(c Currency, t Template, hours, photographs int, partner bool) (Money, error) {
	list, dealt := p[c]
	if !dealt {
		return Money{}, Errorf(CodeInvalid, "there are no prices in %s", c)
	}
	delivery, priced := list.Delivery[hours]
	if !priced {
		return Money{}, Errorf(CodeInvalid, "there is no price for a delivery within %d hours", hours)
	}
	cents := delivery + list.format(t.Format) + list.Shadow[t.Shadow] + int64(max(photographs-1, 0))*list.Combined
	if t.Background == BackgroundGradient {
		cents += list.Gradient
	}
	if t.KeepMannequin || t.KeepModel {
		cents += list.Operator
	}
	if partner {
		cents -= percentOf(cents, list.Partner)
	}
	return Money{Cents: cents, Currency: c}, nil
}

// format returns what an output format adds, by whichever of its names it is priced.
func (l PriceList) format(f Format) int64 {
	if cents, priced := l.Format[f]; priced {
		return cents
	}
	for other, cents := range l.Format {
		if other.Canonical() == f.Canonical() {
			return cents
		}
	}
	return 0
}

func (l PriceList) videoCredit() int64 {
	if l.VideoCredit == nil {
		return defaultVideoCredit
	}
	return *l.VideoCredit
}

// percentOf returns the share of an amount that is not negative, rounded half up
// to a whole hundredth.
func percentOf(cents int64, percent int) int64 { return (cents*int64(percent) + 50) / 100 }
