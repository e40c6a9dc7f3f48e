package safehttp

import (
	"net"
	"net/netip"
	"slices"
)

// guard decides which addresses may be called. It does not change after New.
type guard struct {
	blocks    []block
	allow     []netip.Prefix
	ports     []uint16
	listeners []netip.AddrPort
}

// newGuard returns the guard of a configuration, with the prefixes in their plain
// form, so that ::ffff:10.0.0.0/104 is 10.0.0.0/8.
func newGuard(c Config) *guard {
	g := &guard{
		blocks:    blocks(),
		ports:     append([]uint16{80, 443, 8080, 8443}, c.Ports...),
		listeners: slices.Clone(c.Listeners),
	}
	for _, p := range c.Allow {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		g.allow = append(g.allow, p.Masked())
	}
	return g
}

// judge returns nil when a connection to the address may be made, else a
// ClassBlocked error.
func (g *guard) judge(at netip.AddrPort) *Error {
	a := at.Addr().Unmap() // which also drops a zone
	if !a.IsValid() || at.Addr().Zone() != "" {
		return blocked("%s is no address of the network", at)
	}
	named, err := g.judgeAddr(a)
	if err != nil {
		return err
	}
	if !named && !slices.Contains(g.ports, at.Port()) {
		return blocked("port %d is not allowed", at.Port())
	}
	if at.Port() == 0 || g.own(a, at.Port()) {
		return blocked("%s is our own listener", at)
	}
	return nil
}

// judgeAddr judges an unmapped address without zone. named says that the allowed
// CIDRs hold it: then every port may be used.
func (g *guard) judgeAddr(a netip.Addr) (named bool, err *Error) {
	c, carries := unwrap(a)
	if !carries {
		return g.judgePlain(a)
	}
	named = true
	for _, inside := range c.inside {
		n, err := g.judgePlain(inside)
		if err != nil {
			return false, err
		}
		named = named && n
	}
	if c.whole {
		n, err := g.judgePlain(a)
		return n && named, err
	}
	return named, nil
}

// judgePlain judges an address by what it is, not by what it carries.
func (g *guard) judgePlain(a netip.Addr) (named bool, err *Error) {
	b := g.blockOf(a)
	for _, p := range g.allow {
		if !p.Contains(a) || b.standing == never {
			continue
		}
		if b.standing != exact || p.Bits() >= b.prefix.Bits() {
			return true, nil
		}
	}
	if b.standing != public {
		return false, blocked("%s is in %s (%s)", a, b.prefix, b.name)
	}
	return false, nil
}

// blockOf returns the narrowest block around the address; the zero block, which is
// public, when there is none.
func (g *guard) blockOf(a netip.Addr) block {
	for _, b := range g.blocks {
		if b.prefix.Contains(a) {
			return b
		}
	}
	return block{}
}

// own reports whether we listen at the address ourselves, also by way of what it
// carries.
func (g *guard) own(a netip.Addr, port uint16) bool {
	addrs := []netip.Addr{a}
	if c, carries := unwrap(a); carries {
		addrs = append(addrs, c.inside...)
	}
	for _, l := range g.listeners {
		if l.Port() != port {
			continue
		}
		for _, a := range addrs {
			if l.Addr().Unmap() == a || l.Addr().IsUnspecified() && ours(a) {
				return true
			}
		}
	}
	return false
}

// ours reports whether the address is one of this machine's. Interfaces come and
// go, so they are asked each time; when they do not answer, nothing is ours but
// loopback.
func ours(a netip.Addr) bool {
	if a.IsLoopback() || a.IsUnspecified() {
		return true
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, i := range addrs {
		if p, err := netip.ParsePrefix(i.String()); err == nil && p.Addr().Unmap().WithZone("") == a {
			return true
		}
	}
	return false
}
