package crawler_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/item"
)

// story is a text of some length; words are replaced in pairs.
func story(replace ...string) string {
	text := "The harbour commission of Ostmarsund voted on Tuesday evening to close the northern quay for repairs that are to last until spring. " +
		"Fishermen had asked for a shorter pause, since the herring season begins in February and the southern quay has room for eleven boats. " +
		"Commissioner Hedda Lindqvist said that the piles under the quay were older than anybody had thought, and that divers had found three of them loose. " +
		"The repair will cost four million crowns, half of which the region pays. " +
		"A ferry to the islands will leave from the fish market meanwhile, twice a day instead of four times, and bicycles will not be taken. " +
		"Shopkeepers along the northern quay were promised lower rents, which the council has to confirm in its next session."
	return strings.NewReplacer(replace...).Replace(text)
}

func page(title, text string) string {
	return fmt.Sprintf(`<h1>%s</h1><div class="text"><p>%s</p></div>`, title, text)
}

// An article that is nearly the same as an earlier one is a reference to it: in
// the same batch, and in a later run, whose index comes from the state. One with
// the same text as such a copy belongs to the same cluster.
func TestNearDuplicates(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "dedupe: {near: {threshold: 0.5}}"))
	copied := story("fishermen", "fishers", "four million crowns", "some four million crowns", "meanwhile", "in the meantime") + " The agency contributed to this report, as did our correspondent."
	s.web.put("news.example/", list("", "/1", "/2"))
	s.web.put("news.example/1", html(page("Northern quay closes for repairs", story())))
	s.web.put("news.example/2", html(page("Harbour: quay to close until spring", copied)))
	exits(t, s.crawl(), 0)
	s.web.put("news.example/", list("", "/4", "/3", "/2", "/1"))
	s.web.put("news.example/3", html(page("Quay closed until spring", story("Tuesday evening", "Tuesday", "lower rents", "low rents"))))
	s.web.put("news.example/4", html(page("Quay to close", copied)))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "near duplicates of the second run", sum.Totals.Near, 1)
	counts(t, "duplicates of the second run", sum.Totals.Duplicates, 2)
	first := item.ID(item.TypeArticle, "http://news.example/1")
	references := 0
	for _, r := range s.items("items.jsonl") {
		if r.Type != "reference" {
			continue
		}
		references++
		want := "near"
		if r.URL == "http://news.example/4" {
			want = "exact"
		} else if r.DuplicateOf != first {
			t.Errorf("%s is a duplicate of %s, want the first article", r.URL, r.DuplicateOf)
		}
		if r.Method != want || want == "near" && (r.Similarity < 0.5 || r.Similarity >= 1) {
			t.Errorf("%s: %s, %v", r.URL, r.Method, r.Similarity)
		}
	}
	counts(t, "references", references, 3)
}

// Articles of a series are not copies of each other, however similar they are.
func TestSeriesAreNoNearDuplicates(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "dedupe: {near: {threshold: 0.5}}"))
	s.web.put("news.example/", list("", numbered("/", 5)...))
	for i, p := range numbered("/", 5) {
		s.web.put("news.example"+p, html(page(fmt.Sprintf("Report %d of the harbour", i+1), story("eleven boats", fmt.Sprintf("%d boats", 11+i)))))
	}
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 5)
}

// An index that is built anew in the middle of a batch, for an article that is
// older than all, holds what was judged before it in that batch.
func TestNearDuplicatesAcrossABuild(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "dedupe: {near: {threshold: 0.5, window: 48h}}"))
	dated := func(day, title, text string) string {
		return fmt.Sprintf(`<h1>%s</h1><time datetime="%s">%[2]s</time><div class="text"><p>%s</p></div>`, title, day, text)
	}
	s.web.put("news.example/", list("", "/1", "/2", "/3"))
	s.web.put("news.example/1", html(dated("2024-05-20", "Northern quay closes for repairs", story())))
	s.web.put("news.example/2", html(dated("2019-01-02", "A bakery opens", strings.Repeat("The bakery at the old mill sells rye bread and rolls with caraway from six in the morning until noon on all days but Monday. ", 5))))
	s.web.put("news.example/3", html(dated("2024-05-21", "Harbour: quay to close until spring", story("fishermen", "fishers", "lower rents", "low rents"))))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "near duplicates", sum.Totals.Near, 1)
}

// Sites with other settings find the articles of each other, whichever comes
// first.
func TestNearDuplicatesOfOtherSettings(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("one", "one.example/", "delay: 350ms", "dedupe: {near: {threshold: 0.6}}")+
		site("two", "two.example/", "delay: 300ms", "dedupe: {near: {threshold: 0.5}}"))
	s.web.put("one.example/", list("", "/1"))
	s.web.put("one.example/1", html(page("Northern quay closes for repairs", story())))
	s.web.put("two.example/", list("", "/1", "/2"))
	s.web.put("two.example/1", html(page("A bakery opens", strings.Repeat("The bakery at the old mill sells rye bread and rolls with caraway from six in the morning until noon on all days but Monday. ", 5))))
	s.web.put("two.example/2", html(page("Harbour: quay to close until spring", story("fishermen", "fishers", "lower rents", "low rents"))))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "near duplicates", sum.Totals.Near, 1)
}

// TestDamagedNearDuplicateData: sketches and keys that cannot be read are dropped with a
// warning, and the crawl goes its way.
func TestDamagedNearDuplicateData(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]string{
		"a sketch is garbage":  "UPDATE sketch SET sketch = x'00ff00ff'",
		"a sketch is missing":  "DELETE FROM sketch",
		"near keys are broken": "UPDATE near SET keys = x'00ff00ff00'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/", "dedupe: {near: {threshold: 0.5}}"))
			s.web.put("news.example/", list("", "/1"))
			s.web.put("news.example/1", html(page("Northern quay closes for repairs", story())))
			exits(t, s.crawl(), 0)
			db, err := sql.Open("sqlite", s.config.State)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), damage); err != nil {
				t.Fatal(err)
			}
			s.web.put("news.example/", list("", "/2", "/1"))
			s.web.put("news.example/2", html(page("Northern quay closes for repairs", story("lower rents", "low rents"))))
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "articles", sum.Totals.Articles, 1)
			warned(t, sum.Warnings, "are found by is damaged")
			s.web.put("news.example/", list("", "/3", "/2", "/1"))
			s.web.put("news.example/3", html(page("Northern quay closes for repairs", story("lower rents", "small rents"))))
			sum = s.crawl()
			exits(t, sum, 0)
			counts(t, "near-duplicates of the second article", sum.Totals.Near, 1)
			if len(sum.Warnings) > 0 {
				t.Errorf("the next run still warns: %q", sum.Warnings)
			}
		})
	}
}
