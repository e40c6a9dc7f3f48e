package safehttp

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mattebox"
)

// MaxURL is how many bytes an address may have.
const MaxURL = 2048

// CheckURL judges the text of an address when it is saved, without asking the
// network: http or https, a host, no user name, at most MaxURL bytes of UTF-8, and
// neither an IP address nor a port that the guard would refuse for certain. What a
// name resolves to is judged when it is called, and differently each time it may
// be. The error is a CodeInvalid *mattebox.Error without a field, which the caller
// adds; its text says nothing of why the guard refuses.
func (c *Client) CheckURL(text string) error {
	if _, err := c.guard.parse(text); err != nil {
		return mattebox.Errorf(mattebox.CodeInvalid, "%s", err.Message)
	}
	return nil
}

// parse returns the address in the form in which it is called: host in lower case,
// no default port, no fragment.
func (g *guard) parse(text string) (*url.URL, *Error) {
	if len(text) > MaxURL || !utf8.ValidString(text) {
		return nil, invalidURL("the address must be UTF-8 and at most 2048 bytes long")
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, invalidURL("the address cannot be read; it must look like https://host/path")
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, invalidURL("the address must begin with http:// or https://")
	}
	if u.User != nil {
		return nil, invalidURL("the address must not hold a user name or password")
	}
	port, ok := portOf(u)
	if !ok {
		return nil, invalidURL("the address has a port that is not between 1 and 65535")
	}
	host := strings.ToLower(u.Hostname())
	if failed := g.judgeHost(host, port); failed != nil {
		return nil, failed
	}
	u.Host = joinHost(u.Scheme, host, port)
	u.RawQuery = escapeQuery(u.RawQuery)
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// portOf returns the port that the address names or its scheme implies.
func portOf(u *url.URL) (port uint16, ok bool) {
	switch {
	case u.Port() != "":
		n, err := strconv.ParseUint(u.Port(), 10, 16)
		return uint16(n), err == nil && n > 0
	case u.Scheme == "https":
		return 443, true
	}
	return 80, true
}

func joinHost(scheme, host string, port uint16) string {
	if scheme == "http" && port == 80 || scheme == "https" && port == 443 {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// escapeQuery percent-encodes what url.Parse lets pass in a query and a request
// line cannot hold.
func escapeQuery(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(query[i])
	}
	return b.String()
}

// judgeHost refuses what the text alone condemns.
func (g *guard) judgeHost(host string, port uint16) *Error {
	if strings.ContainsAny(host, ":%") { // an IPv6 address or its zone
		a, err := netip.ParseAddr(host)
		if err != nil || a.Zone() != "" {
			return invalidURL("the address has a host that is neither a name nor an IP address")
		}
		return g.judge(netip.AddrPortFrom(a, port))
	}
	name := strings.TrimSuffix(host, ".")
	if a, err := netip.ParseAddr(name); err == nil {
		return g.judge(netip.AddrPortFrom(a, port))
	}
	if !validName(name) {
		return invalidURL("the address has a host that is neither a name nor an IP address")
	}
	if len(g.allow) > 0 { // the name may lie in there, on any port
		return nil
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") { // RFC 6761, 6.3
		return blocked("the name stands for loopback")
	}
	if !slices.Contains(g.ports, port) {
		return blocked("port %d is not allowed", port)
	}
	return nil
}

// validName reports whether the text can be a host name (RFC 1123, RFC 5891):
// labels of letters, digits, hyphens and, as in practice, underscores, at most 63
// bytes each and 253 in all. A name whose last label is a number is none: what
// resolvers make of 2130706433, 0x7f.1 and 0177.0.0.1 is an IPv4 address.
func validName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, strange) {
			return false
		}
	}
	return !number(labels[len(labels)-1])
}

// strange reports whether the character has no place in a host name. Fullwidth
// characters are kept out as well: IDNA would turn them into ASCII.
func strange(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '_':
		return false
	case r < utf8.RuneSelf, 0xff00 <= r && r <= 0xffef:
		return true
	}
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
}

// number reports whether the label is decimal, octal or hexadecimal.
func number(label string) bool {
	if hex, found := strings.CutPrefix(label, "0x"); found {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}
