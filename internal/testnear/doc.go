// Package testnear generates hard sets of near-duplicates for tests: articles, the
// story that each belongs to, and why. Sets are deterministic by seed.
//
// Stories are nonsense in fourteen languages. Their words are built from the
// syllables of the language, their sentences have the numbers, names, quotes and
// repetitions of news. Options.Stories varies given stories in the same way.
//
// Types of positive pairs, a copy and its base:
//
//	wire         agency copy: other site, dateline, other headline, credit, a few cuts
//	truncated    the first 15 to 60 %, with or without "read more"
//	excerpt      the first 65 to 110 words of a story of one to three thousand
//	teaser       fewer than 50 words of it, same title
//	update       same URL or not, paragraphs added, a sentence changed
//	ocr          1 to 5 % of the characters wrong, words split and hyphenated
//	rewrite      5 to 20 % of the words changed, moved or dropped, sentences moved or joined
//	paraphrase   the same with 20 to 30 %
//	correction   2 to 5 numbers or a name corrected, with or without a note in the title
//	live         a page that grows: entries on top, same URL
//	boilerplate  a newsletter, cookies, most read, up to the length of the story
//	comments     readers' comments below, up to twice the length of the story
//	encoding     mojibake, entities, decomposed letters, soft hyphens, full-width, digits, marks of direction
//	recrawl      same URL with tracking, other counters and boilerplate
//	middle       the last two thirds, as on sites that move the lead into a summary
//	short        under 50 words, same title; +correction: a table whose page has new numbers
//	mix          two of these at once
//	brief        25 to 50 words, title in another form: a prefix, the name of the paper, another
//	             order, capitals, a word less; "$40 million" is "$40m" in some; with and without
//	             dateline and credit
//
// Types of negative pairs, two stories:
//
//	template          other numbers, names and words of choice in one template: markets, weather,
//	                  results, police log, horoscope, earthquakes, lottery; on one site and on two;
//	                  in every language. Of given stories: all numbers and most names differ
//	follow-up         30 to 45 % of it is background from the earlier story
//	same-topic        same names and words, other sentences
//	statement         two stories quote one statement, 15 to 35 % of the shorter
//	same-boilerplate  two stories of a site in the same boilerplate, up to half of the text
//	stub              the same paywall or video text under other titles
//	stub-title        the same under titles that differ in a name only
//	brief-frame       a text of 25 to 50 words and its title with another name, perhaps other numbers
//	name-frame        the same with a text of three to five paragraphs
//	column            a series: same title, with a number or without, about a third the same
//	other-live        the live page of the next day's match: same standing parts
//	round-up          two stories that a third article contains
//
// A round-up and the stories that it contains are neither (Pair.Open), and do not
// count.
package testnear
