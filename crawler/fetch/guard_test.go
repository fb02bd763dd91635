package fetch

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
)

func TestCheckAddr(t *testing.T) {
	tests := []struct {
		addr   string
		public bool
	}{
		{"1.1.1.1", true},
		{"8.8.8.8", true},
		{"93.184.216.34", true},
		{"9.255.255.255", true},
		{"11.0.0.0", true},
		{"100.63.255.255", true},
		{"100.128.0.0", true},
		{"126.255.255.255", true},
		{"128.0.0.0", true},
		{"168.63.129.15", true},
		{"169.253.255.255", true},
		{"172.15.255.255", true},
		{"172.32.0.0", true},
		{"192.0.1.0", true},
		{"192.167.255.255", true},
		{"192.169.0.0", true},
		{"198.17.255.255", true},
		{"198.20.0.0", true},
		{"223.255.255.255", true},

		{"0.0.0.0", false},
		{"0.1.2.3", false},
		{"10.0.0.0", false},
		{"10.255.255.255", false},
		{"100.64.0.0", false},
		{"100.100.100.200", false}, // metadata of a cloud
		{"100.127.255.255", false},
		{"127.0.0.1", false},
		{"127.1.2.3", false},
		{"127.255.255.255", false},
		{"168.63.129.16", false},
		{"169.254.0.1", false},
		{"169.254.169.254", false},
		{"169.254.170.2", false},
		{"172.16.0.0", false},
		{"172.31.255.255", false},
		{"192.0.0.1", false},
		{"192.0.0.192", false},
		{"192.0.2.1", false},
		{"192.88.99.1", false},
		{"192.168.0.1", false},
		{"192.168.255.255", false},
		{"198.18.0.1", false},
		{"198.19.255.255", false},
		{"198.51.100.7", false},
		{"203.0.113.7", false},
		{"224.0.0.1", false},
		{"239.255.255.255", false},
		{"240.0.0.1", false},
		{"255.255.255.255", false},

		{"2606:4700:4700::1111", true},
		{"2a00:1450:4001:80b::200e", true},
		{"2001:4860:4860::8888", true},
		{"2001:200::1", true},
		{"::ffff:8.8.8.8", true},
		{"64:ff9b::808:808", true},
		{"2002:808:808::1", true},

		{"::", false},
		{"::1", false},
		{"::7f00:1", false},
		{"::8.8.8.8", false},
		{"::ffff:127.0.0.1", false},
		{"::ffff:10.0.0.1", false},
		{"::ffff:169.254.169.254", false},
		{"::ffff:0.0.0.0", false},
		{"64:ff9b::7f00:1", false},
		{"64:ff9b::a9fe:a9fe", false},
		{"64:ff9b:1::808:808", false},
		{"2002:7f00:1::1", false},
		{"2002:a00:1::", false},
		{"2002:a9fe:a9fe::1", false},
		{"2001::1", false},
		{"2001:0:7f00:1::", false},
		{"2001:10::1", false},
		{"2001:20::1", false},
		{"2001:db8::1", false},
		{"3fff::1", false},
		{"100::1", false},
		{"4000::1", false},
		{"5f00::1", false},
		{"fc00::1", false},
		{"fd00:ec2::254", false},
		{"fd20:ce::254", false},
		{"fe80::1", false},
		{"fe80::1%eth0", false},
		{"2606:4700:4700::1111%eth0", false},
		{"fec0::1", false},
		{"ff02::1", false},
		{"ff0e::1", false},
	}
	for _, tt := range tests {
		t.Run(tt.addr, func(t *testing.T) {
			addr := netip.MustParseAddr(tt.addr)
			err := CheckAddr(addr, nil)
			if (err == nil) != tt.public || err != nil && !errors.Is(err, ErrAddress) {
				t.Errorf("got %v, want public %t", err, tt.public)
			}
			opened := tt.public || loopback[0].Contains(addr.Unmap())
			if err := CheckAddr(addr, loopback); (err == nil) != opened {
				t.Errorf("with 127.0.0.0/8 let through: got %v", err)
			}
		})
	}
	if err := CheckAddr(netip.Addr{}, nil); !errors.Is(err, ErrAddress) {
		t.Errorf("no address: got %v", err)
	}
}

func TestPrivateNetworks(t *testing.T) {
	tests := []struct {
		addr, private string
		open          bool
	}{
		{"10.1.2.3", "10.0.0.0/8", true},
		{"10.1.2.3", "10.1.2.3/32", true},
		{"10.1.2.3", "10.1.2.4/32", false},
		{"10.1.2.3", "192.168.0.0/16", false},
		{"::ffff:10.1.2.3", "10.0.0.0/8", true},
		{"::ffff:10.1.2.3", "::ffff:10.0.0.0/104", true},
		{"64:ff9b::a01:203", "10.0.0.0/8", false},
		{"64:ff9b::a01:203", "64:ff9b::/96", true},
		{"::1", "::1/128", true},
		{"::1", "127.0.0.0/8", false},
		{"127.0.0.1", "::/0", false},
		{"fe80::1%eth0", "fe80::/10", true},
		{"fd12::1", "fd00::/8", true},
	}
	for _, tt := range tests {
		t.Run(tt.addr+" in "+tt.private, func(t *testing.T) {
			err := CheckAddr(netip.MustParseAddr(tt.addr), []netip.Prefix{netip.MustParsePrefix(tt.private)})
			if (err == nil) != tt.open {
				t.Errorf("got %v, want open %t", err, tt.open)
			}
		})
	}
}

// Every way to write an address that is refused, in URLs as pages have them.
func TestHostForms(t *testing.T) {
	s := listen(t)
	for _, host := range []string{
		"127.0.0.1", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.1", "0177.0.0.1",
		"0x7f.0x0.0x0.0x1", "127.0.0.1.", "%31%32%37.0.0.1", "127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1", "0", "0.0.0.0",
		"localhost", "LocalHost", "localhost.", "a.b.localhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
		"169.254.169.254", "0xa9fea9fe", "2852039166", "[fd00:ec2::254]", "[fe80::1]",
		"user@127.0.0.1", "example.org@127.0.0.1",
	} {
		t.Run(host, func(t *testing.T) {
			c, err := New(Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			r := c.Get(t.Context(), Request{URL: "http://" + host + ":" + s.port + "/"})
			if r.Class != Refused || !errors.Is(r.Err, ErrAddress) {
				t.Errorf("got %v, %v", r.Class, r.Err)
			}
		})
	}
	// Forms that no address can be read from are refused as URLs.
	for _, host := range []string{"1.2.3.4.5", "256.0.0.1", "127.0.0.0x100", "[::1%25lo]", "[fe80::1%25eth0]", "", "a b"} {
		t.Run("unreadable "+host, func(t *testing.T) {
			c, err := New(Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			r := c.Get(t.Context(), Request{URL: "http://" + host + ":" + s.port + "/"})
			if r.Class != Refused || r.Err == nil {
				t.Errorf("got %v, %v", r.Class, r.Err)
			}
		})
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("%d connections came through", n)
	}
}

// listener counts the connections to a port of the loopback interface.
type listener struct {
	port        string
	connections atomic.Int32
}

func listen(t *testing.T) *listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &listener{}
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	done := make(chan bool)
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.connections.Add(1)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return s
}

// A name that is public when it is looked at and private when it is connected to
// is judged by what is connected to, at every connection.
func TestNameChangesItsAddress(t *testing.T) {
	s := listen(t)
	dns := answer(t, []netip.Addr{netip.MustParseAddr("127.0.0.1")}, []netip.Addr{netip.MustParseAddr("10.0.0.1")},
		[]netip.Addr{netip.MustParseAddr("169.254.169.254")})
	c, err := New(Options{resolver: dns})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		r := c.Get(t.Context(), Request{URL: "http://news.example:" + s.port + "/"})
		if r.Class != Refused || !errors.Is(r.Err, ErrAddress) {
			t.Errorf("got %v, %v", r.Class, r.Err)
		}
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("%d connections came through", n)
	}
}

func TestNameThatIsLetThroughOnce(t *testing.T) {
	fetched := 0
	local, other := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.0.0.1")
	dns := answer(t, []netip.Addr{local}, []netip.Addr{other}, []netip.Addr{other, local})
	c, raw := serve(t, Options{resolver: dns}, func(w http.ResponseWriter, r *http.Request) {
		fetched++
		w.Header().Set("Connection", "close")
		html(w, page)
	})
	u := mustURL(t, raw)
	u.Host = "news.example:" + u.Port()
	for i, want := range []Class{OK, Refused, OK} {
		if r := c.Get(t.Context(), Request{URL: u.String()}); r.Class != want {
			t.Errorf("request %d: got %v, want %v, %v", i+1, r.Class, want, r.Err)
		}
	}
	if fetched != 2 {
		t.Errorf("the server was requested %d times, want 2", fetched)
	}
}

// answer returns a resolver that gives one set of IPv4 addresses after another.
func answer(t *testing.T, sets ...[]netip.Addr) *net.Resolver {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		var fetched int
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var addrs []netip.Addr
			question := buf[12:n]
			name := 0
			for question[name] != 0 {
				name += int(question[name]) + 1
			}
			isA := binary.BigEndian.Uint16(question[name+1:]) == 1
			if isA {
				addrs = sets[min(fetched, len(sets)-1)]
				fetched++
			}
			conn.WriteTo(dnsAnswer(buf[:2], question[:name+5], addrs), from)
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// dnsAnswer builds a message of RFC 1035 section 4.
func dnsAnswer(id, question []byte, addrs []netip.Addr) []byte {
	b := append([]byte{}, id...)
	b = append(b, 0x81, 0x80, 0, 1, 0, byte(len(addrs)), 0, 0, 0, 0)
	b = append(b, question...)
	for _, a := range addrs {
		b = append(b, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		b = append(b, a.AsSlice()...)
	}
	return b
}

func FuzzCheckURL(f *testing.F) {
	for _, host := range []string{"127.0.0.1", "localhost", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "①②⑦.0.0.1", "example.org"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		u, err := locations.Parse("http://" + host + "/")
		if err != nil {
			return
		}
		parsed, err := url.Parse(u.Href(false))
		if err != nil {
			return
		}
		// What the guard lets pass is no address, or a public one.
		if checkURL(parsed, nil) != nil {
			return
		}
		if a, err := netip.ParseAddr(parsed.Hostname()); err == nil && CheckAddr(a, nil) != nil {
			t.Errorf("%q came through as %v", host, a)
		}
		if a, err := net.ResolveIPAddr("ip", parsed.Hostname()); parsed.Hostname() != "" && isNumeric(parsed.Hostname()) && err == nil {
			if b, ok := netip.AddrFromSlice(a.IP); ok && CheckAddr(b, nil) != nil {
				t.Errorf("%q came through and resolves to %v", host, a)
			}
		}
	})
}

// isNumeric keeps the fuzz from asking real name servers.
func isNumeric(host string) bool {
	for _, c := range host {
		if (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return true
}
