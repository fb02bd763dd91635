package byline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Bounds of a name.
const (
	maxNameWords = 5
	maxNameRunes = 50
	maxWideRunes = 6 // in a script without spaces

	maxGivenRunes = 3 // of the given name behind a space
)

// Read returns the names that s begins with: "Ann Lee and Bo Chen in Baku, 5 min
// read". Roles, places and desks beside them are left out, none is returned where s
// begins with something else.
func Read(s string) (names []string) {
	for k, clause := range clauses(s) {
		run, whole, role := nameIn(clause)
		n := len(run)
		if role || k > 0 && n > 0 && ofDesk(run) {
			continue
		}
		if n == 0 || n == 1 && !singleName(run[0], whole, names) {
			return names
		}
		names = append(names, strings.Join(run, " "))
	}
	return names
}

// singleName reports whether a word that begins a clause, or is the whole of it, is a
// name. After a full name it is a place, Ann Lee, Baku, unless it is an agency.
func singleName(w string, whole bool, before []string) bool {
	if len(before) == 0 || !IsFull(before[0]) {
		return whole || dom.HasWide(w)
	}
	return whole && isAgency(w)
}

// isAgency reports whether a word may be the name of an agency: TPN. In scripts without
// capitals it may be any.
func isAgency(w string) bool { return strings.ToUpper(w) == w && !isBeside(w) }

// readWhole is like Read for a text that consists of names, roles and places only.
func readWhole(s string) []string {
	for _, clause := range clauses(s) {
		if _, whole, role := nameIn(clause); !whole && !role {
			return nil
		}
	}
	return Read(s)
}

// clauses splits s at what stands between names. Text in brackets is left out.
func clauses(s string) (list []string) {
	for part := range strings.SplitSeq(betweenNames.Replace(withoutBrackets(s)), ",") {
		for _, one := range splitPair(part) {
			if one = strings.Trim(one, " .|/"); one != "" {
				list = append(list, one)
			}
		}
	}
	return list
}

// withoutBrackets cuts the texts in brackets out of s.
func withoutBrackets(s string) string {
	for {
		i := strings.IndexAny(s, "([（【［")
		if i < 0 {
			return s
		}
		end := strings.IndexAny(s[i:], ")]）】］")
		if end < 0 {
			return s[:i]
		}
		_, n := utf8.DecodeRuneInString(s[i+end:])
		s = s[:i] + " " + s[i+end+n:]
	}
}

// nameIn returns the words of the name that begins a clause, and whether nothing
// follows it. The clause may be a role, or hold one before or after the name.
func nameIn(clause string) (run []string, whole, role bool) {
	list := strings.Fields(clause)
	first, last := -1, -1
	for k, w := range list {
		if isRole(w) {
			if first < 0 {
				first = k
			}
			last = k
		}
	}
	switch {
	case first < 0:
	case isWideRole(list) && first > 0:
		list = list[:first]
	case len(nameRun(list[last+1:])) >= 2 && len(nameRun(list[last+1:])) == len(list)-last-1:
		list = list[last+1:]
	case first >= 2 && len(nameRun(list[:first])) >= 2:
		list = list[:first]
		if k := slices.IndexFunc(list, isDeskWord); k > 0 {
			list = list[:k]
		}
	default:
		return nil, true, true
	}
	run = nameRun(list)
	return run, len(run) == len(list), false
}

// nameRun returns the words at the beginning of list that make a name, none for more
// than a name has.
func nameRun(list []string) []string {
	n, upper, runes := 0, 0, 0
	for _, w := range list {
		if isBeside(w) || strings.ContainsFunc(w, notInName) {
			break
		}
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "'’\"“„«"))
		switch {
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			upper = n + 1
		case unicode.IsLetter(r) && !unicode.IsLower(r): // scripts without capitals
			upper = n + 1
			if dom.HasWide(w) && utf8.RuneCountInString(w) > maxWideRunes {
				return nil
			}
			if n > 0 && unicode.Is(unicode.Han, r) && utf8.RuneCountInString(w) > maxGivenRunes {
				return bounded(list[:n], runes) // something else: 周禾 临江报道
			}
		case slices.Contains(nameParticles, strings.ToLower(w)):
		default:
			return bounded(list[:upper], runes)
		}
		n++
		runes += utf8.RuneCountInString(w) + 1
	}
	return bounded(list[:upper], runes)
}

// notInName reports whether no name has r.
func notInName(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("@:/=?!<>", r) }

func bounded(run []string, runes int) []string {
	if len(run) > maxNameWords || runes-1 > maxNameRunes {
		return nil
	}
	return run
}

// nameParticles are the words of names without a capital.
var nameParticles = []string{"de", "del", "la", "las", "los", "da", "das", "do", "dos", "di", "du", "des", "le",
	"van", "von", "der", "den", "ter", "ten", "zu", "zur", "bin", "ibn", "al", "el", "af", "av", "y", "e", "d'", "st."}

// betweenNames replaces what separates names by commas.
var betweenNames = strings.NewReplacer(" and ", ",", " & ", ",", " und ", ",", " et ", ",", ";", ",", " | ", ",",
	" и ", ",", " og ", ",", " och ", ",", " oraz ", ",", " dan ", ",", " και ", ",", " और ", ",", " และ ", ",",
	"、", ",", "，", ",", "،", ",", " • ", ",", " · ", ",", " / ", ",", " with ", ",", " mit ", ",")

// splitPair splits two names joined by a short word that may also stand within a
// name: Ann Lee y Bo Chen, but Santiago Ramón y Cajal.
func splitPair(s string) []string {
	for _, w := range pairWords {
		if left, right, ok := strings.Cut(s, w); ok && dom.Words(left) >= 2 && dom.Words(right) >= 2 {
			return []string{left, right}
		}
	}
	return []string{s}
}

// pairWords are these words.
var pairWords = []string{" y ", " e ", " i ", " ve ", " və ", " en ", " a ", " és ", " și ", " та ", " і ", " و ", " و"}
