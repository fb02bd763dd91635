// Package crawler joins the stages of a crawl into one run. A page passes them in
// this order:
//
//	frontier.Next     which request is next
//	visit.go          one task: fetch, read, and make the claims; no state is touched
//	article.go        from an article page to its claims
//	                  (one channel, from the workers to the committer)
//	commit.go         a batch: claims become verdicts, lines and positions, in one transaction
//	lines.go          from verdicts to the lines that are written
//	near.go           near-duplicates among what was committed
//	frontier.Committed
//
// Beside them:
//
//	run.go            Options, Run: one run from its beginning to its end
//	events.go         what a run tells its listeners
//	tally.go          the listener that counts for the report
//	progress.go       the listener that knows what is left, and how fast it goes
//	plan.go           what a run would do
//	times.go          how long a run waits for things
package crawler
