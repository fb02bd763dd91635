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
)

// str reads a text, which may be empty. Numbers and booleans are refused: YAML
// would have changed them silently (1.10, 007).
func (r *reader) str(n *node) string {
	if n.kind != text {
		hint := ""
		if n.kind == number || n.kind == boolean {
			hint = "; put it in quotes"
		}
		r.fail(n, "want text, got %s%s", n.describe(), hint)
		return ""
	}
	if strings.ContainsRune(n.text, 0) {
		r.fail(n, "text holds a NUL character")
		return ""
	}
	return n.text
}

// filled reads a text that must not be empty.
func (r *reader) filled(n *node) string {
	s := r.str(n)
	if n.kind == text && strings.TrimSpace(s) == "" {
		r.fail(n, "text is empty; give a value or remove the key")
	}
	return s
}

// strs reads a text or a list of texts, none of them empty, as nodes with
// their places.
func (r *reader) strs(n *node) []*node {
	items := []*node{n}
	if n.kind == list {
		items = n.items
		if len(items) == 0 {
			r.fail(n, "list is empty; give a value or remove the key")
		}
	}
	var good []*node
	for _, item := range items {
		if s := r.filled(item); strings.TrimSpace(s) != "" {
			good = append(good, item)
		}
	}
	return good
}

// count reads a whole number of at least least.
func (r *reader) count(n *node, least int) int {
	v, err := strconv.Atoi(n.text)
	switch {
	case n.kind != number:
		r.fail(n, "want a whole number, got %s", n.describe())
	case err != nil || v > math.MaxInt32:
		r.fail(n, "want a whole number in plain digits up to %d, got %s", math.MaxInt32, clip(n.text))
	case v < least:
		r.fail(n, "must be at least %d, got %d", least, v)
	default:
		return v
	}
	return least
}

// share reads a number from 0 to 1.
func (r *reader) share(n *node) float64 {
	v, err := strconv.ParseFloat(n.text, 64)
	if n.kind != number || err != nil {
		r.fail(n, "want a number from 0 to 1, got %s", n.describe())
		return 0
	}
	if !(v >= 0 && v <= 1) {
		r.fail(n, "must be from 0 to 1, got %s", n.text)
		return 0
	}
	return v
}

// flag reads true or false.
func (r *reader) flag(n *node) bool {
	if n.kind != boolean {
		r.fail(n, "want true or false, got %s", n.describe())
	}
	return n.kind == boolean && strings.EqualFold(n.text, "true")
}

// choice reads one of a few words.
func choice[T ~string](r *reader, n *node, words ...T) T {
	if n.kind == text && slices.Contains(words, T(n.text)) {
		return T(n.text)
	}
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	if n.kind != text {
		r.fail(n, "want one of %s, got %s", strings.Join(names, ", "), n.describe())
		return words[0]
	}
	r.fail(n, "unknown value %q%s", clip(n.text), didYouMean(n.text, names))
	return words[0]
}

// size reads bytes: a whole number, or one with a unit as 10MiB or 500kB.
func (r *reader) size(n *node) int64 {
	if n.kind != text && n.kind != number {
		r.fail(n, "want a size such as 10MiB, got %s", n.describe())
		return 0
	}
	if !sizeShape.MatchString(n.text) {
		r.fail(n, "size %q is not understood: write 10MiB, 500kB or plain bytes", clip(n.text))
		return 0
	}
	v, err := humanize.ParseBytes(n.text)
	if err != nil || v > 1<<60 {
		r.fail(n, "size %q is not understood or too large: write 10MiB, 500kB or plain bytes", clip(n.text))
		return 0
	}
	return int64(v)
}

var sizeShape = regexp.MustCompile(`^([0-9]{1,18}|[0-9]{1,9}(\.[0-9]{1,6})? ?(?i:[kmgt]i?b|b))$`)

// printSize is what size reads, exactly: with a unit, or bytes as a number.
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

// duration reads 1s, 1m30s, 24h, 30d, 1w; 0 needs no unit.
func (r *reader) duration(n *node) time.Duration {
	if n.kind != text && n.kind != number {
		r.fail(n, "want a duration such as 30s or 7d, got %s", n.describe())
		return 0
	}
	d, err := ParseDuration(n.text)
	if err != nil {
		r.fail(n, "%v", err)
	}
	return d
}

// positive reads a duration above 0.
func (r *reader) positive(n *node) time.Duration {
	before := len(r.errs)
	d := r.duration(n)
	if d == 0 && len(r.errs) == before {
		r.fail(n, "must be longer than 0")
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

// ParseDuration is time.ParseDuration with d (24 hours) and w, without signs.
func ParseDuration(s string) (time.Duration, error) {
	switch {
	case strings.Trim(s, "0") == "" && s != "":
		return 0, nil
	case bareNumber.MatchString(s):
		return 0, fmt.Errorf("duration %s has no unit: write %ss, %sm, %sh, %sd or %sw", clip(s), s, s, s, s, s)
	case strings.HasPrefix(s, "-"):
		return 0, fmt.Errorf("duration %q must not be negative", clip(s))
	case !durationShape.MatchString(s):
		return 0, fmt.Errorf("duration %q is not understood: write 30s, 1m30s, 24h, 7d or 1w", clip(s))
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

// FormatDuration writes what ParseDuration reads, exactly: 1d, 1h30m, 1500ms.
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

// tongue reads a BCP 47 language tag; "" is none.
func (r *reader) tongue(n *node) string {
	tag := r.str(n)
	if tag == "" {
		return ""
	}
	if _, err := language.Parse(tag); err != nil {
		r.fail(n, "unknown language %q: use a BCP 47 tag such as en, ru or pt-BR", clip(tag))
	}
	return tag
}

// pattern reads a regular expression.
func (r *reader) pattern(n *node) *regexp.Regexp {
	s := r.filled(n)
	re, err := regexp.Compile(s)
	if err != nil {
		r.fail(n, "pattern %q: %s", clip(s), strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil
	}
	return re
}
