package extract

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// words are the texts that the pages of TestKinds are filled with, by name: p1 to p6
// are paragraphs, q1 to q3 those of another article, s1 to s3 short lines, h1 and h2
// subheadings, lead a standfirst.
var words = map[string]map[string]string{
	"en": {
		"title": "Timber quay at Ostrel reopens after eleven years of repairs",
		"lead":  "The first ships are expected in the spring, when the cranes have been tested and the tracks are laid.",
		"p1":    "The timber quay at Ostrel was opened again on Tuesday, eleven years after a storm tore away two of its five piers.",
		"p2":    "The council paid for most of the repairs out of a fund that had been set up for the old ferry, which no longer runs.",
		"p3":    "“We had almost given up hope that a ship would ever moor here again,” said the harbour master, who has worked there since he was a boy.",
		"p4":    "Three shipping companies have promised to call at the port twice a month, and a fourth is still working out what the fees would come to.",
		"p5":    "Not everyone is pleased: fishermen fear that the wash of larger vessels will drive the herring away from the bay.",
		"p6":    "A second stage, with a warehouse and a rail link to the sawmill, is to follow in two years if the money can be found.",
		"q1":    "The museum of glass in Velden closes for the winter, since its roof leaks and the heating has not worked since March.",
		"q2":    "Its director hopes to reopen in April with a show of lamps that were made in the town before the war, most of them on loan.",
		"q3":    "Visitors who have bought tickets in advance get their money back, or may keep them for the new season.",
		"h1":    "A long wait", "h2": "What comes next",
		"s1": "Five piers", "s2": "Two new cranes", "s3": "One rail link",
		"caption": "The rebuilt quay seen from the lighthouse on the day of the opening",
		"prompt":  "Register for free to keep reading and to save stories for later, on all your devices.",
		"button":  "Register",
		"other":   "Museum of glass in Velden closes for the winter",
		"name":    "Tora Lindqvale",
	},
	"ru": {
		"title": "Лесной причал в Острели открылся после одиннадцати лет ремонта",
		"lead":  "Первые суда ждут весной, когда краны пройдут испытания, а рельсы будут уложены до самого склада.",
		"p1":    "Лесной причал в Острели снова открылся во вторник, через одиннадцать лет после того, как шторм снёс две из пяти его опор.",
		"p2":    "Большую часть работ город оплатил из фонда, который когда-то создали для старого парома: он давно уже не ходит.",
		"p3":    "«Мы почти перестали верить, что сюда когда-нибудь вернутся корабли», — сказал начальник порта, который работает здесь с юности.",
		"p4":    "Три компании пообещали заходить в порт дважды в месяц, четвёртая ещё считает, во сколько обойдутся ей портовые сборы.",
		"p5":    "Довольны не все: рыбаки опасаются, что волны от больших судов распугают сельдь, которая весной заходит в залив.",
		"p6":    "Вторая очередь со складом и веткой к лесопилке должна появиться через два года, если город найдёт на неё деньги.",
		"q1":    "Музей стекла в Вельдене закрывается на зиму, потому что крыша протекает, а отопление не работает с самого марта.",
		"q2":    "Директор надеется открыть его в апреле выставкой ламп, которые делали в городе до войны, большинство из них одолжили.",
		"q3":    "Тем, кто купил билеты заранее, вернут деньги, но можно и сохранить их до начала следующего сезона.",
		"h1":    "Долгое ожидание", "h2": "Что будет дальше",
		"s1": "Пять опор", "s2": "Два новых крана", "s3": "Одна ветка к лесопилке",
		"caption": "Новый причал, снятый с маяка в день открытия после долгого ремонта",
		"prompt":  "Зарегистрируйтесь бесплатно, чтобы читать дальше и сохранять статьи на всех устройствах.",
		"button":  "Вход",
		"other":   "Музей стекла в Вельдене закрывается на зиму",
		"name":    "Тора Линдквале",
	},
	"ja": {
		"title": "オストレルの木材埠頭、十一年の修理を経て再開",
		"lead":  "最初の船は春に入港する見込みで、それまでに二基の起重機の試験と線路の敷設を終える予定だ。",
		"p1":    "オストレルの木材埠頭が火曜日に再び開かれた。嵐が五つの橋脚のうち二つを奪ってから十一年になる。",
		"p2":    "修理費の大半は、すでに運航を終えた古い渡し船のために設けられていた基金から町が支払った。",
		"p3":    "「ここに船が戻る日が来るとは、もうほとんど思っていなかった」と、少年の頃から働く港長は話した。",
		"p4":    "三つの海運会社が月に二度の寄港を約束し、四社目は港の使用料がいくらになるかをまだ計算している。",
		"p5":    "喜ぶ人ばかりではない。大きな船の波が、湾に来る鰊の群れを追い払うのではないかと漁師たちは恐れている。",
		"p6":    "資金が見つかれば、倉庫と製材所への引き込み線を含む第二期の工事が二年後に始まる予定である。",
		"q1":    "ヴェルデンの硝子博物館は冬の間休館する。屋根が雨漏りし、暖房も三月から動いていないためだ。",
		"q2":    "館長は四月に、戦前に町で作られた洋灯の展覧会で再開したい考えで、その多くは借り物だという。",
		"q3":    "前売り券を買った人には代金が払い戻されるが、次の季節までそのまま持っていることもできる。",
		"h1":    "長い待ち時間", "h2": "これからの計画",
		"s1": "五つの橋脚", "s2": "新しい起重機二基", "s3": "引き込み線",
		"caption": "開通の日に灯台から見た新しい埠頭の様子と集まった人々",
		"prompt":  "無料の会員登録をすると、続きを読んだり記事を保存したりすることができます。",
		"button":  "登録する",
		"other":   "ヴェルデンの硝子博物館、冬の間休館へ",
		"name":    "林田 遥",
	},
}

// TestKinds reads pages of the kinds that cost the text, each in several scripts. The
// words in braces are filled in; want names the paragraphs of the text.
func TestKinds(t *testing.T) {
	for _, c := range kinds {
		for _, lang := range []string{"en", "ru", "ja"} {
			t.Run(strings.ReplaceAll(c.name, " ", "_")+"/"+lang, func(t *testing.T) {
				page := fill(`<!doctype html><html lang="`+lang+`"><head><title>{title}</title>`+
					`<meta property="og:type" content="article"></head><body>`+c.page+`</body></html>`, lang)
				r, err := Extract(Page{URL: "https://ostrel.example/news/timber-quay-4711.html", Body: []byte(page)}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if r.Article == nil {
					t.Fatalf("no article: %q", r.Notes)
				}
				if got := r.Article.Title; got != words[lang]["title"] {
					t.Errorf("title %q", got)
				}
				var want []string
				for _, name := range strings.Fields(c.want) {
					want = append(want, fill(strings.ReplaceAll("{"+name+"}", "_", "} {"), lang))
				}
				if diff := cmp.Diff(want, r.Article.Paragraphs); diff != "" {
					t.Errorf("paragraphs (-want +got):\n%s", diff)
				}
			})
		}
	}
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// fill fills the words of a language into a page. {ps} stands for the first four
// paragraphs in p elements, {menu} and {foot} for what a site has on every page.
func fill(page, lang string) string {
	page = strings.ReplaceAll(page, "{link}", "{s1}: {other}")
	page = strings.ReplaceAll(page, "{colon}", "{p2}: {other}")
	page = strings.ReplaceAll(page, "{ps}", "<p>{p1}</p><p>{p2}</p><p>{p3}</p><p>{p4}</p>")
	page = strings.ReplaceAll(page, "{menu}", `<nav><a href="/">{s1}</a> <a href="/a/">{s2}</a> <a href="/b/">{s3}</a></nav>`)
	return inBraces.ReplaceAllStringFunc(page, func(s string) string {
		if v, ok := words[lang][s[1:len(s)-1]]; ok {
			return v
		}
		return s
	})
}

const main4 = "p1 p2 p3 p4"

var kinds = []struct{ name, page, want string }{
	// An element around the text that counts as boilerplate.
	{"everything in one form", `<form id="aspnetForm" method="post">{menu}<h1>{title}</h1><div class="c1">{ps}</div></form>`, main4},
	{"text in a form without the title", `<h1>{title}</h1><form action="/rate"><div>{ps}<button>{button}</button></div></form>`, main4},
	{"text in a form of a table", `<h1>{title}</h1><form action="/"><table><tr><td>{p1}<br><br>{p2}<br><br>{p3}<br><br>{p4}</td></tr></table></form>`, main4},
	{"class of a layout", `{menu}<h1>{title}</h1><div class="layout-with-sidebar"><div>{ps}</div></div><div class="sidebar"><p>{q1}</p></div>`, main4},
	{"sidebar in a name of two words", `<h1>{title}</h1><div class="body-main--withSidebar"><div>{ps}</div></div><ul>` +
		`<li><a href="/n/1">{other}</a></li><li><a href="/n/2">{lead}</a></li><li><a href="/n/3">{caption}</a></li></ul>`, main4},
	{"sidebar in the name of the column", `<h1>{title}</h1><section id="content-sidebar-wrap"><div>{ps}</div></section>`, main4},
	{"comments in the name of the column", `<h1>{title}</h1><div class="post no-comments has-share">{ps}</div><div class="comments"><p>{q1}</p></div>`, main4},
	{"boilerplate word in a longer one", `<h1>{title}</h1><div class="seaside-story">{ps}</div><footer><p>{q3}</p></footer>`, main4},
	{"share in the class of the text", `<h1>{title}</h1><div class="text shareable-content">{ps}</div>{menu}`, main4},
	{"social in the id of the text", `<h1>{title}</h1><div id="social-story"><div>{ps}</div></div><footer><p>{q3}</p></footer>`, main4},
	{"aside element with the text", `<h1>{title}</h1><div><aside>{ps}</aside></div>`, main4},
	{"promo class of every section", `<h1>{title}</h1><div><section class="promo-s"><p>{p1}</p><p>{p2}</p></section><section class="promo-s"><p>{p3}</p><p>{p4}</p></section></div>`, main4},
	{"text that a script shows", `<h1>{title}</h1><div style="display: none">{ps}</div>`, main4},
	{"hidden class that a script takes off", `<h1>{title}</h1><div class="story hidden">{ps}</div>{menu}`, main4},
	{"comments longer than the text", `<h1>{title}</h1><div><p>{p1}</p><p>{p2}</p></div><div class="comments"><p>{q1}</p><p>{q2}</p><p>{q3}</p><p>{p5}</p><p>{p6}</p></div>`, "p1 p2"},
	{"column beside a short text", `<h1>{title}</h1><div><p>{p1}</p><p>{p2}</p></div><div class="sidebar"><p>{q1}</p><p>{q2}</p><p>{q3}</p></div>`, "p1 p2"},
	{"hidden box beside the text", `<h1>{title}</h1><div>{ps}<div style="display:none"><p>{q1}</p></div></div>`, main4},
	{"form between the paragraphs", `<h1>{title}</h1><div>{ps}<form><p>{q1}</p></form></div>`, main4},

	// Articles that are lists: headings with a few short items each.
	{"lists under headings", `<h1>{title}</h1><p class="lead">{lead}</p><article><div>` +
		strings.Repeat(`<h2>{h1}</h2><ul><li>{s1}</li><li>{s2}</li><li>{s3}</li></ul>`, 6) + `</div></article>`,
		"lead" + strings.Repeat(" h1 s1 s2 s3", 6)},
	{"lines under headings", `<h1>{title}</h1><div class="head"><p>{lead}</p></div><div class="content">` +
		strings.Repeat(`<h3>{h2}</h3><p>{s1}</p><p>{s3}</p>`, 7) + `</div>`,
		"lead" + strings.Repeat(" h2 s1 s3", 7)},
	{"definitions under headings", `<div><h1>{title}</h1><p>{lead}</p>` +
		strings.Repeat(`<h4>{h1}</h4><dl><dt>{s1}</dt><dd>{s2}</dd><dt>{s3}</dt><dd>{s1}</dd></dl>`, 4) + `</div>`,
		"lead" + strings.Repeat(" h1 s1 s2 s3 s1", 4)},
	{"list after the text", `<div><h1>{title}</h1>{ps}<h2>{h2}</h2><ul><li>{s1}</li><li>{s2}</li></ul></div>`,
		main4 + " h2 s1 s2"},
	{"heading with nothing below it", `<div><h1>{title}</h1>{ps}<h2>{h2}</h2></div>`, main4},
	{"offers of other sites under headings", `<h1>{title}</h1><article><p>{lead}</p>` +
		strings.Repeat(`<h3>{h1}</h3><ul><li>{s1}</li><li><a href="https://shop.example.com/p/2">{s2}</a></li></ul>`, 6) + `</article>`,
		"lead" + strings.Repeat(" h1 s1 s2", 6)},
	{"links of the site between items", `<h1>{title}</h1><article><p>{lead}</p>` +
		strings.Repeat(`<h3>{h1}</h3><ul><li>{s1}</li><li>{s3}</li></ul><p><a href="/p/2">{s2}</a></p>`, 6) + `</article>`,
		"lead" + strings.Repeat(" h1 s1 s3", 6)},
	{"link to another site after the text", `<div><h1>{title}</h1>{ps}<p><a href="https://shop.example.com/p/2">{s2}</a></p></div>`, main4},
	{"links of the site under headings", `<article><h1>{title}</h1>{ps}</article><div>` +
		strings.Repeat(`<h3>{h1}</h3><ul><li><a href="/p/1">{s1}</a></li><li><a href="/p/2">{s2}</a></li></ul>`, 6) + `</div>`,
		main4},
	// Parts that a script moves into place.
	{"streamed part", `<main><!--$?--><template id="B:0"></template><div>{s1}</div><!--/$--></main>` +
		`<div hidden id="S:0"><article><h1>{title}</h1>{ps}</article></div><script>$RC("B:0","S:0")</script>`, main4},
	{"streamed parts in one another", `<main><h1>{title}</h1><div><template id="B:0"></template></div></main><footer><p>{q3}</p></footer>` +
		`<div hidden id="S:1"><p>{p3}</p><p>{p4}</p></div>` +
		`<div hidden id="S:0"><div><p>{p1}</p><p>{p2}</p><template id="B:1"></template></div></div>`, main4},
	{"other hidden part", `<h1>{title}</h1><div>{ps}</div><div hidden id="T:0"><p>{q1}</p><p>{q2}</p></div>`, main4},
	{"template element", `<h1>{title}</h1><div id="app"></div><template id="story"><div>{ps}</div></template>`, main4},
	{"template that repeats the title", `<div id="app"><h1>{title}</h1></div><template><article><h1>{title}</h1>{ps}</article></template>`, main4},
	{"script of a template", `<h1>{title}</h1><div id="app"></div><script type="text/template"><div>{ps}</div></script>`, main4},
	{"script of another kind of template", `<h1>{title}</h1><script type="text/x-handlebars" id="t"><section>{ps}</section></script>`, main4},
	{"template beside the text", `<h1>{title}</h1><div>{ps}</div><template><p>{q1}</p><p>{q2}</p><p>{q3}</p><p>{p5}</p><p>{p6}</p></template>`, main4},
	// Standfirsts.
	{"standfirst in a header without the title", `<article><h1>{title}</h1><header><p class="lead">{lead}</p></header><div>{ps}</div></article>`, "lead " + main4},
	{"standfirst before the title", `<article><div class="top"><p class="standfirst">{lead}</p><h1>{title}</h1></div><div>{ps}</div></article>`, "lead " + main4},
	{"standfirst in a header before the title", `<article><header><div class="lead">{lead}</div></header><h1>{title}</h1><div>{ps}</div></article>`, "lead " + main4},
	{"standfirst as a list", `<article><h1>{title}</h1><ul class="article-summary"><li>{p5}</li><li>{p6}</li></ul><div class="story">{ps}</div></article>`, "p5 p6 " + main4},
	{"header of the site", `<header><p class="lead">{q1}</p></header><h1>{title}</h1><div>{ps}</div>`, main4},
	{"paragraphs that begin with links", `<div><h1>{title}</h1>` +
		`<p><a href="/a/1">{other}</a> {p1}</p><p><a href="/a/2">{title}</a> {p2}</p><p><a href="/a/3">{other}</a> {p3}</p><p>{p4}</p></div>`, "other_p1 title_p2 other_p3 p4"},
	// What stands around the text.
	{"second article element", `<main><article><h1>{title}</h1><div>{ps}</div></article>` +
		`<article class="next"><h1>{other}</h1><p>14.03.2024</p><p>{q1}</p><p>{q2}</p><p>{q3}</p><p>{p5}</p></article></main>`, main4},
	{"article within the article", `<article><h1>{title}</h1>{ps}` + strings.Repeat(
		`<article><h2><a href="/news/9">{other}</a></h2><p>{q1}</p><p>{q2}</p></article>`, 3) + `</article>`, main4},
	{"second title in a div", `<div id="page"><div><h1>{title}</h1>{ps}</div><div><h1>{other}</h1><span>14.03.2024 18:05</span><p>{q1}</p><p>{q2}</p></div></div>`, main4},
	{"second title without a box", `<div><h1>{title}</h1>{ps}<h1>{other}</h1><p>14.03.2024 18:05</p><p>{q1}</p><p>{q2}</p></div>`, main4},
	{"id of the next story", `<main><h1>{title}</h1><div>{ps}</div><div id="next-story-2"><h2>{other}</h2><p>{q1}</p><p>{q2}</p></div></main>`, main4},
	{"parts of one text in articles", `<main><h1>{title}</h1><article><p>{p1}</p><p>{p2}</p></article><article><p>{p3}</p><p>{p4}</p></article></main>`, main4},
	{"entries in articles", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><article><h3>{other}</h3><p>{p3}</p></article><article><h3>{h2}</h3><p>{p4}</p></article></article>`, "p1 p2 other p3 h2 p4"},
	{"h1 within the text", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><h1>{other}</h1><p>{p3}</p><p>{p4}</p></article>`, "p1 p2 other p3 p4"},
	{"teasers above the title", `<div><ul class="ticker"><li><a href="/n/1">{other}</a> <span>{q1}</span></li><li><a href="/n/2">{h1}</a> <span>{q2}</span></li></ul><h1>{title}</h1>{ps}</div>`, main4},
	{"cards above the title", `<div><div class="c"><h4><a href="/n/1">{other}</a></h4><p>{q1}</p></div><div class="c"><h4><a href="/n/2">{other}</a></h4><p>{q2}</p></div><h1>{title}</h1>{ps}</div>`, main4},
	{"text above a title that is none", `<div><p>{p5}</p><p>{p6}</p><h2>{title}</h2>{ps}</div>`, "p5 p6 " + main4},
	{"cards below the text", `<main><article><h1>{title}</h1>{ps}</article><section>` + strings.Repeat(
		`<div class="card"><h3><a href="/news/museum-of-glass">{other}</a></h3><p>{q1}</p></div>`, 4) + `</section></main>`, main4},
	{"biography", `<article><h1>{title}</h1><meta name="author" content="{name}"><p class="byline"><a rel="author">{name}</a></p>{ps}<p>{name} {q3}</p></article>`, main4},
	{"who reported", `<article><h1>{title}</h1>{ps}<p>Reporting by {name}; editing by {name}</p></article>`, main4},
	{"read also", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><p>{button}: <a href="/news/museum">{other}</a></p><p>{p3}</p><p>{p4}</p></article>`, main4},
	{"label of a link to another site", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><p>{s1}: <a href="https://museum.example.org/">{other}</a></p><p>{p3}</p></article>`, "p1 p2 link p3"},
	{"paragraph that ends with a link", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}: <a href="/news/museum">{other}</a></p><p>{p3}</p></article>`, "p1 colon p3"},
	{"bold label above links", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><p><b>{button}</b></p><p><a href="/n/1">{other}</a></p><p><a href="/n/2">{h1} {s1}</a></p><p>{p3}</p><p>{p4}</p></article>`, main4},
	// Prompts and boxes within the text.
	{"prompt with a button", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><div class="x1"><p>{prompt}</p><button>{button}</button></div><p>{p3}</p><p>{p4}</p></article>`, main4},
	{"prompt that repeats", `<article><h1>{title}</h1>` +
		`<p>{p1}</p><p>{prompt} <a href="/r">{button}</a></p><p>{p2}</p><p>{prompt} <a href="/r">{button}</a></p><p>{p3}</p><p>{prompt} <a href="/r">{button}</a></p><p>{p4}</p></article>`, main4},
	{"form of a letter", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><form><p>{prompt}</p><input></form><p>{p3}</p><p>{p4}</p></article>`, main4},
	{"dialog", `<article><h1>{title}</h1>{ps}<div role="dialog"><p>{prompt}</p></div></article>`, main4},
	{"box that readers open", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><p>{p5}</p><div><div role="button" tabindex="0"><h2>{h1}</h2></div><div><p>{q1}</p><p>{q2}</p></div></div><p>{p3}</p><p>{p4}</p></article>`, "p1 p2 p5 p3 p4"},
	{"details", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><details><summary>{h1}</summary><p>{q1}</p></details><p>{p3}</p><p>{p4}</p></article>`, main4},
	{"questions in details", `<article><h1>{title}</h1><p>{p5}</p><details><summary>{h1}</summary><p>{p1}</p></details><details><summary>{h2}</summary><p>{p2}</p></details><details><summary>{h1}</summary><p>{p3}</p></details></article>`, "p5 h1 p1 h2 p2 h1 p3"},
	{"place of a film", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><div class="embed-placeholder"><p>{prompt}</p></div><p>{p3}</p><p>{p4}</p></article>`, main4},
	{"hidden pane", `<article><h1>{title}</h1><div class="tabs"><div class="tab-pane active">{ps}</div><div class="tab-pane"><ul><li>{q1}</li></ul></div></div></article>`, main4},
	{"words read aloud", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}<span class="sr-only">{button}</span></p><p>{p3}<span style="clip:rect(0 0 0 0);height:1px;width:1px">, {button}</span></p><p>{p4}</p></article>`, main4},
	{"paragraphs behind a paywall", `<article><h1>{title}</h1><p>{p1}</p><p>{p2}</p><p aria-hidden="true">{p3}</p><p>{p4}</p></article>`, main4},
	{"box not read aloud", `<article><h1>{title}</h1>{ps}<div aria-hidden="true"><p>{q1}</p></div></article>`, main4},
}
