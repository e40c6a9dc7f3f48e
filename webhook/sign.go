package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"mattebox"
)

// base64MAC returns the HMAC-SHA256 of the data in standard base64 with padding.
func base64MAC(key, data []byte) string {
	return base64.StdEncoding.EncodeToString(mac(key, data))
}

func mac(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

// wide returns the text as UTF-16LE without a byte order mark: what the seed's C#
// sample copies out of a string.
func wide(text string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return b
}

// Headers of Standard Webhooks, sent beside every dialect's own.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// standardHeaders returns the headers of the Standard Webhooks specification: the
// delivery's lasting id, the try's time in Unix seconds, and one "v1,base64" for
// each secret in force, separated by spaces: what a rotation's overlap rests on. The
// key is the secret's bytes; libraries that want the whsec_ form take whsec_ and the
// base64 of these bytes.
func standardHeaders(d Dialect, s mattebox.Sending, at time.Time) map[string]string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for _, secret := range d.secrets(s) {
		signatures = append(signatures, standardSignature(secret, s.Delivery.UID, stamp, s.Delivery.Body))
	}
	return map[string]string{headerID: s.Delivery.UID, headerTimestamp: stamp, headerSignature: strings.Join(signatures, " ")}
}

func standardSignature(secret, id, stamp string, body []byte) string {
	return "v1," + base64MAC([]byte(secret), append([]byte(id+"."+stamp+"."), body...))
}
