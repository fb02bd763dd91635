package jsonl

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// Verdict is what is written into a line.
type Verdict struct {
	Cluster    json.RawMessage // the id of the first of its cluster
	Duplicate  json.RawMessage // the id of what it is a duplicate of, nil for the first
	Similarity float64         // 0 to 1, written with four decimals
	Method     string
}

// verdictKeys are the keys of a verdict, in order.
var verdictKeys = []string{`"cluster_id"`, `"duplicate_of"`, `"similarity"`, `"method"`}

// Annotate appends the article's line to dst, without a line break, and with a
// verdict: in the place of an earlier one, else behind content_hash as in
// lines of newsonce, else at the end. Everything else stays as it is, byte
// by byte.
func (a Article) Annotate(dst []byte, v Verdict) []byte {
	old := func(m member) bool { return slices.Contains(verdictKeys, string(a.line[m.key:m.keyEnd])) }
	at, first, hash := len(a.members), -1, -1 // before which member
	for i, m := range a.members {
		if first < 0 && old(m) {
			first = i
		}
		if string(a.line[m.key:m.keyEnd]) == `"content_hash"` {
			hash = i + 1
		}
	}
	switch {
	case first >= 0:
		at = first
	case hash >= 0:
		at = hash
	}
	if first < 0 && len(a.members) > 0 { // nothing to cut
		end := a.members[at-1].end
		dst = append(dst, a.line[:end]...)
		dst = v.append(append(dst, ','))
		return append(dst, a.line[end:]...)
	}
	dst = append(dst, '{')
	start, end := len(dst), 1 // where the members begin in dst, where the last one ended in the line
	for i, m := range a.members {
		if i == at {
			if len(dst) > start {
				dst = append(dst, ',')
			}
			dst = v.append(dst)
		}
		if !old(m) {
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

// Round is a similarity with the four decimals that are written.
func Round(similarity float64) float64 { return math.Round(similarity*1e4) / 1e4 }
