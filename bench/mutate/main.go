// Command mutate turns round one operator of a package at a time, runs the
// package's tests, and counts the changes that they notice.
//
//	cd bench && go run ./mutate -n 50 -seed 1 ../dedupe
//	cd bench && go run ./mutate -n 50 -seed 1 ../crawler/extract/...
//
// A change that no test notices points to a missing test, or to an operator that
// nothing needs. Changes are made in a temporary copy of the module.
//
// With several packages, a change must be noticed by the tests of its own package
// or else by those of the others. Changes that do not compile do not count. A test
// that does not end within the time limit, or needs too much memory, has noticed
// the change.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"time"
)

func main() {
	n := flag.Int("n", 50, "number of changes")
	seed := flag.Uint64("seed", 1, "of the choice of changes")
	timeout := flag.Duration("timeout", time.Minute, "limit of one run of the tests of a package")
	memory := flag.Int("memory", 4096, "limit of one run's address space, in MB")
	files := flag.String("files", "", "change only files whose names match this regular expression")
	tests := flag.String("run", "", "run only tests whose names match this regular expression")
	list := flag.Bool("list", false, "list the changes without running a test")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: mutate [flags] PACKAGE...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r := runner{timeout: *timeout, memory: *memory, run: *tests}
	if err := run(ctx, flag.Args(), *files, *n, *seed, *list, r); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run tests n changes chosen at random, and prints the outcome of each.
func run(ctx context.Context, patterns []string, files string, n int, seed uint64, list bool, r runner) error {
	names, err := regexp.Compile(files)
	if err != nil {
		return err
	}
	packages, err := load(ctx, patterns)
	if err != nil {
		return err
	}
	var changes []change
	for _, p := range packages {
		found, err := p.changes(names)
		if err != nil {
			return err
		}
		changes = append(changes, found...)
	}
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(changes), func(i, j int) {
		changes[i], changes[j] = changes[j], changes[i]
	})
	if list {
		for _, c := range changes[:min(n, len(changes))] {
			fmt.Println(c)
		}
		return nil
	}
	if err := r.begin(ctx, packages); err != nil {
		return err
	}
	defer r.end()
	tested, noticed := 0, 0
	for _, c := range changes {
		if tested == n {
			break
		}
		o, err := r.test(ctx, c)
		if err != nil {
			return err
		}
		fmt.Printf("%-9s %s\n", o, c)
		switch o {
		case failed, endless:
			noticed++
			tested++
		case passed:
			tested++
		}
	}
	fmt.Printf("%d of %d changes noticed (seed %d, %d possible)\n", noticed, tested, seed, len(changes))
	return nil
}
