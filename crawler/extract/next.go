package extract

// next returns the next page of a listing, "" when there is none.
func (p *page) next(rules []Selector) string {
	self := p.urls.Resolve(p.in.URL).Href
	if len(rules) > 0 {
		for _, s := range rules {
			for _, i := range p.find(p.document(), s) {
				if abs := p.urls.Resolve(reference(p.tree, i, s)).Href; abs != "" && abs != self {
					p.result.Rules["next"] = "selector " + s.Source
					return abs
				}
			}
		}
		return ""
	}
	next, rule := p.finder.Next()
	if next != "" {
		p.result.Rules["next"] = rule
	}
	return next
}
