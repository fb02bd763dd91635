package demosite

import (
	"bytes"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// WriteWARC writes a crawl of the world as a WARC file like those of Common Crawl's
// news: an info record, then a request and a response per page, with decoded bodies.
// A compressed file has a gzip member per record. The file holds every listing page,
// every article under all of its URLs, and a few records without a page. The world
// must have been served or placed.
func (w *World) WriteWARC(out io.Writer, packed bool) error {
	f := &warcFile{out: out}
	if packed {
		f.gzip, f.err = gzip.NewWriterLevel(out, gzip.BestSpeed)
	}
	f.record(warcRecord{kind: "warcinfo", at: w.options.Start, contentType: "application/warc-fields",
		block: []byte("software: demosite\r\nformat: WARC File Format 1.0\r\n")})
	for _, s := range w.sites {
		if s.URL == "" {
			return fmt.Errorf("write %s to a WARC file: serve or place the world first", s.Name)
		}
		w.writeSite(f, s)
	}
	if f.err != nil {
		return fmt.Errorf("write WARC file: %w", f.err)
	}
	return nil
}

// writeSite writes the listing pages, then the articles, oldest first.
func (w *World) writeSite(f *warcFile, s *Site) {
	w.mu.RLock()
	articles := slices.Clone(s.articles)
	newest := w.modified(s)
	w.mu.RUnlock()

	f.record(warcRecord{kind: "response", uri: "dns:" + strings.TrimPrefix(s.URL, "http://"), at: newest,
		contentType: "text/dns", block: []byte("127.0.0.1\r\n")})
	for n := 1; n <= listingPages(len(articles), w.options.PerPage); n++ {
		p, v, _ := w.listingPage(s, n)
		f.page(s.url(s.listingPath(n)), newest.Add(time.Hour), v, w.assembled(p, nil))
	}
	f.response(s.url("/en/article/2/"), newest, "410 Gone", "Content-Type: text/html",
		[]byte("<!DOCTYPE html><p>This page was withdrawn.</p>"))
	f.response(s.url("/en/article/4/report.pdf"), newest, "200 OK", "Content-Type: application/pdf",
		[]byte("%PDF-1.4\n%%EOF\n"))
	at := newest.Add(2 * time.Hour) // a crawl after all was published, so that the sidebars show the newest
	for _, a := range articles {
		at = at.Add(time.Second)
		p, sidebar, v := w.articlePage(s, a)
		f.page(s.url(a.Path), at, v, w.assembled(p, sidebar))
		if a.View != "" {
			f.page(s.url(a.View), at, v, w.assembled(p, sidebar))
		}
		if a.Redirect != "" {
			f.response(s.url(a.Redirect), at, "301 Moved Permanently", "Location: "+a.Path, nil)
		}
	}
	if len(articles) > 0 {
		a := articles[0]
		f.record(warcRecord{kind: "revisit", uri: s.url(a.Path), at: at.AddDate(0, 1, 0),
			contentType: "application/http; msgtype=response",
			block:       []byte("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n")})
	}
}

// assembled returns a page as it is served.
func (w *World) assembled(p page, sidebar []byte) []byte {
	return p.assemble(nil, w.clock(), sidebar, w.options.Padding)
}

// warcFile writes records up to the first error.
type warcFile struct {
	out  io.Writer
	gzip *gzip.Writer // nil: plain
	buf  bytes.Buffer
	err  error
}

// warcRecord is a record.
type warcRecord struct {
	kind, uri, contentType string
	at                     time.Time
	digest                 string // of the payload, "" = none
	block                  []byte
}

// page writes the request and the response for a page of HTML.
func (f *warcFile) page(uri string, at time.Time, v validator, body []byte) {
	header := []string{"Content-Type: text/html; charset=utf-8", "X-Crawl-Content-Encoding: gzip", "ETag: " + v.etag,
		"Last-Modified: " + v.modified.Format(http.TimeFormat)}
	f.response(uri, at, "200 OK", strings.Join(header, "\r\n"), body)
}

// response writes the request and the response for a URL.
func (f *warcFile) response(uri string, at time.Time, status, header string, body []byte) {
	host, path, _ := strings.Cut(strings.TrimPrefix(uri, "http://"), "/")
	f.record(warcRecord{kind: "request", uri: uri, at: at, contentType: "application/http; msgtype=request",
		block: fmt.Appendf(nil, "GET /%s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n", path, host)})
	block := fmt.Appendf(nil, "HTTP/1.1 %s\r\nDate: %s\r\n%s\r\nContent-Length: %d\r\n\r\n%s", status,
		at.Format(http.TimeFormat), header, len(body), body)
	f.record(warcRecord{kind: "response", uri: uri, at: at, contentType: "application/http; msgtype=response",
		digest: sha1Digest(body), block: block})
}

func (f *warcFile) record(r warcRecord) {
	if f.err != nil {
		return
	}
	id := sha1.Sum(append([]byte(r.kind+r.uri), r.block...))
	f.buf.Reset()
	fmt.Fprintf(&f.buf, "WARC/1.0\r\nWARC-Record-ID: <urn:uuid:%x-%x-%x-%x-%x>\r\nContent-Length: %d\r\nWARC-Date: %s\r\nWARC-Type: %s\r\n",
		id[:4], id[4:6], id[6:8], id[8:10], id[10:16], len(r.block), r.at.UTC().Format(time.RFC3339), r.kind)
	if r.uri != "" {
		fmt.Fprintf(&f.buf, "WARC-Target-URI: %s\r\n", r.uri)
	}
	if r.digest != "" {
		fmt.Fprintf(&f.buf, "WARC-Payload-Digest: sha1:%s\r\n", r.digest)
	}
	fmt.Fprintf(&f.buf, "Content-Type: %s\r\n\r\n%s\r\n\r\n", r.contentType, r.block)
	if f.gzip == nil {
		_, f.err = f.out.Write(f.buf.Bytes())
		return
	}
	f.gzip.Reset(f.out)
	if _, f.err = f.gzip.Write(f.buf.Bytes()); f.err == nil {
		f.err = f.gzip.Close()
	}
}

// sha1Digest returns a digest in the form of WARC and CDX files.
func sha1Digest(b []byte) string {
	sum := sha1.Sum(b)
	return base32.StdEncoding.EncodeToString(sum[:])
}
