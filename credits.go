package mattebox

import (
	"fmt"
	"time"
)

// Credits are an amount of the video API's unit, in hundredths of a credit.
type Credits int64

// String returns the decimal number with two digits after the point.
func (c Credits) String() string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

// PerMinute is what a minute of a clip costs with the model (contracts D1).
func (m JobModel) PerMinute() Credits {
	switch m {
	case ModelLight, ModelHuman:
		return 45_00
	case ModelPro:
		return 180_00
	}
	return 60_00
}

// Credits returns what a clip of that length costs with the model, rounded up to a
// hundredth of a credit.
func (m JobModel) Credits(length time.Duration) Credits {
	if length <= 0 {
		return 0
	}
	// A day in nanoseconds times the dearest price stays inside an int64.
	per := int64(m.PerMinute())
	return Credits((int64(length)*per + int64(time.Minute) - 1) / int64(time.Minute))
}

// Video returns what the credits cost in the currency, rounded up to a hundredth of its unit. A
// currency that the table lacks is a CodeInvalid error; an empty table charges
// nothing.
func (p PriceTable) Video(c Currency, credits Credits) (Money, error) {
	if p == nil {
		return Money{Currency: c}, nil
	}
	list, dealt := p[c]
	if !dealt {
		return Money{}, Errorf(CodeInvalid, "there are no prices in %s", c)
	}
	return Money{Cents: (int64(credits)*list.videoCredit() + 99) / 100, Currency: c}, nil
}
