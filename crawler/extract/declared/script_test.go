package declared

import "testing"

func TestQuoteRows(t *testing.T) {
	for in, want := range map[string]string{
		`a:T5,hello` + "b":        `a:"hello"` + "\nb",
		`a:T3,a"b` + "c":          `a:"a\"b"` + "\nc",
		`a:Tff,shorter than said`: `a:Tff,shorter than said`,
		`a:T-1,negative`:          `a:T-1,negative`,
		`a:T1234567,long size`:    `a:T1234567,long size`,
		`a:T,no size`:             `a:T,no size`,
		`a:T5`:                    `a:T5`,
		``:                        ``,
	} {
		if got := quoteRows(in); got != want {
			t.Errorf("quoteRows(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		`plain`: "plain", `a\nb\tc`: "a\nb\tc", `\u0041\x42`: "AB", `\ud83d\ude00!`: "😀!", `\ud83d`: "\ufffd", `\u12`: "u12",
		`\"q\"`: `"q"`, `end\`: `end\`,
	} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%q) = %q, want %q", in, got, want)
		}
	}
}
