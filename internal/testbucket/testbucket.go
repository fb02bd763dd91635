// Package testbucket serves an object storage on loopback, whose requests can be made
// to fail. The storage is github.com/johannesboyne/gofakes3; credentials and region,
// which that does not look at, are checked in front of it.
package testbucket

import (
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/klauspost/compress/zstd"
	"github.com/newsonce/newsonce/output"
)

// Credentials and region that the server accepts.
const (
	Key    = "TESTKEY"
	Secret = "testsecret"
	Region = "eu-test-1"
)

// Server is an object storage.
type Server struct {
	URL     string
	backend *s3mem.Backend

	mu    sync.Mutex // guards the rest
	fault Fault
	puts  map[string]int
}

// Fault handles a request in the place of the storage, which is next.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// TB is what the package needs of a test.
type TB interface {
	Helper()
	Fatal(args ...any)
	Cleanup(f func())
}

// New starts a server with buckets, and sets the environment for it.
func New(t *testing.T, buckets ...string) *Server {
	t.Helper()
	Environment(t)
	return Start(t, buckets...)
}

// Environment sets the variables with the credentials of every server.
func Environment(t *testing.T) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", Key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", Secret)
	t.Setenv("AWS_REGION", Region)
}

// Start starts a server with buckets.
func Start(t TB, buckets ...string) *Server {
	t.Helper()
	s := &Server{backend: s3mem.New(), puts: map[string]int{}}
	for _, b := range buckets {
		if err := s.backend.CreateBucket(b); err != nil {
			t.Fatal(err)
		}
	}
	storage := gofakes3.New(s.backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		fault := s.fault
		s.mu.Unlock()
		next := s.counted(checked(storage))
		if fault != nil {
			fault(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Store says how to reach the server.
func (s *Server) Store() output.ObjectStore {
	return output.ObjectStore{Endpoint: s.URL, Region: Region, PutIfAbsent: true}
}

// Fail makes each request go to f, until it is called again; nil: to the storage.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// checked refuses requests with other credentials or for another region.
func checked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// AWS4-HMAC-SHA256 Credential=KEY/20261201/REGION/s3/aws4_request, …
		_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		parts := strings.Split(credential, "/")
		switch {
		case len(parts) < 5:
			Answer(w, http.StatusForbidden, "AccessDenied")
		case parts[0] != Key:
			Answer(w, http.StatusForbidden, "InvalidAccessKeyId")
		case parts[2] != Region:
			Answer(w, http.StatusBadRequest, "AuthorizationHeaderMalformed")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// counted counts the objects that are written.
func (s *Server) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &status{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		if r.Method == http.MethodPut && answer.code < 300 {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.puts[strings.TrimPrefix(r.URL.Path, "/")]++
		}
	})
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Puts returns how often each object was written, by BUCKET/KEY, except for the object
// that tests the condition.
func (s *Server) Puts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := map[string]int{}
	for name, n := range s.puts {
		if !strings.HasSuffix(name, ".newsonce-probe") {
			list[name] = n
		}
	}
	return list
}

// Lines returns the text of the objects of a bucket, by key, without manifests.
func (s *Server) Lines(t TB, bucket string) string {
	t.Helper()
	list, err := s.backend.ListBucket(bucket, nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, o := range list.Contents {
		if strings.Contains(o.Key, "manifest") || strings.HasSuffix(o.Key, ".newsonce-probe") {
			continue
		}
		text, err := unpacked(o.Key, s.Object(t, bucket, o.Key))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(text)
	}
	return all.String()
}

func unpacked(key, packed string) (string, error) {
	var r io.Reader = strings.NewReader(packed)
	switch path.Ext(key) {
	case ".gz":
		z, err := gzip.NewReader(r)
		if err != nil {
			return "", err
		}
		r = z
	case ".zst":
		z, err := zstd.NewReader(r)
		if err != nil {
			return "", err
		}
		defer z.Close()
		r = z
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// Object returns the bytes of an object, "" when there is none.
func (s *Server) Object(t TB, bucket, key string) string {
	t.Helper()
	o, err := s.backend.GetObject(bucket, key, nil)
	if gofakes3.HasErrorCode(err, gofakes3.ErrNoSuchKey) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer o.Contents.Close()
	text, err := io.ReadAll(o.Contents)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Put writes an object as another program would.
func (s *Server) Put(t TB, bucket, key, text string, meta map[string]string) {
	t.Helper()
	all := map[string]string{"Last-Modified": "Tue, 24 Nov 2026 12:00:00 GMT"}
	maps.Copy(all, meta)
	if _, err := s.backend.PutObject(bucket, key, all, strings.NewReader(text), int64(len(text)), nil); err != nil {
		t.Fatal(err)
	}
}

// Answer answers with an error of S3.
func Answer(w http.ResponseWriter, code int, name string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(code)
	region := ""
	if name == "AuthorizationHeaderMalformed" {
		region = "<Region>" + Region + "</Region>"
	}
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>injected</Message>%s</Error>", name, region)
}

// Drop closes the connection without an answer.
func Drop(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

// Lose lets the storage handle a request, and drops its answer.
func Lose(w http.ResponseWriter, r *http.Request, next http.Handler) {
	Do(r, next)
	Drop(w)
}

// Do lets the storage handle a request without an answer.
func Do(r *http.Request, next http.Handler) { next.ServeHTTP(httptest.NewRecorder(), r) }

// Hang reads a request, and waits until the client gives up.
func Hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	// Without its body read, a server does not notice that a client is gone.
	if _, err := io.Copy(io.Discard, r.Body); err == nil {
		<-r.Context().Done()
	}
}
