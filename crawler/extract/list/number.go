package list

// Bounds of what the articles of a host have in common.
const (
	minLike   = 10   // articles from which it is looked at
	likeShare = 0.85 // of the articles that have it
)

// numbers are what the URLs of the articles of one host have in common.
type numbers struct {
	articles, dated int
	digits          map[int]int // articles by the digits of their numbers
}

// dropUnlike refuses links that lack what nearly all articles of their host have: the
// date in the URL, or about as many digits in the number that a counter gave them.
func dropUnlike(links []Link) {
	hosts := map[string]*numbers{}
	for k := range links {
		l := &links[k]
		if l.Score <= 0 {
			continue
		}
		n := hosts[l.URL.Host]
		if n == nil {
			n = &numbers{digits: map[int]int{}}
			hosts[l.URL.Host] = n
		}
		n.articles++
		n.digits[l.shape.digits()]++
		if l.shape.dated() {
			n.dated++
		}
	}
	for k := range links {
		if l := &links[k]; l.Score > 0 && hosts[l.URL.Host].unlike(&l.shape) {
			l.Score = refused
		}
	}
}

// unlike reports whether the articles have something in common that s lacks.
func (n *numbers) unlike(s *Shape) bool {
	most := int(likeShare * float64(n.articles))
	if n.articles < minLike {
		return false
	}
	if n.dated >= most && !s.Numbered() {
		return true
	}
	common, share := n.commonDigits()
	d := s.digits()
	return share >= most && d > 0 && (d < common-1 || d > common+2)
}

// maxDigits bounds the digits of a counter.
const maxDigits = 20

// commonDigits returns the number of digits that most numbers have, some of them one
// more, since a counter gains a digit now and then, and how many articles these are.
func (n *numbers) commonDigits() (common, articles int) {
	for d := 1; d <= maxDigits; d++ {
		if sum := n.digits[d] + n.digits[d+1]; sum > 0 && sum >= articles {
			common, articles = d, sum
		}
	}
	return common, articles
}

// digits returns how many digits the number has that tells the page, 0 without one.
func (s *Shape) digits() int {
	if s.ID != "" {
		return s.Digits
	}
	last := s.Last()
	if last.Kind != ID && last.Kind != Number {
		return 0
	}
	longest := 0
	for _, run := range digitRun.FindAllString(unescaped(last.Text), -1) {
		longest = max(longest, len(run))
	}
	return longest
}
