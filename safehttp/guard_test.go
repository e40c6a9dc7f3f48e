package safehttp

import (
	"errors"
	"net/netip"
	"testing"
)

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func TestJudgeDefault(t *testing.T) {
	g := newGuard(Config{})
	for _, c := range []struct {
		address string
		allowed bool
	}{
		{"1.1.1.1", true}, {"8.8.8.8", true}, {"93.184.216.34", true}, {"223.255.255.254", true},
		{"9.255.255.255", true}, {"11.0.0.0", true}, {"172.15.255.255", true}, {"172.32.0.0", true},
		{"192.167.255.255", true}, {"192.169.0.0", true}, {"100.63.255.255", true}, {"100.128.0.0", true},
		{"126.255.255.255", true}, {"128.0.0.1", true}, {"198.17.255.255", true}, {"198.20.0.0", true},
		{"2606:4700:4700::1111", true}, {"2a00:1450:4001:801::200e", true}, {"2001:200::1", true}, {"2003::1", true},

		{"0.0.0.0", false}, {"0.0.0.1", false}, {"0.255.255.255", false},
		{"10.0.0.1", false}, {"10.255.255.255", false}, {"172.16.0.1", false}, {"172.31.255.255", false},
		{"192.168.0.1", false}, {"192.168.255.255", false},
		{"100.64.0.1", false}, {"100.127.255.255", false}, {"100.100.100.200", false},
		{"127.0.0.1", false}, {"127.0.0.2", false}, {"127.255.255.254", false},
		{"169.254.0.1", false}, {"169.254.169.254", false}, {"169.254.170.2", false}, {"168.63.129.16", false},
		{"192.0.0.1", false}, {"192.0.0.9", false}, {"192.0.0.192", false}, {"192.0.2.1", false},
		{"192.31.196.1", false}, {"192.52.193.1", false}, {"192.88.99.1", false}, {"192.175.48.1", false},
		{"198.18.0.1", false}, {"198.19.255.255", false}, {"198.51.100.1", false}, {"203.0.113.7", false},
		{"224.0.0.1", false}, {"239.255.255.255", false}, {"240.0.0.1", false}, {"255.255.255.255", false},

		{"::", false}, {"::1", false}, {"::2", false}, {"100::1", false}, {"100:0:0:1::1", false},
		{"fc00::1", false}, {"fd00::1", false}, {"fd00:ec2::254", false}, {"fd20:ce::254", false},
		{"fe80::1", false}, {"febf::1", false}, {"fec0::1", false}, {"ff02::1", false}, {"ff0e::1", false},
		{"2001::1", false}, {"2001:1::1", false}, {"2001:2::1", false}, {"2001:3::1", false}, {"2001:4:112::1", false},
		{"2001:10::1", false}, {"2001:20::1", false}, {"2001:1ff:ffff::1", false}, {"2001:db8::1", false},
		{"2620:4f:8000::1", false}, {"2d00::1", false}, {"2e00::1", false}, {"2f00::1", false},
		{"3000::1", false}, {"3ffe::1", false}, {"3fff::1", false}, {"4000::1", false}, {"5f00::1", false}, {"8000::1", false},

		{"::ffff:127.0.0.1", false}, {"::ffff:10.0.0.1", false}, {"::ffff:169.254.169.254", false}, {"::ffff:0.0.0.0", false},
		{"::ffff:8.8.8.8", true},
		{"::ffff:0:127.0.0.1", false}, {"::ffff:0:8.8.8.8", false}, // SIIT
		{"::127.0.0.1", false}, {"::10.0.0.1", false}, {"::8.8.8.8", false}, // IPv4-compatible: no host has one
		{"64:ff9b::7f00:1", false}, {"64:ff9b::10.0.0.1", false}, {"64:ff9b::169.254.169.254", false}, {"64:ff9b::", false},
		{"64:ff9b::8.8.8.8", true}, {"64:ff9b:0:0:0:1:808:808", false},
		{"64:ff9b:1::127.0.0.1", false}, {"64:ff9b:1::8.8.8.8", true}, {"64:ff9b:1::", false},
		{"64:ff9b:1:7f00:0:100::", false}, {"64:ff9b:1:0a00:0:100:808:808", false}, {"64:ff9b:1:808:8:800::", true},
		{"64:ff9b:1:a:0:1::", false}, {"64:ff9b:1:0:a:0:100:0", false}, {"64:ff9b:2::8.8.8.8", false},
		{"2002:7f00:1::", false}, {"2002:a00:1::1", false}, {"2002:a9fe:a9fe::", false}, {"2002:c0a8:101::1", false}, {"2002:808:808::1", true},
		{"2001:0:808:808::80ff:fffe", false},                                       // Teredo, its client is 127.0.0.1
		{"2001:0:7f00:1::f7f7:f7f7", false},                                        // Teredo, its server is
		{"2001:0:808:808::f7f7:f7f7", true},                                        // Teredo, both are 8.8.8.8
		{"2606:4700::5efe:127.0.0.1", false},                                       // ISATAP
		{"2606:4700::200:5efe:10.0.0.1", false},                                    // ISATAP, universal
		{"2606:4700::5efe:8.8.8.8", true},                                          // ISATAP, public throughout
		{"fe80::5efe:8.8.8.8", false},                                              // ISATAP, link-local outside
		{"2606:4700:0:0:100:5efe:127.0.0.1", true},                                 // not ISATAP
		{"2606:4700:0:0:1:5efe:127.0.0.1", true},                                   // nor is this
		{"2606:4700:4700::1111%eth0", false},                                       // a zone
		{"::ffff:8.8.8.8%eth0", false}, {"fe80::1%eth0", false}, {"::1%lo", false}, // and where it belongs
	} {
		a, err := netip.ParseAddr(c.address)
		if err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		refused := g.judge(netip.AddrPortFrom(a, 443))
		if (refused == nil) != c.allowed {
			t.Errorf("judge(%s) = %v, want allowed %v", c.address, refused, c.allowed)
		}
		if refused != nil && (refused.Class != ClassBlocked || refused.Message != blockedText) {
			t.Errorf("judge(%s): class %s, text %q", c.address, refused.Class, refused.Message)
		}
	}
	if g.judge(netip.AddrPort{}) == nil {
		t.Error("the zero address passes")
	}
}

func TestJudgeAllowed(t *testing.T) {
	everything := []string{"0.0.0.0/0", "::/0"}
	for _, c := range []struct {
		allow   []string
		address string
		allowed bool
	}{
		{[]string{"10.0.0.0/8"}, "10.1.2.3:443", true},
		{[]string{"10.0.0.0/8"}, "10.1.2.3:9000", true}, // any port of an allowed network
		{[]string{"10.0.0.0/8"}, "11.1.2.3:9000", false},
		{[]string{"10.0.0.0/8"}, "192.168.0.1:80", false},
		{[]string{"10.1.0.0/16"}, "10.2.0.1:80", false},
		{[]string{"::ffff:10.0.0.0/104"}, "10.1.2.3:80", true},
		{[]string{"10.0.0.0/8"}, "[::ffff:10.1.2.3]:80", true},
		{[]string{"10.0.0.0/8"}, "[64:ff9b::10.1.2.3]:9000", true},
		{[]string{"10.0.0.0/8"}, "[2606:4700::5efe:10.1.2.3]:443", true},
		{[]string{"10.0.0.0/8"}, "[2606:4700::5efe:10.1.2.3]:9000", false}, // only the inside is named
		{[]string{"64:ff9b::/96"}, "[64:ff9b::10.1.2.3]:80", false},        // the inside is not
		{[]string{"fd00::/8"}, "[fd12::1]:80", true},
		{[]string{"fd00::/8"}, "[fd00:ec2::254]:80", false}, // metadata wants its own
		{[]string{"fd00:ec2::254/128"}, "[fd00:ec2::254]:80", true},
		{[]string{"100.64.0.0/10"}, "100.64.0.1:80", true},
		{[]string{"100.64.0.0/10"}, "100.100.100.200:80", false},
		{[]string{"169.254.0.0/16"}, "169.254.1.1:80", true},
		{[]string{"169.254.0.0/16"}, "169.254.169.254:80", false},
		{[]string{"169.254.169.254/32"}, "169.254.169.254:80", true},
		{[]string{"169.254.169.254/32"}, "169.254.1.1:80", false},
		{[]string{"127.0.0.1/32"}, "127.0.0.1:40000", true},
		{[]string{"127.0.0.1/32"}, "127.0.0.2:40000", false},
		{[]string{"127.0.0.0/8"}, "127.0.0.2:40000", true},
		{[]string{"::1/128"}, "[::1]:40000", true},
		{[]string{"126.0.0.0/7"}, "127.0.0.1:80", false}, // wider than loopback
		{everything, "127.0.0.1:80", false},
		{everything, "[::1]:80", false},
		{everything, "169.254.1.1:80", false},
		{everything, "169.254.169.254:80", false},
		{everything, "[fe80::1]:80", false},
		{everything, "0.0.0.0:80", false},
		{everything, "[::]:80", false},
		{everything, "224.0.0.1:80", false},
		{everything, "255.255.255.255:80", false},
		{everything, "[ff02::1]:80", false},
		{everything, "192.168.1.1:9000", true},
		{everything, "8.8.8.8:25", true},
		{[]string{"0.0.0.0/32"}, "0.0.0.0:80", false},
		{nil, "8.8.8.8:80", true},
		{nil, "8.8.8.8:8443", true},
		{nil, "8.8.8.8:22", false},
		{nil, "8.8.8.8:0", false},
	} {
		g := newGuard(Config{Allow: prefixes(c.allow...)})
		if refused := g.judge(netip.MustParseAddrPort(c.address)); (refused == nil) != c.allowed {
			t.Errorf("allow %v: judge(%s) = %v, want allowed %v", c.allow, c.address, refused, c.allowed)
		}
	}
}

func TestJudgeListeners(t *testing.T) {
	listeners := func(texts ...string) (all []netip.AddrPort) {
		for _, text := range texts {
			all = append(all, netip.MustParseAddrPort(text))
		}
		return all
	}
	for _, c := range []struct {
		listeners []netip.AddrPort
		address   string
		allowed   bool
	}{
		{listeners("127.0.0.1:8080"), "127.0.0.1:8080", false},
		{listeners("127.0.0.1:8080"), "[::ffff:127.0.0.1]:8080", false},
		{listeners("127.0.0.1:8080"), "[64:ff9b::127.0.0.1]:8080", false},
		{listeners("127.0.0.1:8080"), "127.0.0.1:8081", true},
		{listeners("127.0.0.1:8080"), "127.0.0.2:8080", true},
		{listeners("0.0.0.0:8080"), "127.0.0.2:8080", false},
		{listeners("[::]:8080"), "127.0.0.1:8080", false},
		{listeners("[::]:8080"), "[::1]:8080", false},
		{listeners("[::]:8080"), "8.8.8.8:8080", true},
		{listeners("8.8.4.4:443", "127.0.0.1:1"), "8.8.4.4:443", false},
		{listeners("8.8.4.4:443", "127.0.0.1:1"), "[2002:808:404::1]:443", false},
	} {
		g := newGuard(Config{Allow: prefixes("127.0.0.0/8", "::1/128"), Listeners: c.listeners})
		if refused := g.judge(netip.MustParseAddrPort(c.address)); (refused == nil) != c.allowed {
			t.Errorf("listeners %v: judge(%s) = %v, want allowed %v", c.listeners, c.address, refused, c.allowed)
		}
	}
}

func TestBlockedErrorsLookAlike(t *testing.T) {
	g := newGuard(Config{})
	var texts []string
	for _, at := range []string{"10.0.0.1:80", "169.254.169.254:80", "8.8.8.8:22", "[::1]:443"} {
		refused := g.judge(netip.MustParseAddrPort(at))
		if refused == nil || errors.Unwrap(refused) == nil {
			t.Fatalf("judge(%s) = %v, want a refusal with a cause for operators", at, refused)
		}
		texts = append(texts, refused.Message)
	}
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("a customer can tell %q from %q", text, texts[0])
		}
	}
}

// FuzzJudge holds the guard against the standard library's own idea of private
// addresses, in every disguise.
func FuzzJudge(f *testing.F) {
	for _, seed := range []string{"127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0", "8.8.8.8", "::ffff:8.8.8.8%0"} {
		a := netip.MustParseAddr(seed)
		f.Add(a.AsSlice(), a.Zone())
	}
	g := newGuard(Config{})
	f.Fuzz(func(t *testing.T, raw []byte, zone string) {
		a, ok := netip.AddrFromSlice(raw)
		if !ok {
			return
		}
		a = a.WithZone(zone)
		if g.judge(netip.AddrPortFrom(a, 443)) != nil {
			return
		}
		if a.Zone() != "" {
			t.Errorf("%v passes with a zone", a)
		}
		a = a.Unmap()
		inside := []netip.Addr{a}
		if c, carries := unwrap(a); carries {
			inside = append(c.inside, a)
		}
		for _, i := range inside {
			if i.IsPrivate() || i.IsLoopback() || i.IsLinkLocalUnicast() || i.IsMulticast() || i.IsUnspecified() || i.IsInterfaceLocalMulticast() {
				t.Errorf("%v passes although %v is inside", a, i)
			}
		}
	})
}
