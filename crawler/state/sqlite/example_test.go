package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// A listing brings two links, and the first once more: it is known by then.
func ExampleOpen() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "state")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "newsonce.db")
	store, err := sqlite.Open(ctx, path, state.OpenOptions{Versions: state.Versions{URLKey: 1, NormalForm: 1}})
	if err != nil {
		log.Fatal(err) // state.ErrLocked: another run holds it
	}
	defer store.Close()
	leases, err := store.Lease(ctx, state.Owner(), 1, time.Minute)
	if err != nil {
		log.Fatal(err)
	}

	link := func(n int) state.Link {
		return state.Link{URL: fmt.Sprintf("https://a.example/%d", n), Key: uint64(n), Origin: "https://a.example",
			Site: "a"}
	}
	listing := state.Visit{Site: "a", State: state.Done, At: time.Now(), Links: []state.Link{link(1), link(2), link(1)}}
	err = store.Commit(ctx, state.Batch{Leases: leases, Visits: []state.Visit{listing}},
		func(v []state.Verdict, _ []state.Withdrawn) (state.Effects, error) {
			for _, l := range v[0].Links {
				fmt.Println("url", l.ID, "new:", l.New)
			}
			return state.Effects{}, nil // the positions of the output files, among others
		})
	if err != nil {
		log.Fatal(err)
	}
	due, _, err := store.Due(ctx, state.Queue{Site: "a", Origin: "https://a.example"}, time.Now(), 10)
	if err != nil {
		log.Fatal(err)
	}
	for _, u := range due {
		fmt.Println("due:", u.URL)
	}
	// Output:
	// url 1 new: true
	// url 2 new: true
	// url 1 new: false
	// due: https://a.example/1
	// due: https://a.example/2
}
