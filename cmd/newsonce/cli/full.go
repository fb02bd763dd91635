//go:build !small

package cli

import (
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/postgres"
	"github.com/newsonce/newsonce/output"
	"github.com/newsonce/newsonce/output/s3"
)

// moreSinks returns the sinks whose libraries make the program much larger. The build
// tag small leaves them out.
func moreSinks() output.Sinks { return output.Sinks{s3.Driver()} }

// moreStores returns the stores of which the same holds.
func moreStores() []state.Driver { return []state.Driver{postgres.Driver{}} }
