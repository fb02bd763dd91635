package date

import "testing"

func TestJalaliYear(t *testing.T) {
	for y, want := range map[int]bool{0: false, 1299: false, 1300: true, 1402: true, 1479: true, 1480: false, 2023: false} {
		if got := jalaliYear(y); got != want {
			t.Errorf("%d: got %v, want %v", y, got, want)
		}
	}
}

// TestGregorian converts days of the Iranian calendar, and leaves alone what cannot be one.
func TestGregorian(t *testing.T) {
	for _, test := range []struct {
		name, lang, year string
		y, m, d          int
		want             [3]int
	}{
		{"persian page", "fa", "1402", 1402, 4, 22, [3]int{2023, 7, 13}},
		{"persian digits", "en", "۱۴۰۲", 1402, 4, 22, [3]int{2023, 7, 13}},
		{"first persian digit", "en", "۰", 1402, 4, 22, [3]int{2023, 7, 13}},
		{"last persian digit", "en", "۹", 1402, 4, 22, [3]int{2023, 7, 13}},
		{"last month and day", "fa", "1402", 1402, 12, 29, [3]int{2024, 3, 19}},
		{"first month, day 31", "fa", "1402", 1402, 1, 31, [3]int{2023, 4, 20}},
		{"other page and digits", "en", "1402", 1402, 4, 22, [3]int{1402, 4, 22}},
		{"arabic digits", "ar", "١٤٠٢", 1402, 4, 22, [3]int{1402, 4, 22}},
		{"other year", "fa", "2023", 2023, 4, 22, [3]int{2023, 4, 22}},
		{"no month", "fa", "1402", 1402, 0, 22, [3]int{1402, 0, 22}},
		{"month 13", "fa", "1402", 1402, 13, 22, [3]int{1402, 13, 22}},
		{"day 32", "fa", "1402", 1402, 4, 32, [3]int{1402, 4, 32}},
	} {
		p := New(Options{Language: test.lang}).parse(test.year)
		d := p.gregorian(0, calendarDay{y: test.y, m: test.m, d: test.d})
		if got := [3]int{d.y, d.m, d.d}; got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestInKey(t *testing.T) {
	for _, c := range []byte("azAZmM09_-.") {
		if !inKey(c) {
			t.Errorf("%q may stand in a key", c)
		}
	}
	for _, c := range []byte("`{@[/: +,'\"\\\x00\xff") {
		if inKey(c) {
			t.Errorf("%q may not stand in a key", c)
		}
	}
}

// TestHalfFirst reads times with the half of the day before them.
func TestHalfFirst(t *testing.T) {
	for s, want := range map[string][2]int{
		"오후 1:31": {13, 31}, "오전 1:31": {1, 31}, "下午1:31": {13, 31}, "午前11:05": {11, 5},
		"1:31": {-1}, "오후 중": {-1}, "下午": {-1},
	} {
		p := New(Options{}).parse(s)
		c, ok := p.halfFirst(0)
		if ok != (want[0] >= 0) || ok && (c.h != want[0] || c.m != want[1]) {
			t.Errorf("%q: got %v:%v, %v", s, c.h, c.m, ok)
		}
	}
}

// TestYearFirst reads days after their year, and tells the token behind them.
func TestYearFirst(t *testing.T) {
	for s, want := range map[string]calendarDay{
		"2023 July 13 x":   {y: 2023, m: 7, d: 13, next: 3},
		"2023, 13. July x": {y: 2023, m: 7, d: 13, next: 5},
		"2023-07-13 x":     {y: 2023, m: 7, d: 13, next: 5},
	} {
		p := New(Options{}).parse(s)
		if got, ok := p.yearFirst(0); !ok || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", s, got, ok, want)
		}
	}
}
