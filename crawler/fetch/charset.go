package fetch

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/net/html/charset"
)

const (
	// brokenIn is the number of bytes of which one may be broken: real pages cut
	// teasers within a letter.
	brokenIn = 1000
	// lettersPerBroken is how many valid letters of more than one byte per broken byte
	// make a page one of a multibyte charset, in UTF-8 against its label. In other
	// charsets broken bytes prevail.
	lettersPerBroken = 20
	// lettersAgainstBytes is the same for UTF-8 against the label of a charset of single
	// bytes, whose text hardly ever looks like a letter in UTF-8.
	lettersAgainstBytes = 2
	// brokenPerLetter is how many broken bytes per valid letter a page may have that is
	// labelled as UTF-8.
	brokenPerLetter = 2
	// detectBytes limits the text for the detection, which is slow.
	detectBytes = 4 << 10
	// leastConfidence is the confidence that a detection needs.
	leastConfidence = 0.5
)

var (
	bomUTF8    = []byte("\xef\xbb\xbf")
	bomUTF16BE = []byte("\xfe\xff")
	bomUTF16LE = []byte("\xff\xfe")
)

// DecodeHTML returns a page in UTF-8, without byte order mark, and the WHATWG
// name of the charset that it was in. Valid UTF-8 is returned as it is, not
// copied.
//
// It tries in order: the byte order mark; UTF-8, if the bytes are valid or nearly
// so; the label of the Content-Type header; the one in the page (PrescanMeta);
// detection. It skips a charset in which more than one byte in 1,000 is broken, unless
// valid letters outweigh them: a stray byte is no other charset. Broken bytes become
// U+FFFD. If no charset is left the error is an ErrCharset.
func DecodeHTML(body []byte, contentType string) (text []byte, label string, err error) {
	d, err := decodeHTML(body, contentType)
	return d.text, d.label, err
}

// decode returns a page in UTF-8 and notes what it was decoded from.
func (r *Response) decode(body []byte) ([]byte, error) {
	page, err := decodeHTML(body, r.ContentType)
	r.Charset, r.Replaced = page.label, page.replaced
	return page.text, err
}

// decoded is a page in UTF-8. replaced counts the U+FFFD that were put in.
type decoded struct {
	text     []byte
	label    string
	replaced int
}

func decodeHTML(body []byte, contentType string) (decoded, error) {
	switch {
	case bytes.HasPrefix(body, bomUTF8):
		body = body[len(bomUTF8):]
		if letters, broken := multibyte(body); broken <= letters*brokenPerLetter {
			return replaceBroken(body), nil
		}
		return decodeOrFail(body, "utf-8")
	case bytes.HasPrefix(body, bomUTF16BE):
		return decodeOrFail(body[len(bomUTF16BE):], "utf-16be")
	case bytes.HasPrefix(body, bomUTF16LE):
		return decodeOrFail(body[len(bomUTF16LE):], "utf-16le")
	}
	if label := unmarked(body); label != "" {
		if d, ok := decodeAs(body, label); ok {
			return d, nil
		}
	}
	if utf8.Valid(body) {
		if isEscaped(body, contentType) {
			return decoded{}, ErrCharset{"replacement", "escapes of ISO-2022 or HZ, which browsers do not read either"}
		}
		return decoded{text: body, label: "utf-8"}, nil
	}
	labels := []string{canonical(contentCharset(contentType)), PrescanMeta(body)}
	if nearlyUTF8(body, labels) {
		return replaceBroken(body), nil
	}
	return decodeDeclared(body, labels)
}

// nearlyUTF8 reports whether a page with broken bytes is in UTF-8 by its letters and the
// labels of header and page.
func nearlyUTF8(body []byte, labels []string) bool {
	letters, broken := multibyte(body)
	switch {
	case letters >= lettersPerBroken*broken:
		return true
	case slices.Contains(labels, "utf-8"):
		if broken > letters*brokenPerLetter {
			return false
		}
		label := detect(body) // such as Shift_JIS, where many bytes look like letters in UTF-8
		_, ok := decodeAs(body, label)
		return !ok || !multibytes[label]
	}
	return letters >= lettersAgainstBytes*broken && slices.ContainsFunc(labels, func(label string) bool {
		return label != "" && !multibytes[label]
	})
}

// multibytes are the charsets with letters of several bytes, besides UTF-8.
var multibytes = map[string]bool{"gbk": true, "gb18030": true, "big5": true, "euc-jp": true, "iso-2022-jp": true,
	"shift_jis": true, "euc-kr": true, "utf-16le": true, "utf-16be": true, "replacement": true}

// decodeDeclared tries the charsets that header and page name, then detection.
func decodeDeclared(body []byte, labels []string) (decoded, error) {
	refusal := ErrCharset{Reason: "the page names none and none is recognised"}
	for _, label := range labels {
		if label == "" {
			continue
		}
		if d, ok := decodeAs(body, label); ok {
			return d, nil
		}
		refusal = ErrCharset{label, tooBroken}
	}
	if label := detect(body); label != "" {
		if d, ok := decodeAs(body, label); ok {
			return d, nil
		}
	}
	return decoded{}, refusal
}

var tooBroken = fmt.Sprintf("more than 1 in %d bytes does not belong to it", brokenIn)

// decodeOrFail decodes from a charset that is certain.
func decodeOrFail(body []byte, label string) (decoded, error) {
	d, ok := decodeAs(body, label)
	if !ok {
		return decoded{}, ErrCharset{label, tooBroken}
	}
	return d, nil
}

// decodeAs decodes from the charset of that WHATWG name. It returns false for too
// many broken bytes and for "replacement", which stands for charsets that
// browsers do not support (ISO-2022-KR, HZ-GB-2312).
func decodeAs(body []byte, label string) (decoded, bool) {
	if label == "utf-8" {
		return decodeUTF8(body)
	}
	encoding, label := charset.Lookup(label)
	if encoding == nil || label == "replacement" {
		return decoded{}, false
	}
	text, err := encoding.NewDecoder().Bytes(body)
	if err != nil {
		return decoded{}, false
	}
	d := decoded{text: text, label: label, replaced: bytes.Count(text, replacement)}
	if d.replaced*brokenIn <= len(body) {
		return d, true
	}
	letters, _ := multibyte(text)
	return d, multibytes[label] && letters-d.replaced >= lettersPerBroken*d.replaced
}

var replacement = []byte("\uFFFD")

func decodeUTF8(body []byte) (decoded, bool) {
	if utf8.Valid(body) {
		return decoded{text: body, label: "utf-8"}, true
	}
	if _, broken := multibyte(body); broken*brokenIn > len(body) {
		return decoded{}, false
	}
	return replaceBroken(body), true
}

// replaceBroken decodes from UTF-8, whatever is broken. It leaves out the beginning of a
// letter in which the page ends.
func replaceBroken(body []byte) decoded {
	for n := 1; n <= min(utf8.UTFMax-1, len(body)); n++ {
		if at := len(body) - n; utf8.RuneStart(body[at]) {
			if !utf8.FullRune(body[at:]) {
				body = body[:at]
			}
			break
		}
	}
	text := bytes.ToValidUTF8(body, replacement)
	return decoded{text, "utf-8", bytes.Count(text, replacement) - bytes.Count(body, replacement)}
}

// multibyte counts the letters of more than one byte that are valid UTF-8, and
// the bytes that are not.
func multibyte(b []byte) (letters, broken int) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			broken++
		} else {
			letters++
		}
		i += n
	}
	return letters, broken
}

// unmarked recognises two charsets whose bytes may be valid UTF-8: UTF-16 without
// a byte order mark, by the zeros in its markup, and ISO-2022-JP, by its escapes.
func unmarked(b []byte) string {
	head := b[:min(len(b), 64)] // markup, whatever the language
	if bytes.IndexByte(head, 0) >= 0 {
		var zeros [2]int
		for i, c := range head {
			if c == 0 {
				zeros[i%2]++
			}
		}
		switch quarter := len(head) / 4; {
		case zeros[1] > quarter && zeros[0] == 0:
			return "utf-16le"
		case zeros[0] > quarter && zeros[1] == 0:
			return "utf-16be"
		}
	}
	if at := bytes.IndexByte(b, 0x1b); at >= 0 {
		if rest := b[at+1:]; bytes.HasPrefix(rest, []byte("$B")) || bytes.HasPrefix(rest, []byte("$@")) {
			return "iso-2022-jp"
		}
	}
	return ""
}

// isEscaped reports whether a page is labelled as a charset that the Encoding
// standard does not decode (ISO-2022-KR, ISO-2022-CN, HZ-GB-2312) and holds its
// escapes. Such a page is ASCII, but unreadable.
func isEscaped(b []byte, contentType string) bool {
	if bytes.IndexByte(b, 0x1b) < 0 && !bytes.Contains(b, []byte("~{")) {
		return false
	}
	return canonical(contentCharset(contentType)) == "replacement" || PrescanMeta(b) == "replacement"
}

// likelier replaces charsets of old Macintoshes, which the detection often names
// and no page uses.
var likelier = map[string]string{
	"x-mac-cyrillic": "windows-1251",
	"macintosh":      "windows-1252",
}

// detect guesses the charset of a page from its text, or returns "".
func detect(body []byte) string {
	guess := chardet.Detect(foreignText(body))
	if guess.Confidence < leastConfidence {
		return ""
	}
	name := canonical(guess.Charset)
	if better, ok := likelier[name]; ok {
		return better
	}
	return name
}

// foreignText returns up to detectBytes of the text outside of tags, from lines
// that are not ASCII.
func foreignText(body []byte) []byte {
	text := make([]byte, 0, detectBytes)
	for len(body) > 0 && len(text) < detectBytes {
		line := body
		if end := bytes.IndexAny(body, "<>"); end >= 0 {
			line, body = body[:end], body[end+1:]
		} else {
			body = nil
		}
		if bytes.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }) {
			text = append(text, line[:min(len(line), detectBytes-len(text))]...)
			text = append(text, '\n')
		}
	}
	return text
}
