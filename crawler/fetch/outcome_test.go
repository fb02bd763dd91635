package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dialError is what net.Dialer returns when a system call fails.
func dialError(call string, err syscall.Errno) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError(call, err)}
}

// TestContact: failures to connect, of this machine and of the host.
func TestContact(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want Contact
	}{
		"too many open files":           {dialError("socket", syscall.EMFILE), NoRoom},
		"too many open files in all":    {dialError("socket", syscall.ENFILE), NoRoom},
		"no network":                    {dialError("connect", syscall.ENETUNREACH), NoNetwork},
		"no port left":                  {dialError("connect", syscall.EADDRNOTAVAIL), NoNetwork},
		"own firewall":                  {dialError("connect", syscall.EPERM), NoNetwork},
		"refused by the host":           {dialError("connect", syscall.ECONNREFUSED), Silent},
		"reset by the host":             {dialError("read", syscall.ECONNRESET), Silent},
		"host unreachable":              {dialError("connect", syscall.EHOSTUNREACH), Silent},
		"timeout":                       {dialError("connect", syscall.ETIMEDOUT), Silent},
		"no such name":                  {&net.DNSError{Err: "no such host", IsNotFound: true}, Silent},
		"name server of the zone broke": {&net.DNSError{Err: "server misbehaving", IsTemporary: true}, NoNetwork},
		"name server is slow":           {&net.DNSError{Err: "i/o timeout", IsTimeout: true}, NoNetwork},
		"something else":                {errors.New("oops"), Silent},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New(Options{resolver: new(net.Resolver)}) // for a transport of its own
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.transport.base.http.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, tt.err }
			r := c.Get(t.Context(), Request{URL: "https://a.example/"})
			if r.Class != Retry || !errors.Is(r.Err, tt.err) || r.Contact() != tt.want {
				t.Errorf("got %v, %v, contact %v, want %v", r.Class, r.Err, r.Contact(), tt.want)
			}
		})
	}
}

// TestContactOfTheResolver: the resolver of the machine cannot be reached.
func TestContactOfTheResolver(t *testing.T) {
	for name, tt := range map[string]struct {
		dial func(context.Context, string, string) (net.Conn, error)
		want Contact
	}{
		"not running": {func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "udp", "127.0.0.1:1")
		}, NoNetwork},
		"no network": {func(context.Context, string, string) (net.Conn, error) {
			return nil, dialError("connect", syscall.ENETUNREACH)
		}, NoNetwork},
		"too many open files": {func(context.Context, string, string) (net.Conn, error) {
			return nil, dialError("socket", syscall.EMFILE)
		}, NoRoom},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New(Options{resolver: &net.Resolver{PreferGo: true, Dial: tt.dial}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if r := c.Get(t.Context(), Request{URL: "http://a.example/"}); r.Class != Retry || r.Contact() != tt.want {
				t.Errorf("got %v, %v, contact %v, want %v", r.Class, r.Err, r.Contact(), tt.want)
			}
		})
	}
}

// TestContactOfTheProxy: a proxy that is gone is no fault of the host.
func TestContactOfTheProxy(t *testing.T) {
	for _, proxy := range []string{"http://127.0.0.1:1", "socks5://127.0.0.1:1"} {
		for _, url := range []string{"http://a.example/", "https://a.example/"} {
			c, err := New(Options{Proxy: proxy})
			if err != nil {
				t.Fatal(err)
			}
			if r := c.Get(t.Context(), Request{URL: url}); r.Class != Retry || r.Contact() != NoNetwork || !strings.Contains(r.Err.Error(), "proxy does not answer") {
				t.Errorf("%s over %s: %v, %v, contact %v", url, proxy, r.Class, r.Err, r.Contact())
			}
			c.Close()
		}
	}
}

// TestContactOfAHost: what a host answers, or how long it takes, is its own doing.
func TestContactOfAHost(t *testing.T) {
	c, url := serve(t, Options{firstByte: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-r.Context().Done()
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			html(w, page)
		}
	})
	for path, want := range map[string]Contact{"/": Answered, "/slow": Silent, "/broken": Answered} {
		if r := c.Get(t.Context(), Request{URL: url + path}); r.Contact() != want {
			t.Errorf("%s: %v, %v, contact %v, want %v", path, r.Class, r.Err, r.Contact(), want)
		}
	}
}

// TestImpossibleLastModified: a date that no page can have is neither returned
// nor sent, so that the server cannot answer 304 to it for ever.
func TestImpossibleLastModified(t *testing.T) {
	now := time.Now().UTC()
	for name, tt := range map[string]struct {
		modified, date string
		want           bool
	}{
		"a year ago":                     {now.AddDate(-1, 0, 0).Format(http.TimeFormat), "", true},
		"this second":                    {now.Format(http.TimeFormat), "", true},
		"half a minute ahead":            {now.Add(30 * time.Second).Format(http.TimeFormat), "", true},
		"an hour ahead":                  {now.Add(time.Hour).Format(http.TimeFormat), "", false},
		"the year 2041":                  {"Sat, 16 Nov 2041 19:11:00 GMT", "", false},
		"2041 in an old form":            {"Sat Nov 16 19:11:00 2041", "", false},
		"after the answer was sent":      {"Tue, 02 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 GMT", false},
		"before the answer was sent":     {"Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT", true},
		"ahead of a date that is broken": {now.Add(time.Hour).Format(http.TimeFormat), "today", false},
		"the epoch":                      {"Thu, 01 Jan 1970 00:00:00 GMT", "", false},
		"the year 1":                     {"Mon, 01 Jan 0001 00:00:00 GMT", "", false},
		"before the first site":          {"Wed, 19 Dec 1990 23:59:59 GMT", "", false},
		"of the first site":              {"Thu, 20 Dec 1990 00:00:00 GMT", "", true},
		"no date":                        {"v17", "", true},
		"zero":                           {"0", "", false},
		"minus one":                      {"-1", "", false},
		"2041 with an offset":            {"Sat, 16 Nov 2041 19:11:00 +0000", "", false},
		"2041 with another zone":         {"Sat, 16 Nov 2041 19:11:00 UTC", "", false},
		"2041 for machines":              {"2041-11-16T19:11:00Z", "", false},
		"a year ago with an offset":      {now.AddDate(-1, 0, 0).Format(time.RFC1123Z), "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var got Response
			header := http.Header{"Last-Modified": {tt.modified}, "Date": {tt.date}}
			if err := got.classify(http.StatusOK, header, nil, false); err != nil {
				t.Fatal(err)
			}
			if kept := got.LastModified == tt.modified; kept != tt.want || !kept && got.LastModified != "" {
				t.Errorf("Last-Modified %q: got %q, want it %v", tt.modified, got.LastModified, tt.want)
			}
		})
	}
	for modified, want := range map[string]string{
		"Sat, 16 Nov 2041 19:11:00 GMT": "", "Mon, 01 Jan 2024 00:00:00 GMT": "Mon, 01 Jan 2024 00:00:00 GMT",
	} {
		var sent string
		c, url := serve(t, Options{}, func(_ http.ResponseWriter, r *http.Request) { sent = r.Header.Get("If-Modified-Since") })
		c.Get(t.Context(), Request{URL: url, LastModified: modified})
		if sent != want {
			t.Errorf("LastModified %q: sent %q, want %q", modified, sent, want)
		}
	}
}
