//go:build small

package cli

import "github.com/newsonce/newsonce/output"

func moreSinks() output.Sinks { return nil }
