package wall

import "testing"

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name                  string
		n, disagreeing, known int
		want                  Decision
	}{
		{"one URL", 1, 1, 1, Article},
		{"two links that promised something else", 2, 2, 2, Wall},
		{"two URLs of one article", 2, 0, 2, Article},
		{"three URLs of one article", 3, 0, 3, Article},
		{"two, nothing to compare", 2, 0, 0, Article},
		{"three, nothing to compare", 3, 0, 0, Wall},
		{"one of two disagrees", 2, 1, 2, Hold},
		{"the only known of two disagrees", 2, 1, 1, Hold},
		{"the only known of three disagrees", 3, 1, 1, Wall},
		{"two of three disagree", 3, 2, 3, Hold},
		{"three of four disagree", 4, 3, 4, Wall},
		{"two of the three known of four disagree", 4, 2, 3, Wall},
		{"half of four disagree", 4, 2, 4, Hold},
		{"one of three disagrees", 3, 1, 3, Hold},
		{"one of five disagrees", 5, 1, 5, Article},
		{"one of four known disagrees", 5, 1, 4, Article},
		{"two of twenty disagree", 20, 2, 20, Article},
		{"all of twenty disagree", 20, 20, 20, Wall},
	} {
		if got := Answers(c.n, c.disagreeing, c.known); got != c.want {
			t.Errorf("%s: Answers(%d, %d, %d) = %v, want %v", c.name, c.n, c.disagreeing, c.known, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	wall := func(title, slug string) Copy {
		return Copy{LinkTitle: title, Slug: slug, Known: title+slug != ""}
	}
	article := func(title string) Copy { return Copy{LinkTitle: title, About: true, Known: true} }
	for _, c := range []struct {
		name                  string
		copies                []Copy
		n, disagreeing, known int
		want                  Decision
	}{
		{"a wall under two headlines", []Copy{wall("Timber quay to reopen", ""), wall("Night heron stays longer", "")}, 2, 2, 2, Wall},
		{"a wall under two slugs", []Copy{wall("", "timber quay to reopen"), wall("", "night heron stays longer")}, 2, 2, 2, Wall},
		{"a headline and a slug", []Copy{wall("Timber quay to reopen", ""), wall("", "night heron stays longer")}, 2, 2, 2, Wall},
		{"an article under two URLs", []Copy{article("Timber quay to reopen"), article("Timber quay reopens")}, 2, 0, 2, Article},
		{"an article that never repeats its headline", []Copy{wall("Timber quay to reopen", ""), wall("Timber quay to reopen", "")}, 2, 0, 2, Article},
		{"agency copies under two headlines", []Copy{article("Timber quay to reopen"), article("Harbour board votes on pier")}, 2, 0, 2, Article},
		{"one known of three", []Copy{wall("Timber quay to reopen", ""), {}, {}}, 3, 1, 1, Wall},
		{"one known of two", []Copy{wall("Timber quay to reopen", ""), {}}, 2, 1, 1, Hold},
		{"nothing known of three", []Copy{{}, {}, {}}, 3, 0, 0, Wall},
		{"the newest article in place of a missing one", []Copy{article("Timber quay to reopen"), wall("Night heron stays longer", "")}, 2, 1, 2, Hold},
	} {
		n, disagreeing, known := Compare(c.copies)
		if n != c.n || disagreeing != c.disagreeing || known != c.known {
			t.Errorf("%s: Compare = %d, %d, %d; want %d, %d, %d", c.name, n, disagreeing, known, c.n, c.disagreeing, c.known)
		}
		if got := Answers(n, disagreeing, known); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
