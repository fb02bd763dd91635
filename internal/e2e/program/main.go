// Command program is newsonce with other waiting times, as a main of one's own
// may have them, for tests that would otherwise wait for seconds. It takes them
// from the variable TEST_TIMES, a crawler.Times in JSON, and reports on standard
// error each signal that it has received.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

func main() {
	var o cli.Options
	if err := json.Unmarshal([]byte(os.Getenv("TEST_TIMES")), &o.Times); err != nil {
		fmt.Fprintln(os.Stderr, "TEST_TIMES:", err)
		os.Exit(2)
	}
	ctx, stop := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, cli.Signals()...)
	go func() {
		first := <-signals
		stop(cli.Interrupted(first))
		fmt.Fprintln(os.Stderr, "received", first)
		os.Exit(cli.Signalled(<-signals))
	}()
	os.Exit(cli.Main(ctx, os.Args[1:], o))
}
