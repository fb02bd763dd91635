package crawler

import (
	"cmp"
	"strings"
)

// sharing joins the names of groups that meet on a host: a host that one site
// groups by its domain and another by itself has one pace. It maps a name to
// another of its set; the one that stands for the set maps to itself.
type sharing map[string]string

// shared joins the groups of all sites. Every host of a site is of its group
// there, with and without www.
func (r *run) shared() sharing {
	m := sharing{}
	for _, s := range r.sites {
		for _, h := range s.Hosts {
			for _, host := range []string{h, "www." + h, strings.TrimPrefix(h, "www.")} {
				m.join(strings.TrimSuffix(host, "."), s.group(r, "://"+host))
			}
		}
	}
	return m
}

// of returns the name of the group that name belongs to.
func (m sharing) of(name string) string {
	up, ok := m[name]
	if !ok || up == name {
		return name
	}
	top := m.of(up)
	m[name] = top
	return top
}

// join makes one set of two. The shortest name stands for it, which is a domain
// or an address rather than a host: the same in every run.
func (m sharing) join(a, b string) {
	a, b = m.of(a), m.of(b)
	if c := cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)); c > 0 {
		a, b = b, a
	}
	m[a], m[b] = a, a
}
