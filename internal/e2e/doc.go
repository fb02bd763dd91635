// Package e2e tests the built program from outside: a world of news sites on
// loopback is crawled by newsonce in a process of its own, which is killed,
// stopped, starved of disk and fed with broken pages, and what it wrote is held
// against what the world published.
//
//	program_test.go  the program built once; running, killing, stopping it
//	setup_test.go    a world, a folder, a configuration; reading the output
//	whole_test.go    the whole set, nothing new, some new, one changed
//	kill_test.go     kill -9 at random moments (-kills N, -seed N)
//	lock_test.go     two copies at once (-copies N)
//	disk_test.go     full disks and paths that cannot be written
//	signal_test.go   SIGTERM, SIGINT, the second signal
//	state_test.go    damaged, foreign, newer and unreadable states
//	output_test.go   outputs that others touched; path patterns; standard output
//	source_test.go   listings and robots.txt that give nothing
//	retry_test.go    pages that fail, for a while or for good
//	expect_test.go   sites that change their mark-up
//	flags_test.go    limits, quiet, JSON, dry run, site names, mistakes
package e2e
