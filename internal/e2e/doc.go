// Package e2e tests the program from outside. It serves a world of news sites on
// loopback, crawls it with newsonce in a process of its own, and compares what
// was written with what the world published. Meanwhile processes are killed and
// stopped, disks fill up, and pages and states break.
//
//	program_test.go   building, running, killing and stopping the program
//	setup_test.go     a world, a folder and a configuration; reading the output
//	whole_test.go     everything, nothing new, some new (-articles N)
//	sitemap_test.go   the same by sitemap and by feed
//	backfill_test.go  archives of every kind (-archive N)
//	kill_test.go      kill -9 at random moments (-kills N, -seed N)
//	watch_test.go     newsonce watch killed, reloaded and stopped (-watch-kills N, -reloads N)
//	lock_test.go      two crawls of one state (-copies N)
//	disk_test.go      full disks and paths that cannot be written
//	signal_test.go    SIGTERM, SIGINT and a second signal
//	state_test.go     damaged, foreign, newer and unreadable states
//	output_test.go    outputs that were changed; path patterns; standard output
//	packed_test.go    compressed and rotated outputs
//	source_test.go    listings and robots.txt that give nothing
//	retry_test.go     pages that fail, for a while or permanently
//	refetch_test.go   known articles fetched again
//	expect_test.go    sites that change their markup
//	check_test.go     check --online for each kind of source
//	flags_test.go     limits, quiet, JSON, dry run, site names, mistakes
//	progress_test.go  the progress of a backfill in another shell
//	bugs_test.go      inputs after public bug reports
//	realsites_test.go sites of saved real pages, set up by init alone
//
// Most tests run internal/e2e/program, which waits less than newsonce does. The
// counts are small by default; the flags raise them for long runs.
package e2e
