package polite

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxRetryAfter is the longest Retry-After that is honoured.
const MaxRetryAfter = 24 * time.Hour

// RetryAfter reads a Retry-After header, seconds or an HTTP-date (RFC 9110
// section 10.2.3), and returns how long to wait from now, 0 to MaxRetryAfter. An
// HTTP-date counts from date, the response's Date header, so that a wrong clock on
// either side does no harm; from now if date is not valid. ok is false when value
// is neither.
func RetryAfter(value, date string, now time.Time) (wait time.Duration, ok bool) {
	value = strings.TrimSpace(value)
	if seconds, isNumber := parseSeconds(value); isNumber {
		return min(time.Duration(seconds)*time.Second, MaxRetryAfter), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(strings.TrimSpace(date)); err == nil {
		now = sent
	}
	return min(max(at.Sub(now), 0), MaxRetryAfter), true
}

// parseSeconds reads digits. Fractions, which some servers send, are rounded up.
// A number that does not fit is returned as MaxRetryAfter.
func parseSeconds(value string) (seconds int64, ok bool) {
	whole, fraction, _ := strings.Cut(value, ".")
	if whole == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false
	}
	seconds, err := strconv.ParseInt(whole, 10, 32)
	if err != nil { // digits, but too many
		return int64(MaxRetryAfter / time.Second), true
	}
	if strings.Trim(fraction, "0") != "" {
		seconds++
	}
	return seconds, true
}
