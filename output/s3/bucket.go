package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/newsonce/newsonce/output"
)

// amazon is the endpoint when none is configured.
const amazon = "https://s3.amazonaws.com"

// sumKey is the key of an object's metadata with the SHA-256 of its bytes, in hex.
const sumKey = "Sha256"

var errStalled = errors.New("no byte could be sent, and no answer came")

// A Bucket writes objects that never change. Its methods may be called by several
// goroutines at once.
type Bucket struct {
	name        string
	endpoint    string
	region      string
	conditional bool
	creds       *credentials.Credentials
	writer      *minio.Core // makes each request once
	reader      *minio.Core
	pause       time.Duration // after the first attempt; doubled after each
	stall       time.Duration // how long a request may take without a byte that is sent
}

// OpenBucket returns the bucket of that name. It makes no request to it.
func OpenBucket(name string, o output.ObjectStore) (*Bucket, error) {
	if o.Endpoint == "" {
		o.Endpoint = amazon
	}
	at, err := url.Parse(o.Endpoint)
	if err != nil || at.Host == "" {
		return nil, fmt.Errorf("s3.endpoint %q is not a URL: write https://HOST or http://HOST:PORT", o.Endpoint)
	}
	b := &Bucket{name: name, endpoint: o.Endpoint, region: regionOf(o, at), conditional: o.PutIfAbsent,
		creds: credentialsFor(at), pause: 250 * time.Millisecond, stall: 2 * time.Minute}
	transport, err := minio.DefaultTransport(at.Scheme == "https")
	if err != nil {
		return nil, fmt.Errorf("s3.endpoint %s: %w", o.Endpoint, err)
	}
	options := minio.Options{Creds: b.creds, Secure: at.Scheme == "https", Transport: transport, Region: b.region,
		BucketLookup: lookup(o.PathStyle), MaxRetries: 1}
	if b.writer, err = minio.NewCore(at.Host, &options); err != nil {
		return nil, fmt.Errorf("s3.endpoint %s: %w", o.Endpoint, err)
	}
	options.MaxRetries = attempts
	if b.reader, err = minio.NewCore(at.Host, &options); err != nil {
		return nil, fmt.Errorf("s3.endpoint %s: %w", o.Endpoint, err)
	}
	return b, nil
}

func lookup(pathStyle string) minio.BucketLookupType {
	switch pathStyle {
	case "true":
		return minio.BucketLookupPath
	case "false":
		return minio.BucketLookupDNS
	}
	return minio.BucketLookupAuto
}

// regionOf returns the configured region, else that of the environment. "" makes the
// client find out the region of a bucket of AWS.
func regionOf(o output.ObjectStore, at *url.URL) string {
	for _, r := range []string{o.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")} {
		if r != "" {
			return r
		}
	}
	if isAmazon(at) {
		return ""
	}
	return "us-east-1" // what other servers are content with
}

// attempts is how often a request is made before its error is reported. The pauses
// between them add up to half a minute.
const attempts = 8

// Object is what an object must be.
type Object struct {
	Key    string
	Bytes  int64
	SHA256 string // of its bytes, in hex
}

// Put writes an object that is not there yet, in one request. It returns nil when the
// object is there with its size and SHA-256, whoever wrote it, and *ConflictError when
// another one is there. It retries what may pass by itself, for half a minute. After an
// error the object may be there or not: the next Put finds out.
func (b *Bucket) Put(ctx context.Context, o Object, body io.ReadSeeker) error {
	return b.retry(ctx, func() error { return b.put(ctx, o, body) })
}

func (b *Bucket) put(ctx context.Context, o Object, body io.ReadSeeker) error {
	if !b.conditional {
		if err := b.same(ctx, o); !isMissing(err) {
			return err
		}
	}
	err := b.send(ctx, o, body, b.conditional)
	if isStatus(err, http.StatusPreconditionFailed) {
		return b.same(ctx, o)
	}
	return err
}

// send makes the request of put.
func (b *Bucket) send(ctx context.Context, o Object, body io.ReadSeeker, conditional bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(b.stall, func() { cancel(errStalled) })
	defer timer.Stop()
	watched := &progress{body, func() { timer.Reset(b.stall) }}
	options := minio.PutObjectOptions{ContentType: contentType(o.Key), UserMetadata: map[string]string{sumKey: o.SHA256},
		DisableContentSha256: true} // that is: no signature per chunk; the server checks the whole
	if conditional {
		options.SetMatchETagExcept("*")
	}
	_, err := b.writer.PutObject(ctx, b.name, o.Key, watched, o.Bytes, "", o.SHA256, options)
	if err != nil && errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	return err
}

// progress is a body that tells when it is read.
type progress struct {
	io.ReadSeeker
	told func()
}

func (p *progress) Read(b []byte) (int, error) {
	p.told()
	return p.ReadSeeker.Read(b)
}

func contentType(key string) string {
	switch path.Ext(key) {
	case ".gz":
		return "application/gzip"
	case ".zst":
		return "application/zstd"
	}
	return "application/x-ndjson"
}

// Same returns nil when an object is there with its size and SHA-256, *ConflictError
// when another one is there.
func (b *Bucket) Same(ctx context.Context, o Object) error {
	return b.retry(ctx, func() error { return b.same(ctx, o) })
}

func (b *Bucket) same(ctx context.Context, o Object) error {
	info, err := b.writer.StatObject(ctx, b.name, o.Key, minio.StatObjectOptions{})
	if err != nil {
		return err
	}
	there := Object{Key: o.Key, Bytes: info.Size, SHA256: info.UserMetadata[sumKey]}
	if there.SHA256 == "" { // another program wrote it, or a gateway dropped the metadata
		if there.SHA256, err = b.sum(ctx, o.Key); err != nil {
			return err
		}
	}
	if there != o {
		return &ConflictError{Bucket: b.name, Want: o, There: there}
	}
	return nil
}

// sum reads an object and returns its SHA-256.
func (b *Bucket) sum(ctx context.Context, key string) (string, error) {
	r, err := b.Open(ctx, key)
	if err != nil {
		return "", err
	}
	defer r.Close()
	h := sha256.New()
	_, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), err
}

// ConflictError reports that an object exists and is not what was to be written.
type ConflictError struct {
	Bucket      string
	Want, There Object
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("object s3://%s/%s has %d bytes with SHA-256 %s, "+
		"but %d bytes with SHA-256 %s were to be written; "+
		"if the state was restored from a copy, run newsonce state epoch, else find out what else writes there",
		e.Bucket, e.Want.Key, e.There.Bytes, e.There.SHA256, e.Want.Bytes, e.Want.SHA256)
}

// Unwrap makes it an output.ErrConflict.
func (e *ConflictError) Unwrap() error { return output.ErrConflict }

// probe is the name of the object that Probe writes, and probeText what it holds.
const (
	probe     = ".newsonce-probe"
	probeText = "newsonce tests by this object that an existing object is not overwritten\n"
)

// ErrNotEnforced is wrapped by the error of Probe about an endpoint that overwrites an
// object in spite of If-None-Match.
var ErrNotEnforced = errors.New("the endpoint overwrites an existing object in spite of If-None-Match")

// Probe checks that objects can be written to a folder of the bucket, and only if they
// are not there. It leaves an object named .newsonce-probe.
func (b *Bucket) Probe(ctx context.Context, folder string) error {
	sum := sha256.Sum256([]byte(probeText))
	o := Object{path.Join(folder, probe), int64(len(probeText)), hex.EncodeToString(sum[:])}
	write := func() error {
		return b.retryTimes(ctx, 4, func() error {
			return b.send(ctx, o, strings.NewReader(probeText), b.conditional)
		})
	}
	err := write()
	if err == nil && b.conditional {
		if err = write(); err == nil {
			return b.explain(ErrNotEnforced)
		}
	}
	if err != nil && !isStatus(err, http.StatusPreconditionFailed) {
		return err
	}
	// What Put reads back must be readable.
	return b.retryTimes(ctx, 4, func() error {
		_, err := b.writer.StatObject(ctx, b.name, o.Key, minio.StatObjectOptions{})
		return err
	})
}

// Open returns the bytes of an object.
func (b *Bucket) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, _, _, err := b.reader.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	return r, b.explain(err)
}

// List yields the objects whose keys begin with a prefix, by key. Their SHA256 is
// empty.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		all := minio.ListObjectsOptions{Prefix: prefix, Recursive: true}
		for info := range b.reader.Client.ListObjects(ctx, b.name, all) {
			if !yield(Object{Key: info.Key, Bytes: info.Size}, b.explain(info.Err)) || info.Err != nil {
				return
			}
		}
	}
}

func (b *Bucket) retry(ctx context.Context, do func() error) error {
	return b.retryTimes(ctx, attempts, do)
}

// retryTimes does something up to n times, with pauses that double. Its error is
// explained.
func (b *Bucket) retryTimes(ctx context.Context, n int, do func() error) error {
	pause := b.pause
	for i := 1; ; i++ {
		err := do()
		if err == nil || i == n || !passes(err) || ctx.Err() != nil {
			if err != nil {
				b.creds.Expire() // the next call reads them again, for they may have been changed
			}
			return b.explain(err)
		}
		select {
		case <-time.After(pause + rand.N(pause/4+1)):
		case <-ctx.Done():
			return b.explain(err)
		}
		pause = min(2*pause, maxPause)
	}
}

const maxPause = 8 * time.Second
