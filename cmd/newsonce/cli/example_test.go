package cli_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// A private main is newsonce with additions. A driver of its own would follow
// SQLite's in Stores. A real main passes os.Args[1:] and a context that signals
// cancel, as cmd/newsonce does.
func Example() {
	code := cli.Main(context.Background(), []string{"dedupe", "--unique", "--quiet", "-"}, cli.Options{
		Stores: []state.Driver{sqlite.Driver{}},
		In: strings.NewReader(`{"id":"a","url":"https://news.example/1","text":"The port is open again."}
{"id":"b","url":"http://news.example/1?utm_source=feed","text":"The port is open."}
`),
	})
	fmt.Println("exit code", code)
	// Output:
	// {"id":"a","url":"https://news.example/1","text":"The port is open again.","cluster_id":"a"}
	// exit code 0
}
