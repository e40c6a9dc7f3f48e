package webhook

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// A signer is a header that signs: the dialect it belongs to (none: Standard
// Webhooks, beside all), the key that it makes of the secret, how its value is
// written, and which headers' values it signs before the body.
type signer struct {
	name    string
	dialect string
	key     func(secret string) []byte
	form    form
	before  []string
	note    string
}

// A form is how a header's value is written.
type form struct {
	name string                      // "the base64 of 32 bytes"
	macs func(value string) [][]byte // all signatures in it; none when it is in another form
}

// signers returns every header that signs, in the order of reports.
func signers() []signer {
	narrow := func(s string) []byte { return []byte(s) }
	const (
		ofPartner  = "made with the developer's application secret (the account's own when no developer's key came with the order), "
		ofCustomer = "made with the account's application secret, "
		asWide     = "as UTF-16LE"
		asNarrow   = "as UTF-8"
	)
	base := form{"the base64 of 32 bytes", one(base64.StdEncoding.DecodeString)}
	return []signer{
		{headerPartner, DialectRTB, narrow, base, nil, ofPartner + asNarrow},
		{headerCustomer, DialectRTB, narrow, base, nil, ofCustomer + asNarrow},
		{headerPartnerWide, DialectRTB, wide, base, nil, ofPartner + asWide},
		{headerCustomerWide, DialectRTB, wide, base, nil, ofCustomer + asWide},
		{headerHWR, DialectHWR, narrow, form{"32 bytes in hexadecimal", one(hex.DecodeString)}, nil, "made with the developer secret of the endpoint"},
		{headerVideoSignature, DialectVideo, narrow, form{"sha256= and 32 bytes in hexadecimal", one(prefixedHex)}, []string{headerVideoTimestamp},
			"made with the account's application secret, over timestamp.body"},
		{headerSignature, "", narrow, form{"v1, and the base64 of 32 bytes, once or several times with spaces between", standardMACs},
			[]string{headerID, headerTimestamp}, "one signature for each secret in force, as UTF-8, over id.timestamp.body"},
	}
}

// one makes a form's reader of a decoder that takes the whole value.
func one(decode func(string) ([]byte, error)) func(string) [][]byte {
	return func(value string) [][]byte {
		if m, err := decode(value); err == nil {
			return [][]byte{m}
		}
		return nil
	}
}

func prefixedHex(value string) ([]byte, error) {
	digits, found := strings.CutPrefix(value, "sha256=")
	if !found {
		return nil, hex.ErrLength
	}
	return hex.DecodeString(digits)
}

func standardMACs(value string) [][]byte {
	var macs [][]byte
	for _, text := range strings.Fields(value) {
		if signature, found := strings.CutPrefix(text, "v1,"); found {
			macs = append(macs, one(base64.StdEncoding.DecodeString)(signature)...)
		}
	}
	return macs
}
