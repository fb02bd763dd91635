//go:build unix

package crawl

import (
	"runtime/debug"
	"strings"

	"github.com/gocolly/colly/v2"
)

// parallel is the number of requests that a subject has in flight at once.
const parallel = 4

// plainColly uses Colly as its documentation teaches: one collector, a callback for
// each field, links followed as they are found.
func plainColly(listing, dir string) error {
	return record(dir, false, func(out *recorder) error {
		c := colly.NewCollector(colly.AllowedDomains("127.0.0.1"), colly.Async(true))
		if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: parallel}); err != nil {
			return err
		}
		of := func(e *colly.HTMLElement) *page { return e.Response.Ctx.GetAny("page").(*page) }
		c.OnResponse(func(r *colly.Response) { r.Ctx.Put("page", &page{URL: r.Request.URL.String()}) })
		c.OnHTML("head", func(e *colly.HTMLElement) {
			p := of(e)
			p.Summary = e.ChildAttr("meta[name=description]", "content")
			p.Authors = e.ChildAttrs("meta[name=author]", "content")
			p.Section = e.ChildAttr("meta[property='article:section']", "content")
			p.Tags = e.ChildAttrs("meta[property='article:tag']", "content")
			p.Image = e.ChildAttr("meta[property='og:image']", "content")
		})
		c.OnHTML(titleSelector, func(e *colly.HTMLElement) { of(e).Title = e.Text })
		c.OnHTML(paragraphSelector, func(e *colly.HTMLElement) {
			p := of(e)
			if p.Text != "" {
				p.Text += "\n\n"
			}
			p.Text += e.Text
		})
		c.OnHTML(dateSelector, func(e *colly.HTMLElement) { of(e).Date = day(e.Text) })
		c.OnHTML(sidebarSelector+", "+entrySelector, func(e *colly.HTMLElement) {
			p := of(e)
			p.Headlines = append(p.Headlines, headline{
				URL: e.Request.AbsoluteURL(e.ChildAttr("a", "href")), Title: e.ChildText("a"), Date: day(e.ChildText(".date")),
			})
		})
		c.OnHTML(linkSelector+", .sidebar li a, "+nextSelector, func(e *colly.HTMLElement) {
			if href := e.Attr("href"); wanted(href) {
				c.Visit(e.Request.AbsoluteURL(href))
			}
		})
		c.OnScraped(func(r *colly.Response) {
			if p, ok := r.Ctx.GetAny("page").(*page); ok {
				out.write(*p)
			}
		})
		if err := c.Visit(listing); err != nil {
			return err
		}
		c.Wait()
		return nil
	})
}

// wanted reports whether a link leads to an article or a listing page.
func wanted(href string) bool {
	return (strings.HasPrefix(href, "/en/") || strings.HasPrefix(href, "http://127.0.0.1:")) &&
		!strings.HasSuffix(href, ".pdf") && !strings.Contains(href, "/private/") && number(href) != 2 && number(href) != 1
}

// oneCallback uses Colly with one callback and default settings.
func oneCallback(listing, dir string) error {
	return crawlByOne(listing, dir, func(*colly.Collector) {})
}

// tunedColly collects garbage a fourth as often and keeps no cookies.
func tunedColly(listing, dir string) error {
	debug.SetGCPercent(400)
	return crawlByOne(listing, dir, (*colly.Collector).DisableCookies)
}

// crawlByOne crawls with one callback and buffered output.
func crawlByOne(listing, dir string, tune func(*colly.Collector)) error {
	return record(dir, true, func(out *recorder) error {
		c := colly.NewCollector(colly.AllowedDomains("127.0.0.1"), colly.Async(true))
		tune(c)
		if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: parallel}); err != nil {
			return err
		}
		c.OnHTML("html", func(e *colly.HTMLElement) {
			out.write(read(e.Request.URL.String(), e.DOM, e.Request.AbsoluteURL))
			for _, href := range e.ChildAttrs(linkSelector+", .sidebar li a, "+nextSelector, "href") {
				if wanted(href) {
					c.Visit(e.Request.AbsoluteURL(href))
				}
			}
		})
		if err := c.Visit(listing); err != nil {
			return err
		}
		c.Wait()
		return nil
	})
}
