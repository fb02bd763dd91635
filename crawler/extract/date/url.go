package date

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// Days in the path of a URL: in figures of fixed width, in three segments, either from
// the day on, with the name of a month.
var (
	urlDay           = regexp.MustCompile(`(?:^|[/_-])((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)`)
	urlDayInSegments = regexp.MustCompile(`/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/`)
	urlDayFirst      = regexp.MustCompile(`(?:^|[/_-])(0[1-9]|[12]\d|3[01])([/_.-]?)(0[1-9]|1[0-2])([/_.-]?)((?:19|20)\d\d)(?:[/_.-]|$)`)
	urlDaySegments   = regexp.MustCompile(`/(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)/`)
	urlMonth         = regexp.MustCompile(`(?:^|[/_-])((?:19|20)\d\d)[/_-](\pL{3,10})[/_-](\d{1,2})(?:[/_.-]|$)`)
	urlMonthDayFirst = regexp.MustCompile(`(?:^|[/_-])(\d{1,2})[/_-](\pL{3,10})[/_-]((?:19|20)\d\d)(?:[/_.-]|$)`)
)

// urlDays are these, the likeliest first.
var urlDays = []*regexp.Regexp{urlDay, urlDayInSegments, urlDayFirst, urlDaySegments, urlMonth, urlMonthDayFirst}

// InPath reads the day in the path of a URL: /2023/07/13/, /20230713/, /13-07-2023/,
// /2023/jul/13/.
func (r Reader) InPath(path string) (item.Date, bool) {
	if !strings.Contains(path, "20") && !strings.Contains(path, "19") {
		return item.Date{}, false
	}
	for _, re := range urlDays {
		m := re.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		day, ok := r.pathDay(re, m)
		if !ok || !valid(day) {
			continue
		}
		at := time.Date(day.y, time.Month(day.m), day.d, 0, 0, 0, 0, time.UTC)
		d := item.Date{Time: at, Raw: strings.Trim(m[0], "/_-.")}
		if r.believed(d) {
			return d, true
		}
	}
	return item.Date{}, false
}

// pathDay returns the day that re matched.
func (r Reader) pathDay(re *regexp.Regexp, m []string) (calendarDay, bool) {
	number := func(s string) int {
		n, _ := strconv.Atoi(s)
		return n
	}
	switch re {
	case urlDayFirst:
		return calendarDay{y: number(m[5]), m: number(m[3]), d: number(m[1])}, m[2] == m[4]
	case urlDaySegments:
		return calendarDay{y: number(m[3]), m: number(m[2]), d: number(m[1])}, true
	case urlMonth:
		month := monthOf(foldWord(m[2]), r.lang)
		return calendarDay{y: number(m[1]), m: month, d: number(m[3])}, month != 0
	case urlMonthDayFirst:
		month := monthOf(foldWord(m[2]), r.lang)
		return calendarDay{y: number(m[3]), m: month, d: number(m[1])}, month != 0
	}
	return calendarDay{y: number(m[1]), m: number(m[2]), d: number(m[3])}, true
}
