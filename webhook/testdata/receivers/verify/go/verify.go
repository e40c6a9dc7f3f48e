// All functions take the secret, the request's headers and the raw body.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const tolerance = 5 * time.Minute

// VerifyStandard is for Standard Webhooks: sent with every webhook. One signature
// for each secret in force.
func VerifyStandard(secret string, header http.Header, body []byte) bool {
	stamp := header.Get("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	signed := header.Get("Webhook-Id") + "." + stamp + "."
	expected := "v1," + base64.StdEncoding.EncodeToString(mac(secret, signed, body))
	for _, given := range strings.Fields(header.Get("Webhook-Signature")) {
		if same(expected, given) {
			return true
		}
	}
	return false
}

// VerifyRTB is for finished images. The role is Customer or Partner: whose secret it is.
func VerifyRTB(secret string, header http.Header, body []byte, role string) bool {
	expected := base64.StdEncoding.EncodeToString(mac(secret, "", body))
	return same(expected, header.Get("X-Rtb-"+role+"-Hmac-Sha256"))
}

// VerifyHWR is for developers' webhooks.
func VerifyHWR(secret string, header http.Header, body []byte) bool {
	return same(hex.EncodeToString(mac(secret, "", body)), header.Get("X-Hwr-Signature"))
}

// VerifyVideo is for video jobs.
func VerifyVideo(secret string, header http.Header, body []byte) bool {
	stamp := header.Get("X-Webhook-Timestamp")
	sent, err := time.Parse(time.RFC3339, stamp)
	if err != nil || time.Since(sent).Abs() > tolerance {
		return false
	}
	expected := "sha256=" + hex.EncodeToString(mac(secret, stamp+".", body))
	return same(expected, header.Get("X-Webhook-Signature"))
}

func mac(secret, before string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(before))
	h.Write(body)
	return h.Sum(nil)
}

func same(expected, given string) bool { return hmac.Equal([]byte(expected), []byte(given)) }
