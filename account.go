package mattebox

import (
	"strings"
	"time"
)

// AccountID names an account. The first one is 1000001, so that it reads as in
// the addresses of the seed (1000003/2000000/final/myimage.jpg).
type AccountID int64

// Account is a customer (a "contact" of the API), a developer, or both.
type Account struct {
	ID        AccountID
	Email     string // as it was registered; see NormalEmail
	Contact          // what PUT Contact changes
	Developer bool   // may create contacts, and gives partner discounts by its key

	Partner      AccountID // the developer that created this account; 0 for none
	Balance      Money
	DaysOfCredit int
	TrialImages  int    // left
	Review       Review // which pictures an operator sees before the customer
	Created      time.Time
}

// Contact is what an account says of itself: the fields of POST and PUT Contact
// (contracts A11, A12).
type Contact struct {
	Name     string // the person
	Company  string
	Address1 string
	Address2 string
	ZipCode  string
	City     string
	State    string
	Country  string // ISO 3166-1 alpha-2
	Phone    string
	Timezone string // timezoneIndex, as given

	BillingEmail    string
	BillingAddress1 string
	BillingAddress2 string
	BillingZipCode  string
	BillingCity     string
	BillingState    string
	VATNumber       string
	Newsletter      bool
}

// Location returns the time zone in which the account's months begin: Timezone
// read as a name of the IANA database ("Europe/Copenhagen") or as an offset
// ("+01:00"); UTC for anything else.
func (c *Contact) Location() *time.Location {
	if at, err := time.Parse("-07:00", c.Timezone); err == nil {
		_, offset := at.Zone()
		return time.FixedZone(c.Timezone, offset)
	}
	if c.Timezone == "" || c.Timezone == "Local" {
		return time.UTC
	}
	if zone, err := time.LoadLocation(c.Timezone); err == nil {
		return zone
	}
	return time.UTC
}

// Review says which finished pictures wait at StatusQuality for an operator. A
// rejected picture, and one that asks for what the network cannot judge, waits
// whatever the account says.
type Review string

// The reviews.
const (
	ReviewNone          Review = "none"
	ReviewLowConfidence Review = "low-confidence" // below LowConfidence
	ReviewAll           Review = "all"
)

// LowConfidence is the confidence of a matte below which a person should look.
const LowConfidence = .8

// Secrets are what an account proves itself with. APIKey and ApplicationSecret are
// lower-case GUIDs (contracts A0).
type Secrets struct {
	APIKey            string
	ApplicationSecret string // signs webhooks
	JobsKey           string // X-Api-Key of /v1
}

// SecretKind names a secret that signs webhooks and can be replaced by itself, with
// a time in which both the old and the new one sign.
type SecretKind string

// The kinds.
const (
	SecretApplication SecretKind = "application" // Secrets.ApplicationSecret: RTB's and the video jobs' webhooks
	SecretWebhook     SecretKind = "webhook"     // the developer secret of the account's Endpoint
)

// MostOverlap is how long a secret may sign on after it was replaced.
const MostOverlap = 30 * 24 * time.Hour

// Credentials are what a request of the RTB API brings.
type Credentials struct {
	Email string
	Key   string
}

// NormalEmail returns the form in which e-mail addresses are compared: lower
// case, no white space at the ends or around the @ (contracts F7).
func NormalEmail(email string) string {
	local, domain, found := strings.Cut(email, "@")
	if !found {
		return strings.ToLower(strings.TrimSpace(email))
	}
	return strings.ToLower(strings.TrimSpace(local) + "@" + strings.TrimSpace(domain))
}

// ValidateEmail returns a CodeInvalid error for text that is no address: one @,
// something on both sides, no white space inside, at most 254 bytes.
func ValidateEmail(field, email string) error {
	normal := NormalEmail(email)
	local, domain, _ := strings.Cut(normal, "@")
	if local == "" || domain == "" || strings.ContainsAny(domain, "@") || strings.ContainsAny(normal, " \t\r\n<>\"") || len(normal) > 254 {
		return Invalid(field, "is not an e-mail address")
	}
	return nil
}
