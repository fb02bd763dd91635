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

// Plan says in words what a run would ask of a listing, given what the state
// knows of its sources.
func Plan(s *config.Site, l *config.Listing, known func(key string) state.Source, now time.Time) []string {
	var plan []string
	for _, start := range l.URLs {
		u, err := urlkey.Parse(start)
		if err != nil {
			plan = append(plan, fmt.Sprintf("listing %s: %v", start, err))
			continue
		}
		k := known(listingKey(u))
		var pass source.Pass
		switch due := k.AskedAt.Add(s.Refresh); {
		case len(k.Cursor) > 0 && json.Unmarshal(k.Cursor, &pass) == nil:
			plan = append(plan, fmt.Sprintf("listing %s: page %d of an interrupted pass", pass.URL, pass.Page))
		case s.Refresh > 0 && now.Before(due):
			plan = append(plan, fmt.Sprintf("listing %s: not before %s (refresh %s)", u.Href, due.Format(time.RFC3339), s.Refresh))
		case k.ETag != "" || k.Modified != "":
			plan = append(plan, fmt.Sprintf("listing %s: if it has changed since %s", u.Href, k.DoneAt.Format(time.RFC3339)))
		default:
			plan = append(plan, fmt.Sprintf("listing %s", u.Href))
		}
	}
	return plan
}
