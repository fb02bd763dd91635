package config

// URLList names files with one URL per line; "-" is standard input.
type URLList struct{ Files []string }

func readURLList(n *Node, _ *Site) Spec {
	l := &URLList{}
	n = n.Short("files")
	n.Read("urls", Keys{"files": func(v *Node) {
		for _, item := range v.Texts() {
			if hasScheme(item.text) {
				item.Fail("urls reads files (or -): put %q into a file with one URL per line, or use a listing", clip(item.text))
				continue
			}
			l.Files = append(l.Files, item.Path())
		}
	}})
	n.Require("files", "urls needs files, such as urls: links.txt")
	return l
}

// SiteHosts implements Spec.
func (*URLList) SiteHosts() []string { return nil }

// Print implements Spec.
func (l *URLList) Print() Mapping { return Mapping{{"files", l.Files}} }
