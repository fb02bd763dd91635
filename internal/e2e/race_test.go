//go:build race

package e2e

// racing tells that the tests, and so the program, run under the race detector.
const racing = true
