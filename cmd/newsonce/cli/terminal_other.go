//go:build !(linux || darwin || freebsd || dragonfly)

package cli

import "io"

// terminalSize is how many columns and rows the terminal w has; here that is not
// known.
func terminalSize(io.Writer) (width, height int) { return 0, 0 }
