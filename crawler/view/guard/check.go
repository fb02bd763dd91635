package guard

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard says which requests are answered.
type guard struct {
	hosts map[string]bool // names, in lower case
	users *users          // nil: no password is required
}

// check returns a handler that passes requests on to next that may be answered.
func (g guard) check(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !g.named(r.Host):
			http.Error(w, "this server is not known by that name; --host NAME allows it", http.StatusMisdirectedRequest)
		case !g.users.admit(r.BasicAuth()):
			w.Header().Set("WWW-Authenticate", `Basic realm="newsonce", charset="UTF-8"`)
			http.Error(w, "name and password are required", http.StatusUnauthorized)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are answered", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// named reports whether a Host header names this server. An IP address always does:
// DNS rebinding needs a name.
func (g guard) named(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if g.hosts[name] {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil
}
