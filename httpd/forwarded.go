package httpd

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded makes RemoteAddr and X-Forwarded-Proto tell of the client itself.
// Only what a trusted proxy says of it is believed; the headers of anybody else
// do not reach a handler.
func forwarded(trusted []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto := "http"
		if r.TLS != nil {
			proto = "https"
		}
		if peer, ok := address(r.RemoteAddr); ok && inside(trusted, peer) {
			if said := lastElement(r.Header.Values("X-Forwarded-Proto")); said == "http" || said == "https" {
				proto = said
			}
			if client, ok := client(trusted, r.Header.Values("X-Forwarded-For")); ok {
				r.RemoteAddr = net.JoinHostPort(client.String(), "0")
			}
		}
		for _, name := range [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
			r.Header.Del(name)
		}
		r.Header.Set("X-Forwarded-Proto", proto)
		next.ServeHTTP(w, r)
	})
}

// client returns the right-most address that is no trusted proxy: each proxy
// appends the peer that it saw, so what stands left of a stranger is his own
// invention.
func client(trusted []netip.Prefix, headers []string) (found netip.Addr, ok bool) {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr, known := address(strings.TrimSpace(hop))
		if !known {
			return found, ok
		}
		found, ok = addr, true
		if !inside(trusted, addr) {
			return found, true
		}
	}
	return found, ok
}

// address reads an address with or without a port, IPv6 with or without brackets.
func address(text string) (netip.Addr, bool) {
	if port, err := netip.ParseAddrPort(text); err == nil {
		return port.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

func inside(prefixes []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func lastElement(headers []string) string {
	all := strings.Join(headers, ",")
	return strings.ToLower(strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:]))
}
