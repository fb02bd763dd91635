// Command newsonce crawls news sites and writes every article and headline
// exactly once as JSON Lines.
package main

import (
	"context"
	"os"
	"os/signal"

	_ "golang.org/x/crypto/x509roots/fallback" // certificates where the system has none, as in a container

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

func main() {
	ctx, stop := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, cli.Signals()...)
	go func() {
		stop(cli.Interrupted(<-signals))
		os.Exit(cli.Signalled(<-signals)) // a second one: at once
	}()
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Options{}))
}
