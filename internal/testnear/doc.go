// Package testnear makes hard sets of near-duplicates, deterministic by seed:
// articles, which of them are one story, and why.
//
// Stories are nonsense in fourteen languages: words of each are built from its
// syllables, sentences have the numbers, names, quotes and repetitions of news.
// Stories of one's own can be varied in the same way (Options.Stories).
//
// One story (positive pairs, a copy and its base):
//
//	wire         agency copy: other site, dateline, other headline, credit, a few cuts
//	truncated    the first 15 to 60 %, with or without "read more"
//	excerpt      the first 65 to 110 words of a story of one to three thousand
//	teaser       fewer than 50 words of it, same title
//	update       same URL or not, paragraphs added, a sentence changed
//	ocr          1 to 5 % of the characters wrong, words split and hyphenated
//	rewrite      5 to 20 % of the words changed, moved or dropped, sentences moved or joined
//	paraphrase   the same with 20 to 30 %
//	correction   2 to 5 numbers put right, or one name; said in the title or not
//	live         a page that grows: entries on top, same URL
//	boilerplate  a newsletter, cookies, most read, up to as long as the story
//	comments     what readers wrote under it, up to twice its length
//	encoding     mojibake, entities, decomposed letters, soft hyphens, full-width, digits, marks of direction
//	recrawl      same URL with tracking, other counters and furniture
//	middle       the last two thirds, as sites that move the lead into a summary
//	short        under 50 words, same title; +correction: a table whose page has new numbers
//	mix          two of these at once
//
// Not one story (negative pairs):
//
//	template     same frame, other numbers, names and words of choice: markets, weather, results,
//	             police log, horoscope, earthquakes, lottery; of one site and of two; every language.
//	             Of given stories too: all their numbers and most of their names
//	follow-up    30 to 45 % of it is background of the earlier story
//	same-topic   same names and words, other sentences
//	statement    two stories quote one statement, 15 to 35 % of the shorter
//	furniture    two stories of a site in the same boilerplate, up to half of the text
//	stub         the same paywall or video text under other titles
//	column       a series: same title, with a number or without, same introduction and ending, about a third
//	other-live   the live page of the next day's match: same standing parts
//	round-up     two stories that are both in a third article
//
// A round-up and what it holds are neither (Pair.Open): they count for nothing.
package testnear
