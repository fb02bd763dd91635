//go:build !small

package cli

import (
	"github.com/newsonce/newsonce/output"
	"github.com/newsonce/newsonce/output/s3"
)

// moreSinks returns the sinks whose libraries make the program much larger. The build
// tag small leaves them out.
func moreSinks() output.Sinks { return output.Sinks{s3.Driver()} }
