package dedupe_test

import (
	"fmt"
	"time"

	"github.com/newsonce/newsonce/dedupe"
)

const (
	ferry = "The council of Marlow adopted a plan for the harbour ferry on Thursday by 12 votes to 3, after a debate that lasted until midnight. " +
		"The ferry will run every 20 minutes from April and cost 4.5 million crowns a year, said Mayor Anna Lindholm. " +
		"Tickets stay at 2.80 crowns for adults; children under 14 travel free. " +
		"Opponents called the plan a gamble: the old boat had carried 310,000 passengers last year, a fifth fewer than before."
	longer = "MARLOW (Reuters) - " + ferry + "\n\nThe shipyard at Eastport has until 30 June to deliver the second boat."
)

func Example() {
	x := dedupe.NewIndex(dedupe.Options{Threshold: dedupe.DefaultThreshold, Window: dedupe.DefaultWindow})
	defer x.Close()
	day := time.Date(2025, 3, 6, 9, 0, 0, 0, time.UTC)
	for i, a := range []struct{ title, text string }{
		{"Council adopts plan for the ferry", ferry},
		{"Marlow backs its ferry", longer},
		{"Marlow backs its ferry", longer},
	} {
		_, sketch := dedupe.Read(a.title, a.text)
		m, duplicate, err := x.Judge(dedupe.Doc{ID: uint64(i + 1), Sketch: sketch, When: day.AddDate(0, 0, i)})
		if err != nil {
			fmt.Println(err)
			return
		}
		if duplicate {
			fmt.Printf("%d: %s duplicate of %d, cluster %d, similarity %.2f\n", i+1, m.Method, m.Of, m.Head, m.Similarity)
		} else {
			fmt.Printf("%d: new\n", i+1)
		}
		if err := x.Commit(); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// 1: new
	// 2: near duplicate of 1, cluster 1, similarity 1.00
	// 3: exact duplicate of 2, cluster 1, similarity 1.00
}

func ExampleExplain() {
	_, today := dedupe.Read("Rates", "One dollar is worth 9.81 crowns, one euro 10.22 crowns and one pound 12.45 crowns. The rates follow the results of trading on the interbank market "+
		"and are used by companies and banks for their books. They hold from midnight until the next decision. Banks may offer other rates to their customers.")
	_, tomorrow := dedupe.Read("Rates", "One dollar is worth 9.79 crowns, one euro 10.31 crowns and one pound 12.50 crowns. The rates follow the results of trading on the interbank market "+
		"and are used by companies and banks for their books. They hold from midnight until the next decision. Banks may offer other rates to their customers.")
	e := dedupe.Explain(dedupe.Doc{ID: 1, Sketch: today}, dedupe.Doc{ID: 2, Sketch: tomorrow}, dedupe.Options{Threshold: 0.5})
	fmt.Printf("duplicate: %v, similarity %.2f of %.2f: %v\n", e.Duplicate, e.Similarity, e.Needed, e.Reason)
	fmt.Printf("%d of %d shingles, %d of %d numbers\n", e.Shingles.Shared, e.Shingles.Of, e.Numbers.Shared, e.Numbers.Of)
	// Output:
	// duplicate: false, similarity 0.91 of 0.45: the same frame with other numbers
	// 41 of 50 shingles, 0 of 3 numbers
}

// An Index that is built anew from what was stored judges as the old one would
// have.
func ExampleIndex_Restore() {
	_, sketch := dedupe.Read("Council adopts plan for the ferry", ferry)
	stored, _ := sketch.AppendBinary(nil)

	load := func(id uint64) (dedupe.Sketch, error) { return dedupe.ParseSketch(stored) }
	x := dedupe.NewIndex(dedupe.Options{Threshold: dedupe.DefaultThreshold, Load: load})
	defer x.Close()
	if err := x.Restore(dedupe.Doc{ID: 1, Sketch: dedupe.Sketch{Keys: sketch.Keys}}, 1); err != nil {
		fmt.Println(err)
	}
	_, other := dedupe.Read("Marlow backs its ferry", longer)
	m, duplicate, err := x.Judge(dedupe.Doc{ID: 2, Sketch: other})
	fmt.Println(duplicate, m.Head, err)
	// Output: true 1 <nil>
}
