package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"golang.org/x/text/language"

	"github.com/newsonce/newsonce/crawler/config/remedy"
)

// str reads a text, which may be empty. Numbers and booleans are rejected, because
// YAML would change them silently (1.10, 007).
func (n *Node) str() string {
	if n.form != text {
		hint := ""
		if n.form == number || n.form == boolean {
			hint = ": put it in quotes"
		}
		if n.form == null {
			hint = n.nothing()
		}
		n.Fail("want text, got %s%s", n.describe(), hint)
		return ""
	}
	if strings.ContainsRune(n.text, 0) {
		n.Fail("text contains a NUL character: remove it")
		return ""
	}
	if n.misquoted() {
		return ""
	}
	return n.text
}

// Text reads a text that must not be empty. It returns "" when it is.
func (n *Node) Text() string {
	s := n.str()
	if strings.TrimSpace(s) != "" {
		return s
	}
	if n.form == text && strings.TrimSpace(n.text) == "" {
		n.Fail("text is empty: set a value or remove the key")
	}
	return ""
}

// Texts reads one text or a list of texts, and returns those that are not empty.
func (n *Node) Texts() []*Node {
	items := []*Node{n}
	if n.form == list {
		items = n.items
		if len(items) == 0 {
			n.Fail("list is empty: add a value or remove the key")
		}
	}
	var good []*Node
	for _, item := range items {
		if item.Text() != "" {
			good = append(good, item)
		}
	}
	return good
}

// Count reads a whole number of at least least.
func (n *Node) Count(least int) int {
	v, err := strconv.Atoi(n.text)
	switch {
	case n.form != number:
		n.Fail("want a whole number, got %s: %s", n.describe(), remedy.Count(n.text))
	case err != nil || v > math.MaxInt32:
		n.Fail("want a whole number in plain digits up to %d, got %s", math.MaxInt32, clip(n.text))
	case v < least:
		n.Fail("must be at least %d, got %d", least, v)
	default:
		return v
	}
	return least
}

// share reads a number from 0 to 1.
func (n *Node) share() float64 {
	v, err := strconv.ParseFloat(n.text, 64)
	if n.form != number || err != nil {
		n.Fail("want a number from 0 to 1, got %s%s", n.describe(), n.percent())
		return 0
	}
	if !(v >= 0 && v <= 1) {
		n.Fail("must be from 0 to 1, got %s%s", n.text, n.percent())
		return 0
	}
	return v
}

// percent returns the end of a message about a percentage: the number to write.
func (n *Node) percent() string {
	v, err := strconv.ParseFloat(strings.TrimRight(n.text, "% "), 64)
	if err != nil || v < 2 && n.form == number || v < 0 || v > 100 {
		return ""
	}
	if v > 1 {
		v /= 100
	}
	return ": write " + strconv.FormatFloat(v, 'g', -1, 64)
}

// Flag reads true or false.
func (n *Node) Flag() bool {
	if n.form != boolean {
		n.Fail("want true or false, got %s", n.describe())
	}
	return n.form == boolean && strings.EqualFold(n.text, "true")
}

// Choice reads one of a few words. It returns the first when the value is wrong.
func Choice[T ~string](n *Node, words ...T) T {
	if n.form == text && slices.Contains(words, T(n.text)) {
		return T(n.text)
	}
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	if n.form != text {
		n.Fail("want one of %s, got %s", strings.Join(names, ", "), n.describe())
		return words[0]
	}
	n.Fail("unknown value %q%s", clip(n.text), didYouMean(n.text, names))
	return words[0]
}

// Size reads a number of bytes, with or without a unit: 10MiB, 500kB, 4096.
func (n *Node) Size() int64 {
	if n.form != text && n.form != number {
		n.Fail("want a size such as 10MiB, got %s", n.describe())
		return 0
	}
	if !sizeShape.MatchString(n.text) {
		n.Fail("size %q is not understood: write 10MiB, 500kB or plain bytes", clip(n.text))
		return 0
	}
	v, err := humanize.ParseBytes(n.text)
	if err != nil || v > 1<<60 {
		n.Fail("size %q is not understood or too large: write 10MiB, 500kB or plain bytes", clip(n.text))
		return 0
	}
	return int64(v)
}

var sizeShape = regexp.MustCompile(`^([0-9]{1,18}|[0-9]{1,9}(\.[0-9]{1,6})? ?(?i:[kmgt]i?b|b))$`)

// printSize writes a size so that Size reads the same: with a unit, or as a number.
func printSize(v int64) any {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"MB", 1e6}, {"kB", 1e3}} {
		if v != 0 && v%unit.bytes == 0 {
			return strconv.FormatInt(v/unit.bytes, 10) + unit.name
		}
	}
	return v
}

// Duration reads a duration such as 1s, 1m30s, 24h, 30d or 1w; 0 needs no unit.
func (n *Node) Duration() time.Duration {
	if n.form != text && n.form != number {
		n.Fail("want a duration such as 30s or 7d, got %s", n.describe())
		return 0
	}
	d, err := ParseDuration(n.text)
	if err != nil {
		n.Fail("%v", err)
	}
	return d
}

// positive reads a duration above 0.
func (n *Node) positive() time.Duration {
	before := len(n.r.errs)
	d := n.Duration()
	if d == 0 && len(n.r.errs) == before {
		n.Fail("must be longer than 0")
	}
	return d
}

var (
	durationShape = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h|d|w))+$`)
	durationPart  = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h|d|w)`)
	bareNumber    = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// ParseDuration extends time.ParseDuration by d (24 hours) and w (7 days), and
// rejects signs.
func ParseDuration(s string) (time.Duration, error) {
	switch {
	case strings.Trim(s, "0") == "" && s != "":
		return 0, nil
	case bareNumber.MatchString(s):
		return 0, fmt.Errorf("duration %s has no unit: write %ss, %sm, %sh, %sd or %sw", clip(s), s, s, s, s, s)
	case strings.HasPrefix(s, "-"):
		return 0, fmt.Errorf("duration %q must not be negative: write it without the -, or 0", clip(s))
	case !durationShape.MatchString(s):
		return 0, fmt.Errorf("duration %q is not understood: %s", clip(s), writtenDuration(s))
	}
	var sum time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		d, err := time.ParseDuration(part[1] + part[2])
		if unit := map[string]time.Duration{"d": day, "w": week}[part[2]]; unit != 0 {
			var v float64
			v, err = strconv.ParseFloat(part[1], 64)
			if v*float64(unit) > math.MaxInt64/2 {
				err = strconv.ErrRange
			}
			d = time.Duration(v * float64(unit))
		}
		if sum += d; err != nil || sum < 0 {
			return 0, fmt.Errorf("duration %q is too long", clip(s))
		}
	}
	return sum, nil
}

// writtenDuration returns how to write a misspelt duration.
func writtenDuration(s string) string {
	if d, ok := remedy.Duration(s); ok {
		return "write " + FormatDuration(d)
	}
	if remedy.IsCron(s) {
		return "write the least time between two requests, such as 15m; cron or a systemd timer starts newsonce"
	}
	return "write 30s, 1m30s, 24h, 7d or 1w"
}

// FormatDuration writes a duration so that ParseDuration reads the same: 1d, 1h30m.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, unit := range []struct {
		name string
		d    time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}, {"ns", 1}} {
		if v := d / unit.d; v > 0 {
			fmt.Fprintf(&b, "%d%s", v, unit.name)
			d -= v * unit.d
		}
	}
	return b.String()
}

// language reads a BCP 47 language tag; "" is none.
func (n *Node) language() string {
	tag := n.str()
	if tag == "" {
		return ""
	}
	if _, err := language.Parse(tag); err != nil {
		n.Fail("unknown language %q: use a BCP 47 tag such as en, ru or pt-BR", clip(tag))
	}
	return tag
}

// Pattern reads a regular expression, nil when it is wrong.
func (n *Node) Pattern() *regexp.Regexp {
	s := n.Text()
	if n.foreignPattern() {
		return nil
	}
	re, err := regexp.Compile(s)
	if err != nil {
		n.Fail("pattern %s: %s: %s", clip(s), strings.TrimPrefix(err.Error(), "error parsing regexp: "), remedy.Pattern(s))
		return nil
	}
	return re
}
