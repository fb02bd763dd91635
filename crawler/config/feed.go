package config

// Feed names feeds, or HTML pages that name their feed.
type Feed struct {
	URLs []string
	// MaxPages and StopAfterKnown are for feeds with further pages.
	MaxPages       int // 0 = no limit
	StopAfterKnown int
}

func readFeed(n *Node, _ *Site) Spec {
	f := &Feed{MaxPages: 1}
	n = n.Short("urls")
	n.Read("feed", Keys{
		"urls":             func(v *Node) { f.URLs = v.URLs() },
		"max_pages":        func(v *Node) { f.MaxPages = v.Count(0) },
		"stop_after_known": func(v *Node) { f.StopAfterKnown = v.Count(0) },
	})
	n.Require("urls", "feed needs urls, such as feed: https://news.example/rss")
	return f
}

// SiteHosts implements Spec.
func (f *Feed) SiteHosts() []string { return Origins(f.URLs...) }

// Print implements Spec.
func (f *Feed) Print() Mapping {
	return Mapping{{"urls", f.URLs}, {"max_pages", f.MaxPages}, {"stop_after_known", f.StopAfterKnown}}
}
