package jsonl

import (
	"io"
	"os/exec"
	"strings"
	"testing"
	"testing/iotest"
)

func TestConvert(t *testing.T) {
	for name, tt := range map[string]struct{ in, want, err string }{
		"lines":                      {"{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n", ""},
		"array":                      {" [\n {\"a\": 1},\n {\"a\": \"x\\ny\"}\n]\n", "{\"a\":1}\n{\"a\":\"x\\ny\"}\n", ""},
		"array with a mark":          {"\ufeff[{\"a\":1}]", "{\"a\":1}\n", ""},
		"array of other values":      {`[1, "x", {"a":1}]`, "1\n\"x\"\n{\"a\":1}\n", ""},
		"empty array":                {"[]", "", ""},
		"array without an end":       {`[{"a":1},`, "{\"a\":1}\n", "JSON is broken"},
		"array that breaks":          {`[{"a":1},{"b"]`, "{\"a\":1}\n", "JSON is broken"},
		"objects over lines":         {"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", "{\"a\":1}\n{\"a\":2}\n", ""},
		"an object of two lines":     {"{\"a\": 1,\n  \"b\": 2}", "{\"a\":1,\"b\":2}\n", ""},
		"CSV":                        {"id,title,text\n1,\"A, b\",\"C\n\"\"d\"\" <e>\"\n2,,F\n", `{"id":"1","title":"A, b","text":"C\n\"d\" <e>"}` + "\n" + `{"id":"2","text":"F"}` + "\n", ""},
		"CSV with semicolons":        {"\ufeffurl;headline\nhttps://a.example/;B,c\n", `{"url":"https://a.example/","headline":"B,c"}` + "\n", ""},
		"tabs, one row too long":     {"title\tbody\nA\tB\tC\n", `{"title":"A","body":"B"}` + "\n", ""},
		"text with commas is no CSV": {"Rain, wind and title\n", "Rain, wind and title\n", ""},
		"nothing":                    {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
				got, err := io.ReadAll(Convert(r, Usual.Names()))
				if string(got) != tt.want {
					t.Errorf("got\n%swant\n%s", got, tt.want)
				}
				if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
			}
		})
	}
}

func TestForeignFormats(t *testing.T) {
	for start, want := range map[string]string{
		"\xfd7zXZ\x00\x00": "xz -dc", "PK\x03\x04zip": "unzip -p", "PAR1": "JSON Lines", "<?xml version": "XML",
		"\xff\xfe{\x00": "iconv", "SQLite format 3": "SQLite",
	} {
		if _, err := Unpack(strings.NewReader(start)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", start, err, want)
		}
	}
}

func TestBzip2(t *testing.T) {
	cmd := exec.Command("bzip2")
	cmd.Stdin = strings.NewReader("{\"a\":1}\n")
	packed, err := cmd.Output()
	if err != nil {
		t.Skipf("no bzip2: %v", err)
	}
	r, err := Unpack(strings.NewReader(string(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != "{\"a\":1}\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestNestedFields(t *testing.T) {
	named := &Fields{Text: []string{"data.page.text"}, Title: []string{"t"}, URL: []string{"u"}, Date: []string{"meta.date"}}
	for _, tt := range []struct {
		fields            *Fields
		line, text, title string
		dated             bool
	}{
		{&Usual, `{"title":"A","content":{"text":"T","lang":"de"}}`, "T", "A", false},
		{&Usual, `{"article":{"title":"A","body":"T","date_published":"2024-03-14"}}`, "T", "A", true},
		{&Usual, `{"plaintext":"T"}`, "T", "", false},
		{&Usual, `{"plain_text":["T","U"],"content":"<p>T</p>"}`, "T\n\nU", "", false},
		{&Usual, `{"content":{"text":"inner"},"text":"outer"}`, "outer", "", false},
		{named, `{"data":{"page":{"text":"T"}},"meta":{"date":"2024-03-14"}}`, "T", "", true},
	} {
		a, err := tt.fields.Read([]byte(tt.line))
		if err != nil || a.Text != tt.text || a.Title != tt.title || a.When.IsZero() == tt.dated {
			t.Errorf("%s: text %q, title %q, %v, %v", tt.line, a.Text, a.Title, a.When, err)
		}
	}
}
