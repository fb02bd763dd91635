package dom

import (
	"strings"
	"testing"

	"golang.org/x/net/html/atom"
)

// prose is n sentences of 50 bytes, one paragraph each.
func prose(n int) string {
	return strings.Repeat("<p>The council adopted the plan on Thursday evening. </p>", n)
}

// TestBoilerplate wants the element x of each page to be boilerplate, or not.
func TestBoilerplate(t *testing.T) {
	article := "<h1>The title</h1><div>" + prose(10) + "</div>"
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"a menu", article + "<nav id=x><a href=/>Home</a></nav>", true},
		{"a paragraph", article + "<p id=x>So it is.</p>", false},
		{"an aside", article + "<aside id=x>" + prose(2) + "</aside>", true},
		{"an aside with half of the text", article + "<aside id=x>" + prose(10) + "</aside>", false},
		{"an aside with less than half", article + "<aside id=x>" + prose(9) + "</aside>", true},
		{"a footer with half of the text", article + "<footer id=x>" + prose(10) + "</footer>", true},
		{"a footer with three quarters of it", article + "<footer id=x>" + prose(30) + "</footer>", true},
		{"a footer with four fifths of it", article + "<footer id=x>" + prose(40) + "</footer>", false},
		{"comments with four fifths of it", article + "<div id=x class=comments>" + prose(40) + "</div>", true},
		{"comments alone", "<h1>The title</h1><div id=x class=comments>" + prose(4) + "</div>", false},
		{
			"comments beside a sentence or two",
			"<h1>The title</h1><div>" + prose(2) + "</div><div id=x class=comments>" + prose(4) + "</div>",
			false,
		},
		{
			"comments beside three sentences",
			"<h1>The title</h1><div>" + prose(3) + "</div><div id=x class=comments>" + prose(4) + "</div>",
			true,
		},
		{"a request for consent alone", "<h1>The title</h1><div id=x class=cookie-box>" + prose(4) + "</div>", true},
		{
			"a layout with a sidebar",
			"<h1>The title</h1><div id=x class='layout-with-sidebar'>" + prose(1) + "</div>" + prose(9), false,
		},
		{
			"a page without comments",
			article + "<div id=x class='no-comments has_sidebar hasFooter'>" + prose(1) + "</div>", false,
		},
		{"a sidebar", article + "<div id=x class='sidebar wide'>" + prose(1) + "</div>", true},
		{"a sidebar by its id", article + "<div id=x_sidebar><p id=x>So it is.</p></div>", true},
		{"the text's own element", article + "<div id=x class='article-body share'>" + prose(1) + "</div>", false},
		{"an advertisement", article + "<div id=x class='box ad'>" + prose(1) + "</div>", true},
		{"a class that only begins so", article + "<div id=x class='adorned'>" + prose(1) + "</div>", false},
		{"hidden by class", article + "<div id=x class='d-none'>" + prose(1) + "</div>", true},
		{"shown on wide screens", article + "<div id=x class='d-none md:block'>" + prose(1) + "</div>", false},
		{"an advertisement on wide screens", article + "<div id=x class='ad md:block'>" + prose(1) + "</div>", true},
		{"another tab", article + "<div id=x class='tab-pane fade'>" + prose(1) + "</div>", true},
		{"the open tab", article + "<div id=x class='tab-pane active'>" + prose(1) + "</div>", false},
		{"hidden by style", article + "<div id=x style='display : none'>" + prose(1) + "</div>", true},
		{
			"hidden by style, half of the text",
			"<h1>The title</h1><div id=x style='display:none'>" + prose(4) + "</div>" + prose(4), false,
		},
		{"shown by style", article + "<div id=x style='display:block'>" + prose(1) + "</div>", false},
		{"not for readers aloud", article + "<div id=x aria-hidden=true>" + prose(1) + "</div>", true},
		{"a paragraph not for readers aloud", article + "<p id=x aria-hidden=true>So it is.</p>", false},
		{"for readers aloud", article + "<div id=x aria-hidden=false>" + prose(1) + "</div>", false},
		{"a dialog by its role", article + "<div id=x role=dialog>" + prose(1) + "</div>", true},
		{"the main part by its role", article + "<div id=x role=main>" + prose(1) + "</div>", false},
		{
			"a quoted post",
			article + "<div id=x class='social-embed'><blockquote>" + prose(1) + "</blockquote></div>", false,
		},
		{"an embed without a quotation", article + "<div id=x class='social-embed'>" + prose(1) + "</div>", true},
		{
			"a quotation that is no embed",
			article + "<div id=x class='social-box'><blockquote>" + prose(1) + "</blockquote></div>", true,
		},
		{"an article named so", article + "<article id=x class=promo>" + prose(1) + "</article>", false},
		{"a form with the title", "<form id=x><h1 id=title>The title</h1>" + prose(1) + "</form>" + prose(9), false},
		{"a form", article + "<form id=x>" + prose(1) + "</form>", true},
		{
			"a footer with the title",
			"<footer id=x><h1 id=title>The title</h1>" + prose(1) + "</footer>" + prose(9), true,
		},
		{
			"a box with the first h1",
			"<div class=promo id=x><h1>The title</h1>" + prose(1) + "</div>" + prose(9), false,
		},
		{
			"a box with the second h1",
			"<h1>The title</h1><div class=promo id=x><h1>Another</h1>" + prose(1) + "</div>" + prose(9), false,
		},
		{"a box after the h1", "<h1>The title</h1><div class=promo id=x>" + prose(1) + "</div>" + prose(9), true},
		{
			"the header of an article",
			"<article><header id=x><p>So it is.</p></header><h1 id=title>The title</h1>" + prose(9) + "</article>",
			false,
		},
		{
			"the header of another article",
			"<article><header id=x><p>So it is.</p></header></article><h1 id=title>The title</h1>" + prose(9),
			true,
		},
		{"within a menu", article + "<nav><div><p id=x>So it is.</p></div></nav>", true},
		{
			"three boxes with half of the text",
			"<h1>The title</h1><div class=promo id=x>" + prose(3) + "</div><div class=promo>" + prose(3) + "</div><div class=promo>" + prose(3) + "</div>" + prose(9),
			false,
		},
		{
			"two of them",
			"<h1>The title</h1><div class=promo id=x>" + prose(3) + "</div><div class=promo>" + prose(3) + "</div>" + prose(9),
			true,
		},
		{
			"a box in a box of its kind",
			"<h1>The title</h1><div class=promo id=x>" + prose(2) + "<div class=promo>" + prose(3) + "</div></div>" + prose(9),
			true,
		},
		{"a summary that opens", article + "<details id=x><summary>More</summary>" + prose(1) + "</details>", true},
		{"a button beside a few words", article + "<div id=x>Write to us <button>Send</button></div>", true},
		{"a field beside a few words", article + "<div id=x>Write to us <input></div>", true},
		{
			"a button beside 250 characters",
			article + "<div id=x>" + strings.Repeat("x", 246) + "<button>Send</button></div>", true,
		},
		{
			"a button beside more",
			article + "<div id=x>" + strings.Repeat("x", 247) + "<button>Send</button></div>", false,
		},
		{"a button in a paragraph", article + "<p id=x>So <button>Send</button></p>", false},
		{
			"an opening heading",
			article + "<div id=x><a aria-expanded=false><h3>More</h3></a>" + prose(1) + "</div>", true,
		},
		{
			"an opener in a heading",
			article + "<div id=x><h3><a role=button>More</a></h3>" + prose(1) + "</div>", true,
		},
		{"an opener without a heading", article + "<div id=x><a role=button>More</a>" + prose(1) + "</div>", false},
		{"a link in a heading", article + "<div id=x><h3><a role=link>More</a></h3>" + prose(1) + "</div>", false},
		{
			"an opener around the title",
			"<div id=x><a role=button><h1 id=title>The title</h1></a>" + prose(9) + "</div>", false,
		},
	} {
		tree := parse(t, tt.page)
		heading := tree.Find(atom.H1, 0, tree.Len())
		x := byID(t, tree, "x")
		if got := tree.Boilerplate(heading, nil)[x]; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestBoilerplateAside counts headline lists to the text beside which boxes and the
// frame are weighed, but not comments.
func TestBoilerplateAside(t *testing.T) {
	list := "<ul id=list>" + strings.Repeat("<li>A headline of the day that is as long as a sentence</li>", 4) + "</ul>"
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"a box beside a list", prose(3) + "<aside id=x>" + prose(4) + "</aside>", true},
		{"a larger box beside a list", prose(3) + "<aside id=x>" + prose(9) + "</aside>", false},
	} {
		tree := parse(t, tt.page+list)
		aside := make([]bool, tree.Len())
		ul := byID(t, tree, "list")
		for i := ul; i < tree.End[ul]; i++ {
			aside[i] = true
		}
		if got := tree.Boilerplate(-1, aside)[byID(t, tree, "x")]; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
