// Package dedupe tells whether articles carry the same text, or nearly: text
// goes in, verdicts come out.
//
// Read makes of a title and a text a Fingerprint, which knows the same text
// again, and a Sketch, which knows a similar one. An Index judges documents one
// after the other, each against those before it. Explain tells why two
// articles are duplicates, or not. What is here reads no files but those that
// it spills to, and asks no clock.
//
// # The normal form, version 1
//
// Two texts are the same when their normal forms are; the hash of an item is
// the SHA-256 of this form, so that anybody can compute it again. Vectors are
// in testdata/normal.json.
//
//  1. Bytes that are no UTF-8: each run becomes U+FFFD. U+00B4, an acute accent
//     that stands for an apostrophe, becomes "'".
//  2. The text is split into lines at line feeds, carriage returns, vertical
//     tabs, form feeds, U+0085, U+2028 and U+2029.
//  3. Each line is folded: compatibility decomposition (NFKD); full Unicode
//     case folding (Cherokee to capitals); diacritics dropped (U+0300-036F, Hebrew U+0591-05BD, 05BF,
//     05C1-05C2, 05C4-05C5, 05C7, Arabic U+064B-065F, 0670, and the tatweel
//     U+0640); what has no width dropped (controls, the soft hyphen, U+034F,
//     061C, 180E, 200B-200F, 202A-202E, 2060-206F, FE00-FE0F, FEFF,
//     FFF9-FFFB); single quotes become "'", double quotes and angle quotes
//     '"' (foldRune lists them), dashes "-"; composition (NFC); repeated "-"
//     become one, white space becomes one space and none at the ends. Empty
//     lines are dropped.
//  4. Lines at the start and at the end that only name a source, an agency, a
//     date, an update, a desk or a copyright, in some forty languages, are left
//     out, as long as they follow each other (isAside). If nothing would be
//     left, all lines stay.
//  5. The lines are joined with a space: paragraphs do not count.
//  6. Datelines with a news agency, such as "london (reuters) - ", are cut off
//     the start (cutDateline), unless nothing would be left.
//
// Folding is by the Unicode tables of golang.org/x/text; characters that are
// assigned later may change the form of texts that hold them.
//
// # Near duplicates
//
// A text is cut into tokens: words, numbers, and single characters where words
// are not separated (tokenize). Its shingles are all runs of three words, four
// ideographs or eight letters of Thai and its like. A sketch keeps the 140
// smallest of their hashes with the place of each in the text, and small
// samples of the numbers, the names and the other words. Two sketches give
//
//   - the share of the shorter text's shingles that are in the longer one
//     (containment), of up to 140: with a standard error of at most 0.043 for
//     texts of like length, 0.06 where one is twice as long;
//   - the share of its stretches that are there at least in part (coverage):
//     high for a text with errors or rewording all over, which leave few
//     shingles whole, but no more than the containment for one that quotes.
//
// Their mean is the similarity. It has to reach the threshold; less where the
// titles agree, more where they do not or where a site prints it on a later
// day, and less for texts that differ here and there all over (factor). Then
// these rule that two articles are different nevertheless (reason): a text
// under ShortWords without the same title; the same frame with other numbers or
// names, as in forecasts and market reports; another text under the same title
// on the same site on another day; a shared part that goes with other names; a
// short text within a long one under another title.
//
// # Clusters
//
// The first article of a cluster is its head, and only heads are compared
// with. So pages that change with each hour, and series, do not chain: the
// first and the last would have nothing in common. Articles with one URL, and
// with one text, belong to one cluster, however far apart and on whichever
// site.
//
// # The index
//
// A head is filed under 24 to 48 of its smallest shingles, 4 of its lead, and
// its title: at most 53 keys of 8 bytes, 29 for up to 480 words, beside a
// record of 52 bytes a document. A document is compared with at most 16 heads
// that share two keys or the title, those first that share rare ones. Of a key
// only the newest 64 heads count.
//
// Postings are kept as sorted runs that are merged when they are of like size,
// first in memory, then in files with a Bloom filter each. What is beyond
// Options.Memory is in files; verdicts do not depend on what is where.
package dedupe

// NormalFormVersion counts changes of the normal form.
const NormalFormVersion = 1
