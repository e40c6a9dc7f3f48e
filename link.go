package mattebox

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Links makes and checks addresses of files that hold for a while without other
// credentials: path?sig=expiry.signature, where expiry is in Unix seconds and the
// signature is base64url of HMAC-SHA256 over "path\nexpiry". One parameter, so
// that no & has to be escaped in XML.
type Links struct {
	Public string        // address under which customers reach the service, without a slash at its end
	Secret []byte        // of the HMAC
	Valid  time.Duration // how long a link holds
	Now    func() time.Time
}

// Relative returns the signed form of a relative path, as FinalImagesURL has it;
// empty for an empty path.
func (l Links) Relative(path string) string {
	if path == "" {
		return ""
	}
	// Links made within one hour are equal, so that caches and clients that
	// compare addresses see the same one.
	expiry := strconv.FormatInt(l.Now().Truncate(time.Hour).Add(l.Valid+time.Hour).Unix(), 10)
	return EscapePath(path) + "?sig=" + expiry + "." + l.sign(path, expiry)
}

// Absolute returns Relative under the public address.
func (l Links) Absolute(path string) string {
	if path == "" {
		return ""
	}
	return l.Public + "/" + l.Relative(path)
}

// Check returns a CodeForbidden error unless sig is what Relative gave for the path
// (unescaped, without a slash in front) and its time has not passed.
func (l Links) Check(path, sig string) error {
	expiry, mac, found := strings.Cut(sig, ".")
	seconds, err := strconv.ParseInt(expiry, 10, 64)
	if !found || err != nil || subtle.ConstantTimeCompare([]byte(mac), []byte(l.sign(path, expiry))) != 1 {
		return Errorf(CodeForbidden, "the address is not signed by this service; ask for the image's status again")
	}
	if l.Now().Unix() > seconds {
		return Errorf(CodeForbidden, "the address has expired; ask for the image's status again")
	}
	return nil
}

func (l Links) sign(path, expiry string) string {
	h := hmac.New(sha256.New, l.Secret)
	h.Write([]byte(path + "\n" + expiry))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// EscapePath percent-encodes what may not stand in the path of an address (RFC
// 3986: all but unreserved characters and the slash).
func EscapePath(path string) string {
	const hexadecimal = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c == '/' || c == '-' || c == '.' || c == '_' || c == '~' ||
			'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexadecimal[c>>4])
		b.WriteByte(hexadecimal[c&15])
	}
	return b.String()
}
