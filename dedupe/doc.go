// Package dedupe tells whether two articles carry the same text: text goes in,
// fingerprints come out.
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
//  4. Lines at the start and at the end that only name a source, a date, an
//     update, a desk or a copyright are left out, as long as they follow each other (isAside). If
//     nothing would be left, all lines stay.
//  5. The lines are joined with a space: paragraphs do not count.
//  6. Datelines with a news agency, such as "london (reuters) - ", are cut off
//     the start (cutDateline), unless nothing would be left.
//
// Folding is by the Unicode tables of golang.org/x/text; characters that are
// assigned later may change the form of texts that hold them.
package dedupe

// NormalFormVersion counts changes of the normal form.
const NormalFormVersion = 1
