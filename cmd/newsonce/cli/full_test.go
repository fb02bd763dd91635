//go:build !small

package cli_test

const withStorage = true
