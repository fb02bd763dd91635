package crawler

import (
	"context"

	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/wall"
)

// OldTexts lists articles that may be walls; state.Store and state.Reader implement it.
type OldTexts interface {
	OldTexts(ctx context.Context, yield func(state.OldText) error) error
}

// OldWalls returns the written articles that may be walls, by text: those of a release
// that did not look for walls, where one text answers for three or more URLs of a site
// whose slugs differ, and those that were written as suspects.
func OldWalls(ctx context.Context, r OldTexts) ([][]state.OldText, error) {
	var walls [][]state.OldText
	var group []state.OldText
	end := func() {
		if len(group) > 0 && (group[0].Suspect || answersForMany(group)) {
			walls = append(walls, group)
		}
		group = nil
	}
	err := r.OldTexts(ctx, func(x state.OldText) error {
		if len(group) > 0 && (x.Suspect || group[0].Site != x.Site || group[0].Hash != x.Hash) {
			end()
		}
		group = append(group, x)
		return nil
	})
	end()
	return walls, err
}

// answersForMany reports whether the URLs of a text promise different articles.
func answersForMany(group []state.OldText) bool {
	copies := make([]wall.Copy, len(group))
	for i, x := range group {
		copies[i].Slug = wall.Slug(x.URL)
		copies[i].Known = copies[i].Slug != ""
	}
	return wall.Answers(wall.Compare(copies)) == wall.Wall
}

// suspectedWall is the reason for which an article is withdrawn with RefetchSuspects.
const suspectedWall = "it may be a wall or an error page; fetched again with --refetch-suspects"

// suspects returns the withdrawals of the written articles of sites that may be walls.
func suspects(ctx context.Context, store state.Store, sites map[string]*site.Site) ([]state.Withdrawal, error) {
	walls, err := OldWalls(ctx, store)
	var list []state.Withdrawal
	for _, group := range walls {
		for _, x := range group {
			if sites[x.Site] != nil {
				list = append(list, state.Withdrawal{URL: x.ID, Requeue: true, Reason: suspectedWall})
			}
		}
	}
	return list, err
}

// reportOldWalls reports, once after an upgrade, the articles that may be walls.
func reportOldWalls(ctx context.Context, o *Options, summary *report.Summary) error {
	due, err := o.Store.FirstCheck(ctx)
	if !due || err != nil || o.RefetchSuspects {
		return err
	}
	walls, err := OldWalls(ctx, o.Store)
	if err != nil {
		return err
	}
	urls := map[string]int{}
	for _, group := range walls {
		urls[group[0].Site] += len(group)
	}
	for _, cfg := range o.Sites {
		if n := urls[cfg.Name]; n > 0 {
			c := summary.Site(cfg.Name)
			c.Less++
			c.Problem("%d articles written by an earlier release have the text of others, so they seem to be consent walls "+
				"or error pages; newsonce status --suspects lists them, newsonce crawl --refetch-suspects withdraws them "+
				"and fetches them again", n)
		}
	}
	return nil
}
