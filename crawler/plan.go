package crawler

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Plan says in words what a run would ask of a source, given what the state
// knows; nothing where it does not read sources of that kind.
func Plan(s *config.Site, src *config.Source, known func(key string) state.Source, now time.Time) []string {
	var plan []string
	kind := src.Kind()
	for _, start := range starts(src) {
		u, err := urlkey.Parse(start)
		if err != nil {
			plan = append(plan, fmt.Sprintf("%s %s: %v", kind, start, err))
			continue
		}
		k := known(listingKey(kind, u))
		var pass source.Pass
		switch due := k.AskedAt.Add(s.Refresh); {
		case len(k.Cursor) > 0 && json.Unmarshal(k.Cursor, &pass) == nil:
			plan = append(plan, fmt.Sprintf("%s %s: page %d of an interrupted pass", kind, pass.URL, pass.Page))
		case s.Refresh > 0 && now.Before(due):
			plan = append(plan, fmt.Sprintf("%s %s: not before %s (refresh %s)", kind, u.Href, due.Format(time.RFC3339), s.Refresh))
		case k.ETag != "" || k.Modified != "":
			plan = append(plan, fmt.Sprintf("%s %s: if it has changed since %s", kind, u.Href, k.DoneAt.Format(time.RFC3339)))
		default:
			plan = append(plan, fmt.Sprintf("%s %s", kind, u.Href))
		}
	}
	return plan
}
