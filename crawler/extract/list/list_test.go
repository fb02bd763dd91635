package list_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
)

// fetchedAt is when the pages were fetched.
var fetchedAt = time.Date(2024, 6, 13, 9, 19, 30, 0, time.UTC)

// listShapes are mark-ups of one list: three headlines, the first two of the 30th
// of November 2023, the third of the 29th. T and U stand for title and URL.
var listShapes = []struct {
	name, html string
	undated    bool
	times      bool // 10:42, 10:30, 18:51
	short      bool // the second title is two words
}{
	{name: "date before, in the entry", html: `<ul><li><span>30 November 2023</span> <a href="U1">T1</a></li><li><span>30 November 2023</span> <a href="U2">T2</a></li><li><span>29 November 2023</span> <a href="U3">T3</a></li></ul>`},
	{name: "date after, with a time", times: true, html: `<ul><li><a href="U1">T1</a> <i>30.11.2023 10:42</i></li><li><a href="U2">T2</a> <i>30.11.2023 10:30</i></li><li><a href="U3">T3</a> <i>29.11.2023 18:51</i></li></ul>`},
	{name: "date in the link", html: `<ul><li><a href="U1"><b>T1</b><span>30 November 2023</span></a></li><li><a href="U2"><b>T2</b><span>30 November 2023</span></a></li><li><a href="U3"><b>T3</b><span>29 November 2023</span></a></li></ul>`},
	{name: "date in the text of the link, before", html: `<ul><li><a href="U1">30.11.2023 - T1</a></li><li><a href="U2">30.11.2023 - T2</a></li><li><a href="U3">29.11.2023 - T3</a></li></ul>`},
	{name: "date in the text of the link, after", html: `<ul><li><a href="U1">T1 (30 November 2023)</a></li><li><a href="U2">T2 (30 November 2023)</a></li><li><a href="U3">T3 (29 November 2023)</a></li></ul>`},
	{name: "br between, date after", html: `<div><a href="U1">T1</a><br>30 November 2023<br><a href="U2">T2</a><br>30 November 2023<br><a href="U3">T3</a><br>29 November 2023</div>`},
	{name: "br between, date before", html: `<div>30 November 2023<br><a href="U1">T1</a><br><br>30 November 2023<br><a href="U2">T2</a><br><br>29 November 2023<br><a href="U3">T3</a><br></div>`},
	{name: "rows of a table", html: `<table><tr><td>30.11.2023</td><td><a href="U1">T1</a></td></tr><tr><td>30.11.2023</td><td><a href="U2">T2</a></td></tr><tr><td>29.11.2023</td><td><a href="U3">T3</a></td></tr></table>`},
	{name: "rows, the date in one of its own", html: `<table><tr><td><a href="U1">T1</a></td></tr><tr><td>30 November 2023</td></tr><tr><td><a href="U2">T2</a></td></tr><tr><td>30 November 2023</td></tr><tr><td><a href="U3">T3</a></td></tr><tr><td>29 November 2023</td></tr></table>`},
	{name: "columns of cards", html: `<div class="r"><div class="c"><h3><a href="U1">T1</a></h3><time datetime="2023-11-30">Thursday</time><p>A summary.</p></div><div class="c"><h3><a href="U2">T2</a></h3><time datetime="2023-11-30">Thursday</time></div></div><div class="r"><div class="c"><h3><a href="U3">T3</a></h3><time datetime="2023-11-29">Wednesday</time></div></div>`},
	{name: "a link around the card", html: `<div><a href="U1"><img src="1.jpg"><h4>T1</h4><p>A summary of it.</p><em>30 November 2023</em></a><a href="U2"><h4>T2</h4><p>Another.</p><em>30 November 2023</em></a><a href="U3"><h4>T3</h4><p>A third.</p><em>29 November 2023</em></a></div>`},
	{name: "a link around the card, no heading", html: `<div><a href="U1"><span class="card-title">T1</span><span class="card-text">A summary of what happened there.</span><em>30 November 2023</em></a><a href="U2"><span class="card-title">T2</span><span class="card-text">Another of what happened.</span><em>30 November 2023</em></a><a href="U3"><span class="card-title">T3</span><span class="card-text">A third of what happened.</span><em>29 November 2023</em></a></div>`},
	{name: "days as headings", times: true, html: `<h3>30 November 2023</h3><ul><li>10:42 <a href="U1">T1</a></li><li>10:30 <a href="U2">T2</a></li></ul><h3>29 November 2023</h3><ul><li>18:51 <a href="U3">T3</a></li></ul>`},
	{name: "days as headings, no times", html: `<h3>30 November 2023</h3><ul><li><a href="U1">T1</a></li><li><a href="U2">T2</a></li></ul><h3>29 November 2023</h3><ul><li><a href="U3">T3</a></li></ul>`},
	{name: "days in a definition list", times: true, html: `<dl><dt>30 November 2023</dt><dd><b>10:42</b> <a href="U1">T1</a></dd><dd><b>10:30</b> <a href="U2">T2</a></dd><dt>29 November 2023</dt><dd><b>18:51</b> <a href="U3">T3</a></dd></dl>`},
	{name: "days as rows", times: true, html: `<table><tr><th colspan="2">30 November 2023</th></tr><tr><td>10:42</td><td><a href="U1">T1</a></td></tr><tr><td>10:30</td><td><a href="U2">T2</a></td></tr><tr><th colspan="2">29 November 2023</th></tr><tr><td>18:51</td><td><a href="U3">T3</a></td></tr></table>`},
	{name: "days in boxes", times: true, html: `<div class="day"><div class="d">30 November 2023</div><div class="e"><i>10:42</i><a href="U1">T1</a></div><div class="e"><i>10:30</i><a href="U2">T2</a></div></div><div class="day"><div class="d">29 November 2023</div><div class="e"><i>18:51</i><a href="U3">T3</a></div></div>`},
	{name: "a day each with one entry", times: true, html: `<div class="day"><p>30 November 2023</p><div class="e"><a href="U1">10:42 T1</a></div><div class="e"><a href="U2">10:30 T2</a></div></div><div class="day"><p>29 November 2023</p><div class="e"><a href="U3">18:51 T3</a></div></div>`},
	{name: "times alone", undated: true, html: `<ul><li><a href="U1">10:42 T1</a></li><li><a href="U2">10:30 T2</a></li><li><a href="U3">18:51 T3</a></li></ul>`},
	{name: "ranks", undated: true, html: `<ol><li><a href="U1"><span class="x1">1</span><span class="x2">T1</span></a></li><li><a href="U2"><span class="x1">2</span><span class="x2">T2</span></a></li><li><a href="U3"><span class="x1">3</span><span class="x2">T3</span></a></li></ol>`},
	{name: "ranks with a mark", undated: true, html: `<div><p><a href="U1"><i>#1</i> <b>T1</b></a></p><p><a href="U2"><i>#2</i> <b>T2</b></a></p><p><a href="U3"><i>#3</i> <b>T3</b></a></p></div>`},
	{name: "a teaser below the title, in the link", undated: true, html: `<ul><li><a href="U1"><b>T1</b><br>What happened there and why.</a></li><li><a href="U2"><b>T2</b><br>Another thing that happened.</a></li><li><a href="U3"><b>T3</b><br>A third thing that happened.</a></li></ul>`},
	{name: "a teaser paragraph, in the link", undated: true, html: `<ul><li><a href="U1"> <strong>T1</strong> <p>What happened there and why.</p></a></li><li><a href="U2"> <strong>T2</strong> <p>Another thing that happened.</p></a></li><li><a href="U3"> <strong>T3</strong> <p>A third thing that happened.</p></a></li></ul>`},
	{name: "cards that link only read more", undated: true, html: `<div><div class="card"><h3>T1</h3><p>A summary.</p><a href="U1">Weiterlesen</a></div><div class="card"><h3>T2</h3><p>Another.</p><a href="U2">Weiterlesen</a></div><div class="card"><h3>T3</h3><p>A third.</p><a href="U3">Weiterlesen</a></div></div>`},
	{name: "read more", undated: true, html: `<div><div><h3><a href="U1">T1</a></h3><p>A summary. <a href="U1#more">Read the whole story here</a></p></div><div><h3><a href="U2">T2</a></h3><p>A summary. <a href="U2#more">Read the whole story here</a></p></div><div><h3><a href="U3">T3</a></h3><p>A summary. <a href="U3#more">Read the whole story here</a></p></div></div>`},
	{name: "more to read as a title", html: `<div><div><a href="U1">T1</a><br><small>30 November 2023</small> <a href="U1">Continue reading the full story</a></div><div><a href="U2">T2</a><br><small>30 November 2023</small> <a href="U2">Continue reading the full story</a></div><div><a href="U3">T3</a><br><small>29 November 2023</small> <a href="U3">Continue reading the full story</a></div></div>`},
	{name: "a short title", html: `<ul><li><a href="U1">T1</a> <i>30.11.2023</i></li><li><a href="U2">T2</a> <i>30.11.2023</i></li><li class="ad"><a href="/ad">Buy now</a></li><li><a href="U3">T3</a> <i>29.11.2023</i></li></ul>`, short: true},
	{name: "authors and views beside", html: `<div><p><a href="U1">T1</a><br><span>Ann Lee</span> | <span>30 November 2023</span> | <span>1,234 views</span></p><p><a href="U2">T2</a><br><span>Bo Day</span> | <span>30 November 2023</span> | <span>34 views</span></p><p><a href="U3">T3</a><br><span>Ann Lee</span> | <span>29 November 2023</span> | <span>4 views</span></p></div>`},
}

func TestListShapes(t *testing.T) {
	titles := []string{"Port reopens after the storm", "Ferry to the islands sails again", "Council votes on the new bridge"}
	days := []string{"2023-11-30", "2023-11-30", "2023-11-29"}
	times := []string{"T10:42:00", "T10:30:00", "T18:51:00"}
	for _, shape := range listShapes {
		t.Run(shape.name, func(t *testing.T) {
			body, want := shape.html, ""
			for i, title := range titles {
				if shape.short && i == 1 {
					title = "Ferry sails"
				}
				url := fmt.Sprintf("https://coast.example/a/%d/", 12-i)
				body = strings.NewReplacer(fmt.Sprintf("T%d", i+1), title, fmt.Sprintf("U%d", i+1), url).Replace(body)
				date := days[i]
				switch {
				case shape.undated:
					date = ""
				case shape.times:
					date += times[i]
				}
				want += fmt.Sprintf("%s|%s|%s\n", title, url, date)
			}
			page := `<html lang="en"><body><div class="top">13 June 2024 / 13:19 <a href="/">Home</a></div><h1>News</h1><div class="main">` + body + `</div><div class="foot"><a href="/terms/">Terms of use and privacy</a> © 2024</div></body></html>`
			r, err := extract.Extract(extract.Page{URL: "https://coast.example/", Body: []byte(page), FetchedAt: fetchedAt, Kind: extract.ListingPage}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, h := range r.Headlines {
				got += fmt.Sprintf("%s|%s|%s\n", h.Title, h.URL, h.Date)
			}
			if got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// TestDateAboveARelatedList: the article's date right above a list without dates
// stays the article's.
func TestDateAboveARelatedList(t *testing.T) {
	for _, date := range []string{`<div class="d">13 July 2023</div>`, `<h5>13 July 2023</h5>`, `<b>13 July 2023</b><br>`, `13 July 2023`} {
		page := `<html lang="en"><body><div class="a"><h1>Port reopens after the storm</h1>
<p>The port reopened on Monday, and ships may enter again; the harbour master thanked the crews who had cleared the channel in two days of work.</p>
<p>More is expected during the week, when the ferries to the islands will sail again, twice a day at first and then by the summer timetable.</p>
` + date + `<ul><li><a href="/a/1/">Tugs were ordered too late, crews say</a></li><li><a href="/a/2/">Who pays for the lost week of the port</a></li><li><a href="/a/3/">The barges had no lights, a report says</a></li></ul></div></body></html>`
		r, err := extract.Extract(extract.Page{URL: "https://coast.example/a/9/", Body: []byte(page), FetchedAt: fetchedAt}, nil)
		if err != nil || r.Article == nil {
			t.Fatalf("%s: %v, %v", date, r, err)
		}
		if got := r.Article.DatePublished.String(); got != "2023-07-13" {
			t.Errorf("%s: the article's date is %q", date, got)
		}
		for _, h := range r.Headlines {
			if !h.Date.IsZero() {
				t.Errorf("%s: %q is dated %s", date, h.Title, h.Date)
			}
		}
	}
}

// TestListsThatSayHowLongAgo reads "2 hours ago" against the time of the fetch.
func TestListsThatSayHowLongAgo(t *testing.T) {
	titles := []string{"Port reopens after the long storm", "Ferry to the islands sails again", "Council votes on the new bridge", "School meals will be free from May", "Harbour master thanks the divers"}
	english := []string{"2 hours ago", "35 minutes ago", "yesterday, 13:31", "2 days ago", "23 May"}
	want := []string{"2024-06-13T07:19:00+00:00", "2024-06-13T08:44:00+00:00", "2024-06-12T13:31:00", "2024-06-11", "2024-05-23"}
	for _, c := range []struct {
		name, shape string
		said        []string
	}{
		{"beside the link", `<li><a href="/a/%d">%s</a> <span>%s</span></li>`, english},
		{"in the link, a line of its own", `<li><a href="/a/%d"><h3>%s</h3><span>%s</span></a></li>`, english},
		{"in the link, on the title's line", `<li><a href="/a/%d">%s <small>%s</small></a></li>`, english},
		{"above, after a section", `<div class="c"><div>Sport | %[3]s</div><h3><a href="/a/%[1]d">%[2]s</a></h3><p>What happened within two days is told here.</p></div>`, english},
		{"no element of its own", `<a href="/a/%d">%s</a><br>%s<br>`, english},
		{"russian", `<li><a href="/a/%d">%s</a> <span>%s</span></li>`, []string{"2 часа назад", "35 минут назад", "вчера, 13:31", "2 дня назад", "23 мая"}},
		{"german", `<li><a href="/a/%d">%s</a> <span>%s</span></li>`, []string{"vor 2 Stunden", "vor etwa 35 Minuten", "gestern, 13:31", "vor 2 Tagen", "23. Mai"}},
		{"chinese", `<li><a href="/a/%d">%s</a> <span>%s</span></li>`, []string{"2小时前", "35分钟前", "昨天 13:31", "2天前", "5月23日"}},
		{"swedish", `<li><a href="/a/%d">%s</a> <span>%s</span></li>`, []string{"2 timmar sedan", "35 minuter sedan", "i går 13:31", "2 dagar sedan", "23 maj"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			for k := range titles {
				fmt.Fprintf(&b, c.shape, k+1, titles[k], c.said[k])
			}
			r, err := extract.Extract(extract.Page{URL: "https://news.example/", Kind: extract.ListingPage, FetchedAt: fetchedAt, Body: []byte("<h1>News</h1><div>" + b.String() + "</div>")}, nil)
			if err != nil || len(r.Headlines) != len(titles) {
				t.Fatalf("%v, %d headlines", err, len(r.Headlines))
			}
			for k, h := range r.Headlines {
				if h.Title != titles[k] || h.Date.String() != want[k] || h.Date.Raw != c.said[k] {
					t.Errorf("%q, %s from %q; want %q, %s from %q", h.Title, h.Date, h.Date.Raw, titles[k], want[k], c.said[k])
				}
			}
		})
	}
}

// TestSectionsOfAText: headings of a text beside links with texts of their own are no
// headlines.
func TestSectionsOfAText(t *testing.T) {
	page := `<html lang="en"><body><h1>Guide</h1><div><h3>How to reach the old harbour</h3><p>Go by <a href="/bus">bus</a> along the coast.</p></div>
<div><h3>Where to eat in the harbour</h3><p>Try the <a href="/inn">inn</a> by the quay.</p></div>
<div><h3>What to see in the old town</h3><p>Climb the <a href="/tower">tower</a> of the church.</p></div></body></html>`
	r, err := extract.Extract(extract.Page{URL: "https://coast.example/", Body: []byte(page), FetchedAt: fetchedAt, Kind: extract.ListingPage}, nil)
	if err != nil || len(r.Headlines) > 0 {
		t.Errorf("got %v, %v, want no headlines", r.Headlines, err)
	}
}
