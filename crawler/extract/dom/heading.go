package dom

import "golang.org/x/net/html/atom"

// IsHeading reports whether a is h1 to h6.
func IsHeading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// HeadingIn returns the first heading in the subtree at i, i itself among its nodes, or -1.
func (t *Tree) HeadingIn(i int32) int32 {
	for k := i; k < t.End[i]; k++ {
		if IsHeading(t.Atoms[k]) {
			return k
		}
	}
	return -1
}

// HeadingAround reports whether i or one of its two nearest ancestors is a heading.
func (t *Tree) HeadingAround(i int32) bool {
	for up := 0; i >= 0 && up < 3; up++ {
		if IsHeading(t.Atoms[i]) {
			return true
		}
		i = t.Parent[i]
	}
	return false
}

// Headed reports whether i is in or around a heading.
func (t *Tree) Headed(i int32) bool { return t.HeadingIn(i) >= 0 || t.HeadingAround(i) }

// OtherHeading reports whether a heading other than that at i stands in a.
func (t *Tree) OtherHeading(i, a int32) bool {
	for k := a; k < t.End[a]; k++ {
		if k != i && IsHeading(t.Atoms[k]) {
			return true
		}
	}
	return false
}
