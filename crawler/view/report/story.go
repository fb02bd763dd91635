package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/newsonce/newsonce/crawler/item"
)

// Cluster is a story that several URLs tell.
type Cluster struct {
	Size    int
	Members []Member // by time, at most maxMembers
}

// Member is one URL of a cluster.
type Member struct {
	Item
	Method     string // "" for the first
	Similarity float64
	First      bool // published first, as far as is known
}

// Copies counts stories that one site had after another.
type Copies struct {
	From, To string // the site that published first; the site that had the same text later
	Count    int
}

// stories keeps what is needed to find clusters. Most articles are alone in theirs, and
// take the least.
type stories struct {
	articles brief
	members  map[string][]Member // by the id of the first
	changes  map[string]int      // id -> revisions after the first
	named    map[string]Item     // the newest revisions of revised articles
}

func newStories() *stories {
	return &stories{
		articles: brief{places: map[uint64]place{}}, members: map[string][]Member{}, changes: map[string]int{},
		named: map[string]Item{},
	}
}

func (s *stories) article(a *item.Article) {
	x := itemOf(a)
	s.articles.add(&x)
	if a.DuplicateOf != "" {
		s.members[a.DuplicateOf] = append(s.members[a.DuplicateOf], Member{Item: x, Method: a.Method, Similarity: a.Similarity})
	}
}

func (s *stories) reference(r *item.Reference) {
	x := Item{Type: item.TypeReference, Site: r.Site, URL: r.URL, Title: cmp.Or(r.Title, r.URL), ID: r.ID,
		At: r.DatePublished.Time, Seen: r.FetchedAt.Time}
	if r.DatePublished.IsZero() {
		x.At = r.FetchedAt.Time
	}
	s.members[r.DuplicateOf] = append(s.members[r.DuplicateOf], Member{Item: x, Method: r.Method, Similarity: r.Similarity})
}

func (s *stories) revised(a *item.Article) {
	s.changes[a.ID]++
	s.named[a.ID] = itemOf(a)
}

// cluster joins the copies of an article with it, by time.
func (s *stories) cluster(id string) []Member {
	list := slices.Clone(s.members[id])
	if first, ok := s.articles.get(id); ok {
		list = append(list, Member{Item: first})
	}
	slices.SortStableFunc(list, func(a, b Member) int { return cmp.Or(a.At.Compare(b.At), a.Seen.Compare(b.Seen)) })
	if len(list) > 0 {
		list[0].First = true
	}
	return list
}

// clusters returns the largest.
func (s *stories) clusters() (list []Cluster) {
	ids := slices.SortedFunc(maps.Keys(s.members), func(a, b string) int {
		return cmp.Or(len(s.members[b])-len(s.members[a]), cmp.Compare(a, b))
	})
	for _, id := range ids[:min(len(ids), maxClusters)] {
		members := s.cluster(id)
		list = append(list, Cluster{len(members), members[:min(len(members), maxMembers)]})
	}
	return list
}

// copies counts, for each pair of sites, how often the second had a story of the first.
// Who is first is told by the dates of publication.
func (s *stories) copies() (list []Copies) {
	counts := map[[2]string]int{}
	for id := range s.members {
		members := s.cluster(id)
		seen := map[string]bool{members[0].Site: true}
		for _, m := range members[1:] {
			if !seen[m.Site] {
				seen[m.Site] = true
				counts[[2]string{members[0].Site, m.Site}]++
			}
		}
	}
	for pair, n := range counts {
		list = append(list, Copies{pair[0], pair[1], n})
	}
	slices.SortFunc(list, func(a, b Copies) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return list[:min(len(list), maxCopies)]
}

// mostRevised returns the articles that changed most often.
func (s *stories) mostRevised() (list []Item) {
	ids := slices.SortedFunc(maps.Keys(s.changes), func(a, b string) int {
		return cmp.Or(s.changes[b]-s.changes[a], cmp.Compare(a, b))
	})
	for _, id := range ids[:min(len(ids), maxRevised)] {
		x := s.named[id]
		x.Revisions = s.changes[id] + 1
		list = append(list, x)
	}
	return list
}
