package s3

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/internal/testbucket"
	"github.com/newsonce/newsonce/output"
)

// TestProbe tells endpoints that keep their promise from those that do not.
func TestProbe(t *testing.T) {
	server := testbucket.New(t, "news")
	probe := func(o output.ObjectStore, fault testbucket.Fault) error {
		t.Helper()
		b, err := quick("news", o)
		if err != nil {
			t.Fatal(err)
		}
		server.Fail(fault)
		return b.Probe(t.Context(), "press")
	}
	ignores := func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		r.Header.Del("If-None-Match")
		next.ServeHTTP(w, r)
	}
	unknown := func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Header.Get("If-None-Match") != "" {
			testbucket.Answer(w, http.StatusNotImplemented, "NotImplemented")
			return
		}
		next.ServeHTTP(w, r)
	}
	off := server.Store()
	off.PutIfAbsent = false
	for _, c := range []struct {
		name  string
		store output.ObjectStore
		fault testbucket.Fault
		want  string
	}{
		{"a new bucket", server.Store(), nil, ""},
		{"the object is there", server.Store(), nil, ""},
		{"ignored", server.Store(), ignores, "ignores If-None-Match"},
		{"not implemented", server.Store(), unknown, "does not support If-None-Match"},
		{"off, ignored", off, ignores, ""},
		{"off, not implemented", off, unknown, ""},
	} {
		err := probe(c.store, c.fault)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), "put_if_absent: off")) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestWithoutConditions looks whether an object is there before it writes.
func TestWithoutConditions(t *testing.T) {
	server := testbucket.New(t, "news")
	server.Fail(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Header.Get("If-None-Match") != "" {
			t.Errorf("%s %s has the condition", r.Method, r.URL)
		}
		next.ServeHTTP(w, r)
	})
	store := server.Store()
	store.PutIfAbsent = false
	b, err := quick("news", store)
	if err != nil {
		t.Fatal(err)
	}
	put := func(text string) error {
		sum := sha256.Sum256([]byte(text))
		return b.Put(t.Context(), Object{"a.jsonl", int64(len(text)), hex.EncodeToString(sum[:])}, bytes.NewReader([]byte(text)))
	}
	for range 2 {
		if err := put("one"); err != nil {
			t.Fatal(err)
		}
	}
	var conflict *ConflictError
	if err := put("two"); !errors.As(err, &conflict) || server.Object(t, "news", "a.jsonl") != "one" || server.Puts()["news/a.jsonl"] != 1 {
		t.Errorf("another text: %v, and the object was written %d times", err, server.Puts()["news/a.jsonl"])
	}
}

// TestMessages holds what a person reads when something is set up wrongly: one line
// that says what is wrong, where, and what to do.
func TestMessages(t *testing.T) {
	server := testbucket.New(t, "news")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	answer := func(code int, name string) testbucket.Fault {
		return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { testbucket.Answer(w, code, name) }
	}
	for _, c := range []struct {
		name   string
		bucket string
		store  output.ObjectStore
		env    map[string]string
		fault  testbucket.Fault
		want   []string
	}{
		{name: "no such bucket", bucket: "olds", want: []string{`no bucket "olds"`, server.URL, "create it"}},
		{name: "wrong region", store: output.ObjectStore{Endpoint: server.URL, Region: "us-west-9", PutIfAbsent: true},
			want: []string{`not in region "us-west-9"`, server.URL, "region: " + testbucket.Region}},
		{name: "wrong region of the environment", store: output.ObjectStore{Endpoint: server.URL, PutIfAbsent: true},
			env: map[string]string{"AWS_REGION": "eu-far-1"}, want: []string{"eu-far-1", "region: " + testbucket.Region}},
		{name: "wrong key", env: map[string]string{"AWS_ACCESS_KEY_ID": "OTHERKEY"},
			want: []string{"does not know the access key", server.URL, "AWS_ACCESS_KEY_ID"}},
		{name: "wrong secret", fault: answer(403, "SignatureDoesNotMatch"), want: []string{"secret key", "AWS_SECRET_ACCESS_KEY"}},
		{name: "no credentials", env: map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
			want: []string{"no credentials", server.URL, "AWS_ACCESS_KEY_ID", "~/.aws/credentials"}},
		{name: "missing rights", fault: answer(403, "AccessDenied"), want: []string{"denies access", `"news"`, "s3:PutObject"}},
		{name: "expired", fault: answer(400, "ExpiredToken"), want: []string{"expired", "renew"}},
		{name: "other refusals", fault: answer(403, "Strange"), want: []string{"refuses the credentials", "HTTP 403 Strange"}},
		{name: "clock", fault: answer(403, "RequestTimeTooSkewed"), want: []string{"clock of this machine"}},
		{name: "unreachable", store: output.ObjectStore{Endpoint: "http://" + closed.Addr().String(), PutIfAbsent: true},
			want: []string{closed.Addr().String() + " cannot be reached", "connection refused", "s3.endpoint"}},
		{name: "no such host", store: output.ObjectStore{Endpoint: "http://storage.invalid", PutIfAbsent: true},
			want: []string{"storage.invalid cannot be reached", "s3.endpoint"}},
		{name: "no TLS there", store: output.ObjectStore{Endpoint: strings.Replace(server.URL, "http://", "https://", 1), PutIfAbsent: true},
			want: []string{"https://", "HTTP response to HTTPS client", "s3.endpoint"}},
		{name: "broken server", fault: answer(500, "InternalError"), want: []string{"keeps answering HTTP 500 InternalError", "run again"}},
		{name: "not S3", fault: func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { http.Error(w, "hello", 404) },
			want: []string{"HTTP 404", "s3.endpoint"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("HOME", t.TempDir())
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			o := output.Options{Path: "s3://news/press/items.jsonl", Base: t.TempDir(), Storage: server.Store()}
			if c.bucket != "" {
				o.Path = "s3://" + c.bucket + "/press/items.jsonl"
			}
			if c.store != (output.ObjectStore{}) {
				o.Storage = c.store
			}
			o.Spool = filepath.Join(o.Base, "spool")
			server.Fail(c.fault)
			_, err := open(t.Context(), o, quick)
			if err == nil {
				t.Fatal("it opened")
			}
			for _, want := range append(c.want, o.Path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("message %q lacks %q", err, want)
				}
			}
			for _, not := range []string{"\n", "%!", testbucket.Secret, "OTHERKEY"} {
				if strings.Contains(err.Error(), not) {
					t.Errorf("message %q has %q", err, not)
				}
			}
			if _, err := os.Stat(o.Spool); !os.IsNotExist(err) {
				t.Errorf("the spool: %v, want that it was not made", err)
			}
		})
	}
}

// TestCredentialsFile reads the file of the AWS tools, again after it was changed.
func TestCredentialsFile(t *testing.T) {
	server := testbucket.New(t, "news")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	file := filepath.Join(t.TempDir(), "credentials")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	t.Setenv("AWS_PROFILE", "press")
	write := func(key string) {
		t.Helper()
		text := "[press]\naws_access_key_id = " + key + "\naws_secret_access_key = " + testbucket.Secret + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := quick("news", server.Store())
	if err != nil {
		t.Fatal(err)
	}
	write("OTHERKEY")
	if err := b.Probe(t.Context(), "."); err == nil || !strings.Contains(err.Error(), "access key") {
		t.Errorf("with another key: %v", err)
	}
	write(testbucket.Key)
	if err := b.Probe(t.Context(), "."); err != nil {
		t.Errorf("after the file was corrected: %v", err)
	}
}
