// Package dedupe finds articles that carry the same text, or nearly the same.
//
// Read makes two values of a title and a text: a Fingerprint, which recognises
// the same text, and a Sketch, which recognises a similar one. An Index judges
// documents one after the other, each against those before it. Explain tells
// why two articles are duplicates, or why not. The package reads no files but
// those that its indexes spill to, and never the clock.
//
// Package filter finds duplicates in JSON Lines files, package urlkey
// identifies pages by their URLs.
//
// # The normal form, version 1
//
// Two texts are the same when their normal forms are equal. The content_hash of
// an item is the SHA-256 of its normal form, so that any program can compute it.
// Test vectors are in testdata/normal.json.
//
//  1. Each run of bytes that are not UTF-8 becomes U+FFFD. U+00B4, an acute accent
//     that stands for an apostrophe, becomes "'".
//  2. The text is split into lines at line feeds, carriage returns, vertical
//     tabs, form feeds, U+0085, U+2028 and U+2029.
//  3. Each line is folded: compatibility decomposition (NFKD); full Unicode
//     case folding (Cherokee to capitals); diacritics dropped (U+0300-036F,
//     Hebrew U+0591-05BD, 05BF, 05C1-05C2, 05C4-05C5, 05C7, Arabic U+064B-065F,
//     0670, and the tatweel U+0640); characters without width dropped (controls,
//     the soft hyphen, U+034F, 061C, 180E, 200B-200F, 202A-202E, 2060-206F,
//     FE00-FE0F, FEFF, FFF9-FFFB); single quotes become "'", double quotes and
//     angle quotes '"', dashes "-" (foldRune lists them); composition (NFC);
//     repeated "-" become one, white space becomes one space and is removed at
//     both ends. Empty lines are dropped.
//  4. Consecutive lines at the start and at the end that only name a source, an
//     agency, a date, an update, a desk or a copyright, in some forty
//     languages, are left out (isAside). A text of such lines alone keeps them.
//  5. The lines are joined with a space: paragraphs do not count.
//  6. Datelines with a news agency, such as "london (reuters) - ", are removed
//     from the start (cutDateline), unless nothing would remain.
//
// Folding follows the Unicode tables of golang.org/x/text. Characters that are
// assigned later may change the form of texts that hold them.
//
// # Near-duplicates
//
// A text is split into tokens: words, numbers, and single characters where words
// are not separated (tokenize). An amount such as "40m" is a number and a word.
// The shingles of a text are all runs of three words, four ideographs, or eight
// letters of Thai and similar scripts. A sketch keeps the 140 smallest of their
// hashes with the place of each in the text, and small samples of the numbers, the
// names and the other words. Two sketches yield two measures:
//
//   - Containment is the share of the shorter text's shingles that are in the
//     longer one. It is estimated from up to 140 shingles, with a standard error
//     of at most 0.043 for texts of similar length and 0.06 where one is twice
//     as long.
//   - Coverage is the share of the shorter text's stretches of which at least a
//     part is in the longer one. It stays high where errors or rewording all
//     over the text leave few shingles whole. For a text that only quotes the
//     other it is no higher than containment.
//
// Their mean is the similarity, which must reach the threshold. The threshold is
// lower where the titles agree, higher where they do not or where a site prints
// the text on a later day, and lower for texts with small differences all over
// (factor). Some similar texts are different articles all the same (reason): a
// text under ShortWords whose title differs in more than form; one template with
// other numbers or names, as in forecasts and market reports; another text under
// the same title on the same site on another day; a shared part that goes with
// other names; titles that tell two subjects apart; a short text within a long one
// under another title.
//
// # Clusters
//
// The first article of a cluster is its head. New articles are compared with
// heads only. So live pages and series do not form chains whose first and last
// article have nothing in common. Articles with the same URL or the same text
// belong to one cluster at any distance in time and on any site.
//
// # The index
//
// A head is filed under 24 to 48 of its smallest shingles, 4 of its lead, and
// its title: at most 53 keys of 8 bytes, 29 for up to 480 words, beside a
// record of 52 bytes per document. A document is compared with at most 16 heads
// that share two keys or the title; heads that share rare keys come first. Only
// the newest 64 heads of a key count, and a head that shares none but keys of so
// many is not compared: such keys are a site's common phrases.
//
// Postings are kept in sorted runs. Runs of similar size are merged, first in
// memory, then in files with a Bloom filter each. Data beyond Options.Memory is
// in files; verdicts do not depend on where data is.
package dedupe

// NormalFormVersion counts changes of the normal form.
const NormalFormVersion = 1
