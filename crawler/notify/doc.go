// Package notify tells programs and web addresses of the operator what happened.
//
//	receiver.go  Receiver: a command or a webhook, with timeout and retries
//	run.go       Run: the summary of a run
//	courier.go   Courier: alerts on new items, in the background
package notify
