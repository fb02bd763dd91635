//go:build small

package cli

import (
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

func moreSinks() output.Sinks { return nil }

func moreStores() []state.Driver { return nil }
