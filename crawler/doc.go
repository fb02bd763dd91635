// Package crawler joins the stages of a crawl into one run. A page passes through
// them in this order:
//
//	frontier.Next     chooses the next request
//	visit.go          does one task: fetches, reads, makes claims; touches no state
//	article.go        turns an article page into its claims
//	                  (one channel, from the workers to the committer)
//	walls.go          handles pages that may be walls instead of articles; finds walls that an earlier release wrote
//	commit.go         turns the claims of a batch into verdicts, lines and positions, in one transaction
//	copies.go         judges one text under several URLs, and withdraws articles that prove to be walls
//	lines.go          writes the lines that the verdicts call for
//	near.go           finds near-duplicates of the committed articles
//	frontier.Committed
//
// Beside them:
//
//	options.go        what a run may be given: Options, listeners, waiting times that tests shorten
//	clock.go          wrong clocks
//	run.go            Run: one run from its beginning to its end
//	visited.go        the result of a task, on its way to the committer
//	pages.go          an article in several pages
//	batch.go          the tasks of one commit
//	fleet.go          the leases of a run on a state that several machines share
//	outputs.go        opens the output where the last run left it; moves lines there from a shared state
//	tally.go          counts committed tasks for the summary
//	observe.go        shows committed tasks to the alarms of their sites
//	progress.go       estimates the remaining work and the rate per site
//	plan.go           describes what a run would do, for --dry-run
package crawler
