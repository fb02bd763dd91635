package hostile

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// authority is a certificate authority.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

var trusted, untrusted = sync.OnceValue(newAuthority), sync.OnceValue(newAuthority)

func newAuthority() *authority {
	key := newKey()
	cert := sign(&x509.Certificate{IsCA: true, KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true}, nil, key,
		key)
	parsed, err := x509.ParseCertificate(cert)
	if err != nil {
		panic(err)
	}
	return &authority{parsed, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// sign completes and signs a certificate. A nil parent makes it self-signed.
func sign(c, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: "hostile"}
	if c.NotAfter.IsZero() {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		panic(err)
	}
	return der
}

// certificate returns a certificate for 127.0.3.9, altered by change and signed by
// a. A nil a makes it self-signed.
func certificate(a *authority, change func(*x509.Certificate)) tls.Certificate {
	key := newKey()
	c := &x509.Certificate{IPAddresses: []net.IP{net.ParseIP("127.0.3.9")},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if change != nil {
		change(c)
	}
	if a == nil {
		return tls.Certificate{Certificate: [][]byte{sign(c, nil, key, key)}, PrivateKey: key}
	}
	return tls.Certificate{Certificate: [][]byte{sign(c, a.cert, key, a.key)}, PrivateKey: key}
}

// secured serves the site over TLS.
func secured(config func() *tls.Config) Secure {
	return func(s *Server, l net.Listener) {
		h := &http.Server{Handler: s, TLSConfig: config(), ReadHeaderTimeout: 10 * time.Second,
			ErrorLog: log.New(io.Discard, "", 0)}
		if h.TLSConfig.CipherSuites != nil { // with HTTP/2, net/http would refuse to serve weak ones
			h.Protocols = new(http.Protocols)
			h.Protocols.SetHTTP1(true)
		}
		s.wg.Go(func() {
			<-s.closing
			h.Close()
		})
		if err := h.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			panic(err)
		}
	}
}

// shown returns a configuration with certificates.
func shown(certs ...func() tls.Certificate) func() *tls.Config {
	return func() *tls.Config {
		c := &tls.Config{}
		for _, cert := range certs {
			c.Certificates = append(c.Certificates, cert())
		}
		return c
	}
}

// soundCertificate returns a certificate without a fault.
func soundCertificate() tls.Certificate { return certificate(trusted(), nil) }

// bare serves each connection with talk, without TLS.
func bare(talk func(c net.Conn, s *Server)) Secure {
	return func(s *Server, l net.Listener) {
		var wg sync.WaitGroup
		defer wg.Wait()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			done := make(chan struct{})
			wg.Go(func() {
				select {
				case <-s.closing:
				case <-done:
				}
				c.Close()
			})
			wg.Go(func() {
				defer close(done)
				talk(c, s)
			})
		}
	}
}

// babble sends head, then repeats part without end.
func babble(head, part string) Secure {
	return bare(func(c net.Conn, _ *Server) {
		_, err := io.WriteString(c, head)
		for err == nil && part != "" {
			_, err = io.WriteString(c, part)
		}
	})
}

func secureCases() []Case {
	const refuse = "not speak to a server that cannot show who it is, and say so"
	// site returns a case whose site is served over TLS alone.
	site := func(name, does, must string, secure Secure, want Want) Case {
		return Case{Name: "tls/" + name, Does: does, Must: must, Secure: []Secure{secure}, Links: []string{"/news/bad"},
			Answers: map[string]Answer{"/news/bad": page(article(badTitle))},
			Sites:   "  - {name: site, sources: [{listing: {urls: [\"https://{tls0}/\"]}}], article: {match: '/news/'}, headers: {Authorization: \"Bearer secretword\"}}\n", Want: want}
	}
	unasked := Want{Articles: []string{}, Exit: []int{1}, Paths: map[string]int{"/": 0, "/robots.txt": 0}}
	broken := func(name, does string, secure Secure) Case {
		return site(name, does, "give up in time, and say so", secure, unasked)
	}
	shows := func(name, does string, cert func() tls.Certificate) Case {
		return site(name, does, refuse, secured(shown(cert)), unasked)
	}
	old := func() *tls.Config {
		c := shown(soundCertificate)()
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		return c
	}
	long := func() tls.Certificate {
		c := soundCertificate()
		for range 2000 {
			c.Certificate = append(c.Certificate, trusted().cert.Raw)
		}
		return c
	}
	weak := func() *tls.Config {
		c := shown(soundCertificate)()
		c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA}
		return c
	}
	down := site("downgrade", "a page redirects to plain HTTP on a host of the site",
		"not send the headers of the site in the clear", secured(shown(soundCertificate)),
		Want{Articles: with(badTitle), Requests: 12, Check: secretOverTLS})
	down.Sites = strings.Replace(down.Sites, "headers:", `hosts: ["{tls0}", "{host}"], cookies: true, headers:`, 1)
	down.Answers = map[string]Answer{"/news/bad": to("http://{host}/news/moved"), "/news/moved": page(article(badTitle)),
		"/": page(listing("/news/1", down.Links, "/news/2"), "Set-Cookie: session=secretword; Path=/")}
	plainPort := site("plain port", "a port that speaks no TLS", "say that the source cannot be read",
		secured(shown(soundCertificate)), unasked)
	plainPort.Sites = strings.ReplaceAll(plainPort.Sites, "{tls0}", "{host}")
	tlsPort := site("plain to TLS", "a port that speaks only TLS gets a request in the clear",
		"say that the source cannot be read", secured(shown(soundCertificate)),
		Want{Articles: []string{}, Exit: []int{1}, Requests: 4})
	tlsPort.Sites = strings.ReplaceAll(tlsPort.Sites, "https://", "http://")

	return append([]Case{
		site("sound", "nothing is wrong", "read the site", secured(shown(soundCertificate)), named),
		shows("self-signed", "a certificate signed by itself", func() tls.Certificate { return certificate(nil, nil) }),
		shows("expired", "a certificate that ran out yesterday", func() tls.Certificate {
			return certificate(trusted(), func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = time.Now().AddDate(0, -1, 0), time.Now().AddDate(0, 0, -1)
			})
		}),
		shows("not yet valid", "a certificate that holds from tomorrow on", func() tls.Certificate {
			return certificate(trusted(), func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = time.Now().AddDate(0, 0, 1), time.Now().AddDate(0, 1, 0)
			})
		}),
		shows("other address", "a certificate for another address", func() tls.Certificate {
			return certificate(trusted(), func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP("127.0.3.1")} })
		}),
		shows("other name", "a certificate for a name", func() tls.Certificate {
			return certificate(trusted(), func(c *x509.Certificate) {
				c.IPAddresses, c.DNSNames = nil,
					[]string{"*.example.org", "127.0.3.9"}
			})
		}),
		shows("unknown authority", "a certificate of an authority that nobody trusts",
			func() tls.Certificate { return certificate(untrusted(), nil) }),
		shows("for clients", "a certificate that is not for servers", func() tls.Certificate {
			return certificate(trusted(), func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
		}),
		shows("2,000 certificates", "a chain of 2,000 certificates", long),
		broken("TLS 1.1", "a server that speaks nothing newer than TLS 1.1", secured(old)),
		broken("RC4", "a server that speaks no cipher but RC4", secured(weak)),
		broken("silence", "the handshake gets no answer", bare(func(_ net.Conn, s *Server) { <-s.closing })).quick(),
		broken("closed", "the connection is closed in the handshake",
			bare(func(c net.Conn, _ *Server) { c.Read(make([]byte, 100)) })),
		broken("banner", "the handshake is answered with a banner of SSH", babble("SSH-2.0-OpenSSH_9.9\r\n", "")),
		broken("alert", "the handshake is answered with an alert", babble("\x15\x03\x03\x00\x02\x02\x28", "")),
		broken("endless alerts", "warnings for ever", babble("", strings.Repeat("\x15\x03\x03\x00\x02\x01\x5a", 100))),
		broken("endless records", "a message of the handshake that does not end",
			babble("", "\x16\x03\x03\x40\x00"+strings.Repeat("\x02\xff\xff\xff", 4096))).bytes(16 << 20),
		broken("endless empty records", "empty records for ever", babble("", strings.Repeat("\x16\x03\x03\x00\x00", 1000))),
		broken("noise", "the handshake is answered with noise", babble(strings.Repeat("\xf3\x00\x9c\x1b\x7f\xff", 5000), "")),
		plainPort, tlsPort, down,
	}, streamCases()...)
}
