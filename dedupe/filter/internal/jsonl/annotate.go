package jsonl

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// Verdict holds the members that Annotate writes.
type Verdict struct {
	Cluster    json.RawMessage // the id of the first article of the cluster
	Duplicate  json.RawMessage // the id of the article that it duplicates, nil for the first
	Similarity float64         // 0 to 1, written with four decimals
	Method     string
}

// verdictKeys are the keys of a verdict, in order.
var verdictKeys = []string{`"cluster_id"`, `"duplicate_of"`, `"similarity"`, `"method"`}

// Annotate appends the article's line, without a line break, and with a
// verdict. The verdict takes the place of an earlier one; otherwise it follows
// content_hash, as in the items of newsonce, or stands at the end. All other
// bytes stay as they are.
func (a Article) Annotate(dst []byte, v Verdict) []byte {
	at, replaces := a.verdictPlace()
	if replaces || len(a.members) == 0 {
		return a.replaceVerdict(dst, v, at)
	}
	end := a.members[at-1].end
	dst = append(dst, a.line[:end]...)
	dst = v.append(append(dst, ','))
	return append(dst, a.line[end:]...)
}

// verdictPlace returns the index of the member before which a verdict belongs,
// and whether an earlier verdict is there.
func (a Article) verdictPlace() (at int, replaces bool) {
	at = len(a.members)
	for i, m := range a.members {
		if a.isVerdict(m) {
			return i, true
		}
		if string(a.line[m.key:m.keyEnd]) == `"content_hash"` {
			at = i + 1
		}
	}
	return at, false
}

func (a Article) isVerdict(m member) bool {
	return slices.Contains(verdictKeys, string(a.line[m.key:m.keyEnd]))
}

// replaceVerdict copies the line member by member, without those of an earlier
// verdict, and writes the new one before the member at an index.
func (a Article) replaceVerdict(dst []byte, v Verdict, at int) []byte {
	dst = append(dst, '{')
	start, end := len(dst), 1 // of the members in dst; of the last one in the line
	for i, m := range a.members {
		if i == at {
			if len(dst) > start {
				dst = append(dst, ',')
			}
			dst = v.append(dst)
		}
		if !a.isVerdict(m) {
			between := a.line[end:m.key] // the comma and white space
			if _, rest, found := bytes.Cut(between, []byte(",")); found && len(dst) == start {
				between = rest
			}
			dst = append(append(dst, between...), a.line[m.key:m.end]...)
		}
		end = m.end
	}
	if len(a.members) == 0 {
		dst = v.append(dst)
	}
	return append(dst, a.line[end:]...)
}

// append writes the members of a verdict.
func (v Verdict) append(dst []byte) []byte {
	dst = append(append(append(dst, verdictKeys[0]...), ':'), v.Cluster...)
	if v.Duplicate == nil {
		return dst
	}
	dst = append(append(append(append(dst, ','), verdictKeys[1]...), ':'), v.Duplicate...)
	dst = append(append(append(dst, ','), verdictKeys[2]...), ':')
	dst = strconv.AppendFloat(dst, Round(v.Similarity), 'f', -1, 64)
	dst = append(append(append(append(dst, ','), verdictKeys[3]...), `:"`...), v.Method...)
	return append(dst, '"')
}

// Round rounds a similarity to the four decimals that are written.
func Round(similarity float64) float64 { return math.Round(similarity*1e4) / 1e4 }
