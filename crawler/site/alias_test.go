package site

import (
	"testing"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

func TestFormOf(t *testing.T) {
	for _, tt := range []struct {
		name, own, other string
		want             bool
	}{
		{"a folder below", "/news/bad", "/news/bad/amp", true},
		{"a folder above", "/en/article/7228/", "/amp/en/article/7228/", true},
		{"another section", "/en/article/7228/", "/en/print/7228/", true},
		{"a parameter", "/news/bad", "/news/bad?print=1", true},
		{"another host", "/news/bad", "//amp.news.example/news/bad", true},
		{"another extension", "/news/bad.html", "/news/bad.amp.html", true},
		{"a suffix", "/news/bad.html", "/news/bad-print.html", true},
		{"a prefix", "/news/bad", "/news/print_bad", true},
		{"the number of a slug", "/news/title-of-it-123456.html", "/print/123456", true},
		{"a number in a query", "/news/title-of-it-123456.html", "/print.php?id=123456", true},
		{"a query for a name", "/article.php?id=55", "/print.php?id=55", true},
		{"a query in other words", "/article.php?id=55", "/article/55/print", true},
		{"an index below the name", "/news/bad/index.html", "/news/bad/print.html", true},
		{"capitals", "/News/Bad", "/amp/news/bad", true},

		{"another article", "/news/1", "/news/2", false},
		{"an article whose number begins alike", "/news/1", "/news/12", false},
		{"a slug with a dot", "/news/version-1.2-is-out", "/news/version-1.3-is-out", false},
		{"another slug of that day", "/2023/07/13/ferry-sails", "/2023/07/13/school-opens", false},
		{"another id of a script", "/article.php?id=55", "/article.php?id=56", false},
		{"another id of a script with a name", "/newsdetail.aspx?id=55", "/newsdetail.aspx?id=56", false},
		{"no id", "/article.php?id=55", "/article.php", false},
		{"nothing that names it", "/", "/news/2", false},
		{"only the year alike", "/2023/report-2023", "/2023/budget-2023", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base, err := urlkey.NewBase("http://news.example/")
			if err != nil {
				t.Fatal(err)
			}
			own, err := base.Resolve(tt.own)
			if err != nil {
				t.Fatal(err)
			}
			other, err := base.Resolve(tt.other)
			if err != nil {
				t.Fatal(err)
			}
			if got := formOf(own, other); got != tt.want {
				t.Errorf("formOf(%s, %s) = %v, want %v", own.Href, other.Href, got, tt.want)
			}
		})
	}
}
