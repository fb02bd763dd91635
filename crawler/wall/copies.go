package wall

// Decision says what follows from several URLs of a site that answered with one
// text.
type Decision uint8

// The decisions.
const (
	Article Decision = iota // copies of an article, or too little to say otherwise
	Hold                    // write nothing yet: the next URL or another fetch decides
	Wall                    // no article: withdraw what was written, and queue all its URLs
)

// Answers judges a text that n URLs of a site answered with, in this run or an
// earlier one. known is how many of these URLs had a link title or a slug to
// compare with the page (see SameTitle and About), and disagreeing how many of
// those did not agree. A URL counts once, under its key, and so do a page and its
// print version.
//
// One text for two URLs whose links promised something else is a wall. A copy of
// an article on a second URL agrees with its link. Without anything to compare,
// the third URL decides.
func Answers(n, disagreeing, known int) Decision {
	switch {
	case n < 2:
		return Article
	case known == 0:
		if n >= 3 {
			return Wall
		}
		return Article
	case disagreeing == 0:
		return Article
	case disagreeing == known && (known >= 2 || n >= 3):
		return Wall
	case n >= 4 && 3*disagreeing >= 2*known:
		return Wall
	case 4*disagreeing <= known:
		return Article
	}
	return Hold
}

// Copy is one of the URLs of a site that answered with one text.
type Copy struct {
	LinkTitle, Slug string
	About, Known    bool // what About said of the text
}

// maxCopies is how many copies are compared with each other.
const maxCopies = 24

// Compare counts for Answers. A copy disagrees when the text holds nothing of what
// its link promised, unless all other links promised the same: one article under
// two URLs has one title, even where its text never repeats a word of it.
func Compare(copies []Copy) (n, disagreeing, known int) {
	for i, c := range copies {
		if !c.Known {
			continue
		}
		known++
		if !c.About && anotherPromise(c, copies[:min(len(copies), maxCopies)], i) {
			disagreeing++
		}
	}
	return len(copies), disagreeing, known
}

// anotherPromise reports whether the link of a copy but i promised something other
// than the link of c, or none can be compared with it.
func anotherPromise(c Copy, copies []Copy, i int) bool {
	alone := true
	for k, o := range copies {
		if k == i {
			continue
		}
		title := o.LinkTitle
		if title == "" {
			title = o.Slug
		}
		agrees, known := SameTitle(c.LinkTitle, title, c.Slug)
		if known && !agrees {
			return true
		}
		alone = alone && !known
	}
	return alone
}
