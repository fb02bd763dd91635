package list

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// family names the links whose URLs are like that of a link, by three measures.
type family struct {
	exact  string // the same host, first folder, kinds of segments and parameters
	folder string // the same host, first folder, depth, extension and parameters
	form   string // the same kind of last segment, extension and parameters, anywhere
}

func (f *family) keys() [3]string { return [3]string{f.exact, f.folder, f.form} }

func familyOf(s *Shape, host string) family {
	first := ""
	if len(s.Segments) > 1 && !s.Segments[0].Kind.Numeric() && s.Segments[0].Kind != ID {
		first = s.Segments[0].Text
	}
	kinds := ""
	for _, seg := range s.Segments {
		if seg.Kind == Pair {
			seg.Kind = Slug
		}
		kinds += string(seg.Kind)
	}
	end := s.Ext + "?" + strings.Join(s.Params, "&")
	return family{
		exact:  host + kinds + end + "/" + first,
		folder: fmt.Sprint("=", host, len(s.Segments), s.Slash, end, "/", first),
		form:   s.form() + end,
	}
}

// form returns the kind of the last segment, with that before a number, whether a
// date comes before it and whether the URL has the words of a title.
func (s *Shape) form() string {
	form := "*" + string(s.Last().Kind)
	if n := len(s.Segments); n > 1 && s.Segments[n-1].Kind == Number {
		form += string(s.Segments[n-2].Kind)
	}
	if s.dated() {
		form += "@"
	}
	if s.slugWords() >= titleSlug {
		form += "+"
	}
	return form
}

// mean is the mean of what speaks for the links of a family or block.
type mean struct {
	sum float64
	n   int
}

// without returns the mean of the others, drawn towards 0 where they are few.
func (m mean) without(v float64) float64 { return (m.sum - v) / float64(m.n+1) }

// rounds is how often the shares of the families are counted again.
const rounds = 3

// spread scores each link by itself, by the links of its family and its block, and
// by the share that its form has of the articles.
func spread(links []Link) {
	families, blocks := map[string]mean{}, map[block]mean{}
	for k := range links {
		l := &links[k]
		v := math.Tanh(l.own)
		for _, key := range l.family.keys() {
			families[key] = mean{families[key].sum + v, families[key].n + 1}
		}
		for _, key := range l.blocks {
			blocks[key] = mean{blocks[key].sum + v, blocks[key].n + 1}
		}
		l.Score = l.own
	}
	alike := make([]float64, len(links))
	for k := range links {
		l := &links[k]
		v := math.Tanh(l.own)
		for _, key := range l.family.keys() {
			alike[k] += 0.7 * families[key].without(v)
		}
		best := 0.0
		for n, key := range l.blocks {
			if w := blocks[key].without(v); n == 0 || w > best {
				best = w
			}
		}
		alike[k] += 1.5 * best
	}
	for range rounds {
		s := sharesOf(links)
		for k := range links {
			l := &links[k]
			l.Score = l.own + alike[k] + s.weight(l)
		}
	}
}

// shares are parts of what speaks for all articles of a page.
type shares struct {
	total    float64
	here     float64 // on the host of the page
	numbered float64 // with a number or a date
	forms    map[string]float64
}

func sharesOf(links []Link) shares {
	s := shares{forms: map[string]float64{}}
	for k := range links {
		l := &links[k]
		v := max(0, math.Tanh(l.Score))
		s.total += v
		s.forms[l.family.form] += v
		if !l.other {
			s.here += v
		}
		if l.shape.Numbered() {
			s.numbered += v
		}
	}
	return s
}

// Bounds of shares.
const (
	minTotal   = 5   // articles from which shares are looked at
	minCommon  = 0.3 // from which a form is that of the site's articles
	maxRare    = 0.2 // to which it speaks against an article
	minNumbers = 0.4 // from which articles without a number are doubted
)

// weight returns what the shares say of a link.
func (s *shares) weight(l *Link) float64 {
	v := 0.0
	if l.other && s.total > 0 {
		v -= 0.5 + s.here/s.total
	}
	if s.total <= minTotal {
		return v
	}
	if !l.shape.Numbered() {
		v -= max(0, 6*(s.numbered/s.total-minNumbers))
	}
	share := s.forms[l.family.form] / s.total
	switch {
	case share > minCommon:
		v += 0.3 + l.sureness()*min(1.2, 2*(share-minCommon))
	case share < maxRare:
		v -= 2 * (1 - share/maxRare)
	}
	return v
}

// sureness returns how sure a common form is to be that of articles.
func (l *Link) sureness() float64 {
	switch {
	case l.shape.Numbered() && !l.inMenus():
		return 1
	case l.shape.Numbered():
		return 0.33
	case l.shape.Ext != "":
		return 0.25
	}
	return 0
}

// refused is the score of a link that is taken for no article in the end.
const refused = -0.1

// dropLonely refuses links that have neither a heading nor a picture and that no
// other article on the page is like.
func dropLonely(links []Link) {
	families, blocks := map[string]int{}, map[block]int{}
	for k := range links {
		if l := &links[k]; l.Score > 0 {
			families[l.family.folder]++
			families[l.family.form]++
			for _, b := range l.blocks {
				blocks[b]++
			}
		}
	}
	for k := range links {
		l := &links[k]
		alone := families[l.family.folder] <= 1 && (families[l.family.form] <= 1 || !l.shape.Numbered()) &&
			!slices.ContainsFunc(l.blocks, func(b block) bool { return blocks[b] > len(l.blocks) })
		if l.Score > 0 && alone && l.plain() {
			l.Score = refused
		}
	}
}

// minOthers is how many articles a page has outside telling folders that has none
// in them.
const minOthers = 5

// dropTelling refuses links to tags, authors, films and the like on a page that has
// articles.
func dropTelling(links []Link) {
	others := 0
	for k := range links {
		if links[k].Score > 0 && !links[k].shape.telling() {
			others++
		}
	}
	for k := range links {
		if l := &links[k]; others >= minOthers && l.shape.telling() {
			l.Score, l.own = min(l.Score, refused), certainlyNot
		}
	}
}

func (s *Shape) telling() bool {
	return slices.ContainsFunc(s.Segments[:max(0, len(s.Segments)-1)], func(seg Segment) bool {
		return telling.MatchString(strings.ToLower(seg.Text))
	})
}

// certainlyNot is from where the own signs of a link outweigh its family, and
// certainly is from where they do as an article.
const (
	certainlyNot = -4.0
	certainly    = 2.0
)

// minFamily is from how many links a family decides about its members.
const minFamily = 6

// settle makes the links of a family alike where nearly all of them are: more of
// them where words alone tell the family, and it is not in the folder of the page.
func settle(links []Link, page urlkey.URL) {
	own := folder(page) + "/"
	if urlkey.IsRoot(page) {
		own = ""
	}
	yes, all := map[string]int{}, map[string]int{}
	for k := range links {
		key := links[k].family.folder
		all[key]++
		if links[k].Score > 0 {
			yes[key]++
		}
	}
	for k := range links {
		l := &links[k]
		y, n := yes[l.family.folder], all[l.family.folder]-yes[l.family.folder]
		most := 9
		if l.shape.marked() || own != "" && strings.HasPrefix(folder(l.URL), own) {
			most = 3
		}
		switch {
		case y+n < minFamily:
		case y >= most*n && l.own > certainlyNot:
			l.Score = max(l.Score, -refused)
		case n >= 9*y && l.Score < certainly:
			l.Score = min(l.Score, refused)
		}
	}
}
