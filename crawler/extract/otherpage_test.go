package extract

import (
	"fmt"
	"strings"
	"testing"
)

// TestOtherPages are pages that are no article though they have a title and a
// text, beside articles that are like them.
func TestOtherPages(t *testing.T) {
	const long = "The harbour master told the council on Monday that the storm had moved more sand into the channel than in any year since the records began, and that the dredger would need two weeks. "
	repeat := func(n int, shape string) string {
		var b strings.Builder
		for k := range n {
			fmt.Fprintf(&b, shape, k+1, k+1)
		}
		return b.String()
	}
	list := "<ul>" + repeat(12, `<li><a href="/a/%d">Council votes on the new bridge, part %d</a></li>`) + "</ul>"
	for _, c := range []struct{ name, path, body, why string }{
		{"tag with long teasers", "tag/port/", `<title>Port - Coast News</title><h1>Port</h1>` + repeat(8, `<article><h2><a href="/a/%d">Council votes on the new bridge part %d</a></h2><p>`+long+long+`</p><a href="/a/x">Read more</a></article>`), "no text"},
		{"long teasers, titles without links", "port/", `<title>Port - Coast News</title><h1>Port</h1>` + repeat(8, `<div class="item"><h2>Council votes on the new bridge part %d</h2><p>`+long+long+`</p><a href="/a/%d">Read more</a></div>`), `say "Read more"`},
		{"section with an introduction", "politics/", `<title>Politics | Coast News</title><h1>Politics</h1><p>` + long + `</p>` + list, "short title"},
		{"section with a long footer", "port/", `<title>Port - Coast News</title><h1>Port</h1>` + list + `<div class="footer"><p>` + long + `</p></div>`, "listing"},
		{"section with a long box", "port/", `<title>Port - Coast News</title><h1>Port</h1>` + list + `<div class="promo"><p>` + long + `</p></div>`, "listing"},
		{"author", "author/ann-lee/", `<title>Ann Lee, author at Coast News</title><h1>All articles by Ann Lee</h1><p>` + long + `</p>` + list, "/author/"},
		{"front page that declares an article", "", `<meta property="og:type" content="article"><title>Coast News</title><h1>Harbour open again after the storm</h1><p>` + long + `</p>` + list, "front page"},
		{"profile", "1", `<meta property="og:type" content="profile"><h1>Ann Lee of Coast News</h1><p>` + long + `</p>`, "profile"},
		{"product", "1", `<script type="application/ld+json">{"@type":"Product","name":"Rubber boat"}</script><h1>Rubber boat of three metres</h1><p>` + long + `</p>`, "Product"},
		{"removed", "1", `<title>Coast News</title><h1>This article is no longer available</h1><p>It has been removed or its name has changed. Please try our search, or read one of our latest stories below, which may interest you as well.</p>` + list, "error page"},
		{"removed, said in the text", "1", `<title>Coast News</title><h1>We are sorry about that</h1><p>The page you are looking for has been removed, or its name has changed. Please try our search, or go to our front page to read the news of the day.</p>`, "error page"},
		{"removed, german", "1", `<title>Küstenzeitung</title><h1>Artikel nicht mehr verfügbar</h1><p>Der gewünschte Artikel ist leider nicht mehr verfügbar. Aus rechtlichen Gründen dürfen wir manche Inhalte nur begrenzte Zeit im Netz zeigen, dafür bitten wir Sie um Verständnis.</p>`, "error page"},
		{"removed, spanish", "1", `<title>Noticias</title><h1>¡Ups! Esta página ya no existe</h1><p>Lo sentimos, el contenido que busca ya no está disponible o ha cambiado de dirección. Le invitamos a volver a la portada o a utilizar nuestro buscador para encontrar otras noticias.</p>`, "error page"},
		{"removed, russian", "1", `<title>Новости</title><h1>Материал удалён</h1><p>К сожалению, запрошенная вами страница была удалена или никогда не существовала. Попробуйте воспользоваться поиском или перейдите на главную страницу нашего сайта.</p>`, "error page"},
		{"removed, japanese", "1", `<title>新聞</title><h1>記事がありません</h1><p>お探しのページは見つかりませんでした。記事は削除されたか、掲載期間が終了した可能性があります。トップページからもう一度お探しください。ご不便をおかけして申し訳ございません。</p>`, "error page"},
		{"wall of consent", "1", `<title>Coast News</title><div><h1>Your choices about your data</h1><p>We and our 842 partners store and access information on a device, such as cookies, and process personal data, such as unique identifiers, for personalised advertising and content.</p><a href="/accept">Accept all</a></div>`, "error page"},
		{"shell of an application", "1", `<title>Coast News</title><div id="root"><p>You need to enable JavaScript to run this app. Please change the settings of your browser, then load the page again in order to read the news as usual.</p></div>`, "error page"},
		{"check of readers", "1", `<title>news.example</title><h1>Sorry, you have been blocked</h1><p>You are unable to access this site. It uses a security service to protect itself from online attacks; the action you just performed triggered the security solution.</p>`, "error page"},
		{"another country", "1", `<title>Coast News</title><h1>Access from Europe</h1><p>We recognize you are attempting to access this website from a country belonging to the European Economic Area, and therefore access cannot be granted at this time.</p>`, "error page"},
		{"age", "1", `<title>Coast News</title><h1>Are you over 18?</h1><p>By entering you confirm that you may read what is written for grown people, and that you agree to our terms of use, which you find at the end of each page.</p><a href="/yes">Yes</a>`, "error page"},
		{"offer", "1", `<title>Coast News</title><h1>Sign up for our letter</h1><p>Every morning our editors send you the most important stories of the coast, free of charge; you can leave at any time with one click in each letter that we send.</p>`, "offer"},
		{"about the site", "privacy", `<title>Coast News</title><h1>Privacy Policy</h1><p>` + long + long + long + long + long + long + `</p>`, "about the site"},

		{"a short text under a short title, with its day", "1", `<title>Coast News</title><div><h1>Harbour open again</h1><div>13 July 2023</div><p>` + long + `</p></div>` + list, ""},
		{"an article by the number in a query", "?p=812", `<title>Coast News</title><h1>Harbour open again after the storm</h1><p>` + long + `</p>` + list, ""},
		{"a film with a description", "1", `<meta property="og:type" content="video.other"><h1>Watch: the dredger leaves the port</h1><p>The dredger left the port on Monday morning to clear the channel after the storm.</p>` + list, ""},
		{"a remark about scripts in a text", "1", `<title>Coast News</title><h1>Dredger is late again this spring</h1><p>` + long + `</p><p>` + long + `</p><p>Please enable JavaScript to see the map of the channel.</p>`, ""},
		{"a text that tells of a newsletter", "1", `<title>Coast News</title><h1>Harbour office starts a newsletter</h1><p>` + long + `</p>`, ""},
		{"a button that repeats between paragraphs", "1", `<title>Coast News</title><h1>Readers on the new bridge</h1>` + repeat(5, `<div><p>`+long+`</p><a href="?replyto=%d#form">Reply</a></div>`), ""},
		{"pictures of the page itself", "1", `<title>Coast News</title><h1>The new bridge in five pictures</h1>` + repeat(5, `<div><p>`+long+`</p><a href="/1/photo/%d">Full screen</a></div>`), ""},
		{"offers of other sites", "1", `<title>Coast News</title><h1>Five boats that we have tried</h1>` + repeat(5, `<div><p>`+long+`</p><a href="https://boats.example.org/%d">More</a></div>`), ""},
		{"a film with a date", "1", `<title>Coast News</title><div><h1>Watch: the dredger leaves the port</h1><time datetime="2023-07-13">13 July 2023</time><figure><video src="1.mp4"></video></figure></div>`, ""},
		{"a photo with a declared date", "1", `<meta property="article:published_time" content="2023-07-13"><title>Коаст</title><h1>Фото: землечерпалка покидает порт</h1><figure><img src="1.jpg"></figure>`, ""},
		{"a film with a date and a line", "1", `<meta property="article:published_time" content="2023-07-13"><title>Coast News</title><h1>Watch: the dredger leaves the port</h1><iframe src="/p"></iframe><p>The dredger left the port on Monday to clear the channel after the storm.</p>`, ""},
		{"a film without a date", "1", `<title>Coast News</title><div><h1>Watch: the dredger leaves the port</h1><figure><video src="1.mp4"></video></figure></div>`, "no text"},
		{"a date without a film", "1", `<meta property="article:published_time" content="2023-07-13"><title>Coast News</title><h1>Watch: the dredger leaves the port</h1><p>Soon.</p>`, "no text"},
		{"a film below another heading", "1", `<meta property="article:published_time" content="2023-07-13"><title>Coast News</title><h1>Films of the coast this week</h1><h2>Dredger</h2><figure><video src="1.mp4"></video></figure>`, "no text"},
		{"films beside many headlines", "films/", `<meta property="article:published_time" content="2023-07-13"><title>Coast News</title><h1>Films of the coast this week</h1><figure><video src="1.mp4"></video></figure>` + list, "listing"},
		{"an article with a price", "1", `<meta property="article:published_time" content="2023-07-13"><script type="application/ld+json">{"@type":"Product","name":"Rubber boat"}</script><h1>Rubber boat of three metres tried out</h1><p>` + long + `</p>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Extract(Page{URL: "https://news.example/" + c.path, Body: []byte(c.body), FetchedAt: fetchedAt(t)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			notes := strings.Join(r.Notes, "; ")
			switch {
			case c.why == "" && r.Article == nil:
				t.Errorf("no article: %s", notes)
			case c.why != "" && r.Article != nil:
				t.Errorf("an article, %q", r.Article.Title)
			case !strings.Contains(notes, c.why):
				t.Errorf("notes %q, want %q", notes, c.why)
			}
		})
	}
}
