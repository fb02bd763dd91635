package fetch

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// refusal is a network that is never dialled, and what it is.
type refusal struct {
	network netip.Prefix
	what    string
}

// refused lists the networks of the IANA special-purpose registries (RFC 6890 and
// its updates) that hold no public web server, and metadata services of clouds
// outside of them.
var refused = []refusal{
	{netip.MustParsePrefix("0.0.0.0/8"), "this host (RFC 1122)"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private (RFC 1918)"},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT (RFC 6598)"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("168.63.129.16/32"), "a cloud's metadata service"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local, where clouds keep metadata"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private (RFC 1918)"},
	{netip.MustParsePrefix("192.0.0.0/24"), "protocol assignments (RFC 6890)"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a 6to4 relay (RFC 7526)"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private (RFC 1918)"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking (RFC 2544)"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved or broadcast"},

	{netip.MustParsePrefix("::/96"), "unspecified, loopback or IPv4-compatible"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "local NAT64 (RFC 8215)"},
	{netip.MustParsePrefix("100::/32"), "discard-only or dummy (RFC 6666)"},
	{netip.MustParsePrefix("2001::/23"), "protocol assignments, Teredo (RFC 4380) among them"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("3fff::/20"), "documentation (RFC 9637)"},
	{netip.MustParsePrefix("fc00::/7"), "unique local (RFC 4193)"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("fec0::/10"), "site-local (RFC 3879)"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// Networks of IPv6 addresses that embed an IPv4 address, and the public ones.
var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: the last 4 bytes
	sixTo4 = netip.MustParsePrefix("2002::/16")    // RFC 3056: bytes 2 to 5
	global = netip.MustParsePrefix("2000::/3")     // RFC 4291 section 2.4
)

// CheckAddr returns an error that wraps ErrAddress if a is not an address of the
// public internet, unless one of private contains it. IPv6 addresses that embed
// an IPv4 address are judged by that one; a private network allows them if it is
// written in their own form, or for IPv4-mapped ones (::ffff:10.0.0.1) in either.
func CheckAddr(a netip.Addr, private []netip.Prefix) error {
	plain := a.WithZone("").Unmap()
	for _, p := range private {
		if p.Contains(plain) || p.Contains(a.WithZone("")) {
			return nil
		}
	}
	what := whyRefused(plain)
	if what == "" && a.Zone() != "" {
		what = "bound to an interface"
	}
	if what == "" {
		return nil
	}
	return fmt.Errorf("%w: %v is %s; allow_private can name its network", ErrAddress, a, what)
}

// whyRefused says what kind of address a is, or returns "" if it is public.
func whyRefused(a netip.Addr) string {
	if !a.IsValid() {
		return "not an address"
	}
	for _, r := range refused {
		if r.network.Contains(a) {
			return r.what
		}
	}
	if a.Is4() {
		return ""
	}
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return embedded("NAT64", netip.AddrFrom4([4]byte(b[12:16])))
	case sixTo4.Contains(a):
		return embedded("6to4", netip.AddrFrom4([4]byte(b[2:6])))
	case !global.Contains(a):
		return "outside of the public internet (2000::/3)"
	}
	return ""
}

func embedded(form string, v4 netip.Addr) string {
	if what := whyRefused(v4); what != "" {
		return fmt.Sprintf("the %s form of %v, which is %s", form, v4, what)
	}
	return ""
}

// checkDial checks the address that a name was resolved to, right before the
// dialer connects to it.
func checkDial(address string, private []netip.Prefix) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s cannot be read", ErrAddress, address)
	}
	return CheckAddr(ap.Addr(), private)
}

// checkURL refuses what can be refused without a lookup: other schemes, IP
// addresses in the URL, and names under localhost (RFC 6761 section 6.3). Behind
// a proxy nothing else is checked.
func checkURL(u *url.URL, private []netip.Prefix) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return errURL{fmt.Sprintf("scheme %q is not http or https", u.Scheme)}
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "" {
		return errURL{"no host"}
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		if CheckAddr(netip.IPv6Loopback(), private) == nil {
			return nil
		}
		return CheckAddr(netip.AddrFrom4([4]byte{127, 0, 0, 1}), private)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return CheckAddr(a, private)
	}
	return nil
}
