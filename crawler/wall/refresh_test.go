package wall

import (
	"testing"
	"time"
)

func TestRefresh(t *testing.T) {
	const page = "https://news.example/news/go?id=1"
	for _, c := range []struct {
		name, body, header string
		target             string
		after              time.Duration
	}{
		{"quoted", `<meta http-equiv="refresh" content="0; URL='https://news.example/news/1'">`, "", "https://news.example/news/1", 0},
		{"double quotes", `<meta http-equiv=refresh content='3;url="/news/1"'>`, "", "https://news.example/news/1", 3 * time.Second},
		{"entities", `<meta http-equiv="refresh" content="0;url=/n?a=1&amp;b=2">`, "", "https://news.example/n?a=1&b=2", 0},
		{"upper case", `<META HTTP-EQUIV="REFRESH" CONTENT="1; URL=2.html">`, "", "https://news.example/news/2.html", time.Second},
		{"comma", `<meta http-equiv="Refresh" content="2,url=/a">`, "", "https://news.example/a", 2 * time.Second},
		{"blank only", `<meta http-equiv="Refresh" content="2 /a">`, "", "https://news.example/a", 2 * time.Second},
		{"spaces around the sign", `<meta http-equiv="Refresh" content="0 ; url = /a ">`, "", "https://news.example/a", 0},
		{"a target named url", `<meta http-equiv="Refresh" content="0;urls/1">`, "", "https://news.example/news/urls/1", 0},
		{"fraction", `<meta http-equiv="Refresh" content="0.5;url=/a">`, "", "https://news.example/a", 0},
		{"only a fraction", `<meta http-equiv="Refresh" content=".5;url=/a">`, "", "https://news.example/a", 0},
		{"base", `<base href="/deep/er/"><meta http-equiv="Refresh" content="0;url=a">`, "", "https://news.example/deep/er/a", 0},
		{"base does not move a reload", `<base href="/deep/"><meta http-equiv="Refresh" content="5">`, "", page, 5 * time.Second},
		{"reload", `<meta http-equiv="refresh" content="5">`, "", page, 5 * time.Second},
		{"reload with an empty target", `<meta http-equiv="refresh" content="5;url=">`, "", page, 5 * time.Second},
		{"in the body", `<body><p>Wait.</p><meta http-equiv="refresh" content="0;url=/a">`, "", "https://news.example/a", 0},
		{"noscript", `<noscript><meta http-equiv="refresh" content="0;url=/nojs"></noscript>`, "", "https://news.example/nojs", 0},
		{"outside noscript first", `<noscript><meta http-equiv="refresh" content="0;url=/nojs"></noscript><meta http-equiv="refresh" content="0;url=/a">`, "", "https://news.example/a", 0},
		{"the first counts", `<meta http-equiv="refresh" content="0;url=/a"><meta http-equiv="refresh" content="0;url=/b">`, "", "https://news.example/a", 0},
		{"header", `<p>Wait.</p>`, "0; url=/a", "https://news.example/a", 0},
		{"mark-up before header", `<meta http-equiv="refresh" content="0;url=/a">`, "0; url=/b", "https://news.example/a", 0},
		{"huge delay", `<meta http-equiv="refresh" content="99999999999999999999;url=/a">`, "", "https://news.example/a", maxRefresh},
		{"fragment dropped", `<meta http-equiv="refresh" content="0;url=/a#b">`, "", "https://news.example/a", 0},

		{"none", `<p>Refreshments were served, "efresh" too.</p>`, "", "", 0},
		{"in a comment", `<!-- <meta http-equiv="refresh" content="0;url=/a"> -->`, "", "", 0},
		{"in a script", `<script>var s = '<meta http-equiv="refresh" content="0;url=/a">'</script>`, "", "", 0},
		{"no number", `<meta http-equiv="refresh" content="url=/a">`, "", "", 0},
		{"glued", `<meta http-equiv="refresh" content="0x;url=/a">`, "", "", 0},
		{"javascript", `<meta http-equiv="refresh" content="0;url=javascript:go()">`, "", "", 0},
		{"no content", `<meta http-equiv="refresh">`, "", "", 0},
		{"another meta", `<meta name="refresh" content="0;url=/a">`, "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			target, after, ok := Refresh(page, []byte(c.body), c.header)
			if !ok {
				target = ""
			}
			if target != c.target || after != c.after || ok != (c.target != "") {
				t.Errorf("Refresh = %q, %v, %v; want %q, %v", target, after, ok, c.target, c.after)
			}
		})
	}
}
