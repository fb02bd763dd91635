package propose

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	confirmListing = `<html lang="en"><body><h1>News</h1><ul class="list">
<li><a href="/a/103/">Port reopens after the storm</a></li><li><a href="/a/102/">Ferry to the islands sails again</a></li>
<li><a href="/a/101/">Council votes on the new bridge</a></li><li><a href="/a/100/">School meals will be free from May</a></li></ul></body></html>`

	confirmArticle = `<html lang="en"><body><div class="text"><h1>%s</h1>%s
<p>The port reopened on Monday, and ships may enter again; the harbour master thanked the crews who had cleared the channel in two days of work.</p>
<p>More is expected during the week, when the ferries to the islands will sail again, twice a day at first and then by the summer timetable.</p>
</div>%s</body></html>`

	confirmDate = `<div class="when">30 November 2023 / 10:42</div>`
	confirmSide = `<div class="latest"><ul class="news"><li><a href="/a/1/">The bridge is closed until May</a> <i>1 May 2023</i></li>
<li><a href="/a/2/">The ferry is late again today</a> <i>2 May 2023</i></li><li><a href="/a/3/">The school has a new roof</a> <i>3 May 2023</i></li>
<li><a href="/a/4/">The museum shows old maps</a> <i>4 May 2023</i></li></ul></div>`
)

// Selectors made from one article are proposed only if they hold on another.
func TestFromConfirmsSelectors(t *testing.T) {
	page := func(path, body string) Page {
		return Page{URL: "https://coast.example" + path, Body: []byte(body), FetchedAt: time.Date(2023, 12, 1, 0, 0, 0, 0, time.UTC)}
	}
	first := page("/a/103/", fmt.Sprintf(confirmArticle, "Port reopens", confirmDate, confirmSide))
	listing := page("/", confirmListing)
	tests := []struct {
		name               string
		others             []Page
		read               int
		date, block, dated bool
	}{
		{"one article", nil, 1, true, true, true},
		{"another like it", []Page{page("/a/102/", fmt.Sprintf(confirmArticle, "Ferry sails", confirmDate, confirmSide))}, 2, true, true, true},
		{"another without the date", []Page{page("/a/102/", fmt.Sprintf(confirmArticle, "Ferry sails", "", confirmSide))}, 2, false, true, false},
		{"another date and list", []Page{page("/a/102/", fmt.Sprintf(confirmArticle, "Ferry sails", `<time>29 November 2023 / 10:42</time>`, ""))}, 2, false, false, true},
		{"a page that is no article", []Page{page("/a/102/", "<html><body><p>Gone</p></body></html>")}, 1, true, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := From(listing, append([]Page{first}, tt.others...)...)
			if err != nil {
				t.Fatal(err)
			}
			text := p.YAML()
			date, block := strings.Contains(text, `date_published: {select: ".when"`), strings.Contains(text, "on: [article]")
			if p.Read != tt.read || date != tt.date || block != tt.block || p.Expect.Date != tt.dated {
				t.Errorf("read %d, date %t, block %t, expected date %t; want %d, %t, %t, %t\n%s",
					p.Read, date, block, p.Expect.Date, tt.read, tt.date, tt.block, tt.dated, text)
			}
		})
	}
}
