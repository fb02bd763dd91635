package date

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// urlDay matches a day in figures of fixed width, urlDayInSegments one in three segments.
var (
	urlDay           = regexp.MustCompile(`(?:^|[/_-])((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)`)
	urlDayInSegments = regexp.MustCompile(`/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/`)
)

// InPath reads the day in the path of a URL: /2023/07/13/ or /20230713/.
func (r Reader) InPath(path string) (item.Date, bool) {
	if !strings.Contains(path, "20") && !strings.Contains(path, "19") {
		return item.Date{}, false
	}
	for _, re := range []*regexp.Regexp{urlDay, urlDayInSegments} {
		m := re.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		y, _ := strconv.Atoi(m[1])
		mo, _ := strconv.Atoi(m[2])
		day, _ := strconv.Atoi(m[3])
		if !valid(calendarDay{y: y, m: mo, d: day}) {
			continue
		}
		d := item.Date{Time: time.Date(y, time.Month(mo), day, 0, 0, 0, 0, time.UTC), Raw: strings.Trim(m[0], "/_-.")}
		if r.believed(d) {
			return d, true
		}
	}
	return item.Date{}, false
}
