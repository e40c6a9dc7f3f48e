package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mattebox"
)

// The longest texts that are stored, in bytes.
const (
	maxName = 255
	maxID   = 255
	maxURL  = 2048
	maxText = 4000 // comments, instructions, questions
)

// field is a text with the name that it has on the wire.
type field struct {
	name, text string
	most       int
	lines      bool // may have line ends and tabs
}

// validate returns a CodeInvalid error for the first text that is too long, not
// UTF-8, or holds control characters, which no engine, log or header would carry
// unharmed.
func validate(fields ...field) error {
	for _, f := range fields {
		switch {
		case len(f.text) > f.most:
			return mattebox.Invalid(f.name, "is longer than %d bytes", f.most)
		case !utf8.ValidString(f.text):
			return mattebox.Invalid(f.name, "is not valid UTF-8")
		case strings.ContainsFunc(f.text, func(r rune) bool { return unicode.IsControl(r) && !(f.lines && strings.ContainsRune("\n\r\t", r)) }):
			return mattebox.Invalid(f.name, "holds control characters")
		}
	}
	return nil
}

func validateAccount(a mattebox.Account) error {
	if err := mattebox.ValidateEmail("contactEmail", a.Email); err != nil {
		return err
	}
	if err := validate(field{name: "contactEmail", text: a.Email, most: maxName}); err != nil {
		return err
	}
	if a.Balance.Currency.ID() == 0 {
		return mattebox.Invalid("currency", "is %.10q, which is not dealt in here", string(a.Balance.Currency))
	}
	if a.Balance.Cents < 0 {
		return mattebox.Invalid("balance", "is less than nothing")
	}
	if err := validateTerms(a.DaysOfCredit, a.TrialImages); err != nil {
		return err
	}
	if err := validateReview(a.Review); err != nil {
		return err
	}
	return validateContact(a.Contact)
}

func validateTerms(daysOfCredit, trialImages int) error {
	const most = 1_000_000 // far from where sums or dates overflow
	if daysOfCredit < 0 || daysOfCredit > most {
		return mattebox.Invalid("daysOfCredit", "is %d; use 0 to %d", daysOfCredit, most)
	}
	if trialImages < 0 || trialImages > most {
		return mattebox.Invalid("trialImages", "is %d; use 0 to %d", trialImages, most)
	}
	return nil
}

func validateContact(c mattebox.Contact) error {
	var fields []field
	for _, f := range [...]field{
		{name: "contactName", text: c.Name}, {name: "contactCompany", text: c.Company},
		{name: "contactAddress1", text: c.Address1}, {name: "contactAddress2", text: c.Address2},
		{name: "contactZipCode", text: c.ZipCode}, {name: "contactCity", text: c.City},
		{name: "contactState", text: c.State}, {name: "countryCode", text: c.Country},
		{name: "contactPhone", text: c.Phone}, {name: "timezoneIndex", text: c.Timezone},
		{name: "billingEmail", text: c.BillingEmail},
		{name: "billingAddress1", text: c.BillingAddress1}, {name: "billingAddress2", text: c.BillingAddress2},
		{name: "billingZipCode", text: c.BillingZipCode}, {name: "billingCity", text: c.BillingCity},
		{name: "billingState", text: c.BillingState}, {name: "euVatNumber", text: c.VATNumber},
	} {
		f.most = maxName
		fields = append(fields, f)
	}
	return validate(fields...)
}

func validateReview(review mattebox.Review) error {
	switch review {
	case mattebox.ReviewNone, mattebox.ReviewLowConfidence, mattebox.ReviewAll:
		return nil
	}
	return mattebox.Invalid("review", "is %.30q; use none, low-confidence or all", string(review))
}

func validateSubmission(order mattebox.Submission) error {
	if len(order.SourceURLs) == 0 || order.SourceURLs[0] == "" {
		return mattebox.Invalid("imageURL", "is required")
	}
	if len(order.SourceURLs) > mattebox.MaxSources {
		return mattebox.Invalid("imageURL", "names more than %d pictures", mattebox.MaxSources)
	}
	if err := validate(
		field{name: "customerImageId", text: order.CustomerImageID, most: maxID},
		field{name: "productId", text: order.ProductID, most: maxID},
		field{name: "imageCallbackURL", text: order.CallbackURL, most: maxURL},
		field{name: "customerFolder", text: order.Folder, most: maxID},
		field{name: "outputFileName", text: order.OutputName, most: maxID},
		field{name: "instruction", text: order.Instruction, most: maxText, lines: true},
	); err != nil {
		return err
	}
	for i, url := range order.SourceURLs {
		if err := validate(field{name: sourceField(i), text: url, most: maxURL}); err != nil {
			return err
		}
	}
	return nil
}

// sourceField is the wire's name of the i-th source, counted from 0.
func sourceField(i int) string {
	if i == 0 {
		return "imageURL"
	}
	return "imageURL" + string(rune('1'+i))
}

// clip makes a text that comes from inside or from a stranger's server fit to be
// stored: valid UTF-8 without control characters, cut at the length.
func clip(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
