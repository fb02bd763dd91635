package declared

import "testing"

func TestJSONLD(t *testing.T) {
	for _, c := range []struct{ name, raw, title, published, author string }{
		{"plain", `{"@type":"NewsArticle","headline":"Port opens","datePublished":"2023-07-13","author":{"@type":"Person","name":"Ann Lee"}}`, "Port opens", "2023-07-13", "Ann Lee"},
		{"array", `[{"@type":"WebPage"},{"@type":"Article","headline":"Port opens","author":"Ann Lee"}]`, "Port opens", "", "Ann Lee"},
		{"graph with references", `{"@graph":[{"@type":"Person","@id":"#a","name":"Ann Lee"},{"@type":["Article","NewsArticle"],"headline":"Port opens","author":{"@id":"#a"}}]}`, "Port opens", "", "Ann Lee"},
		{"type as a URL", `{"@type":"https://schema.org/NewsArticle","headline":"Port opens"}`, "Port opens", "", ""},
		{"entities", `{"@type":"NewsArticle","headline":"Port &amp; bay &quot;open&quot;"}`, `Port & bay "open"`, "", ""},
		{"line break within a string", "{\"@type\":\"NewsArticle\",\"headline\":\"Port\nopens\"}", "Port opens", "", ""},
		{"trailing commas", `{"@type":"NewsArticle","headline":"Port opens","author":[{"name":"Ann Lee"},],}`, "Port opens", "", "Ann Lee"},
		{"comment marks and a semicolon", "<!--\n{\"@type\":\"NewsArticle\",\"headline\":\"Port opens\"};\n-->", "Port opens", "", ""},
		{"unknown escape", `{"@type":"NewsArticle","headline":"Port\'s end"}`, `Port\'s end`, "", ""},
		{"something after it", `{"@type":"NewsArticle","headline":"Port opens"} }`, "Port opens", "", ""},
		{"main entity of a page", `{"@type":"WebPage","mainEntity":{"@type":"NewsArticle","headline":"Port opens"}}`, "Port opens", "", ""},
		{"no article", `{"@type":"Organization","name":"Example News"}`, "", "", ""},
		{"an article that says nothing", `{"@type":"NewsArticle"}`, "", "", ""},
		{"no JSON", `var x = 1`, "", "", ""},
		{"wrong types", `{"@type":"NewsArticle","headline":{"a":[1]},"datePublished":12,"author":[[null],7,{"name":["Ann Lee"]}]}`, "", "", "Ann Lee"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got linked
			if all := new(Data).jsonLD(c.raw); len(all) > 0 {
				got = all[0]
			}
			author := ""
			if len(got.authors) > 0 {
				author = got.authors[0].Name
			}
			if got.title != c.title || got.published != c.published || author != c.author {
				t.Errorf("title %q, published %q, author %q; want %q, %q, %q", got.title, got.published, author, c.title, c.published, c.author)
			}
		})
	}
}
