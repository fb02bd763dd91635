package guard

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// credentials writes a credentials file.
func credentials(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestListen(t *testing.T) {
	file := credentials(t, "# who may read\n\nann:se:cret\r\n")
	for _, tt := range []struct {
		name string
		o    Options
		want string // part of the error; "": none
	}{
		{"loopback", Options{Listen: "127.0.0.1:0"}, ""},
		{"loopback by name", Options{Listen: "localhost:0"}, ""},
		{"another loopback address", Options{Listen: "127.8.0.1:0"}, ""},
		{"every interface", Options{Listen: ":0"}, "--insecure"},
		{"every interface by number", Options{Listen: "0.0.0.0:0"}, "--insecure"},
		{"every interface, IPv6", Options{Listen: "[::]:0"}, "--insecure"},
		{"every interface, insecure", Options{Listen: "0.0.0.0:0", Insecure: true}, ""},
		{"every interface, credentials", Options{Listen: "0.0.0.0:0", Credentials: file}, ""},
		{"a port that does not exist", Options{Listen: "127.0.0.1:99999"}, "HOST:PORT"},
		{"no port", Options{Listen: "127.0.0.1"}, "HOST:PORT"},
		{"no such file", Options{Listen: "127.0.0.1:0", Credentials: file + "x"}, "read credentials"},
		{"no password", Options{Listen: "127.0.0.1:0", Credentials: credentials(t, "a:b\nann\n")}, ":2: write NAME:PASSWORD"},
		{"an empty password", Options{Listen: "127.0.0.1:0", Credentials: credentials(t, "ann:\n")}, "NAME:PASSWORD"},
		{"no bcrypt", Options{Listen: "127.0.0.1:0", Credentials: credentials(t, "ann:$2y$10$short\n")}, ":1: "},
		{"no SHA-256", Options{Listen: "127.0.0.1:0", Credentials: credentials(t, "ann:{SHA256}abc\n")}, "64 hexadecimal digits"},
		{"twice", Options{Listen: "127.0.0.1:0", Credentials: credentials(t, "a:b\na:c\n")}, "twice"},
		{"nobody", Options{Listen: "127.0.0.1:0", Credentials: credentials(t, "#a:b\n")}, "no line"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Listen(tt.o)
			if err == nil {
				defer s.Close()
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && !errors.Is(err, ErrMistake) {
				t.Errorf("%v does not wrap ErrMistake", err)
			}
		})
	}
}

func TestServe(t *testing.T) {
	s, err := Listen(Options{Listen: "127.0.0.1:0", Hosts: []string{"News.example"}, Credentials: credentials(t, "ann:se:cret\n")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- s.Serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	}()
	for _, tt := range []struct {
		name, method, host, user, password string
		want                               int
	}{
		{"by address", "GET", "", "ann", "se:cret", 200},
		{"HEAD", "HEAD", "", "ann", "se:cret", 200},
		{"localhost", "GET", "localhost:1234", "ann", "se:cret", 200},
		{"IPv6", "GET", "[::1]:80", "ann", "se:cret", 200},
		{"IPv6 without port", "GET", "[::1]", "ann", "se:cret", 200},
		{"allowed name", "GET", "news.EXAMPLE.:8080", "ann", "se:cret", 200},
		{"a name that points here", "GET", "evil.example", "ann", "se:cret", 421},
		{"a name within an allowed one", "GET", "x.news.example", "ann", "se:cret", 421},
		{"a name that begins as an address", "GET", "127.0.0.1.evil.example", "ann", "se:cret", 421},
		{"wrong password", "GET", "", "ann", "se", 401},
		{"wrong name", "GET", "", "bob", "se:cret", 401},
		{"a name without password", "GET", "", "bob", "", 401},
		{"nobody", "GET", "", "", "", 401},
		{"POST", "POST", "", "ann", "se:cret", 405},
		{"POST by nobody", "POST", "", "", "", 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequest(tt.method, "http://"+s.Addr()+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = tt.host
			if tt.user != "" {
				req.SetBasicAuth(tt.user, tt.password)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != tt.want {
				t.Errorf("%s Host %q: status %d, want %d: %s", tt.method, tt.host, resp.StatusCode, tt.want, body)
			}
			if resp.StatusCode != 200 && string(body) == "hello" {
				t.Error("the page was shown")
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	select {
	case err := <-served:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the server did not stop")
	}
}

// TestHashes compares passwords with their hashes, the same one twice.
func TestHashes(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("se:cret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	u, err := readCredentials(credentials(t, fmt.Sprintf("ann:%s\nbob:{SHA256}%x\neve:plain\n", hash, sha256.Sum256([]byte("hidden")))))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, password string
		want           bool
	}{
		{"ann", "se:cret", true}, {"ann", "se:cret", true}, {"ann", "secret", false}, {"ann", string(hash), false}, {"ann", "", false},
		{"bob", "hidden", true}, {"bob", "se:cret", false}, {"bob", "", false},
		{"eve", "plain", true}, {"eve", "hidden", false}, {"mallory", "", false}, {"mallory", "plain", false},
	} {
		if got := u.admit(tt.name, tt.password, true); got != tt.want {
			t.Errorf("%s with %q: %v, want %v", tt.name, tt.password, got, tt.want)
		}
	}
}
