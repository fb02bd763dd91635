package list

import "testing"

func TestWithoutDate(t *testing.T) {
	f := finder(t, "https://news.example/", "")
	for in, want := range map[string]string{
		"10:42 13.07.2023 Port opens":   "Port opens",
		"10:42 13.07.2023 Port":         "10:42 13.07.2023 Port",
		"Port opens 13.07.2023 10:42":   "Port opens",
		"Port 13.07.2023 10:42":         "Port 13.07.2023 10:42",
		"Port opens 13.07.2023":         "Port opens 13.07.2023",
		"Port opens":                    "Port opens",
		"Port 13.07.2023 10:42 opens":   "Port 13.07.2023 10:42 opens",
		"13.07.2023 10:42 | Port opens": "Port opens",
	} {
		if got := f.withoutDate(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestPlain tells links with nothing but a text from those in a heading or around a picture.
func TestPlain(t *testing.T) {
	for _, test := range []struct {
		uses []use
		want bool
	}{
		{[]use{{}}, true}, {[]use{{headed: true}}, false}, {[]use{{image: true}}, false},
		{[]use{{headed: true, image: true}}, false}, {[]use{{}, {image: true}}, false}, {[]use{{}, {}}, true},
	} {
		l := Link{uses: test.uses}
		if got := l.plain(); got != test.want {
			t.Errorf("%+v: got %v, want %v", test.uses, got, test.want)
		}
	}
}
