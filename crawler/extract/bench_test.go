package extract

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// benchPage is a page of about 60 KB as news sites serve them: 65 links, menus, a
// text, a sidebar of 15 headlines, teasers, pictures, scripts.
func benchPage() []byte {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Port reopens after the storm | Example News</title>
<meta property="og:title" content="Port reopens after the storm"><meta property="og:type" content="article"><meta name="description" content="Ships may enter again.">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Port reopens after the storm","author":{"name":"Ann Lee"},"datePublished":"2023-07-13T13:31:00+04:00"}</script></head><body>
<div class="header"><div class="clock">13 June 2024 / 13:19</div><ul class="menu">`)
	for i := range 12 {
		fmt.Fprintf(&b, `<li class="menu-item menu-item-%d"><a class="menu-link" href="/en/section-%d/">Section %d</a></li>`, i, i, i)
	}
	b.WriteString(`</ul></div><div class="page"><div class="content"><h1>Port reopens after the storm</h1><div class="article-text">`)
	for i := range 8 {
		fmt.Fprintf(&b, "<p>Paragraph %d says that the port reopened on Monday, and that ships <b>may enter</b> again; the harbour master thanked the crews who had cleared the channel in two days, as <a href=\"/en/article/%d/\">reported earlier</a>. More is expected during the week.</p>\n", i, 100+i)
	}
	b.WriteString(`</div><div class="article-date">13 July 2023 / 13:31</div></div><div class="sidebar"><h3>Latest news</h3><ul>`)
	for i := range 15 {
		fmt.Fprintf(&b, `<li><a href="/en/article/%d/">Headline number %d tells of something that happened</a><div class="date">%d November 2023 / 10:%02d</div></li>`, 7000+i, i, 30-i, 10+i)
	}
	b.WriteString(`</ul></div></div><div class="teasers">`)
	for i := range 20 {
		fmt.Fprintf(&b, `<div class="card card-%d" data-id="%d"><a href="/en/article/%d/"><img src="/img/%d.jpg" alt="" loading="lazy"></a><h4 class="card-title"><a href="/en/article/%d/">Teaser number %d tells of another thing</a></h4><span class="meta"><i class="icon"></i><span>%d views</span></span><p class="summary">What happened is told here in a sentence or two, for those who want to know a little more.</p></div>`+"\n", i, i, 6000+i, i, 6000+i, i, 10*i)
	}
	b.WriteString(`</div><div class="gallery">`)
	for i := range 150 {
		fmt.Fprintf(&b, `<figure class="shot shot-%d"><img src="/img/%d.jpg" width="120" height="80" alt=""><figcaption><span class="icon"></span>Picture %d</figcaption></figure>`+"\n", i, i, i)
	}
	b.WriteString(`</div><div class="footer">`)
	for i := range 10 {
		fmt.Fprintf(&b, `<a href="https://ads.example/%d?x=1">Partner %d</a> <span class="sep">·</span> `, i, i)
	}
	b.WriteString("</div><script>" + strings.Repeat("window.dataLayer.push({event:'x'});", 500) + "</script></body></html>")
	return []byte(b.String())
}

func benchRules(b *testing.B) *Rules {
	r := seedRules(b, "layout")
	a := &r.Article
	a.Authors.Select, a.Summary.Select = sel(b, "meta[name=author]@content"), sel(b, "meta[name=description]@content")
	return r
}

func benchmarkExtract(b *testing.B, r *Rules) {
	body := benchPage()
	in := Page{URL: "https://news.example/en/article/7228/", Body: body}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		got, err := Extract(in, r)
		if err != nil || got.Article == nil || len(got.Article.Paragraphs) != 8 || got.Article.DatePublished.Day() != "2023-07-13" || len(got.Headlines) < 15 || len(got.Links) != 65 {
			b.Fatal(err, got)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	body := benchPage()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if n, err := html.Parse(bytes.NewReader(body)); err != nil || n.LastChild == nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSelectors(b *testing.B) { benchmarkExtract(b, benchRules(b)) }
func BenchmarkAutomatic(b *testing.B) { benchmarkExtract(b, nil) }

// dataPages are pages of news sites from $NEWSONCE_DATA, by set.
func dataPages(b *testing.B) []Page {
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		b.Skip("NEWSONCE_DATA is not set: no pages to measure on")
	}
	var out []Page
	for _, set := range []string{"aeb", "fundus", "hdmc", "traf"} {
		f, err := os.Open(filepath.Join(dir, "extract", set, "pages.jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			var l struct{ URL, HTML string }
			if err := json.Unmarshal(s.Bytes(), &l); err != nil {
				b.Fatal(err)
			}
			body, err := os.ReadFile(filepath.Join(dir, "extract", set, l.HTML))
			if err != nil {
				b.Fatal(err)
			}
			out = append(out, Page{URL: l.URL, Body: body, FetchedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)})
		}
	}
	return out
}

func benchmarkData(b *testing.B, f func(Page) bool) {
	pages := dataPages(b)
	size := 0
	for _, p := range pages {
		size += len(p.Body)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		right := 0
		for _, p := range pages {
			if f(p) {
				right++
			}
		}
		if right*100 < 97*len(pages) {
			b.Fatalf("%d of %d pages gave what they should", right, len(pages))
		}
	}
	b.ReportMetric(float64(len(pages)), "pages/op")
}

// BenchmarkDataParse and BenchmarkDataExtract go over the same pages: the
// second over the first is what extraction costs.
func BenchmarkDataParse(b *testing.B) {
	benchmarkData(b, func(p Page) bool {
		n, err := html.Parse(bytes.NewReader(p.Body))
		return err == nil && n.LastChild != nil
	})
}

func BenchmarkDataExtract(b *testing.B) {
	benchmarkData(b, func(p Page) bool {
		r, err := Extract(p, nil)
		return err == nil && r.Article != nil && len(r.Article.Paragraphs) > 0
	})
}
