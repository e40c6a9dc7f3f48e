package safehttp

import "net/netip"

// An IPv6 address may carry an IPv4 address to which a gateway takes the packets.
// These are the carriers; each is judged by what is inside.
type carrier struct {
	inside []netip.Addr
	whole  bool // the IPv6 address is judged as well
}

// unwrap returns what the address carries; ok is false when it carries nothing.
// IPv4-mapped addresses are not among them: callers Unmap first.
func unwrap(a netip.Addr) (c carrier, ok bool) {
	if !a.Is6() {
		return carrier{}, false
	}
	b := a.As16()
	switch {
	case within(a, "64:ff9b::/96"): // NAT64, RFC 6052
		return carrier{inside: []netip.Addr{v4(b[12:16])}}, true
	case within(a, "64:ff9b:1::/48"): // NAT64 for local use, RFC 8215
		return carrier{inside: localNAT64(b)}, true
	case within(a, "2002::/16"): // 6to4, RFC 3056
		return carrier{inside: []netip.Addr{v4(b[2:6])}}, true
	case within(a, "2001::/32"): // Teredo, RFC 4380: the server, and the client inverted
		client := [4]byte{^b[12], ^b[13], ^b[14], ^b[15]}
		return carrier{inside: []netip.Addr{v4(b[4:8]), netip.AddrFrom4(client)}}, true
	case within(a, "::/96"): // IPv4-compatible, RFC 4291, with :: and ::1
		return carrier{inside: []netip.Addr{v4(b[12:16])}, whole: true}, b[12] != 0
	case isatap(b):
		return carrier{inside: []netip.Addr{v4(b[12:16])}, whole: true}, true
	}
	return carrier{}, false
}

// isatap reports whether the interface identifier is 0000:5efe or 0200:5efe and an
// IPv4 address (RFC 5214).
func isatap(b [16]byte) bool {
	return b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}

// localNAT64 returns the IPv4 addresses that an address of 64:ff9b:1::/48 may
// stand for: how long the prefix is (RFC 6052, 2.2: /48, /56, /64 or /96) is the
// gateway's secret. Readings in 0.0.0.0/8 lead nowhere and are left out unless
// there is no other.
func localNAT64(b [16]byte) []netip.Addr {
	readings := []netip.Addr{
		netip.AddrFrom4([4]byte{b[6], b[7], b[9], b[10]}),
		netip.AddrFrom4([4]byte{b[7], b[9], b[10], b[11]}),
		v4(b[9:13]),
		v4(b[12:16]),
	}
	var inside []netip.Addr
	for _, a := range readings {
		if a.As4()[0] != 0 {
			inside = append(inside, a)
		}
	}
	if inside == nil {
		return readings[3:]
	}
	return inside
}

func v4(b []byte) netip.Addr { return netip.AddrFrom4([4]byte(b)) }

func within(a netip.Addr, prefix string) bool {
	return netip.MustParsePrefix(prefix).Contains(a)
}
