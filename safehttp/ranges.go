package safehttp

import "net/netip"

// A standing says what it takes to reach an address.
type standing int

const (
	public  standing = iota // always
	special                 // only when an allowed CIDR holds it
	exact                   // only when an allowed CIDR lies inside the range itself
	never                   // nobody has a host there, or everybody has
)

// A block is a range of addresses of one standing.
type block struct {
	prefix   netip.Prefix
	standing standing
	name     string
}

// blocks returns what is not public, the narrower before the wider. Sources: the
// IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), the IANA IPv6
// Global Unicast Address Assignments, and the clouds' documentation for their
// metadata services.
func blocks() []block {
	var all []block
	for _, group := range []struct {
		standing standing
		ranges   []named
	}{
		{exact, metadataRanges()},
		{never, neverRanges()},
		{exact, machineRanges()},
		{special, special4()},
		{special, special6()},
	} {
		for _, r := range group.ranges {
			all = append(all, block{netip.MustParsePrefix(r.prefix), group.standing, r.name})
		}
	}
	return all
}

// named is a range as it is written down.
type named struct{ prefix, name string }

// metadataRanges are services that hand credentials to whoever asks from inside a
// cloud. Each is a range of its own, so that an allowed 10.0.0.0/8, 169.254.0.0/16
// or fd00::/8 does not open it.
func metadataRanges() []named {
	return []named{
		{"169.254.169.254/32", "metadata service"},
		{"169.254.170.2/32", "metadata service of containers"},
		{"169.254.170.23/32", "metadata service of pods"},
		{"100.100.100.200/32", "metadata service (Alibaba)"},
		{"192.0.0.192/32", "metadata service (Oracle)"},
		{"168.63.129.16/32", "platform service (Azure)"},
		{"fd00:ec2::254/128", "metadata service (AWS)"},
		{"fd00:ec2::23/128", "metadata service of pods (AWS)"},
		{"fd20:ce::254/128", "metadata service (Google)"},
	}
}

func neverRanges() []named {
	return []named{
		{"0.0.0.0/8", "this network"}, // Linux takes 0.0.0.0 for the machine itself
		{"224.0.0.0/4", "multicast"},
		{"255.255.255.255/32", "broadcast"},
		{"::/128", "unspecified"},
		{"ff00::/8", "multicast"},
	}
}

// machineRanges reach this machine or its own cable.
func machineRanges() []named {
	return []named{
		{"127.0.0.0/8", "loopback"},
		{"169.254.0.0/16", "link-local"},
		{"::1/128", "loopback"},
		{"fe80::/10", "link-local"},
	}
}

func special4() []named {
	return []named{
		{"10.0.0.0/8", "private"},
		{"100.64.0.0/10", "shared (CGNAT)"},
		{"172.16.0.0/12", "private"},
		{"192.0.0.0/24", "IETF protocol assignments"},
		{"192.0.2.0/24", "documentation"},
		{"192.31.196.0/24", "AS112"},
		{"192.52.193.0/24", "AMT"},
		{"192.88.99.0/24", "6to4 relays"},
		{"192.168.0.0/16", "private"},
		{"192.175.48.0/24", "AS112"},
		{"198.18.0.0/15", "benchmarks"},
		{"198.51.100.0/24", "documentation"},
		{"203.0.113.0/24", "documentation"},
		{"240.0.0.0/4", "reserved"},
	}
}

// special6 is what is reserved inside 2000::/3, and, at its end, everything
// outside it.
func special6() []named {
	return []named{
		{"2001::/23", "IETF protocol assignments"},
		{"2001:db8::/32", "documentation"},
		{"2002::/16", "6to4"},
		{"2620:4f:8000::/48", "AS112"},
		{"2d00::/8", "reserved"},
		{"2e00::/7", "reserved"},
		{"3000::/4", "reserved, with the documentation's 3fff::/20"},
		{"::/3", "not global unicast"},
		{"4000::/2", "not global unicast"},
		{"8000::/1", "not global unicast, with the private fc00::/7"},
	}
}
